package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/bedrock/eventstream"
	"github.com/interline-ai/interline/emulator/core"
)

// surface is one way of asking a place, unary and streamed.
type surface struct {
	name, place             string
	unaryPath, unaryBody    string
	streamPath, streamBody  string
	headers                 func(Place) []string
	limited, overload, auth int // statuses of the drills
	// whole says whether a stream reached its proper end, failed whether it
	// ended with the dialect's own error.
	whole, failed func(body []byte) bool
}

const (
	chatAsk   = `{"model":"gpt-4.1","messages":[{"role":"user","content":"write 60 words"}]}`
	claudeAsk = `{"max_tokens":500,"messages":[{"role":"user","content":"write 60 words"}]}`
	sonnet    = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
	sol       = "us.openai.gpt-5.6-sol"
)

func with(body, members string) string { return strings.Replace(body, "{", "{"+members+",", 1) }

func surfaces() []surface {
	bearer := func(part string) func(Place) []string {
		return func(p Place) []string { return []string{"Authorization", "Bearer " + p.Credentials[part]} }
	}
	azureKey := func(p Place) []string { return []string{"Api-Key", p.Credentials["key"]} }
	done := func(b []byte) bool { return bytes.HasSuffix(b, []byte("data: [DONE]\n\n")) }
	errored := func(b []byte) bool { return bytes.Contains(b, []byte(`data: {"error":`)) }
	lastIs := func(want string) func([]byte) bool {
		return func(b []byte) bool { return lastEvent(b) == want }
	}
	const stream = `"stream":true`
	claude := with(claudeAsk, `"model":"claude-sonnet-4-5"`)
	invoke := with(claudeAsk, `"anthropic_version":"bedrock-2023-05-31"`)
	onBedrock := with(strings.Replace(chatAsk, "gpt-4.1", sol, 1), `"reasoning_effort":"none"`)
	converse := `{"messages":[{"role":"user","content":[{"text":"write 60 words"}]}]}`
	const v1, dated = "/openai/v1/chat/completions", "/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21"
	return append(googleSurfaces(bearer), []surface{
		{"openai", "openai", "/v1/chat/completions", chatAsk, "/v1/chat/completions", with(chatAsk, stream), bearer("key"), 429, 503, 401, done, errored},
		{"azure v1", "azure", v1, chatAsk, v1, with(chatAsk, stream), azureKey, 429, 503, 401, done, errored},
		{"azure dated", "azure", dated, chatAsk, dated, with(chatAsk, stream), azureKey, 429, 503, 401, done, errored},
		{
			"anthropic", "anthropic", "/v1/messages", claude, "/v1/messages", with(claude, stream),
			func(p Place) []string {
				return []string{"X-Api-Key", p.Credentials["key"], "Anthropic-Version", "2023-06-01"}
			}, 429, 529, 401,
			func(b []byte) bool { return bytes.Contains(b, []byte("event: message_stop\n")) },
			func(b []byte) bool { return bytes.Contains(b, []byte("event: error\n")) },
		},
		{
			"converse", "bedrock", "/model/" + sonnet + "/converse", converse, "/model/" + sonnet + "/converse-stream", converse,
			bearer("api_key"), 429, 503, 403, lastIs("metadata"), lastIs("modelStreamErrorException"),
		},
		{
			"invoke", "bedrock", "/model/" + sonnet + "/invoke", invoke, "/model/" + sonnet + "/invoke-with-response-stream", invoke,
			bearer("api_key"), 429, 503, 403,
			func(b []byte) bool { return lastEvent(b) == "chunk message_stop" }, lastIs("modelStreamErrorException"),
		},
		{"bedrock chat", "bedrock", v1, onBedrock, v1, with(onBedrock, stream), bearer("api_key"), 429, 503, 403, done, errored},
	}...)
}

// lastEvent names the last whole message of an event stream, of a chunk with
// the type of the event in it.
func lastEvent(b []byte) string {
	last := ""
	for {
		m, rest, err := eventstream.Decode(b)
		if err != nil {
			return last
		}
		last, b = m.Header(":event-type")+m.Header(":exception-type"), rest
		var chunk struct{ Bytes []byte }
		var inner struct{ Type string }
		if last == "chunk" && json.Unmarshal(m.Payload, &chunk) == nil && json.Unmarshal(chunk.Bytes, &inner) == nil {
			last += " " + inner.Type
		}
	}
}

// said is a response, read to its end or to where it broke.
type said struct {
	status int
	body   []byte
	err    error
	took   time.Duration

	protocol int // major version of HTTP
}

// ask asks over a connection of its own.
func (s surface) ask(t *testing.T, run *Running, stream bool) said {
	t.Helper()
	return s.askWith(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}, run, stream)
}

