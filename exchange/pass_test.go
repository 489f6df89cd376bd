package exchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/unread"
	"github.com/interline-ai/interline/upstream"
)

// passer is a place that has OpenAI's API.
type passer struct{ testDriver }

func (passer) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIOpenAI }

func (passer) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, kind string) (driver.Call, error) {
	return driver.Passed(d, method, path, from, body, kind), nil
}

func passHouse(names ...string) *house {
	h := newHouse(names...)
	for _, d := range h.Candidates(&interline.Head{Model: "m"}) {
		d.Driver = passer{testDriver{[]protocol.Translator{chat}}}
	}
	return h
}

// pass forwards one request to the house and reports whether its connection was cut.
func (h *house) pass(t *testing.T, w http.ResponseWriter) (cut bool) {
	t.Helper()
	text := []byte(`{"model":"m","prompt":"x"}`)
	body, err := unread.Open("application/json", text)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			cut = true
		}
	}()
	r := httptest.NewRequest("POST", "/v1/images/generations", nil).WithContext(t.Context())
	h.Pass(w, r, &Ask{
		In: chat, ID: "req_1", Received: time.Now(),
		Opened: &protocol.Opened{Head: interline.Head{Operation: interline.OperationPass, Model: "m"}, Body: text},
	}, &Passing{API: protocol.APIOpenAI, Method: "POST", Before: "/images/generations", Model: "m", Body: body, ContentType: "application/json"})
	return false
}

// cutOff is a body that breaks off after a text.
func cutOff(after string) io.Reader {
	return io.MultiReader(strings.NewReader(after), iotest.ErrReader(io.ErrUnexpectedEOF))
}

// Another deployment is asked only when the first has certainly not done it.
func TestPassFallsBack(t *testing.T) {
	refused := `{"error":{"message":"as they say","type":"invalid_request_error","code":"odd","param":null}}`
	for name, tt := range map[string]struct {
		first  reply
		status int
		asked  string
		says   string
	}{
		"unsent":      {reply{err: &upstream.Error{Phase: upstream.Dial, Err: io.EOF}}, 200, "a b", "done"},
		"no answer":   {reply{err: &upstream.Error{Phase: upstream.Waiting, Err: io.EOF}}, 502, "a", "error"},
		"failed":      {jsonReply(500, refused), 500, "a", "as they say"},
		"throttled":   {jsonReply(429, refused), 429, "a", "as they say"},
		"refused":     {jsonReply(400, refused), 400, "a", "as they say"},
		"credential":  {jsonReply(401, refused), 502, "a", "gateway's credential"},
		"breaks off":  {reply{status: 200, body: cutOff("")}, 502, "a", "broke off"},
		"not changed": {reply{status: 304, body: strings.NewReader("")}, 304, "a", ""},
		"redirected":  {reply{status: 302, body: strings.NewReader("")}, 502, "a", "redirect"},
	} {
		h := passHouse("a", "b")
		h.replies["a"] = []reply{tt.first}
		h.replies["b"] = []reply{jsonReply(200, `{"done":1}`)}
		w := httptest.NewRecorder()
		if h.pass(t, w) {
			t.Errorf("%s: the connection is cut", name)
		}
		if w.Code != tt.status || strings.Join(h.asked, " ") != tt.asked || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s: %d %s; asked %v", name, w.Code, w.Body, h.asked)
		}
		if !strings.Contains(h.bodies[0], `"model":"model-at-a"`) || h.record.Status != tt.status {
			t.Errorf("%s: sent %s, recorded %d", name, h.bodies[0], h.record.Status)
		}
	}
}

