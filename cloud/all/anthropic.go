package all

import (
	"strings"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/anthropic"
)

func anthropicKind() Kind {
	return Kind{
		Name: "anthropic", Summary: "Anthropic's own API.",
		New:      func() Settings { return new(anthropicAPI) },
		Discover: discoverAnthropic,
	}
}

type anthropicAPI struct {
	Endpoint  string      `json:"endpoint,omitempty" jsonschema:"Address of the API, without /v1. Defaults to https://api.anthropic.com."`
	APIKey    auth.Secret `json:"api_key,omitempty" jsonschema:"API key, sent as x-api-key. Either this or auth_token."`
	AuthToken auth.Secret `json:"auth_token,omitempty" jsonschema:"Token, sent as a bearer token. Either this or api_key."`
}

func (s *anthropicAPI) Check() []Problem {
	problems := checkEndpoint(s.Endpoint)
	switch {
	case s.APIKey.IsZero() && s.AuthToken.IsZero():
		problems = append(problems, one("", "it has no credential", "add api_key, as in api_key: ${ANTHROPIC_API_KEY}")...)
	case !s.APIKey.IsZero() && !s.AuthToken.IsZero():
		problems = append(problems, one("auth_token", "there is an api_key as well, and the API refuses both at once", "keep one of them")...)
	}
	return problems
}

func (s *anthropicAPI) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = anthropic.Endpoint
	}
	e, err := parseEndpoint(address, "", "/v1/messages", "/v1")
	if err != nil {
		return nil, err
	}
	var signer cloud.Signer = auth.Key("X-Api-Key", s.APIKey)
	if s.APIKey.IsZero() {
		signer = auth.Bearer(s.AuthToken)
	}
	return &Place{Origin: e.origin, Base: e.base, Driver: anthropic.New(anthropic.Options{}), Signer: signer}, nil
}

func discoverAnthropic(e Environment) []Finding {
	f := Finding{
		Place: "anthropic", State: Enabled, Settings: []Setting{{"kind", "anthropic"}},
		Offers: offers("anthropic", ""),
	}
	switch {
	case e.has("ANTHROPIC_API_KEY"):
		f.Source, f.Settings = "ANTHROPIC_API_KEY", append(f.Settings, Setting{"api_key", "${ANTHROPIC_API_KEY}"})
	case e.has("ANTHROPIC_AUTH_TOKEN"):
		f.Source, f.Settings = "ANTHROPIC_AUTH_TOKEN", append(f.Settings, Setting{"auth_token", "${ANTHROPIC_AUTH_TOKEN}"})
	default:
		return missing("ANTHROPIC_API_KEY")
	}
	if e.has("ANTHROPIC_BASE_URL") {
		f.Settings = append(f.Settings, Setting{"endpoint", "${ANTHROPIC_BASE_URL}"})
		f.Source += " + ANTHROPIC_BASE_URL"
	}
	return []Finding{f}
}

func anthropicAWSKind() Kind {
	return Kind{
		Name: "anthropic-aws", Summary: "The Claude Platform on AWS, which Anthropic operates, in one region.",
		New:      func() Settings { return new(anthropicOnAWS) },
		Discover: discoverAnthropicAWS,
	}
}

type anthropicOnAWS struct {
	Endpoint    string `json:"endpoint,omitempty" jsonschema:"Address of the API. Defaults to the region's."`
	WorkspaceID string `json:"workspace_id" jsonschema:"Workspace that is billed, as in wrkspc_..."`
	awsAccount
}

func (s *anthropicOnAWS) Check() []Problem {
	problems := append(checkEndpoint(s.Endpoint), s.check()...)
	if strings.TrimSpace(s.WorkspaceID) == "" {
		problems = append(problems, one("workspace_id", "it is empty", "write the workspace's id, as the console shows it")...)
	}
	return problems
}

func (s *anthropicOnAWS) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = anthropic.OnAWS(s.Region)
	}
	e, err := parseEndpoint(address, "", "/v1/messages", "/v1")
	if err != nil {
		return nil, err
	}
	return &Place{
		Origin: e.origin, Base: e.base, Driver: anthropic.New(anthropic.Options{Workspace: s.WorkspaceID}),
		Signer: s.signer(anthropic.Service, auth.Key("X-Api-Key", s.APIKey)),
	}, nil
}

// discoverAnthropicAWS goes by the variables of Anthropic's own SDK (v1.84.0,
// package aws).
func discoverAnthropicAWS(e Environment) []Finding {
	region := e.first("AWS_REGION", "AWS_DEFAULT_REGION")
	if !e.has("ANTHROPIC_AWS_API_KEY") || !e.has("ANTHROPIC_AWS_WORKSPACE_ID") || region == "" {
		return nil
	}
	return []Finding{{
		Source: "ANTHROPIC_AWS_API_KEY + ANTHROPIC_AWS_WORKSPACE_ID + " + region, Place: "anthropic-aws", State: Enabled,
		Settings: []Setting{
			{"kind", "anthropic-aws"}, {"api_key", "${ANTHROPIC_AWS_API_KEY}"}, {"workspace_id", "${ANTHROPIC_AWS_WORKSPACE_ID}"}, {"region", "${" + region + "}"},
		},
		Offers: offers("anthropic-aws", ""),
	}}
}
