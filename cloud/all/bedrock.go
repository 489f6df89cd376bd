package all

import (
	"strings"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/bedrock"
)

func bedrockKind() Kind {
	return Kind{
		Name: "bedrock", Summary: "Amazon Bedrock's runtime endpoint in one region.",
		New:      func() Settings { return new(bedrockRegion) },
		Discover: discoverBedrock,
	}
}

type bedrockRegion struct {
	awsAccount
	Endpoint string `json:"endpoint,omitempty" jsonschema:"Address of the runtime endpoint, for FIPS, dual-stack and private endpoints. Defaults to the region's."`
}

func (s *bedrockRegion) Check() []Problem { return append(checkEndpoint(s.Endpoint), s.check()...) }

func (s *bedrockRegion) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = bedrock.Endpoint(s.Region)
	}
	e, err := parseEndpoint(address, "")
	if err != nil {
		return nil, err
	}
	return &Place{
		Origin: e.origin, Base: e.base, Profile: profile(s.Region), Driver: bedrock.New(), Signer: s.signer(bedrock.Service, auth.Bearer(s.APIKey)),
		Choose: func(model string, languages []string) (any, error) { return bedrock.Choose(model, languages) },
	}, nil
}

func discoverBedrock(e Environment) []Finding {
	f := Finding{Place: "bedrock", State: Enabled, Settings: []Setting{{"kind", "bedrock"}}}
	region := e.first("AWS_REGION", "AWS_DEFAULT_REGION")
	switch {
	case e.has("AWS_BEARER_TOKEN_BEDROCK"):
		f.Source = "AWS_BEARER_TOKEN_BEDROCK"
		f.Settings = append(f.Settings, Setting{"api_key", "${AWS_BEARER_TOKEN_BEDROCK}"})
	case e.has("AWS_ACCESS_KEY_ID") && e.has("AWS_SECRET_ACCESS_KEY"):
		f.Source = "AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY"
		f.Settings = append(f.Settings, Setting{"access_key_id", "${AWS_ACCESS_KEY_ID}"}, Setting{"secret_access_key", "${AWS_SECRET_ACCESS_KEY}"})
		if e.has("AWS_SESSION_TOKEN") {
			f.Settings = append(f.Settings, Setting{"session_token", "${AWS_SESSION_TOKEN}"})
		}
	default:
		f.Source = ambientAWS(e)
		if f.Source == "" && !e.asked("bedrock") {
			return missing("AWS_BEARER_TOKEN_BEDROCK")
		}
		if f.Source == "" {
			f.Source = "AWS default chain"
		}
		if !e.asked("bedrock") {
			f.State, f.Why, f.Fix = Ambient, "ambient credentials", "add --cloud bedrock"
			return []Finding{f}
		}
	}
	if region == "" {
		f.State, f.Why, f.Fix = Incomplete, "needs AWS_REGION", "export AWS_REGION=us-east-1"
		return []Finding{f}
	}
	f.Source += " + " + region
	f.Settings = append(f.Settings, Setting{"region", "${" + region + "}"})
	value, _ := e.Lookup(region)
	f.Offers = offers("bedrock", profile(value))
	return []Finding{f}
}

// ambientAWS names what AWS's default chain would take from the environment, or
// "" when there is no sign of anything.
func ambientAWS(e Environment) string {
	switch {
	case e.has("AWS_PROFILE"):
		return "AWS_PROFILE (ambient)"
	case e.has("AWS_WEB_IDENTITY_TOKEN_FILE"):
		return "AWS_WEB_IDENTITY_TOKEN_FILE (ambient)"
	case e.first("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI") != "":
		return "AWS container credentials (ambient)"
	}
	return ""
}

// profile is the prefix of the inference profiles to ask by in a region, behind
// which the newest models alone are: the United States' there, the global one
// elsewhere (Bedrock user guide, 2026-11).
func profile(region string) string {
	if strings.HasPrefix(region, "us-") && !strings.HasPrefix(region, "us-gov-") {
		return "us."
	}
	return "global."
}
