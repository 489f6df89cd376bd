package exchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/upstream"
)

// testDriver speaks Chat Completions, as a place of the simplest kind does.
type testDriver struct{ langs []protocol.Translator }

func (t testDriver) Speaks(*driver.Deployment, string) []protocol.Translator { return t.langs }

func (testDriver) Call(d *driver.Deployment, _ string, _ *interline.Head, _ http.Header, body protocol.Segments) (driver.Call, error) {
	return driver.Call{Method: "POST", Path: d.Base + "/chat/completions", Header: http.Header{}, Body: body}, nil
}

func (testDriver) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	f.RetryAfter = driver.RetryAfter(h)
	return f
}

// testSigner counts how often it was told of a refusal.
type testSigner struct {
	renewable bool
	renewed   int
	err       error
	secret    string
}

func (s *testSigner) Holds(text []byte) bool {
	return s.secret != "" && strings.Contains(string(text), s.secret)
}

func (s *testSigner) Sign(context.Context, string, *driver.Call) error { return s.err }
func (s *testSigner) Renew() bool                                      { s.renewed++; return s.renewable && s.renewed == 1 }

// reply is what a scripted cloud does with one call.
type reply struct {
	err    error
	status int
	kind   string // content type; JSON if empty
	header http.Header
	body   io.Reader
}

func jsonReply(status int, body string) reply {
	return reply{status: status, body: strings.NewReader(body)}
}

func streamReply(body string) reply {
	return reply{status: 200, kind: "text/event-stream", body: strings.NewReader(body)}
}

// clouds is a script of clouds, by the name of the deployment, and a log of who
// was asked what.
type clouds struct {
	mu      sync.Mutex
	replies map[string][]reply
	asked   []string
	bodies  []string
}

func (c *clouds) send(ctx context.Context, origin string, call *driver.Call) (*upstream.Answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := strings.TrimPrefix(origin, "http://")
	c.asked = append(c.asked, name)
	c.bodies = append(c.bodies, string(call.Body.Bytes()))
	if len(c.replies[name]) == 0 {
		return nil, errors.New("the script of " + name + " is over")
	}
	r := c.replies[name][0]
	c.replies[name] = c.replies[name][1:]
	if r.err != nil {
		return nil, r.err
	}
	if r.kind == "" {
		r.kind = "application/json"
	}
	h := r.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("Content-Type", r.kind)
	return &upstream.Answer{Status: r.status, Header: h, Length: -1, Body: &scripted{ctx: ctx, r: r.body}}, nil
}

// scripted is a body that ends when its call's context does, as a connection
// would.
type scripted struct {
	ctx context.Context
	r   io.Reader
}

func (s *scripted) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	buf := make([]byte, len(p))
	go func() {
		n, err := s.r.Read(buf)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		copy(p, buf[:r.n])
		return r.n, r.err
	case <-s.ctx.Done():
		return 0, context.Cause(s.ctx)
	}
}

