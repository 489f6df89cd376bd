package all

import (
	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/mantle"
)

func mantleKind() Kind {
	return Kind{
		Name: "bedrock-mantle", Summary: "Amazon Bedrock's second endpoint in one region: OpenAI's and Anthropic's own APIs.",
		New:      func() Settings { return new(mantleRegion) },
		Discover: func(Environment) []Finding { return nil }, // bedrock finds the same credentials
	}
}

type mantleRegion struct {
	awsAccount
	Endpoint string `json:"endpoint,omitempty" jsonschema:"Address of the endpoint, for private ones. Defaults to the region's."`
}

func (s *mantleRegion) Check() []Problem { return append(checkEndpoint(s.Endpoint), s.check()...) }

func (s *mantleRegion) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = mantle.Endpoint(s.Region)
	}
	e, err := parseEndpoint(address, "")
	if err != nil {
		return nil, err
	}
	d, err := mantle.New()
	if err != nil {
		return nil, err
	}
	return &Place{Origin: e.origin, Base: e.base, Driver: d, Signer: s.signer(mantle.Service, auth.Bearer(s.APIKey))}, nil
}
