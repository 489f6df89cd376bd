package all

import (
	"fmt"
	"regexp"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/gemini"
	"github.com/interline-ai/interline/cloud/vertex"
)

func geminiKind() Kind {
	return Kind{
		Name: "gemini", Summary: "Google's Gemini API.",
		New:      func() Settings { return new(geminiAPI) },
		Discover: discoverGemini,
	}
}

type geminiAPI struct {
	Endpoint string      `json:"endpoint,omitempty" jsonschema:"Address of the API. Defaults to https://generativelanguage.googleapis.com/v1beta. The path /v1beta is added to an address without a path."`
	APIKey   auth.Secret `json:"api_key" jsonschema:"API key, sent as x-goog-api-key."`
}

func (s *geminiAPI) Check() []Problem { return checkEndpoint(s.Endpoint) }

func (s *geminiAPI) Open(Options) (*Place, error) {
	address := s.Endpoint
	if address == "" {
		address = gemini.Endpoint
	}
	e, err := parseEndpoint(address, "/v1beta")
	if err != nil {
		return nil, err
	}
	return &Place{Origin: e.origin, Base: e.base, Driver: gemini.New(), Signer: auth.Key("X-Goog-Api-Key", s.APIKey)}, nil
}

// discoverGemini goes by the variables of Google's SDK, of which GOOGLE_API_KEY
// comes first (genai v1.77.0).
func discoverGemini(e Environment) []Finding {
	key := e.first("GOOGLE_API_KEY", "GEMINI_API_KEY")
	if key == "" {
		return missing("GEMINI_API_KEY")
	}
	return []Finding{{
		Source: key, Place: "gemini", State: Enabled,
		Settings: []Setting{{"kind", "gemini"}, {"api_key", "${" + key + "}"}},
		Offers:   offers("gemini", ""),
	}}
}

func vertexKind() Kind {
	return Kind{
		Name: "vertex", Summary: "Google's Vertex AI in one project and location: Gemini, Claude and open models.",
		New:      func() Settings { return new(vertexProject) },
		Discover: discoverVertex,
	}
}

type vertexProject struct {
	Project         string      `json:"project,omitempty" jsonschema:"Id of the Google Cloud project. Without one it is the express mode, which needs api_key."`
	Location        string      `json:"location,omitempty" jsonschema:"A region as in europe-west4, a multi-region (us, eu) or global, which is the default."`
	Endpoint        string      `json:"endpoint,omitempty" jsonschema:"Address of the API, for private endpoints. Defaults to the location's."`
	CredentialsFile string      `json:"credentials_file,omitempty" jsonschema:"JSON file of a service account, of workload identity federation, or of another credential of Google Cloud. Without it and credentials, Google's default chain is used."`
	Credentials     auth.Secret `json:"credentials,omitempty" jsonschema:"The content of such a file."`
	APIKey          auth.Secret `json:"api_key,omitempty" jsonschema:"API key, sent as x-goog-api-key."`
	QuotaProject    string      `json:"quota_project,omitempty" jsonschema:"Project that requests count against, if it is not the credentials' own."`
}

// scopeOf is what the catalog calls a location.
func scopeOf(location string) string {
	switch location {
	case "global", "us", "eu":
		return location
	}
	return "region"
}

// locationForm is what a location looks like, so that a typing error is not looked
// up in DNS.
var locationForm = regexp.MustCompile(`^(global|us|eu|[a-z]+-[a-z]+\d+)$`)

func (s *vertexProject) Check() []Problem {
	problems := checkEndpoint(s.Endpoint)
	if s.Location != "" && !locationForm.MatchString(s.Location) {
		problems = append(problems, one("location", fmt.Sprintf("%q is not a location of Google Cloud", s.Location), "write one such as europe-west4, eu or global")...)
	}
	hasFile, hasJSON, hasKey := s.CredentialsFile != "", !s.Credentials.IsZero(), !s.APIKey.IsZero()
	switch {
	case hasFile && hasJSON:
		problems = append(problems, one("credentials", "there is a credentials_file as well", "keep one of them")...)
	case hasKey && (hasFile || hasJSON):
		problems = append(problems, one("api_key", "there are credentials as well", "keep one of them")...)
	case s.Project == "" && !hasKey:
		problems = append(problems, one("project", "it is missing", "write the id of the Google Cloud project, or an api_key for the express mode")...)
	}
	if hasJSON {
		if _, err := auth.CheckGoogle([]byte(s.Credentials.Reveal())); err != nil {
			problems = append(problems, one("credentials", err.Error(), "give the whole content of the credential file")...)
		}
	}
	return problems
}

func (s *vertexProject) Open(o Options) (*Place, error) {
	location := s.Location
	if location == "" {
		location = "global"
	}
	address := s.Endpoint
	if address == "" {
		address = vertex.Endpoint(location)
	}
	e, err := parseEndpoint(address, "", "/v1", "/v1beta1")
	if err != nil {
		return nil, err
	}
	var signer cloud.Signer = auth.Key("X-Goog-Api-Key", s.APIKey)
	if s.APIKey.IsZero() {
		signer = auth.Google(auth.GoogleOptions{
			File: s.CredentialsFile, JSON: s.Credentials, Scope: vertex.Scope, QuotaProject: s.QuotaProject, HTTP: o.HTTP,
		})
	}
	return &Place{
		Origin: e.origin, Base: e.base, Signer: signer,
		Driver: vertex.New(vertex.Options{Project: s.Project, Location: location}), Scope: scopeOf(location),
	}, nil
}

// discoverVertex needs a project by name; that of ambient credentials is not
// guessed.
func discoverVertex(e Environment) []Finding {
	project := e.first("GOOGLE_CLOUD_PROJECT", "ANTHROPIC_VERTEX_PROJECT_ID")
	if project == "" {
		return nil
	}
	f := Finding{
		Source: project, Place: "vertex", State: Enabled, Settings: []Setting{{"kind", "vertex"}, {"project", "${" + project + "}"}},
		Offers: offers("vertex", ""),
	}
	if location := e.first("GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "CLOUD_ML_REGION"); location != "" {
		f.Settings = append(f.Settings, Setting{"location", "${" + location + "}"})
		f.Source += " + " + location
	}
	if e.has("GOOGLE_APPLICATION_CREDENTIALS") {
		f.Source += " + GOOGLE_APPLICATION_CREDENTIALS"
		f.Settings = append(f.Settings, Setting{"credentials_file", "${GOOGLE_APPLICATION_CREDENTIALS}"})
	} else if !e.asked("vertex") {
		f.State, f.Why, f.Fix = Ambient, "ambient credentials", "add --cloud vertex"
		f.Settings, f.Offers = nil, nil
	}
	return []Finding{f}
}
