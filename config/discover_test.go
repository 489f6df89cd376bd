package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud/all"
)

// found writes findings as lines.
func found(d *Discovery) string {
	var b strings.Builder
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "%s | %s | %s | %s | %s\n", f.State, f.Source, f.Place, f.Why, f.Fix)
	}
	return b.String()
}

// discovery is an environment and what is found in it.
type discovery struct {
	name, env string
	ambient   []string
	want      []string // lines among the findings
	places    string   // of the configuration; "" for none
}

func discoveries() []discovery {
	const missingAll = "missing | OPENAI_API_KEY |  |  | \nmissing | AZURE_OPENAI_ENDPOINT |  |  | \nmissing | ANTHROPIC_API_KEY |  |  | \nmissing | AWS_BEARER_TOKEN_BEDROCK |  |  | \n"
	return []discovery{
		{"nothing", "", nil, strings.Split(strings.TrimSuffix(missingAll, "\n"), "\n"), ""},
		{"openai", "OPENAI_API_KEY=k", nil, []string{"enabled | OPENAI_API_KEY | openai |  | "}, "openai https://api.openai.com/v1"},
		{
			"openai elsewhere", "OPENAI_API_KEY=k\nOPENAI_BASE_URL=https://eu.api.openai.com/v1\nOPENAI_ORG_ID=o", nil,
			[]string{"enabled | OPENAI_API_KEY + OPENAI_BASE_URL | openai | OPENAI_ORG_ID is not used: the key's own organization and project are billed | "},
			"openai https://eu.api.openai.com/v1",
		},
		{
			"azure without deployment", "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nAZURE_OPENAI_API_KEY=k", nil,
			[]string{"incomplete | AZURE_OPENAI_ENDPOINT + AZURE_OPENAI_API_KEY | azure | needs AZURE_OPENAI_DEPLOYMENT: a resource does not say which deployments it has | export AZURE_OPENAI_DEPLOYMENT=..."},
			"",
		},
		{
			"azure", "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nAZURE_OPENAI_API_KEY=k\nAZURE_OPENAI_DEPLOYMENT=gpt-5.5\nOPENAI_API_VERSION=2024-10-21", nil,
			[]string{"enabled | AZURE_OPENAI_ENDPOINT + AZURE_OPENAI_API_KEY + AZURE_OPENAI_DEPLOYMENT | azure |  | "},
			"azure https://x.openai.azure.com",
		},
		{
			"azure ambient", "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nAZURE_OPENAI_DEPLOYMENT=gpt-5.5", nil,
			[]string{"not enabled | AZURE_OPENAI_ENDPOINT + Entra ID | azure | ambient credentials | add --cloud azure"},
			"",
		},
		{
			"azure asked", "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nAZURE_OPENAI_DEPLOYMENT=gpt-5.5",
			[]string{"azure"},
			[]string{"enabled | AZURE_OPENAI_ENDPOINT + Entra ID + AZURE_OPENAI_DEPLOYMENT | azure |  | "},
			"azure https://x.openai.azure.com",
		},
		{"anthropic token", "ANTHROPIC_AUTH_TOKEN=t", nil, []string{"enabled | ANTHROPIC_AUTH_TOKEN | anthropic |  | "}, "anthropic https://api.anthropic.com"},
		{
			"bedrock key without region", "AWS_BEARER_TOKEN_BEDROCK=b", nil,
			[]string{"incomplete | AWS_BEARER_TOKEN_BEDROCK | bedrock | needs AWS_REGION | export AWS_REGION=us-east-1"},
			"",
		},
		{
			"bedrock key", "AWS_BEARER_TOKEN_BEDROCK=b\nAWS_REGION=eu-central-1", nil,
			[]string{"enabled | AWS_BEARER_TOKEN_BEDROCK + AWS_REGION | bedrock |  | "},
			"bedrock https://bedrock-runtime.eu-central-1.amazonaws.com",
		},
		{
			"aws key", "AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=s\nAWS_SESSION_TOKEN=t\nAWS_DEFAULT_REGION=us-west-2", nil,
			[]string{"enabled | AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY + AWS_DEFAULT_REGION | bedrock |  | "},
			"bedrock https://bedrock-runtime.us-west-2.amazonaws.com",
		},
		{"aws profile", "AWS_PROFILE=p\nAWS_REGION=us-east-1", nil, []string{"not enabled | AWS_PROFILE (ambient) | bedrock | ambient credentials | add --cloud bedrock"}, ""},
		{"aws asked", "AWS_REGION=us-east-1", []string{"bedrock"}, []string{"enabled | AWS default chain + AWS_REGION | bedrock |  | "}, "bedrock https://bedrock-runtime.us-east-1.amazonaws.com"},
		{"vendors", "GROQ_API_KEY=k\nOLLAMA_HOST=0.0.0.0:11434", nil, []string{
			`incomplete | GROQ_API_KEY | groq | needs a file that says which of its models to offer | places: {groq: {kind: compatible, vendor: groq, api_key: "${GROQ_API_KEY}"}}`,
			`incomplete | OLLAMA_HOST | ollama | needs a file that says which of its models to offer | places: {ollama: {kind: compatible, vendor: ollama, endpoint: http://127.0.0.1:11434}}`,
		}, ""},
	}
}