func (s *scripted) Close() error {
	if c, ok := s.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

var chat = chatcompletions.New(chatcompletions.Dialect{})

// house is an exchange over scripted clouds.
type house struct {
	clouds
	Exchange
	signers      map[string]*testSigner
	record       *Record
	clientHeader http.Header
	conn         io.WriteCloser // the client's
}

func newHouse(names ...string) *house {
	h := &house{signers: map[string]*testSigner{}}
	h.replies = map[string][]reply{}
	var all []*cloud.Deployment
	for _, n := range names {
		h.signers[n] = &testSigner{}
		all = append(all, &cloud.Deployment{
			Deployment: driver.Deployment{Name: "m/" + n, Place: n, Origin: "http://" + n, Model: "model-at-" + n},
			Driver:     testDriver{[]protocol.Translator{chat}}, Signer: h.signers[n],
		})
	}
	h.Exchange = Exchange{
		Candidates: func(head *interline.Head) []*cloud.Deployment {
			if head.Model != "m" {
				return nil
			}
			return all
		},
		Send: h.send, Done: func(r *Record) { h.record = r },
		Limits: Limits{
			Attempts: 3, Unary: 10 * time.Minute, Stream: time.Hour, FirstContent: time.Minute, FirstContentReasoning: 5 * time.Minute,
			IdleBytes: time.Minute, IdleContent: 2 * time.Minute, Hold: 30 * time.Second, Ping: 15 * time.Second,
			ClientStall: time.Minute, Patience: 2 * time.Second, AnswerBytes: 1 << 20,
		},
	}
	return h
}

const (
	question       = `{ "model" : "m","messages":[{"role":"user","content":"hi"}],"unknown":{"kept":1.0} }`
	streamQuestion = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	wholeAnswer    = `{"id":"x","object":"chat.completion","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5},"extra":[1.50]}`
)

func chunk(delta string) string {
	return `data: {"id":"x","object":"chat.completion.chunk","model":"gpt","choices":[{"index":0,"delta":` + delta + `,"finish_reason":null}],"usage":null}` + "\n\n"
}

const (
	finishChunk = `data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}` + "\n\n"
	usageChunk  = `data: {"id":"x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}` + "\n\n"
	doneChunk   = "data: [DONE]\n\n"
)

var preamble = chunk(`{"role":"assistant","content":""}`)

// ask serves one request and returns what the client got.
func (h *house) ask(t *testing.T, body string, mode LossMode) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.askInto(t, t.Context(), w, body, mode)
	return w
}

func (h *house) askInto(t *testing.T, ctx context.Context, w http.ResponseWriter, body string, mode LossMode) {
	t.Helper()
	o, err := chat.Open(protocol.Spoken{Operation: interline.OperationChat}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	released := 0
	r := httptest.NewRequestWithContext(ctx, "POST", "/v1/chat/completions", nil)
	for name, v := range h.clientHeader {
		r.Header[name] = v
	}
	h.Serve(w, r, &Ask{In: chat, Opened: o, ID: "req_1", Key: "k", Losses: mode, Received: time.Now(), Conn: h.conn, Release: func() { released++ }})
	if released != 1 {
		t.Errorf("the body was released %d times", released)
	}
	if h.record == nil {
		t.Error("the request left no record")
	}
}

func TestForwardsBytes(t *testing.T) {
	h := newHouse("a")
	h.replies["a"] = []reply{jsonReply(200, wholeAnswer)}
	w := h.ask(t, question, Warn)
	if w.Body.String() != wholeAnswer {
		t.Errorf("the client got %s", w.Body)
	}
	if want := strings.Replace(question, `"m"`, `"model-at-a"`, 1); h.bodies[0] != want {
		t.Errorf("the cloud got %s, want %s", h.bodies[0], want)
	}
	a := h.record.Attempts[0]
	if a.Grade != Forwarded || !a.Reported || a.Usage != (interline.Usage{Input: 3, Output: 2}) || h.record.Status != 200 {
		t.Errorf("record: %+v", h.record)
	}
	if w.Header().Get(HeaderDeployment) != "m/a" || w.Header().Get(HeaderAttempts) != "1" {
		t.Errorf("headers: %v", w.Header())
	}
}

func TestForwardsStreams(t *testing.T) {
	for _, tt := range []struct {
		name, ask, answer, want string
	}{
		{"usage not asked", streamQuestion, preamble + chunk(`{"content":"hello"}`) + finishChunk + usageChunk + doneChunk, preamble + chunk(`{"content":"hello"}`) + finishChunk + doneChunk},
		{
			"usage asked", strings.Replace(streamQuestion, `"stream":true`, `"stream":true,"stream_options":{"include_usage":true}`, 1),
			": comment\n\n" + preamble + chunk(`{"content":"hello"}`) + finishChunk + usageChunk + doneChunk,
			": comment\n\n" + preamble + chunk(`{"content":"hello"}`) + finishChunk + usageChunk + doneChunk,
		},
		{"after the end", streamQuestion, chunk(`{"content":"x"}`) + finishChunk + doneChunk + ": bye\n\n", chunk(`{"content":"x"}`) + finishChunk + doneChunk},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse("a")
			h.replies["a"] = []reply{streamReply(tt.answer)}
			w := h.ask(t, tt.ask, Warn)
			if w.Body.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", w.Body, tt.want)
			}
			if h.record.Fault != nil {
				t.Error(h.record.Fault)
			}
			if !strings.Contains(h.bodies[0], `"include_usage":true`) {
				t.Error("the cloud was not asked for usage")
			}
		})
	}
}

