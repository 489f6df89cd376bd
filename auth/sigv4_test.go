package auth

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
)

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	converse  = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.openai.gpt-oss-120b-1%3A0/converse"
)

// signedAt sends a signed call to a server that checks it as AWS does.
func signedAt(t *testing.T, o AWSOptions, key sigv4.Key) {
	t.Helper()
	check := sigv4.Verifier{
		Region: "us-east-1", Service: "bedrock", Now: time.Now,
		Lookup: func(id string) (sigv4.Key, bool) { return key, id == key.ID },
	}
	var verdict error
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, verdict = check.Verify(r, body)
	}))
	defer site.Close()
	c := newCall(converse+"?a=b%20c", `{"x":1}`)
	c.Body = [][]byte{[]byte(`{"x"`), []byte(`:1}`)}
	s := SigV4(o)
	for range 2 { // a second attempt signs anew
		if err := s.Sign(t.Context(), site.URL, c); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequest(c.Method, site.URL+c.Path, strings.NewReader(string(c.Body.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.Header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if verdict != nil {
		t.Errorf("refused: %v; header %v", verdict, c.Header)
	}
}

func TestSignedAsAWSWantsIt(t *testing.T) {
	signedAt(t, AWSOptions{Region: "us-east-1", Service: "bedrock", AccessKeyID: accessKey, SecretAccessKey: NewSecret(secretKey)},
		sigv4.Key{ID: accessKey, Secret: secretKey})
	signedAt(t, AWSOptions{
		Region: "us-east-1", Service: "bedrock", AccessKeyID: accessKey, SecretAccessKey: NewSecret(secretKey), SessionToken: NewSecret("session"),
	}, sigv4.Key{ID: accessKey, Secret: secretKey, Token: "session"})
}

// alone keeps the machine's own AWS settings out of a test.
func alone(t *testing.T) (dir string) {
	dir = t.TempDir()
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	return dir
}

func TestDefaultChain(t *testing.T) {
	dir := alone(t)
	s := SigV4(AWSOptions{Region: "us-east-1", Service: "bedrock"})
	if _, err := sign(t.Context(), s); err == nil {
		t.Fatal("signed without credentials")
	}
	write := func(id string) {
		t.Helper()
		text := "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = " + secretKey + "\n"
		if err := os.WriteFile(filepath.Join(dir, "credentials"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	credential := func() string {
		t.Helper()
		h, err := sign(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return h.Get("Authorization")
	}
	write("AKIDFIRST")
	if !s.Renew() {
		t.Fatal("the chain has nothing new to say")
	}
	if got := credential(); !strings.Contains(got, "Credential=AKIDFIRST/") || !strings.Contains(got, "/us-east-1/bedrock/aws4_request") {
		t.Errorf("signed with %s", got)
	}
	write("AKIDSECOND")
	if !s.Renew() { // within the echo: nothing is dropped
		t.Error("a late caller is told that nothing changed")
	}
	if got := credential(); !strings.Contains(got, "Credential=AKIDFIRST/") {
		t.Errorf("signed with %s", got)
	}
	s.(*sigV4).dropped = time.Now().Add(-time.Minute)
	if !s.Renew() {
		t.Error("old credentials are kept")
	}
	if got := credential(); !strings.Contains(got, "Credential=AKIDSECOND/") {
		t.Errorf("signed with %s", got)
	}
	signedAt(t, AWSOptions{Region: "us-east-1", Service: "bedrock", Profile: "default"}, sigv4.Key{ID: "AKIDSECOND", Secret: secretKey})
}

// door serves a handler that checks signatures under a prefix, and tells the
// verdict on the last request.
func door(t *testing.T) (*httptest.Server, *error) {
	verdict := new(error)
	mux := http.NewServeMux()
	check := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*verdict = VerifySigV4(r, body, func(name string) (string, bool) { return secretKey, name == "app" })
	})
	mux.Handle("/bedrock/", http.StripPrefix("/bedrock", check))
	mux.Handle("/", check)
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return site, verdict
}

// knock signs with AWS's own signer and sends.
func knock(t *testing.T, url, body, payload string, at time.Time, name string, change func(*http.Request)) {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Amz-Sdk-Invocation-Id", "a  b   c")
	req.Header.Add("X-Amz-Meta", "one")
	req.Header.Add("X-Amz-Meta", " two ")
	switch payload {
	case "stated":
		payload = bodyHash([][]byte{[]byte(body)})
		req.Header.Set("X-Amz-Content-Sha256", payload)
	case unsignedPayload:
		req.Header.Set("X-Amz-Content-Sha256", payload)
	default:
		payload = bodyHash([][]byte{[]byte(body)})
	}
	creds := aws.Credentials{AccessKeyID: name, SecretAccessKey: secretKey}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, req, payload, "bedrock", "eu-central-1", at); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestVerifyAccepts(t *testing.T) {
	site, verdict := door(t)
	for _, path := range []string{converse, "/bedrock" + converse, converse + "?b=2&a=1&a=0&c=%20x+y&d", "/openai/v1/chat/completions", "/bedrock/model/a%20b/converse-stream"} {
		for _, payload := range []string{"plain", "stated", unsignedPayload} {
			*verdict = io.EOF
			knock(t, site.URL+path, `{"x":1}`, payload, time.Now(), "app", nil)
			if *verdict != nil {
				t.Errorf("%s, %s: %v", path, payload, *verdict)
			}
		}
	}
	knock(t, site.URL+converse, "", "plain", time.Now().Add(14*time.Minute), "app", nil)
	if *verdict != nil {
		t.Errorf("14 minutes ahead, empty body: %v", *verdict)
	}
}

func TestVerifyRefuses(t *testing.T) {
	site, verdict := door(t)
	const path = "/bedrock" + converse
	for name, tt := range map[string]struct {
		at     time.Duration
		key    string
		change func(*http.Request)
	}{
		"unknown key":     {key: "other"},
		"too old":         {key: "app", at: -16 * time.Minute},
		"too new":         {key: "app", at: 16 * time.Minute},
		"another path":    {key: "app", change: func(r *http.Request) { r.URL.RawPath = ""; r.URL.Path = "/bedrock/model/x/converse" }},
		"another query":   {key: "app", change: func(r *http.Request) { r.URL.RawQuery = "a=b" }},
		"another method":  {key: "app", change: func(r *http.Request) { r.Method = "PUT" }},
		"another host":    {key: "app", change: func(r *http.Request) { r.Host = "elsewhere" }},
		"another type":    {key: "app", change: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
		"added amz":       {key: "app", change: func(r *http.Request) { r.Header.Set("X-Amz-Extra", "1") }},
		"another date":    {key: "app", change: func(r *http.Request) { r.Header.Set("X-Amz-Date", time.Now().UTC().Add(time.Minute).Format(sigV4Time)) }},
		"no date":         {key: "app", change: func(r *http.Request) { r.Header.Del("X-Amz-Date") }},
		"another body":    {key: "app", change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"x":2}`)) }},
		"stated wrongly":  {key: "app", change: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64)) }},
		"bearer":          {key: "app", change: func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }},
		"two credentials": {key: "app", change: func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }},
		"another service": {key: "app", change: swap("/bedrock/", "/s3/")},
		"short scope":     {key: "app", change: swap("/aws4_request", "")},
		"no host":         {key: "app", change: swap(";host;", ";")},
		"short signature": {key: "app", change: swap("Signature=", "Signature=ab")},
		"repeated field":  {key: "app", change: swap("Signature=", "Signature=00, Signature=")},
	} {
		*verdict = nil
		knock(t, site.URL+path, `{"x":1}`, "plain", time.Now().Add(tt.at), tt.key, tt.change)
		if *verdict == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains((*verdict).Error(), secretKey) {
			t.Errorf("%s: the error holds the key: %v", name, *verdict)
		}
	}
}

func swap(old, with string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
	}
}

func FuzzVerifySigV4(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=app/20261124/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature="+strings.Repeat("0", 64), "/a?b=%zz&=", "20261124T120000Z")
	f.Fuzz(func(t *testing.T, authorization, target, stamp string) {
		r := &http.Request{Method: "POST", Host: "h", URL: &url.URL{Path: "/"}, RequestURI: target, Header: http.Header{"Authorization": {authorization}, "X-Amz-Date": {stamp}}}
		if err := VerifySigV4(r, nil, func(string) (string, bool) { return secretKey, true }); err == nil {
			t.Errorf("accepted %q", authorization)
		}
	})
}