func TestDiscover(t *testing.T) {
	for _, tt := range discoveries() {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Discover(env(tt.env), tt.ambient...)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range tt.want {
				if !strings.Contains(found(d), line+"\n") {
					t.Errorf("no %q in\n%s", line, found(d))
				}
			}
			if (d.Config == nil) != (tt.places == "") {
				t.Fatalf("config %+v", d.Config)
			}
			if d.Config == nil {
				return
			}
			w, err := d.Config.Build(all.Options{})
			if err != nil {
				t.Fatal(err)
			}
			at := w.Models[0].Deployments[0]
			if got := at.Place + " " + at.Origin + at.Base; got != tt.places {
				t.Errorf("place %s, want %s", got, tt.places)
			}
		})
	}
}

// TestDiscoveredDocument: it loads by itself, holds no value, and puts the
// places of one model together.
func TestDiscoveredDocument(t *testing.T) {
	e := env("OPENAI_API_KEY=canary-one\nAWS_BEARER_TOKEN_BEDROCK=canary-two\nAWS_REGION=us-east-1\nANTHROPIC_API_KEY=canary-three\nINTERLINE_KEY=canary-four")
	d, err := Discover(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(d.Document), "canary") {
		t.Errorf("the document holds values:\n%s", d.Document)
	}
	c, err := Parse("interline.yaml", d.Document, e)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Keys) != 1 || c.Keys[0].Key.Reveal() != "canary-four" {
		t.Errorf("keys %+v", c.Keys)
	}
	w, err := c.Build(all.Options{})
	if err != nil {
		t.Fatal(err)
	}
	both := map[string]string{}
	for _, m := range w.Models {
		for _, at := range m.Deployments {
			both[m.Name] += at.Place + ":" + at.Model + " "
			if at.Traits.Family == "" {
				t.Errorf("%s at %s has no habits", at.Model, at.Place)
			}
		}
	}
	if both["gpt-5.6-sol"] != "openai:gpt-5.6-sol bedrock:us.openai.gpt-5.6-sol " || both["claude-sonnet-5"] != "anthropic:claude-sonnet-5 bedrock:us.anthropic.claude-sonnet-5 " {
		t.Errorf("models %v", both)
	}
}

// TestSelfLoop: a client's variable that points here is refused as an upstream.
func TestSelfLoop(t *testing.T) {
	d, err := Discover(env("OPENAI_API_KEY=k\nOPENAI_BASE_URL=http://localhost:7171/v1"))
	var problems Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "this gateway's own address") || d == nil || d.Config != nil {
		t.Errorf("discovery %+v, %v", d, err)
	}
	for listen, endpoints := range map[string]map[string]bool{
		"127.0.0.1:7171": {"http://127.0.0.1:7171": true, "http://localhost:7171": true, "http://[::1]:7171": true, "http://127.0.0.1:7172": false, "http://example.com:7171": false},
		"0.0.0.0:80":     {"http://localhost": true, "http://127.0.0.1/v1": true, "http://0.0.0.0": true, "https://localhost": false, "http://10.1.1.1": false},
		":7171":          {"http://127.0.0.2:7171": true, "http://[::]:7171": true},
		"gw.local:7171":  {"http://GW.local:7171": true, "http://127.0.0.1:7171": false},
		"127.0.0.1:0":    {"http://127.0.0.1:0": false},
	} {
		for endpoint, loop := range endpoints {
			document := fmt.Sprintf("listen: %q\nkeys: [{name: a, key: k}]\nplaces: {o: {kind: openai, api_key: k, endpoint: %q}}\nmodels: {m: {deployments: [{place: o, model: m}]}}", listen, endpoint)
			_, err := Parse("x", []byte(document), env(""))
			if (err != nil) != loop {
				t.Errorf("listening on %s, asking %s: %v", listen, endpoint, err)
			}
		}
	}
}
