package server

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline/protocol"
)

// What goes wrong at InvokeModel is told in AWS's shape.
func TestBadInvoke(t *testing.T) {
	d := newDoor(t)
	body := good["/model/m/invoke"]
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/model/nobody/invoke", body, 404, "nobody"},
		{"POST", "/model/nobody/invoke-with-response-stream", body, 404, "nobody"},
		{"POST", "/model/a/b/invoke", body, 404, "no such path"},
		{"POST", "/model//invoke", body, 404, "no such path"},
		{"POST", "/model/m/invoke", `{"prompt":"x"}`, 400, "/converse"},
		{"POST", "/model/m/invoke", strings.Replace(body, "{", `{"model":"other",`, 1), 400, "model"},
		{"POST", "/model/m/invoke-with-response-stream", `{"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"messages":"hi"}`, 400, "messages"},
		{"GET", "/model/m/invoke", "", 405, "POST"},
	} {
		w := d.do(tt.method, tt.path, tt.body)
		if message, _ := shape(t, tt.path, w); w.Code != tt.status || !strings.Contains(message, tt.says) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, w.Code, w.Body)
		}
	}
	if n := d.asked.Load(); n != 0 {
		t.Errorf("%d of them reached a cloud", n)
	}
}

// Both families of SDKs that call InvokeModel find the request's id.
func TestRequestIDOfInvoke(t *testing.T) {
	h := newDoor(t).do("POST", "/model/m/invoke", good["/model/m/invoke"], "X-Request-Id", "mine").Header()
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Amzn-Requestid"} {
		if h.Get(name) != "mine" {
			t.Errorf("%s is %q", name, h.Get(name))
		}
	}
}

// The path alone says whether the answer is a stream.
func TestPathsOfInvoke(t *testing.T) {
	for path, stream := range map[string]bool{
		"/model/m/invoke": false, "/model/m/invoke-with-response-stream": true,
		"/bedrock/model/us.anthropic.m-v1%3A0/invoke-with-response-stream": true,
		"/model/arn%3Aaws%3Abedrock%3A%3A1%3Ainference-profile%2Fm/invoke": false,
	} {
		r, names := find(path)
		if r == nil || r.Language != protocol.Invoke || r.Stream != stream || names.Model == "" {
			t.Errorf("%s: %+v %+v", path, r, names)
		}
	}
}

// Google's paths name the model before a colon, and the query says how a stream
// travels.
func TestPathsOfGenerateContent(t *testing.T) {
	for path, want := range map[string]struct {
		model  string
		stream bool
	}{
		"/v1beta/models/gemini-3:generateContent":                                        {"gemini-3", false},
		"/v1/models/a%2Fb:streamGenerateContent":                                         {"a/b", true},
		"/v1/projects/p/locations/us/publishers/anthropic/models/m%4020:generateContent": {"m@20", false},
		"/vertex/v1beta1/publishers/google/models/us.x-v1:0:streamGenerateContent":       {"us.x-v1:0", true},
		"/v1/projects/p/locations/us/publishers/google/models/m:generateContent/":        {},
		"/v1/projects/p/locations/us/publishers/google/more/models/m:generateContent":    {},
		"/v1beta/models/:generateContent":                                                {},
		"/v1beta/models/m:generateContents":                                              {},
		"/v1beta/models/%zz:generateContent":                                             {},
	} {
		r, names := find(path)
		if want.model == "" {
			if r != nil && r.Operation != "" {
				t.Errorf("%s is taken for %s", path, r.Pattern)
			}
			continue
		}
		if r == nil || r.Language != protocol.GenerateContent || r.Stream != want.stream || names.Model != want.model {
			t.Errorf("%s: %+v %+v", path, r, names)
		}
	}
	for query, want := range map[string]protocol.Envelope{"": protocol.JSONArray, "?alt=sse": protocol.SSE, "?alt=json": protocol.JSONArray} {
		r := httptest.NewRequest("POST", "/v1beta/models/m:streamGenerateContent"+query, nil)
		found, _ := find(r.URL.EscapedPath())
		if got := languageOf(found, r).Envelope(); got != want {
			t.Errorf("%q travels as %d", query, got)
		}
	}
}

// Google's clients bring the key in a header of their own, or in the query.
func TestGoogleKeys(t *testing.T) {
	const path = "/v1beta/models/m:generateContent"
	d := newDoor(t, Key{"app", secret})
	for name, tt := range map[string]struct {
		query, header string
		status        int
	}{
		"none":      {"", "", 401},
		"header":    {"", secret, 200},
		"query":     {"?key=" + secret, "", 200},
		"wrong":     {"?key=x", "", 401},
		"the same":  {"?key=" + secret, secret, 200},
		"different": {"?key=x", secret, 400},
	} {
		var header []string
		if tt.header != "" {
			header = []string{"X-Goog-Api-Key", tt.header}
		}
		if w := d.do("POST", path+tt.query, good[path], header...); w.Code != tt.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
