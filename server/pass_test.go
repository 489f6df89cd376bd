package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/route"
	"github.com/interline-ai/interline/upstream"
)

// has is a place that has some APIs.
type has struct {
	place
	apis string
}

func (h has) Passes(_ *driver.Deployment, api string) bool { return strings.Contains(h.apis, api) }

func (h has) Pass(d *driver.Deployment, api, method, path string, from http.Header, body protocol.Segments, kind string) (driver.Call, error) {
	return driver.Passed(d, method, "/"+api+path, from, body, kind, "Openai-Beta"), nil
}

// passed is what a cloud was asked.
type passed struct{ place, line, body, kind string }

// passDoor is a door before clouds: a and b with OpenAI's API, c with Anthropic's,
// and one each with the others.
func passDoor(t *testing.T) (*Server, *[]passed) {
	t.Helper()
	var asked []passed
	var models []route.Model
	add := func(name, at, apis string) {
		models = append(models, route.Model{Name: name, Deployments: []*cloud.Deployment{{
			Deployment: driver.Deployment{Name: name + "/" + at, Place: at, Origin: "http://" + at, Model: "their " + name},
			Driver:     has{apis: apis}, Signer: unsigned{},
		}}})
	}
	add("painter", "a", protocol.APIOpenAI)
	add("ears", "b", protocol.APIOpenAI)
	add("claude", "c", protocol.APIAnthropic)
	add("nova", "d", protocol.APIBedrock)
	add("veo", "e", protocol.APIGemini)
	add("imagen", "f", protocol.APIVertex)
	table := route.NewTable(models)
	return New(&World{
		Table: table, Keys: NewKeys([]Key{{"app", secret}}, nil), Limits: Limits{Body: 1 << 20},
		Exchange: &exchange.Exchange{
			Candidates: table.Candidates, Every: table.Every, Done: func(*exchange.Record) {},
			Send: func(_ context.Context, origin string, c *driver.Call) (*upstream.Answer, error) {
				for name := range c.Header {
					switch name {
					case "Accept", "Content-Type", "Openai-Beta", "Range":
					default:
						t.Errorf("the call has the header %s", name)
					}
				}
				asked = append(asked, passed{strings.TrimPrefix(origin, "http://"), c.Method + " " + c.Path, string(c.Body.Bytes()), c.Header.Get("Content-Type")})
				const body = "an answer of its own kind"
				return &upstream.Answer{
					Status: 201, Length: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
					Header: http.Header{"Content-Type": {"a/b"}, "Set-Cookie": {"c"}, "Location": {"elsewhere"}, "Etag": {"e"}},
				}, nil
			},
			Limits: exchange.Limits{Attempts: 3, Stream: 10 * time.Second},
		},
	}, 4<<20, slog.New(slog.DiscardHandler)), &asked
}

func ask(s *Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secret)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const (
	inForm  = "multipart/form-data; boundary=B"
	theForm = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\r\n--Bogus\r\n\x00\r\n--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nears\r\n--B--\r\n"
)

