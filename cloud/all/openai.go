package all

import (
	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/openai"
)

func openAIKind() Kind {
	return Kind{
		Name: "openai", Summary: "OpenAI's own API.",
		New:      func() Settings { return new(openAI) },
		Discover: discoverOpenAI,
	}
}

type openAI struct {
	Endpoint string      `json:"endpoint,omitempty" jsonschema:"Address of the API. Defaults to https://api.openai.com/v1; data-residency hosts are https://eu.api.openai.com/v1 and the like. The path /v1 is added to an address without a path."`
	APIKey   auth.Secret `json:"api_key" jsonschema:"API key, sent as a bearer token."`
}

func (s *openAI) Check() []Problem { return checkEndpoint(s.Endpoint) }

func (s *openAI) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = openai.Endpoint
	}
	e, err := parseEndpoint(address, "/v1")
	if err != nil {
		return nil, err
	}
	return &Place{Origin: e.origin, Base: e.base, Driver: openai.New(), Signer: auth.Bearer(s.APIKey)}, nil
}

func discoverOpenAI(e Environment) []Finding {
	if !e.has("OPENAI_API_KEY") {
		return missing("OPENAI_API_KEY")
	}
	f := Finding{
		Source: "OPENAI_API_KEY", Place: "openai", State: Enabled,
		Settings: []Setting{{"kind", "openai"}, {"api_key", "${OPENAI_API_KEY}"}},
		Offers:   offers("openai", ""),
	}
	if e.has("OPENAI_BASE_URL") {
		f.Settings = append(f.Settings, Setting{"endpoint", "${OPENAI_BASE_URL}"})
		f.Source += " + OPENAI_BASE_URL"
	}
	for _, name := range []string{"OPENAI_ORG_ID", "OPENAI_PROJECT_ID"} {
		if e.has(name) {
			f.Why = name + " is not used: the key's own organization and project are billed"
		}
	}
	return []Finding{f}
}
