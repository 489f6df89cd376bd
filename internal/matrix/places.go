package matrix

import (
	"fmt"
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/config"
)

// Column is a place with a model there.
type Column struct {
	Title, Model string
	at           *cloud.Deployment
}

// document has every kind of place, with the models whose habits differ. Nothing
// of it is ever asked.
const document = `
places:
  openai: {kind: openai, api_key: k}
  azure: {kind: azure, endpoint: "https://x.openai.azure.com", api_key: k}
  azure-dated: {kind: azure, endpoint: "https://x.openai.azure.com", api_key: k, api_version: "2024-10-21"}
  anthropic: {kind: anthropic, api_key: k}
  claude-aws: {kind: anthropic-aws, region: us-east-1, workspace_id: w, api_key: k}
  bedrock: {kind: bedrock, region: us-east-1, api_key: k}
  mantle: {kind: bedrock-mantle, region: us-east-1, api_key: k}
  gemini: {kind: gemini, api_key: k}
  vertex: {kind: vertex, project: p, location: global, api_key: k}
  compatible: {kind: compatible, vendor: vllm, endpoint: "http://127.0.0.1:1/v1"}
models:
  all:
    deployments:
      - {place: openai, model: gpt-5.6-sol}
      - {place: openai, model: gpt-4.1}
      - {place: azure, model: gpt-5.6-sol}
      - {place: azure-dated, model: gpt-4.1}
      - {place: azure, model: claude-sonnet-5}
      - {place: anthropic, model: claude-sonnet-5}
      - {place: anthropic, model: claude-sonnet-4-5}
      - {place: claude-aws, model: claude-sonnet-5}
      - {place: bedrock, model: us.anthropic.claude-sonnet-5}
      - {place: bedrock, model: us.anthropic.claude-sonnet-4-5-20250929-v1:0}
      - {place: bedrock, model: us.openai.gpt-5.6-sol}
      - {place: bedrock, model: openai.gpt-oss-120b-1:0}
      - {place: bedrock, model: amazon.nova-pro-v1:0}
      - {place: mantle, model: openai.gpt-5.6-sol}
      - {place: mantle, model: anthropic.claude-sonnet-5}
      - {place: gemini, model: gemini-3.8-flash}
      - {place: vertex, model: gemini-2.5-flash}
      - {place: vertex, model: claude-sonnet-5}
      - {place: vertex, model: openai/gpt-oss-120b-maas}
      - {place: compatible, model: qwen3-32b}
`

// Quirks are places with models of habits that the page has no column for.
func Quirks() ([]Column, error) {
	columns, err := Columns()
	if err != nil {
		return nil, err
	}
	var out []Column
	for _, c := range columns {
		for _, quirk := range []func(*interline.Traits){
			func(t *interline.Traits) { t.Thinking = interline.ThinkingNone },
			func(t *interline.Traits) { t.Thinking, t.NoForcedTools = interline.ThinkingAlways, true },
			func(t *interline.Traits) { t.Sampling, t.MaxOutput = interline.SamplingNone, 4000 },
			func(t *interline.Traits) { *t = interline.Traits{Family: "unknown"} },
		} {
			d := *c.at
			quirk(&d.Traits)
			out = append(out, Column{c.Title, c.Model, &d})
		}
		if c.Model == "gemini-2.5-flash" {
			out = append(out, Column{c.Title, "gemini-2.5-pro", c.at})
		}
	}
	return out, nil
}

// titles are the kinds of places as people call them.
var titles = map[string]string{
	"openai": "OpenAI", "azure": "Azure", "azure-dated": "Azure, dated", "anthropic": "Anthropic", "claude-aws": "Claude on AWS",
	"bedrock": "Bedrock", "mantle": "Bedrock Mantle", "gemini": "Gemini API", "vertex": "Vertex AI", "compatible": "compatible",
}

// Columns are the places of the page.
func Columns() ([]Column, error) {
	c, err := config.Parse("matrix.yaml", []byte(document), func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, fmt.Errorf("read the places: %w", err)
	}
	w, err := c.Build(all.Options{HTTP: &http.Client{}})
	if err != nil {
		return nil, fmt.Errorf("open the places: %w", err)
	}
	var out []Column
	for _, d := range w.Models[0].Deployments {
		out = append(out, Column{Title: titles[d.Place], Model: d.Model, at: d})
	}
	return out, nil
}