func (s surface) askWith(t *testing.T, client *http.Client, run *Running, stream bool) said {
	t.Helper()
	p := run.Place(s.place)
	path, body := s.unaryPath, s.unaryBody
	if stream {
		path, body = s.streamPath, s.streamBody
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for h := s.headers(p); len(h) > 0; h = h[2:] {
		req.Header.Set(h[0], h[1])
	}
	begun := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return said{err: err}
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return said{resp.StatusCode, got, err, time.Since(begun), resp.ProtoMajor}
}

// only is the one row of the bill, which is then torn up.
func only(t *testing.T, run *Running) core.Row {
	t.Helper()
	rows := run.Bill().Rows("")
	run.Bill().Clear()
	if len(rows) != 1 {
		t.Fatalf("%d rows on the bill: %+v", len(rows), rows)
	}
	return rows[0]
}

func TestEveryDrillOnEverySurface(t *testing.T) {
	run := start(t, Options{})
	for _, s := range surfaces() {
		t.Run(s.name, func(t *testing.T) {
			drill := func(d core.Drill) {
				d.Target, d.Count = s.place, 1
				if _, err := run.Drills().Add(d); err != nil {
					t.Fatal(err)
				}
			}
			for _, stream := range []bool{false, true} {
				s.refusals(t, run, drill, stream)
			}
			s.breaksUnary(t, run, drill)
			s.breaksStreams(t, run, drill)
		})
	}
}

// refusals are the drills that do not let an answer begin. They cost nothing.
func (s surface) refusals(t *testing.T, run *Running, drill func(core.Drill), stream bool) {
	t.Helper()
	for _, d := range []struct {
		order  core.Drill
		status int
	}{
		{core.Drill{Kind: core.Throttle}, s.limited},
		{core.Drill{Kind: core.Overload}, s.overload},
		{core.Drill{Kind: core.Auth}, s.auth},
		{core.Drill{Kind: core.StatusCode, Status: 500}, 500},
	} {
		drill(d.order)
		got := s.ask(t, run, stream)
		if got.status != d.status || !json.Valid(got.body) {
			t.Errorf("%s, stream %v: status %d, %v: %s", d.order.Kind, stream, got.status, got.err, got.body)
		}
	}
	drill(core.Drill{Kind: core.Down})
	if got := s.ask(t, run, stream); !errors.Is(got.err, syscall.ECONNRESET) {
		t.Errorf("down, stream %v: %v", stream, got.err)
	}
	if rows := run.Bill().Rows(""); len(rows) != 0 {
		t.Errorf("refusals were billed: %+v", rows)
	}
}

func (s surface) breaksUnary(t *testing.T, run *Running, drill func(core.Drill)) {
	t.Helper()
	if got := s.ask(t, run, false); got.status != 200 || !json.Valid(got.body) {
		t.Fatalf("status %d, %v: %s", got.status, got.err, got.body)
	}
	whole := only(t, run)
	if whole.Cut || whole.Usage.Output < 60 {
		t.Errorf("bill %+v", whole)
	}
	for _, kind := range []core.Kind{core.Cut, core.EOF} {
		drill(core.Drill{Kind: kind})
		if got := s.ask(t, run, false); got.err == nil || json.Valid(got.body) {
			t.Errorf("%s: %v: %s", kind, got.err, got.body)
		}
		if row := only(t, run); !row.Cut || row.Usage.Output != whole.Usage.Output {
			t.Errorf("%s: bill %+v, whole %+v", kind, row, whole)
		}
	}
	drill(core.Drill{Kind: core.InStream})
	if got := s.ask(t, run, false); got.status != 500 || !json.Valid(got.body) || len(run.Bill().Rows("")) != 0 {
		t.Errorf("error: status %d: %s, bill %+v", got.status, got.body, run.Bill().Rows(""))
	}
	drill(core.Drill{Kind: core.Slow, Delay: core.Span(40 * time.Millisecond)})
	if got := s.ask(t, run, false); got.took < 40*time.Millisecond || got.status != 200 {
		t.Errorf("slow: status %d after %v", got.status, got.took)
	}
	only(t, run)
}

// breaksStreams are the drills within a stream: what was said is billed.
func (s surface) breaksStreams(t *testing.T, run *Running, drill func(core.Drill)) {
	t.Helper()
	got := s.ask(t, run, true)
	whole := only(t, run)
	if got.err != nil || !s.whole(got.body) || whole.Cut || !whole.Stream {
		t.Errorf("stream: %v, bill %+v: %s", got.err, whole, got.body)
	}
	for _, d := range []struct {
		kind           core.Kind
		broken, failed bool
	}{{core.Cut, true, false}, {core.EOF, false, false}, {core.InStream, false, true}} {
		drill(core.Drill{Kind: d.kind, After: 20})
		got := s.ask(t, run, true)
		if (got.err != nil) != d.broken || s.failed(got.body) != d.failed || s.whole(got.body) {
			t.Errorf("%s: %v, %q", d.kind, got.err, got.body)
		}
		row := only(t, run)
		if !row.Cut || row.Usage.Output == 0 || row.Usage.Output >= 25 || row.Usage.Input != whole.Usage.Input {
			t.Errorf("%s: bill %+v, whole %+v", d.kind, row, whole)
		}
	}
	drill(core.Drill{Kind: core.Corrupt, After: 5})
	if got := s.ask(t, run, true); s.whole(got.body) && json.Valid(got.body) {
		t.Errorf("corrupt: %q", got.body)
	}
	run.Bill().Clear()
}