// An answer that breaks off midway must not look whole.
func TestPassCuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, body := range map[string]io.Reader{
			"broken": cutOff("half"),
			"silent": &slow{pieces: []string{"half", "more"}, waits: []time.Duration{0, time.Hour}},
		} {
			h := passHouse("a")
			h.replies["a"] = []reply{{status: 200, kind: "audio/mpeg", body: body}}
			w := httptest.NewRecorder()
			if !h.pass(t, w) || w.Body.String() != "half" {
				t.Errorf("%s: the connection is not cut after %q", name, w.Body)
			}
			if f := h.record.Fault; f == nil || f.Class != interline.C11StreamPost || !h.record.Begun {
				t.Errorf("%s: recorded %+v", name, h.record)
			}
		}
		time.Sleep(2 * time.Hour) // for the script's reader
	})
}

// sluggish is a client that takes nothing for a while; watcher counts what was
// read of the cloud meanwhile.
type sluggish struct {
	*httptest.ResponseRecorder
	most, seen int
	cloud      *watcher
}

type watcher struct{ read int }

func (w *watcher) Read(p []byte) (int, error) {
	if w.read >= 8<<20 {
		return 0, io.EOF
	}
	w.read += len(p)
	return len(p), nil
}

func (s *sluggish) Write(p []byte) (int, error) {
	s.most = max(s.most, s.cloud.read-s.seen)
	s.seen += len(p)
	time.Sleep(2 * time.Minute) // longer than a cloud may be silent
	return len(p), nil
}

// A slow client slows its cloud, and is not taken for a silent one.
func TestPassHoldsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := passHouse("a")
		h.Limits.Stream = 0
		from := &watcher{}
		h.replies["a"] = []reply{{status: 200, kind: "video/mp4", body: from}}
		w := &sluggish{ResponseRecorder: httptest.NewRecorder(), cloud: from}
		if h.pass(t, w) || w.seen != 8<<20 || h.record.Fault != nil {
			t.Errorf("%d bytes came, %v", w.seen, h.record.Fault)
		}
		if w.most > 64<<10 {
			t.Errorf("%d bytes were held", w.most)
		}
	})
}

// TestCountTranslates: a place that counts in another language is asked in it, for
// nothing but what its question may have; one that refuses its model leaves an
// estimate.
func TestCountTranslates(t *testing.T) {
	claude, aws := messages.New(messages.Dialect{}), converse.New(converse.Dialect{})
	for answer, want := range map[string]string{`{"inputTokens":7}`: `{"input_tokens":7}`, `{}`: "", "refused": `{"input_tokens":42}`} {
		h := newHouse("a")
		for _, d := range h.Candidates(&interline.Head{Model: "m"}) {
			d.Driver = counter{testDriver{[]protocol.Translator{aws}}, []protocol.Translator{aws}}
			h.replies["a"] = []reply{jsonReply(200, answer)}
			if answer == "refused" {
				d.Driver = incapable{d.Driver}
				h.replies["a"] = []reply{jsonReply(400, `{"message":"The provided model doesn't support counting tokens."}`)}
			}
		}
		h.Estimate = func(*interline.Request) int64 { return 42 }
		o, err := claude.Open(protocol.Spoken{Operation: interline.OperationCount}, []byte(`{"model":"m","messages":[{"role":"user","content":"hi"}],"system":"be brief"}`))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.Serve(w, httptest.NewRequest("POST", "/", nil).WithContext(context.Background()), &Ask{In: claude, Opened: o, ID: "req_1", Received: time.Now()})
		if want == "" && w.Code != 502 || want != "" && w.Body.String() != want {
			t.Errorf("%s: %d %s", answer, w.Code, w.Body)
		}
		if len(h.bodies) != 1 || strings.Contains(h.bodies[0], "inferenceConfig") || !strings.Contains(h.bodies[0], "be brief") {
			t.Errorf("asked %s", h.bodies)
		}
		if marked := w.Header().Get(HeaderEstimate) == "true"; marked != (answer == "refused") {
			t.Errorf("%s: marked %v", answer, marked)
		}
	}
}

// incapable is a place that says of its errors that another may do it.
type incapable struct{ driver.Driver }

func (i incapable) Fault(_ *driver.Deployment, f *interline.Fault, _ http.Header) *interline.Fault {
	return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
}
