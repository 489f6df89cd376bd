package all

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/compatible"
)

func compatibleKind() Kind {
	return Kind{
		Name: "compatible", Summary: "A vendor or a server of one's own that is compatible with OpenAI's Chat Completions.",
		New:      func() Settings { return new(compatibleVendor) },
		Discover: discoverCompatible,
	}
}

type compatibleVendor struct {
	Vendor   string      `json:"vendor" jsonschema:"Whose API it is; says where it is and how it deviates."`
	Endpoint string      `json:"endpoint,omitempty" jsonschema:"Address with the path before /chat/completions. Defaults to the vendor's, or to where the server listens by default on this machine. The vendor's path is added to an address without a path."`
	APIKey   auth.Secret `json:"api_key,omitempty" jsonschema:"API key. A server of one's own may do without."`
}

// Choices implements [Chooser].
func (s *compatibleVendor) Choices() map[string][]string {
	return map[string][]string{"vendor": compatible.Names()}
}

func (s *compatibleVendor) Check() []Problem {
	problems := checkEndpoint(s.Endpoint)
	v, err := compatible.Find(s.Vendor)
	if err != nil {
		return append(problems, one("vendor", fmt.Sprintf("unknown vendor %q", s.Vendor), "there are "+strings.Join(compatible.Names(), ", "))...)
	}
	if s.APIKey.IsZero() && !v.Local && s.Endpoint == "" {
		problems = append(problems, one("", "it has no credential", "add api_key, as in api_key: ${"+v.KeyVariable+"}")...)
	}
	return problems
}

func (s *compatibleVendor) Open(Options) (*Place, error) {
	v, err := compatible.Find(s.Vendor)
	if err != nil {
		return nil, err
	}
	usual, err := parseEndpoint(v.Endpoint, "")
	if err != nil {
		return nil, fmt.Errorf("read the endpoint of vendor %s: %w", v.Name, err)
	}
	at := usual
	if s.Endpoint != "" {
		if at, err = parseEndpoint(s.Endpoint, usual.base, "/chat/completions"); err != nil {
			return nil, err
		}
	}
	var signer cloud.Signer
	switch {
	case s.APIKey.IsZero():
		signer = auth.None()
	case v.KeyHeader != "":
		signer = auth.Key(v.KeyHeader, s.APIKey)
	default:
		signer = auth.Bearer(s.APIKey)
	}
	return &Place{Origin: at.origin, Base: at.base, Driver: compatible.New(v), Signer: signer}, nil
}

// discoverCompatible finds keys and servers, but which models they are for only
// a file can say.
func discoverCompatible(e Environment) (all []Finding) {
	const why = "needs a file that says which of its models to offer"
	for _, name := range compatible.Names() {
		v, err := compatible.Find(name)
		if err != nil || v.KeyVariable == "" || !e.has(v.KeyVariable) {
			continue
		}
		all = append(all, Finding{Source: v.KeyVariable, Place: name, State: Incomplete, Why: why, Fix: example(name, v.KeyVariable, "")})
	}
	if e.has("OLLAMA_HOST") {
		address, _ := e.Lookup("OLLAMA_HOST")
		all = append(all, Finding{
			Source: "OLLAMA_HOST", Place: "ollama", State: Incomplete, Why: why, Fix: example("ollama", "", ollamaEndpoint(address)),
		})
	}
	return all
}

func example(vendor, variable, endpoint string) string {
	place := "{kind: compatible, vendor: " + vendor
	if variable != "" {
		place += ", api_key: \"${" + variable + "}\""
	}
	if endpoint != "" {
		place += ", endpoint: " + endpoint
	}
	return "places: {" + vendor + ": " + place + "}}"
}

// ollamaEndpoint reads OLLAMA_HOST, which may be a host, a host and port, or a
// URL, and may be the wildcard address that the server listens on.
func ollamaEndpoint(address string) string {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	name, port := u.Hostname(), u.Port()
	if slices.Contains([]string{"0.0.0.0", "::", ""}, name) {
		name = "127.0.0.1"
	}
	if port == "" {
		port = "11434"
	}
	u.Host, u.Path = name+":"+port, ""
	return u.String()
}
