package all

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/azure"
)

func azureKind() Kind {
	return Kind{
		Name: "azure", Summary: "Azure OpenAI (Microsoft Foundry Models). A deployment's model is the name of the deployment.",
		New:      func() Settings { return new(azureResource) },
		Discover: discoverAzure,
	}
}

type azureResource struct {
	Endpoint   string      `json:"endpoint" jsonschema:"Address of the resource, as in https://my-resource.openai.azure.com, or of an API Management gateway before it."`
	APIVersion string      `json:"api_version,omitempty" jsonschema:"Date of the API, as in 2024-10-21, for the dated surface. Without it the v1 surface is used."`
	APIKey     auth.Secret `json:"api_key,omitempty" jsonschema:"One of the resource's two keys, sent as api-key. Either this or entra."`
	Entra      *entra      `json:"entra,omitempty" jsonschema:"Microsoft Entra ID instead of a key. {} takes what the environment offers: variables, workload identity, managed identity, the Azure CLI."`
}

type entra struct {
	TenantID     string      `json:"tenant_id,omitempty" jsonschema:"Directory (tenant) id."`
	ClientID     string      `json:"client_id,omitempty" jsonschema:"Application (client) id. Alone it names a user-assigned managed identity."`
	ClientSecret auth.Secret `json:"client_secret,omitempty" jsonschema:"Secret of the application; needs tenant_id and client_id."`
	TokenFile    string      `json:"token_file,omitempty" jsonschema:"File with a federated token, for workload identity; needs tenant_id and client_id."`
	Authority    string      `json:"authority,omitempty" jsonschema:"Address of the token endpoint. Defaults to that of the cloud the resource is in."`
	Scope        string      `json:"scope,omitempty" jsonschema:"What tokens are for. Defaults to the scope of the surface that is used."`
}

// datedVersion is the form of the dated surface's versions (API version
// lifecycle page, 2026-11).
var datedVersion = regexp.MustCompile(`^20\d\d-\d\d-\d\d(-preview)?$`)

func (s *azureResource) Check() []Problem {
	problems := checkEndpoint(s.Endpoint)
	if s.APIVersion != "" && !datedVersion.MatchString(s.APIVersion) {
		problems = append(problems, one("api_version", fmt.Sprintf("%q is not the date of an API version", s.APIVersion),
			"write a date such as 2024-10-21, or leave it out for the v1 surface")...)
	}
	switch {
	case s.APIKey.IsZero() && s.Entra == nil:
		problems = append(problems, one("", "it has no credential", "add api_key, or entra: {} for an identity of this machine")...)
	case !s.APIKey.IsZero() && s.Entra != nil:
		problems = append(problems, one("entra", "there is an api_key as well", "keep one of them")...)
	}
	if s.Entra != nil {
		problems = append(problems, s.Entra.check()...)
	}
	return problems
}

func (e *entra) check() (problems []Problem) {
	if !e.ClientSecret.IsZero() || e.TokenFile != "" {
		for _, f := range []Setting{{"tenant_id", e.TenantID}, {"client_id", e.ClientID}} {
			if f.Value == "" {
				problems = append(problems, one("entra", "it has no "+f.Field, "a client_secret or token_file needs tenant_id and client_id")...)
			}
		}
	}
	if !e.ClientSecret.IsZero() && e.TokenFile != "" {
		problems = append(problems, one("entra.token_file", "there is a client_secret as well", "keep one of them")...)
	}
	if e.Authority != "" && !strings.HasPrefix(e.Authority, "https://") {
		problems = append(problems, one("entra.authority", fmt.Sprintf("%q does not begin with https://", e.Authority), "")...)
	}
	return problems
}

func (s *azureResource) Open(o Options) (*Place, error) {
	at, err := parseEndpoint(s.Endpoint, "", "/openai/v1", "/openai")
	if err != nil {
		return nil, err
	}
	var signer cloud.Signer = auth.Key("Api-Key", s.APIKey)
	if s.Entra != nil {
		signer = auth.Entra(s.entraOptions(at.origin, o))
	}
	return &Place{Origin: at.origin, Base: at.base, Driver: azure.New(azure.Options{APIVersion: s.APIVersion}), Signer: signer}, nil
}

// entraOptions completes what the settings leave out by the cloud that the
// resource is in and the surface that is used. The v1 surface of the public
// cloud has a scope of its own (openai-go azure, 2026-11).
func (s *azureResource) entraOptions(origin string, o Options) auth.EntraOptions {
	e := auth.EntraOptions{
		TenantID: s.Entra.TenantID, ClientID: s.Entra.ClientID, ClientSecret: s.Entra.ClientSecret, TokenFile: s.Entra.TokenFile,
		Authority: s.Entra.Authority, Scope: s.Entra.Scope, HTTP: o.HTTP,
	}
	authority, scope := "", "https://cognitiveservices.azure.com/.default"
	switch {
	case strings.HasSuffix(origin, ".azure.us"):
		authority, scope = "https://login.microsoftonline.us/", "https://cognitiveservices.azure.us/.default"
	case strings.HasSuffix(origin, ".azure.cn"):
		authority, scope = "https://login.chinacloudapi.cn/", "https://cognitiveservices.azure.cn/.default"
	case s.APIVersion == "":
		scope = "https://ai.azure.com/.default"
	}
	if e.Authority == "" {
		e.Authority = authority
	}
	if e.Scope == "" {
		e.Scope = scope
	}
	return e
}

func discoverAzure(e Environment) []Finding {
	if !e.has("AZURE_OPENAI_ENDPOINT") {
		return missing("AZURE_OPENAI_ENDPOINT")
	}
	f := Finding{
		Place: "azure", State: Enabled,
		Settings: []Setting{{"kind", "azure"}, {"endpoint", "${AZURE_OPENAI_ENDPOINT}"}},
	}
	switch {
	case e.has("AZURE_OPENAI_API_KEY"):
		f.Source = "AZURE_OPENAI_ENDPOINT + AZURE_OPENAI_API_KEY"
		f.Settings = append(f.Settings, Setting{"api_key", "${AZURE_OPENAI_API_KEY}"})
	default:
		f.Source = "AZURE_OPENAI_ENDPOINT + Entra ID"
		f.Settings = append(f.Settings, Setting{"entra", "{}"})
		if !e.asked("azure") {
			f.State, f.Why, f.Fix = Ambient, "ambient credentials", "add --cloud azure"
			return []Finding{f}
		}
	}
	if v, _ := e.Lookup("OPENAI_API_VERSION"); datedVersion.MatchString(v) {
		f.Settings = append(f.Settings, Setting{"api_version", "${OPENAI_API_VERSION}"})
	}
	for _, name := range []string{"AZURE_OPENAI_DEPLOYMENT", "AZURE_OPENAI_DEPLOYMENT_NAME"} {
		if v, _ := e.Lookup(name); v != "" {
			f.Offers = same(v)
			f.Source += " + " + name
			return []Finding{f}
		}
	}
	f.State, f.Why = Incomplete, "needs AZURE_OPENAI_DEPLOYMENT: a resource does not say which deployments it has"
	f.Fix = "export AZURE_OPENAI_DEPLOYMENT=..."
	return []Finding{f}
}