const openAIError = `{"error":{"message":"no","type":"t","param":null,"code":"%s"}}`

func coded(status int, code string) reply {
	return jsonReply(status, strings.Replace(openAIError, "%s", code, 1))
}

// The classes of the error table, by who is asked after a first answer of that
// kind.
func TestWhoIsAskedNext(t *testing.T) {
	lost := func(p upstream.Phase) func() reply {
		return func() reply { return reply{err: &upstream.Error{Phase: p, Err: io.EOF}} }
	}
	code := func(status int, code string) func() reply { return func() reply { return coded(status, code) } }
	page := func(status int) func() reply {
		return func() reply {
			return reply{status: status, kind: "text/html", header: http.Header{"Location": {"http://x"}}, body: strings.NewReader("<html>")}
		}
	}
	body := func(text string) func() reply { return func() reply { return jsonReply(200, text) } }
	torn := func() reply {
		return reply{status: 200, body: io.MultiReader(strings.NewReader(wholeAnswer[:50]), broken{})}
	}
	for _, tt := range []struct {
		name   string
		first  func() reply
		asked  string // with another deployment behind the first
		alone  string // without
		status int    // alone
	}{
		{"C0 bad request", code(400, "invalid_value"), "a", "a", 400},
		{"C1 filtered", code(400, "content_filter"), "a", "a", 400},
		{"C2 context", code(400, "context_length_exceeded"), "a b", "a", 400},
		{"C2 unknown model", code(404, "model_not_found"), "a b", "a", 404},
		{"C3 key", code(401, "invalid_api_key"), "a b", "a", 502},
		{"C4 quota", code(429, "insufficient_quota"), "a b", "a", 429},
		{"C5 throttled", code(429, "rate_limit_exceeded"), "a b", "a a", 200},
		{"C6 overloaded", code(503, "server_is_overloaded"), "a b", "a a", 200},
		{"C7 failed", code(500, "server_error"), "a b", "a a", 200},
		{"C8 not reached", lost(upstream.Dial), "a b", "a a", 200},
		{"C9 no answer", lost(upstream.Waiting), "a b", "a", 502},
		{"C7 no HTTP", lost(upstream.Garbled), "a b", "a a", 200},
		{"redirect", page(308), "a b", "a a", 200},
		{"html", page(200), "a b", "a", 502},
		{"cut json", body(wholeAnswer[:50]), "a b", "a", 502},
		{"other json", body(`{"Output":{}}`), "a b", "a", 502},
		{"broken body", torn, "a b", "a", 502},
		{"error with success", body(`{"error":{"message":"x","code":"server_error"}}`), "a b", "a a", 200},
		{"page of a proxy", page(502), "a b", "a a", 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse("a", "b")
				h.replies["a"], h.replies["b"] = []reply{tt.first()}, []reply{jsonReply(200, wholeAnswer)}
				w := h.ask(t, question, Warn)
				if got := strings.Join(h.asked, " "); got != tt.asked {
					t.Errorf("asked %q, want %q", got, tt.asked)
				}
				if strings.HasSuffix(tt.asked, "b") && (w.Code != 200 || w.Body.String() != wholeAnswer || w.Header().Get(HeaderAttempts) != "2") {
					t.Errorf("got %d %s", w.Code, w.Body)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				h := newHouse("a")
				h.replies["a"] = []reply{tt.first(), jsonReply(200, wholeAnswer)}
				w := h.ask(t, question, Warn)
				if got := strings.Join(h.asked, " "); got != tt.alone || w.Code != tt.status {
					t.Errorf("alone: asked %q and answered %d, want %q and %d", got, w.Code, tt.alone, tt.status)
				}
				want := "false"
				if w.Code == 200 || strings.HasPrefix(w.Header().Get(HeaderError), "C9") || strings.HasPrefix(w.Header().Get(HeaderError), "C10") {
					want = "" // asked once only: the SDK may judge for itself
				}
				if got := w.Header().Get("X-Should-Retry"); got != want {
					t.Errorf("the client's SDK is told %q, want %q", got, want)
				}
			})
		})
	}
}

