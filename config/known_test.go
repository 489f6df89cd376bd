package config

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud/all"
)

// TestNamesOfTheCatalog: what a place calls a model need not be said where it is
// known.
func TestNamesOfTheCatalog(t *testing.T) {
	c, err := Parse("interline.yaml", []byte(`
places:
  us: {kind: bedrock, region: us-east-1, api_key: k}
  eu: {kind: bedrock, region: eu-west-1, api_key: k}
  mantle: {kind: bedrock-mantle, region: us-east-1, api_key: k}
  google: {kind: vertex, project: p, api_key: k}
  home: {kind: anthropic, api_key: k}
models:
  claude-haiku-4-5:
    deployments: [{place: home}, {place: us}, {place: eu}, {place: mantle}, {place: google}]
`), env(""))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // building does not change the configuration
		w, err := c.Build(all.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range w.Models[0].Deployments {
			got = append(got, d.Name+" "+d.Model)
		}
		want := "home claude-haiku-4-5, us us.anthropic.claude-haiku-4-5-20251001-v1:0, eu global.anthropic.claude-haiku-4-5-20251001-v1:0, " +
			"mantle anthropic.claude-haiku-4-5, google claude-haiku-4-5@20251001"
		if strings.Join(got, ", ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
		if c.Models[0].Deployments[0].Model != "" {
			t.Error("the configuration was changed")
		}
	}
}
