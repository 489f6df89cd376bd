package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
	"golang.org/x/tools/txtar"
)

func resolvedSchema(t *testing.T) (*jsonschema.Resolved, *jsonschema.Schema) {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, &s
}

// TestSchemaAgreesWithTheDecoder validates documents by both.
func TestSchemaAgreesWithTheDecoder(t *testing.T) {
	r, _ := resolvedSchema(t)
	valid := func(document string) error {
		var v any
		if err := yaml.Unmarshal([]byte(document), &v); err != nil {
			return err
		}
		return r.Validate(v)
	}
	if err := valid(whole); err != nil {
		t.Errorf("a good document: %v", err)
	}
	for _, name := range []string{"misspelt", "wrong-types", "kinds", "missing"} {
		a, err := txtar.ParseFile(filepath.Join("testdata/problems", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		if valid(section(a, "interline.yaml")) == nil {
			t.Errorf("%s: the schema finds nothing wrong", name)
		}
	}
	for document, good := range map[string]bool{
		"places: {o: {kind: openai, api_key: k}}\nmodels: {m: {deployments: [{place: o, model: m}]}}":                         true,
		"places: {o: {kind: openai, api_key: k, region: r}}\nmodels: {m: {deployments: [{place: o, model: m}]}}":              false,
		"places: {o: {kind: compatible, vendor: nobody}}\nmodels: {m: {deployments: [{place: o, model: m}]}}":                 false,
		"places: {o: {kind: azure, endpoint: e, entra: {tenant: t}}}\nmodels: {m: {deployments: [{place: o, model: m}]}}":     false,
		"places: {o: {kind: openai, api_key: k}}\nmodels: {m: {deployments: [{place: o, model: m}]}}\ntimeouts: {ping: 5}":    false,
		"places: {o: {kind: openai, api_key: k}}\nmodels: {m: {deployments: [{place: o, model: m}]}}\ntimeouts: {ping: 5s}":   true,
		"places: {o: {kind: openai, api_key: k}}\nmodels: {m: {deployments: [{place: o, model: m}]}}\ntimeouts: {ping: 5min}": false,
	} {
		if err := valid(document); (err == nil) != good {
			t.Errorf("%s: %v", document, err)
		}
	}
}

// TestEveryFieldIsDescribed walks the schema: whatever one can write, it says
// what it means.
func TestEveryFieldIsDescribed(t *testing.T) {
	_, s := resolvedSchema(t)
	count := 0
	var walk func(path string, s *jsonschema.Schema)
	walk = func(path string, s *jsonschema.Schema) {
		if s == nil {
			return
		}
		for name, p := range s.Properties {
			count++
			if p.Description == "" || !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s.%s is described as %q", path, name, p.Description)
			}
			walk(path+"."+name, p)
		}
		walk(path+"[]", s.Items)
		walk(path+".*", s.AdditionalProperties)
		for _, k := range s.OneOf {
			walk(path+"|", k)
		}
	}
	walk("", s)
	if count < 50 {
		t.Errorf("the schema has only %d fields", count)
	}
}

// TestSchemaDoesNotDrift keeps the committed schema, which editors use, that of
// the types.
func TestSchemaDoesNotDrift(t *testing.T) {
	const file = "testdata/schema.json"
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != string(text) {
		t.Errorf("testdata/schema.json is not what the types say (%v); run the tests with -update", err)
	}
}
