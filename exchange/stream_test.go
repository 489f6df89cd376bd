package exchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interline-ai/interline"
)

const streamError = `data: {"error":{"message":"broke","type":"server_error","code":"server_error"}}` + "\n\n"

// A stream that fails before its first content is had elsewhere, and nothing of
// it reaches the client.
func TestNothingOfADiscardedAttemptIsShown(t *testing.T) {
	good := strings.ReplaceAll(preamble, `"x"`, `"good"`) + chunk(`{"content":"hello"}`) + finishChunk + doneChunk
	for name, first := range map[string]reply{
		"empty":             streamReply(""),
		"an end only":       streamReply(": hello\n\n" + doneChunk),
		"preamble only":     streamReply(preamble),
		"error first":       streamReply(preamble + streamError),
		"broken frame":      streamReply(preamble + "data: {"),
		"no JSON":           streamReply("data: {oops}\n\n" + chunk(`{"content":"x"}`)),
		"cut connection":    {status: 200, kind: "text/event-stream", body: io.MultiReader(strings.NewReader(preamble), broken{})},
		"page":              {status: 200, kind: "text/html", body: strings.NewReader("<html>")},
		"error as one body": jsonReply(200, `{"error":{"message":"x","code":"server_error"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse("a", "b")
			h.replies["a"], h.replies["b"] = []reply{first}, []reply{streamReply(good)}
			w := h.ask(t, streamQuestion, Warn)
			if w.Body.String() != good {
				t.Errorf("got\n%s", w.Body)
			}
			if w.Header().Get(HeaderDeployment) != "m/b" || w.Header().Get(HeaderAttempts) != "2" || h.record.Attempts[0].Fault == nil {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

// After its first content nobody else is asked, and the cut is visible.
func TestCutIsVisible(t *testing.T) {
	began := preamble + chunk(`{"content":"hel"}`)
	for name, tt := range map[string]struct {
		first reply
		said  string // what must stand in the stream
	}{
		"end without [DONE]": {streamReply(began), `"error"`},
		"finish, no [DONE]":  {streamReply(began + finishChunk), `"error"`},
		"cut connection":     {reply{status: 200, kind: "text/event-stream", body: io.MultiReader(strings.NewReader(began), broken{})}, `"error"`},
		"the cloud's error":  {streamReply(began + streamError), streamError},
		"broken frame":       {streamReply(began + "data: {\"x"), `"error"`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse("a", "b")
			h.replies["a"] = []reply{tt.first}
			w := h.ask(t, streamQuestion, Warn)
			got := w.Body.String()
			if !strings.HasPrefix(got, began) || !strings.Contains(got, tt.said) || strings.Contains(got, "[DONE]") {
				t.Errorf("got\n%s", got)
			}
			if strings.Count(got, `"error"`) != 1 {
				t.Error("the error is not said once")
			}
			f := h.record.Fault
			if len(h.asked) != 1 || f == nil || f.Class != interline.C11StreamPost || !h.record.Begun {
				t.Errorf("asked %v, fault %v", h.asked, f)
			}
		})
	}
}

// A cloud may answer a streaming request with one whole body.
func TestWholeAnswerForAStream(t *testing.T) {
	h := newHouse("a")
	h.replies["a"] = []reply{jsonReply(200, wholeAnswer)}
	got := h.ask(t, streamQuestion, Warn).Body.String()
	if !strings.Contains(got, `"content":"hello"`) || !strings.HasSuffix(got, doneChunk) || h.record.Fault != nil {
		t.Errorf("got\n%s (%v)", got, h.record.Fault)
	}
	if h.record.Attempts[0].Usage.Output != 2 {
		t.Error("usage was not read")
	}
}

// slow is a body that says each piece after a wait.
type slow struct {
	waits  []time.Duration
	pieces []string
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	time.Sleep(s.waits[0])
	n := copy(p, s.pieces[0])
	if n < len(s.pieces[0]) {
		s.waits[0], s.pieces[0] = 0, s.pieces[0][n:]
		return n, nil
	}
	s.waits, s.pieces = s.waits[1:], s.pieces[1:]
	return n, nil
}

func slowStream(pieces ...any) reply {
	s := &slow{}
	for i := 0; i < len(pieces); i += 2 {
		s.waits = append(s.waits, pieces[i].(time.Duration))
		s.pieces = append(s.pieces, pieces[i+1].(string))
	}
	return reply{status: 200, kind: "text/event-stream", body: s}
}

func TestTimeLimits(t *testing.T) {
	content := chunk(`{"content":"hi"}`)
	rest := finishChunk + doneChunk
	for _, tt := range []struct {
		name    string
		first   reply
		asked   int
		visible bool // the client saw content and then an error
		took    time.Duration
	}{
		{"in time", slowStream(50*time.Second, preamble, 5*time.Second, content, 50*time.Second, rest), 1, false, 105 * time.Second},
		{"no content in time", slowStream(time.Second, preamble, time.Hour, content), 1, true, time.Minute},
		{"silent after content", slowStream(time.Second, content, time.Hour, rest), 1, true, 61 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse("a", "b")
				h.replies["a"], h.replies["b"] = []reply{tt.first}, []reply{streamReply(content + rest)}
				start := time.Now()
				got := h.ask(t, streamQuestion, Warn).Body.String()
				// Silence is measured to a tick, which is half the time between signs of life.
				if took := time.Since(start).Round(time.Second); took < tt.took || took > tt.took+8*time.Second {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if len(h.asked) != tt.asked || strings.Contains(got, `"error"`) != tt.visible {
					t.Errorf("asked %v, got\n%s", h.asked, got)
				}
				time.Sleep(2 * time.Hour) // what still sleeps in the script
			})
		})
	}
}

// Held back for less than Hold, a stream without content is had elsewhere.
func TestFirstContentWithinHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a", "b")
		h.Limits.FirstContent = 20 * time.Second
		good := chunk(`{"content":"hi"}`) + finishChunk + doneChunk
		h.replies["a"], h.replies["b"] = []reply{slowStream(time.Second, preamble, time.Hour, "")}, []reply{streamReply(good)}
		if got := h.ask(t, streamQuestion, Warn).Body.String(); got != good || len(h.asked) != 2 {
			t.Errorf("asked %v, got\n%s", h.asked, got)
		}
		time.Sleep(2 * time.Hour)
	})
}

// A client of a silent stream hears a sign of life every fifteen seconds.
func TestPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		h.Limits.IdleBytes, h.Limits.IdleContent = 0, 0
		h.replies["a"] = []reply{slowStream(time.Second, chunk(`{"content":"hi"}`), 5*time.Minute, finishChunk+doneChunk)}
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		h.askInto(t, t.Context(), w, streamQuestion, Warn)
		if n := strings.Count(w.Body.String(), ": ping\n\n"); n < 12 {
			t.Errorf("%d pings in five minutes", n)
		}
		for i := 1; i < len(w.writes); i++ {
			if gap := w.writes[i].Sub(w.writes[i-1]); gap > 16*time.Second {
				t.Errorf("nothing was heard for %v", gap)
			}
		}
		if !strings.HasSuffix(w.Body.String(), doneChunk) {
			t.Error("the answer did not end whole")
		}
	})
}

// timed notes when it was written to.
type timed struct {
	*httptest.ResponseRecorder
	writes []time.Time
}

func (w *timed) Write(p []byte) (int, error) {
	w.writes = append(w.writes, time.Now())
	return w.ResponseRecorder.Write(p)
}

func TestUnaryDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a", "b")
		h.replies["a"] = []reply{{status: 200, body: &slow{waits: []time.Duration{time.Hour}, pieces: []string{wholeAnswer}}}}
		w := h.ask(t, question, Warn)
		if w.Code != http.StatusGatewayTimeout || len(h.asked) != 1 {
			t.Errorf("answered %d, asked %v", w.Code, h.asked)
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestClientsTimeoutBindsUs(t *testing.T) {
	for header, want := range map[string]time.Duration{"": 0, "600": 599 * time.Second, "1.5": time.Second, "-3": 0, "x": 0} {
		h := http.Header{}
		if header != "" {
			h.Set("X-Stainless-Timeout", header)
		}
		if got := clientTimeout(h); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

// A client that goes away cancels the call.
func TestClientGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a", "b")
		h.replies["a"] = []reply{slowStream(time.Second, chunk(`{"content":"hi"}`), 10*time.Second, finishChunk+doneChunk)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		w := httptest.NewRecorder()
		h.askInto(t, ctx, w, streamQuestion, Warn)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the call went on for %v", took)
		}
		if len(h.asked) != 1 || h.record.Status != StatusGone || !errors.Is(h.record.Fault, errGone) {
			t.Errorf("asked %v, record %+v", h.asked, h.record)
		}
		time.Sleep(time.Minute)
	})
}

// A stream that is still open when the process must end is cut visibly.
func TestShutdownIsVisible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		ctx, cancel := context.WithCancelCause(t.Context())
		h.replies["a"] = []reply{slowStream(time.Second, chunk(`{"content":"hi"}`), time.Minute, finishChunk+doneChunk)}
		time.AfterFunc(2*time.Second, func() {
			cancel(&interline.Fault{Class: interline.C12Local, Code: interline.CodeUnavailable, Message: "shutting down"})
		})
		w := httptest.NewRecorder()
		h.askInto(t, ctx, w, streamQuestion, Warn)
		got := w.Body.String()
		if !strings.Contains(got, "shutting down") || strings.Contains(got, "[DONE]") {
			t.Errorf("got\n%s", got)
		}
		time.Sleep(2 * time.Minute)
	})
}

// stuck takes the first write and then nothing until its deadline is set.
type stuck struct {
	*httptest.ResponseRecorder
	n     int
	freed chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	if s.n++; s.n == 1 {
		return s.ResponseRecorder.Write(p)
	}
	<-s.freed
	return 0, errors.New("deadline")
}

func (s *stuck) SetWriteDeadline(time.Time) error {
	close(s.freed)
	return nil
}

// A client that takes nothing for a minute is cut, and meanwhile its cloud is
// not read.
func TestStuckClientIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		pieces := &slow{}
		for range 1000 {
			pieces.waits = append(pieces.waits, time.Second)
			pieces.pieces = append(pieces.pieces, chunk(`{"content":"hi"}`))
		}
		h.replies["a"] = []reply{{status: 200, kind: "text/event-stream", body: pieces}}
		w := &stuck{ResponseRecorder: httptest.NewRecorder(), freed: make(chan struct{})}
		start := time.Now()
		h.askInto(t, t.Context(), w, streamQuestion, Warn)
		if took := time.Since(start); took > 90*time.Second {
			t.Errorf("the client was waited for %v", took)
		}
		if n := 1000 - len(pieces.pieces); n > 4 {
			t.Errorf("%d pieces were read for a client that takes nothing", n)
		}
	})
}

// deaf is a client whose connection takes nothing after the head; a write ends
// when its deadline does, as a connection's would.
type deaf struct {
	*httptest.ResponseRecorder
	deadline time.Time
	past     chan struct{}
}

func (d *deaf) Write(p []byte) (int, error) {
	if d.deadline.IsZero() {
		<-d.past
	} else {
		time.Sleep(time.Until(d.deadline))
	}
	return 0, errors.New("deadline")
}

func (d *deaf) SetWriteDeadline(at time.Time) error {
	d.deadline = at
	if at.Unix() == 1 {
		close(d.past)
	}
	return nil
}

// A sign of life to a client that takes nothing waits no longer than anything
// else may: the clock goes on.
func TestPingToADeafClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		h.replies["a"] = []reply{slowStream(time.Second, preamble, time.Hour, "")}
		w := &deaf{ResponseRecorder: httptest.NewRecorder(), past: make(chan struct{})}
		start := time.Now()
		h.askInto(t, t.Context(), w, streamQuestion, Warn)
		if took := time.Since(start); took > 3*time.Minute {
			t.Errorf("it took %v", took)
		}
		time.Sleep(2 * time.Hour)
	})
}

// A unary answer, or an error, that stalls is had elsewhere.
func TestStalledBodies(t *testing.T) {
	for name, tt := range map[string]struct {
		reply func() reply
		took  time.Duration
	}{
		"error": {func() reply {
			r := slowStream(time.Hour, `{"error":{}}`)
			r.status, r.kind = 500, "application/json"
			return r
		}, errorPatience},
		"answer": {func() reply {
			r := slowStream(time.Second, wholeAnswer[:50], time.Hour, wholeAnswer[50:])
			r.kind = "application/json"
			return r
		}, time.Second + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse("a", "b")
				h.replies["a"], h.replies["b"] = []reply{tt.reply()}, []reply{jsonReply(200, wholeAnswer)}
				start := time.Now()
				w := h.ask(t, question, Warn)
				if took := time.Since(start); w.Body.String() != wholeAnswer || took != tt.took {
					t.Errorf("after %v: %d %s", took, w.Code, w.Body)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// A client's own patience is known: an answer is begun before it leaves.
func TestHoldEndsBeforeTheClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("a")
		h.replies["a"] = []reply{slowStream(time.Second, preamble, 15*time.Second, chunk(`{"content":"hi"}`)+finishChunk+doneChunk)}
		h.clientHeader = http.Header{"X-Stainless-Timeout": {"10"}}
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		start := time.Now()
		h.askInto(t, t.Context(), w, streamQuestion, Warn)
		if len(w.writes) == 0 || w.writes[0].Sub(start) > 10*time.Second {
			t.Errorf("first heard of after %v", w.writes)
		}
	})
}

// clocked notes the last deadline of its writes.
type clocked struct {
	*httptest.ResponseRecorder
	set  int
	last time.Time
}

func (c *clocked) SetWriteDeadline(at time.Time) error {
	c.set++
	c.last = at
	return nil
}

// A long answer is given time step by step, and leaves no deadline to the next
// one on its connection.
func TestLongAnswerLeavesNoDeadline(t *testing.T) {
	h := newHouse("a")
	long := strings.Replace(wholeAnswer, "hello", strings.Repeat("x", 3*step), 1)
	h.replies["a"] = []reply{jsonReply(200, long)}
	w := &clocked{ResponseRecorder: httptest.NewRecorder()}
	h.askInto(t, t.Context(), w, question, Warn)
	if w.Body.String() != long || w.set < 3 || !w.last.IsZero() {
		t.Errorf("%d bytes of %d, %d deadlines, the last %v", w.Body.Len(), len(long), w.set, w.last)
	}
}