// broken is a body that breaks off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAttemptsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a", "b", "c", "d")
		for _, n := range []string{"a", "b", "c", "d"} {
			h.replies[n] = []reply{coded(500, "x"), coded(500, "x")}
		}
		if h.ask(t, question, Warn); len(h.asked) != 3 {
			t.Errorf("asked %v", h.asked)
		}
	})
}

func TestCredentialIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		h.signers["a"].renewable = true
		h.replies["a"] = []reply{coded(401, "x"), jsonReply(401, `{"error":{"message":"Incorrect API key provided: sk-se****et"}}`), jsonReply(200, wholeAnswer)}
		w := h.ask(t, question, Warn)
		if len(h.asked) != 2 || w.Code != 502 {
			t.Errorf("asked %v, answered %d %s", h.asked, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "sk-se") {
			t.Errorf("the caller is told of our credential: %s", w.Body)
		}
		if cause := h.record.Fault.Err; cause == nil || !strings.Contains(cause.Error(), "sk-se") {
			t.Errorf("the record does not say why: %v", cause)
		}
	})
}

func TestPatienceWithTheOnlyOne(t *testing.T) {
	for wait, status := range map[int]int{1: 200, 30: 429} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse("a")
			throttled := coded(429, "rate_limit_exceeded")
			throttled.header = http.Header{"Retry-After": {strconv.Itoa(wait)}}
			h.replies["a"] = []reply{throttled, jsonReply(200, wholeAnswer)}
			w := h.ask(t, question, Warn)
			if w.Code != status {
				t.Errorf("a wait of %d s: answered %d", wait, w.Code)
			}
			if status == 429 && (w.Header().Get("Retry-After") != "30" || w.Header().Get("X-Should-Retry") != "true") {
				t.Errorf("headers: %v", w.Header())
			}
		})
	}
}