// Whom a path that nobody has a route for belongs to, who is asked, and with which
// words.
func TestPassChooses(t *testing.T) {
	for _, tt := range []struct {
		method, path, body string
		header             []string
		place, line, sent  string
	}{
		{"POST", "/v1/images/generations", `{"prompt":"x", "model" : "painter"}`, nil, "a", "POST openai/images/generations", `{"prompt":"x", "model" : "their painter"}`},
		{"POST", "/openai/v1/images/edits?x=%2F&key=" + secret, `{"model":"ears"}`, nil, "b", "POST openai/images/edits?x=%2F", `{"model":"their ears"}`},
		{"POST", "/v1/audio/transcriptions", strings.Replace(theForm, "--Bogus", "-Bogus", 1), []string{"Content-Type", inForm}, "b", "POST openai/audio/transcriptions", strings.Replace(strings.Replace(theForm, "--Bogus", "-Bogus", 1), "ears", "their ears", 1)},
		{"POST", "/openai/deployments/painter/images/generations?api-version=x", `{"prompt":"x"}`, nil, "a", "POST openai/images/generations?api-version=x", `{"model":"their painter","prompt":"x"}`},
		{"POST", "/azure/openai/deployments/ears/audio/speech?api-version=x", `{}`, nil, "b", "POST openai/audio/speech?api-version=x", `{"model":"their ears"}`},
		{"GET", "/v1/files/file-1/content", "", []string{"X-Interline-Model", "ears", "Range", "bytes=0-1", "Cookie", "c"}, "b", "GET openai/files/file-1/content", ""},
		{"DELETE", "/openai/files/f?api-version=1", "", []string{"X-Interline-Model", "painter"}, "a", "DELETE openai/files/f?api-version=1", ""},
		{"GET", "/v1/chat/completions?limit=1", "", []string{"X-Interline-Model", "painter"}, "a", "GET openai/chat/completions?limit=1", ""},
		{"DELETE", "/v1/models/painter", "", nil, "a", "DELETE openai/models/their%20painter", ""},
		{"POST", "/v1/messages/batches", `{"requests":[]}`, []string{"Anthropic-Version", "2023-06-01"}, "c", "POST anthropic/messages/batches", `{"requests":[]}`},
		{"GET", "/anthropic/v1/files", "", nil, "c", "GET anthropic/files", ""},
		{"POST", "/model/nova/new-operation", `{"model":"not this"}`, nil, "d", "POST bedrock/model/their%20nova/new-operation", `{"model":"not this"}`},
		{"POST", "/guardrail/arn%3Aaws%3A%2Fg/version/1/apply", `{}`, nil, "d", "POST bedrock/guardrail/arn%3Aaws%3A%2Fg/version/1/apply", `{}`},
		{"GET", "/bedrock/async-invoke?maxResults=2", "", nil, "d", "GET bedrock/async-invoke?maxResults=2", ""},
		{"POST", "/v1beta/models/veo:predictLongRunning?key=" + secret, `{}`, nil, "e", "POST gemini/models/their%20veo:predictLongRunning", `{}`},
		{"POST", "/v1/models/veo:predict", `{}`, nil, "e", "POST gemini/models/their%20veo:predict", `{}`},
		{"GET", "/v1beta/models/veo/operations/o1", "", nil, "e", "GET gemini/models/their%20veo/operations/o1", ""},
		{"POST", "/v1beta/cachedContents", `{"model":"models/veo"}`, nil, "e", "POST gemini/cachedContents", `{"model":"models/their veo"}`},
		{"POST", "/v1/projects/p/locations/l/publishers/google/models/imagen:predictLongRunning", `{}`, nil, "f", "POST vertex/publishers/google/models/their%20imagen:predictLongRunning", `{}`},
		{"PATCH", "/vertex/v1beta1/projects/p/locations/l/cachedContents/7?updateMask=ttl", `{}`, nil, "f", "PATCH vertex/cachedContents/7?updateMask=ttl", `{}`},
		{"POST", "/model/nova/invoke", `{"inferenceConfig":{}}`, nil, "d", "POST bedrock/model/their%20nova/invoke", `{"inferenceConfig":{}}`},
		{"POST", "/model/nova/invoke-with-response-stream", `{"prompt":"x"}`, nil, "d", "POST bedrock/model/their%20nova/invoke-with-response-stream", `{"prompt":"x"}`},
		{"POST", "/v1/projects/p/locations/l/publishers/google/models/imagen:predict", `{"instances":[{"prompt":"x"}]}`, nil, "f", "POST vertex/publishers/google/models/their%20imagen:predict", `{"instances":[{"prompt":"x"}]}`},
		{"POST", "/v1/publishers/google/models/imagen:predictLongRunning", `{}`, nil, "f", "POST vertex/publishers/google/models/their%20imagen:predictLongRunning", `{}`},
	} {
		s, asked := passDoor(t)
		w := ask(s, tt.method, tt.path, tt.body, tt.header...)
		if w.Code != 201 || len(*asked) != 1 {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, w.Code, w.Body)
			continue
		}
		method, path, _ := strings.Cut(tt.line, " ")
		if got := (*asked)[0]; got.place != tt.place || got.line != method+" /"+path || got.body != tt.sent {
			t.Errorf("%s %s: asked %+v", tt.method, tt.path, got)
		}
		h := w.Header()
		if h.Get("Content-Type") != "a/b" || h.Get("Etag") != "e" || h.Get("Set-Cookie") != "" || h.Get("Location") != "" || w.Body.String() != "an answer of its own kind" {
			t.Errorf("%s %s: answered %v %s", tt.method, tt.path, h, w.Body)
		}
	}
}

