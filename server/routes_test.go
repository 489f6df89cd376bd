package server

import (
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
		{"POST", "/model/m/invoke", `{"inputText":"x"}`, 400, "/converse"},
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
