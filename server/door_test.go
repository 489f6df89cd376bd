package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
	"github.com/interline-ai/interline/route"
	"github.com/interline-ai/interline/upstream"
)

// place speaks every client language, so that everything is forwarded.
type place struct{}

func (place) Speaks(*driver.Deployment, string) []protocol.Translator {
	return []protocol.Translator{all.Client(protocol.ChatCompletions), all.Client(protocol.Messages), all.Client(protocol.Converse), all.Client(protocol.Invoke), all.Client(protocol.Responses), all.Client(protocol.GenerateContent)}
}

func (place) Call(_ *driver.Deployment, language string, _ *interline.Head, _ http.Header, body protocol.Segments) (driver.Call, error) {
	return driver.Call{Method: "POST", Path: "/" + language, Header: http.Header{}, Body: body}, nil
}

func (place) Fault(_ *driver.Deployment, f *interline.Fault, _ http.Header) *interline.Fault {
	return f
}

type unsigned struct{}

func (unsigned) Sign(context.Context, string, *driver.Call) error { return nil }
func (unsigned) Renew() bool                                      { return false }

const (
	secret = "il-test-key"
	other  = "il-other-key"
)

// door is a server whose one cloud answers every language.
type door struct {
	*Server
	asked atomic.Int32
	last  atomic.Pointer[exchange.Record]
}

var answers = map[string]string{
	"/chatcompletions": `{"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}`,
	"/messages":        `{"id":"x","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}`,
	"/invoke":          `{"id":"x","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}`,
	"/responses":       `{"id":"x","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"y","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hello","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}`,
	"/generatecontent": `{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hello"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}}`,
	"/converse":        `{"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5},"metrics":{"latencyMs":1}}`,
}

func newDoor(t *testing.T, keys ...Key) *door {
	t.Helper()
	d := &door{}
	deployment := &cloud.Deployment{Deployment: driver.Deployment{Name: "m/a", Place: "a", Origin: "http://a", Model: "m"}, Driver: place{}, Signer: unsigned{}}
	table := route.NewTable([]route.Model{{Name: "m", Aliases: []string{"vendor.m-v1:0"}, Deployments: []*cloud.Deployment{deployment}}})
	d.Server = New(&World{
		Table: table, Keys: NewKeys(keys, nil),
		Limits: Limits{Body: 1 << 20, BodyIdle: 300 * time.Millisecond, BodyTotal: time.Second},
		Exchange: &exchange.Exchange{
			Candidates: table.Candidates,
			Send: func(_ context.Context, _ string, c *driver.Call) (*upstream.Answer, error) {
				d.asked.Add(1)
				if bytes.Contains(c.Body.Bytes(), []byte("PANIC")) {
					panic("as ordered")
				}
				body := answers[c.Path]
				return &upstream.Answer{
					Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
					Length: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
				}, nil
			},
			Done:   func(r *exchange.Record) { d.last.Store(r) },
			Limits: exchange.Limits{Attempts: 3, Unary: 10 * time.Second, AnswerBytes: 1 << 20},
		},
	}, 4<<20, slog.New(slog.DiscardHandler))
	return d
}

func (d *door) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:7171"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// good is a request that every language's path accepts.
var good = map[string]string{
	"/v1/chat/completions": `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
	"/v1/messages":         `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}`,
	"/model/m/converse":    `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`,
	"/openai/deployments/m/chat/completions?api-version=2024-10-21": `{"messages":[{"role":"user","content":"hi"}]}`,
	"/openai/v1/chat/completions":                                   `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
	"/openai/v1/chat/completions?api-version=preview":               `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
	"/azure/openai/deployments/m/chat/completions?api-version=x":    `{"messages":[{"role":"user","content":"hi"}]}`,
	"/bedrock/model/vendor.m-v1%3A0/converse":                       `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`,
	"/model/m/invoke":                                  `{"anthropic_version":"bedrock-2023-05-31","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}`,
	"/bedrock/model/vendor.m-v1%3A0/invoke":            `{"anthropic_version":"bedrock-2023-05-31","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}`,
	"/bedrock/openai/v1/chat/completions":              `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
	"/anthropic/v1/messages?beta=true":                 `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}`,
	"/v1/responses":                                    `{"model":"m","input":"hi"}`,
	"/openai/v1/responses?api-version=preview":         `{"model":"m","input":[{"role":"user","content":"hi"}]}`,
	"/openai/responses?api-version=2025-04-01-preview": `{"model":"m","input":"hi"}`,
	"/v1beta/models/m:generateContent":                 `{"contents":[{"parts":[{"text":"hi"}]}]}`,
	"/gemini/v1/models/m:generateContent":              `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
	"/v1beta1/projects/p/locations/eu/publishers/google/models/m:generateContent?$alt=json": `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
	"/vertex/v1/publishers/google/models/m:generateContent":                                 `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
	"/openai/v1/chat/completions?":                                                          `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
}
