package caller

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
)

func keys() Keys {
	return Keys{
		Region: DefaultRegion, Services: []string{"bedrock-mantle", "bedrock"}, AccessKeyID: DefaultID, SecretAccessKey: "secret", APIKey: "key",
	}
}

// TestServices holds which scopes get as far as the comparison of signatures.
func TestServices(t *testing.T) {
	now := time.Now().UTC()
	for service, want := range map[string]string{
		"bedrock-mantle": "does not match the signature you provided",
		"bedrock":        "does not match the signature you provided",
		"s3":             "scoped to correct service: 'bedrock-mantle'",
	} {
		r := httptest.NewRequest("POST", "/v1/responses", strings.NewReader("{}"))
		r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+DefaultID+"/"+now.Format("20060102")+"/us-east-1/"+service+
			"/aws4_request, SignedHeaders=host;x-amz-date, Signature="+strings.Repeat("0", 64))
		who, refused := keys().Signed(r, []byte("{}"))
		if refused == nil || refused.Code != sigv4.InvalidSignature || !strings.Contains(refused.Message, want) || who != "" {
			t.Errorf("%s: %q, %v; want %q", service, who, refused, want)
		}
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]struct {
		bearer, refused bool
	}{
		"Bearer key": {true, false}, "Bearer no": {true, true}, "Bearer ": {true, true}, "AWS4-HMAC-SHA256 x": {false, false}, "": {false, false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		who, ok, refused := keys().Bearer(r)
		if ok != want.bearer || (refused != nil) != want.refused || (who != "") != (want.bearer && !want.refused) {
			t.Errorf("%q: %q, %v, %v", header, who, ok, refused)
		}
	}
}

func TestBodyCanBeReadAgain(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("hello"))
	body, err := Body(httptest.NewRecorder(), r, 5)
	again, _ := io.ReadAll(r.Body) // from memory
	if err != nil || string(body) != "hello" || string(again) != "hello" {
		t.Errorf("%q, then %q, %v", body, again, err)
	}
	if _, err := Body(httptest.NewRecorder(), r, 5); err != nil {
		t.Errorf("a body read to its end: %v", err)
	}
	if _, err := Body(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("hello!")), 5); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a long body: %v", err)
	}
}

func TestCredentials(t *testing.T) {
	k := keys()
	if _, there := k.Credentials()["session_token"]; there {
		t.Error("a session token that is not set is told")
	}
	k.SessionToken = "token"
	if c := k.Credentials(); c["session_token"] != "token" || c["api_key"] != "key" || c["region"] != DefaultRegion {
		t.Errorf("credentials %v", c)
	}
}