// Same language: the cloud's own error reaches the client as it was.
func TestErrorsAreForwarded(t *testing.T) {
	const body = `{"error":{"message":"bad","type":"invalid_request_error","param":"n","code":null,"innererror":{"kept":true}}}`
	h := newHouse("a")
	h.replies["a"] = []reply{jsonReply(400, body)}
	w := h.ask(t, question, Warn)
	if w.Code != 400 || w.Body.String() != body {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// The body that is passed on is that of the fault that is told, in the language
// it was said in.
func TestForwardedErrorIsThatOfItsAttempt(t *testing.T) {
	h := newHouse("a", "b")
	throttled := coded(429, "rate_limit_exceeded")
	h.replies["a"], h.replies["b"] = []reply{throttled}, []reply{coded(500, "server_error")}
	w := h.ask(t, question, Warn)
	if w.Code != 429 || w.Header().Get(HeaderDeployment) != "m/a" || !strings.Contains(w.Body.String(), "rate_limit_exceeded") {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

// A cloud's words of our account and credential stay with us, however they come.
func TestOurAccountIsOurs(t *testing.T) {
	const quota = `{"error":{"message":"org-CANARY has no money","type":"insufficient_quota","code":"insufficient_quota"}}`
	const key = `{"error":{"message":"Incorrect API key: sk-CANARY","code":"invalid_api_key"}}`
	const echo = `{"error":{"message":"debug: Bearer the-secret-CANARY","code":"server_error"}}`
	for name, tt := range map[string]struct {
		ask   string
		reply func() reply
	}{
		"quota by status":   {question, func() reply { return jsonReply(429, quota) }},
		"quota in a body":   {question, func() reply { return jsonReply(200, quota) }},
		"quota in a stream": {streamQuestion, func() reply { return streamReply("data: " + quota + "\n\n") }},
		"key in a body":     {question, func() reply { return jsonReply(200, key) }},
		"key in a stream":   {streamQuestion, func() reply { return streamReply("data: " + key + "\n\n") }},
		"an echo":           {question, func() reply { return jsonReply(400, echo) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse("a")
			h.signers["a"].secret = "the-secret-CANARY"
			h.replies["a"] = []reply{tt.reply(), tt.reply()}
			w := h.ask(t, tt.ask, Warn)
			if strings.Contains(w.Body.String(), "CANARY") {
				t.Errorf("the client got %d %s", w.Code, w.Body)
			}
			if strings.HasPrefix(name, "key") && (w.Code != 502 || !strings.HasPrefix(w.Header().Get(HeaderError), "C3")) {
				t.Errorf("got %d %v", w.Code, w.Header())
			}
		})
	}
}

// Strict mode: that a deployment would lose something is told only when none
// that would not had its say.
func TestStrictVerdict(t *testing.T) {
	const lossy = `{"model":"m","seed":7,"messages":[{"role":"user","content":"hi"}]}`
	picky := chatcompletions.New(chatcompletions.Dialect{Refuses: []string{"seed"}})
	for first, want := range map[int]int{200: 200, 503: 503, 0: 400} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse("a", "b")
			all := h.Candidates(&interline.Head{Model: "m"})
			all[1].Driver = testDriver{[]protocol.Translator{picky}}
			switch first {
			case 0:
				all[0].Driver = testDriver{[]protocol.Translator{picky}}
			case 200:
				h.replies["a"] = []reply{jsonReply(200, wholeAnswer)}
			default:
				h.replies["a"] = []reply{coded(first, "x"), coded(first, "x")}
			}
			w := h.ask(t, lossy, Strict)
			if w.Code != want || len(h.asked) > 1 {
				t.Errorf("after %d: %d %s; asked %v", first, w.Code, w.Body, h.asked)
			}
			if want == 400 && (!strings.Contains(w.Body.String(), "seed") || w.Header().Get(HeaderAttempts) != "0") {
				t.Errorf("%v %s", w.Header(), w.Body)
			}
		})
	}
}

func TestUnknownModel(t *testing.T) {
	h := newHouse("a")
	w := h.ask(t, strings.Replace(question, `"m"`, `"nobody"`, 1), Warn)
	if w.Code != 404 || !strings.Contains(w.Body.String(), "nobody") || len(h.asked) != 0 {
		t.Errorf("got %d %s; asked %v", w.Code, w.Body, h.asked)
	}
}

// A request is translated into that language of the deployment which loses
// least of it, and into the first when they lose the same.
func TestLanguageThatLosesLeast(t *testing.T) {
	langs := []protocol.Translator{messages.New(messages.Dialect{}), converse.New(converse.Dialect{})}
	for name, tt := range map[string]struct{ member, want string }{
		"the same":            {"", protocol.Messages},
		"only one can say it": {`"metadata":{"team":"red"},`, protocol.Converse},
		"none can":            {`"seed":1,`, protocol.Messages},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse("a")
			h.Candidates(&interline.Head{Model: "m"})[0].Driver = testDriver{langs}
			h.replies["a"] = []reply{jsonReply(400, `{}`)}
			h.ask(t, `{"model":"m",`+tt.member+`"messages":[{"role":"user","content":"hi"}]}`, Warn)
			if a := h.record.Attempts[0]; a.Language != tt.want || a.Grade != Translated {
				t.Errorf("asked in %s, %s, with losses %v", a.Language, a.Grade, a.Losses)
			}
		})
	}
}
