package all

import (
	"reflect"
	"strings"
	"testing"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/driver"
)

func TestKindsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if seen[k.Name] || k.Name == "" || !strings.HasSuffix(k.Summary, ".") || k.Discover == nil {
			t.Errorf("kind %+v", k)
		}
		seen[k.Name] = true
		if found, ok := Find(k.Name); !ok || found.Name != k.Name {
			t.Errorf("%s is not found", k.Name)
		}
		a, b := k.New(), k.New()
		if reflect.TypeOf(a).Kind() != reflect.Pointer || a == b {
			t.Errorf("%s: settings are shared or no pointer", k.Name)
		}
		if len(a.Check()) == 0 && k.Name != "openai" && k.Name != "gemini" { // whose keys are required by their tags
			t.Errorf("%s: nothing is wrong with nothing", k.Name)
		}
	}
	if _, ok := Find("nowhere"); ok {
		t.Error("a kind that does not exist is found")
	}
}

func TestEndpoint(t *testing.T) {
	for address, want := range map[string]endpoint{
		"https://api.openai.com":               {"https://api.openai.com", "/v1"},
		"https://API.openai.com/":              {"https://api.openai.com", "/v1"},
		"https://api.openai.com:443/v1/":       {"https://api.openai.com", "/v1"},
		"http://127.0.0.1:80/x%20y/":           {"http://127.0.0.1", "/x%20y"},
		"http://[::1]:8080/openai/v1":          {"http://[::1]:8080", "/v1"},
		"http://[::1]":                         {"http://[::1]", "/v1"},
		"https://gw.example.com/team/openai":   {"https://gw.example.com", "/team"},
		"https://gw.example.com:8443/openaiv1": {"https://gw.example.com:8443", "/openaiv1"},
	} {
		if got, err := parseEndpoint(address, "/v1", "/openai/v1", "/openai"); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, address := range []string{"", "x", "ftp://x", "https://", "https:///v1", "https://u:p@x", "https://x?a", "https://x?", "https://x#f", "https://x\x00", "//x"} {
		if got, err := parseEndpoint(address, ""); err == nil {
			t.Errorf("%q: %+v", address, got)
		}
	}
}

// TestEntraDefaults: scope and authority follow the surface and the cloud that
// the resource is in.
func TestEntraDefaults(t *testing.T) {
	for _, tt := range []struct {
		endpoint, version string
		given             entra
		scope, authority  string
	}{
		{"https://x.openai.azure.com", "", entra{}, "https://ai.azure.com/.default", ""},
		{"https://x.openai.azure.com", "2024-10-21", entra{}, "https://cognitiveservices.azure.com/.default", ""},
		{"https://x.openai.azure.us", "", entra{}, "https://cognitiveservices.azure.us/.default", "https://login.microsoftonline.us/"},
		{"https://x.openai.azure.cn", "2024-10-21", entra{}, "https://cognitiveservices.azure.cn/.default", "https://login.chinacloudapi.cn/"},
		{"https://x.openai.azure.us", "", entra{Scope: "s", Authority: "https://a"}, "s", "https://a"},
	} {
		s := &azureResource{Endpoint: tt.endpoint, APIVersion: tt.version, Entra: &tt.given}
		got := s.entraOptions(tt.endpoint, Options{})
		if got.Scope != tt.scope || got.Authority != tt.authority {
			t.Errorf("%s %s: %q %q", tt.endpoint, tt.version, got.Scope, got.Authority)
		}
	}
}

// TestCredentials: which header each way of settings leads to.
func TestCredentials(t *testing.T) {
	k := auth.NewSecret("k")
	for _, tt := range []struct {
		name     string
		settings Settings
		want     string
	}{
		{"openai", &openAI{APIKey: k}, "Authorization: Bearer k"},
		{"azure", &azureResource{Endpoint: "https://x.openai.azure.com", APIKey: k}, "Api-Key: k"},
		{"anthropic key", &anthropicAPI{APIKey: k}, "X-Api-Key: k"},
		{"anthropic token", &anthropicAPI{AuthToken: k}, "Authorization: Bearer k"},
		{"bedrock key", &bedrockRegion{awsAccount: awsAccount{Region: "us-east-1", APIKey: k}}, "Authorization: Bearer k"},
		{"bedrock signature", &bedrockRegion{awsAccount: awsAccount{Region: "us-east-1", AccessKeyID: "AKID", SecretAccessKey: k}}, "Authorization: AWS4-HMAC-SHA256 Credential=AKID/"},
		{"mantle", &mantleRegion{awsAccount: awsAccount{Region: "us-east-1", APIKey: k}}, "Authorization: Bearer k"},
		{"claude on AWS", &anthropicOnAWS{WorkspaceID: "w", awsAccount: awsAccount{Region: "us-east-1", APIKey: k}}, "X-Api-Key: k"},
		{"gemini", &geminiAPI{APIKey: k}, "X-Goog-Api-Key: k"},
		{"vertex express", &vertexProject{APIKey: k}, "X-Goog-Api-Key: k"},
		{"groq", &compatibleVendor{Vendor: "groq", APIKey: k}, "Authorization: Bearer k"},
		{"vllm without a key", &compatibleVendor{Vendor: "vllm"}, ""},
		{"nim of one's own", &compatibleVendor{Vendor: "nvidia", Endpoint: "http://10.0.0.1:8000/v1"}, ""},
	} {
		if problems := tt.settings.Check(); len(problems) > 0 {
			t.Errorf("%s: %v", tt.name, problems)
			continue
		}
		p, err := tt.settings.Open(Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		c := &driver.Call{Method: "POST", Path: p.Base + "/x", Header: driver.Header("application/json")}
		if err := p.Signer.Sign(t.Context(), p.Origin, c); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var got string
		for _, name := range []string{"Authorization", "Api-Key", "X-Api-Key", "X-Goog-Api-Key"} {
			if v := c.Header.Get(name); v != "" {
				got += name + ": " + v
			}
		}
		if !strings.HasPrefix(got, tt.want) || (tt.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOllamaHost(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1": "http://127.0.0.1:11434", "0.0.0.0:1234": "http://127.0.0.1:1234", "https://o.example.com:8/x": "https://o.example.com:8",
		":11434": "http://127.0.0.1:11434", "http://": "",
	} {
		if got := ollamaEndpoint(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