// What is refused at the door reaches no cloud, and is told in the API's own shape.
func TestPassRefuses(t *testing.T) {
	s, asked := passDoor(t)
	part := "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nears\r\n"
	formed := []string{"Content-Type", inForm}
	for _, tt := range []struct {
		method, path, body string
		header             []string
		status             int
		says               string
	}{
		{"GET", "/v1/files", "", nil, 400, "x-interline-model"},
		{"POST", "/v1/moderations", `{"input":"x"}`, nil, 400, "x-interline-model"},
		{"GET", "/v1/files", "", []string{"X-Interline-Model", "nobody"}, 404, "nobody"},
		{"GET", "/v1/files", "", []string{"X-Interline-Model", "claude"}, 404, "no deployment"},
		{"POST", "/v1/images/generations", `{"model":"nobody"}`, nil, 404, "nobody"},
		{"POST", "/v1/images/generations", `{"model":"painter","model":"ears"}`, nil, 400, "model"},
		{"POST", "/v1/images/generations", `{"Model":"painter"}`, nil, 400, "Model"},
		{"POST", "/v1/images/generations", `{"model":"painter"`, nil, 400, "JSON"},
		{"POST", "/v1/images/generations", `{"model":"painter"}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "urlencoded"},
		{"POST", "/v1/images/generations", `{"model":"painter"}`, []string{"Content-Encoding", "gzip"}, 415, "gzip"},
		{"POST", "/v1/audio/transcriptions", "no form", formed, 400, "boundary"},
		{"POST", "/v1/audio/transcriptions", theForm, formed, 400, "boundary"},
		{"POST", "/v1/audio/transcriptions", part, formed, 400, "boundary"},
		{"POST", "/v1/audio/transcriptions", part + part + "--B--", formed, 400, "twice"},
		{"POST", "/v1/audio/transcriptions", strings.ReplaceAll(part, "\r\n", "\n") + "--B--", formed, 400, "form"},
		{"POST", "/v1/audio/transcriptions", part + "--B--", []string{"Content-Type", "multipart/form-data"}, 400, "boundary"},
		{"POST", "/v1/files", strings.Repeat("x", 1<<20+1), []string{"Content-Type", "a/b"}, 413, "larger"},
		{"GET", "/v1/files/../organization", "", nil, 404, "no such path"},
		{"GET", "/v1/files/%2e%2e/x", "", nil, 404, "no such path"},
		{"GET", "/v1/files/a%2Fb", "", nil, 404, "no such path"},
		{"GET", "/v1/files/a%252e%252e", "", nil, 404, "no such path"},
		{"GET", "/v1/files/a%5C..", "", nil, 404, "no such path"},
		{"GET", "/v1/files//x", "", nil, 404, "no such path"},
		{"GET", "/v1/organization/users", "", nil, 404, "no such path"},
		{"POST", "/model/..%2Fx/invoked", `{}`, nil, 404, "no such path"},
		{"GET", "/nowhere", "", nil, 404, "no such path"},
		{"GET", "/openai/files", "", nil, 404, "no such path"},
		{"TRACE", "/v1/files", "", nil, 405, "TRACE"},
		{"GET", "/v1/files", "", []string{"Authorization", "Bearer wrong"}, 401, "key"},
		{"GET", "/v1/realtime", "", []string{"Upgrade", "websocket", "Connection", "Upgrade"}, 426, "WebSocket"},
	} {
		w := ask(s, tt.method, tt.path, tt.body, tt.header...)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) || !strings.Contains(w.Body.String(), `"error"`) && !strings.Contains(w.Body.String(), `"message"`) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, w.Code, w.Body)
		}
	}
	if len(*asked) > 0 {
		t.Errorf("asked %+v", *asked)
	}
}

// What a place keeps for all keys is listed for none of several.
func TestPassListsNothingOfOthers(t *testing.T) {
	s, asked := passDoor(t)
	w := *s.world.Load()
	w.Keys = NewKeys([]Key{{"app", secret}, {"other", "another " + secret}}, nil)
	s.Use(&w)
	for path, status := range map[string]int{
		"/v1/files": 403, "/v1/files?limit=1": 403, "/v1/files/file-1": 201, "/v1/videos/v/content": 201, "/v1/engines": 201,
		"/anthropic/v1/messages/batches": 403, "/anthropic/v1/messages/batches/b": 201, "/v1beta/files": 403, "/async-invoke": 403,
		"/v1/projects/p/locations/l/cachedContents": 403, "/v1/projects/p/locations/l/cachedContents/c": 201,
	} {
		if got := ask(s, "GET", path, "", "X-Interline-Model", nameOf(path)); got.Code != status {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
	if len(*asked) != 5 {
		t.Errorf("asked %+v", *asked)
	}
}

// nameOf is a model at the place whose API a path is of.
func nameOf(path string) string {
	for prefix, model := range map[string]string{"/anthropic": "claude", "/v1beta": "veo", "/async": "nova", "/v1/projects": "imagen"} {
		if strings.HasPrefix(path, prefix) {
			return model
		}
	}
	return "painter"
}

// CountTokens holds a request of another operation.
func TestCountWithin(t *testing.T) {
	d := newDoor(t)
	for body, want := range map[string]string{
		`{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}}`:                                                                                               "/converse",
		`{"input":{"invokeModel":{"body":"eyJhbnRocm9waWNfdmVyc2lvbiI6ImJlZHJvY2stMjAyMy0wNS0zMSIsIm1heF90b2tlbnMiOjEsIm1lc3NhZ2VzIjpbeyJyb2xlIjoidXNlciIsImNvbnRlbnQiOiJoaSJ9XX0="}}}`: "/invoke",
		`{"input":{}}`: "exactly one",
		`{"input":{"converse":{},"invokeModel":{}}}`: "exactly one",
		`{"input":{"invokeModel":{"body":"!"}}}`:     "base64",
		`{}`:                                         "input",
	} {
		w := d.do("POST", "/model/m/count-tokens", body)
		if strings.HasPrefix(want, "/") {
			if w.Code != 200 || w.Body.String() != answers[want] {
				t.Errorf("%s: %d %s", body, w.Code, w.Body)
			}
		} else if w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}
