package server

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
)

func TestKeys(t *testing.T) {
	d := newDoor(t, Key{"app", secret}, Key{"batch", other})
	for _, tt := range []struct {
		name   string
		header []string
		status int
		key    string
	}{
		{"bearer", []string{"Authorization", "Bearer " + secret}, 200, "app"},
		{"x-api-key", []string{"X-Api-Key", other}, 200, "batch"},
		{"api-key", []string{"Api-Key", secret}, 200, "app"},
		{"the same twice", []string{"Api-Key", secret, "Authorization", "Bearer " + secret}, 200, "app"},
		{"two different ones", []string{"Api-Key", secret, "Authorization", "Bearer " + other}, 400, ""},
		{"none", nil, 401, ""},
		{"empty", []string{"Authorization", "Bearer "}, 401, ""},
		{"wrong", []string{"Authorization", "Bearer " + secret + "x"}, 401, ""},
		{"the name", []string{"Authorization", "Bearer app"}, 401, ""},
		{"basic", []string{"Authorization", "Basic " + secret}, 401, ""},
		{"a signature, with no way to judge it", []string{"Authorization", awsScheme + "Credential=app/20261125/us-east-1/bedrock/aws4_request"}, 401, ""},
	} {
		d.last.Store(nil)
		for path, body := range map[string]string{"/v1/chat/completions": good["/v1/chat/completions"], "/model/m/converse": good["/model/m/converse"]} {
			w := d.do("POST", path, body, tt.header...)
			want := tt.status
			if strings.Contains(path, "/model/") && want == 401 {
				want = 403 // AWS's own status for an unknown key
			}
			if w.Code != want {
				t.Errorf("%s %s: %d %s", tt.name, path, w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), secret) || strings.Contains(w.Body.String(), other) {
				t.Errorf("%s: the key is repeated", tt.name)
			}
		}
		r := d.last.Load()
		if r == nil {
			t.Fatalf("%s: nobody was told of the request", tt.name)
		}
		if r.Key != tt.key || (r.Fault != nil) != (tt.status != 200) {
			t.Errorf("%s: counted for %q, fault %v", tt.name, r.Key, r.Fault)
		}
	}
	if w := d.do("GET", "/v1/models", ""); w.Code != 401 {
		t.Errorf("models without a key: %d", w.Code)
	}
	if w := d.do("GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("health needs a key: %d", w.Code)
	}
}

// Without keys a web page cannot spend its visitor's money.
func TestPagesAreNotServedWithoutKeys(t *testing.T) {
	d, keyed := newDoor(t), newDoor(t, Key{"app", secret})
	ask := func(d *door, host string, header ...string) int {
		r := httptest.NewRequest("POST", "/v1/chat/completions", strings.NewReader(good["/v1/chat/completions"]))
		r.Host = host
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w.Code
	}
	for _, tt := range []struct {
		host   string
		header []string
		want   int
	}{
		{"127.0.0.1:7171", nil, 200},
		{"localhost", nil, 200},
		{"[::1]:7171", nil, 200},
		{"127.0.0.1", []string{"Origin", "http://localhost:3000"}, 200},
		{"127.0.0.1", []string{"Sec-Fetch-Site", "none"}, 200},
		{"evil.example", nil, 403},
		{"localhost.evil.example:7171", nil, 403},
		{"127.0.0.1", []string{"Origin", "https://evil.example"}, 403},
		{"127.0.0.1", []string{"Origin", "null"}, 403},
		{"127.0.0.1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		if got := ask(d, tt.host, tt.header...); got != tt.want {
			t.Errorf("%s %v: %d, want %d", tt.host, tt.header, got, tt.want)
		}
		if got := ask(keyed, tt.host, append([]string{"Authorization", "Bearer " + secret}, tt.header...)...); got != 200 {
			t.Errorf("with a key, %s %v: %d", tt.host, tt.header, got)
		}
	}
}

func TestTwoOfOneHeader(t *testing.T) {
	k := NewKeys([]Key{{"app", secret}}, nil)
	r := httptest.NewRequest("POST", "/", nil)
	r.Header["Authorization"] = []string{"Bearer " + secret, "Bearer " + other}
	if _, f := k.check(r); f == nil || f.Code != interline.CodeInvalid {
		t.Errorf("fault %v", f)
	}
}

func TestSignedKeys(t *testing.T) {
	verify := func(_ *http.Request, body []byte, lookup func(string) (string, bool)) error {
		if s, ok := lookup("app"); !ok || s != secret || !bytes.Contains(body, []byte("hi")) {
			return errors.New("no")
		}
		return nil
	}
	k := NewKeys([]Key{{"app", secret}}, verify)
	r := httptest.NewRequest("POST", "/model/m/converse", nil)
	r.Header.Set("Authorization", awsScheme+"Credential=app/20261125/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0")
	name, fault := k.check(r)
	if fault != nil || name != "app" {
		t.Fatalf("%q %v", name, fault)
	}
	if f := k.checkBody(r, []byte("hi")); f != nil {
		t.Error(f)
	}
	if k.checkBody(r, []byte("other")) == nil {
		t.Error("a signature that does not fit was taken")
	}
}
