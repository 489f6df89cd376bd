package exchange

import (
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// lame is a connection that takes half of what it is given.
type lame struct {
	net.Conn
	got    []byte
	closed bool
}

var errLame = errors.New("it takes no more")

func (l *lame) Write(b []byte) (int, error) {
	l.got = append(l.got, b[:len(b)/2]...)
	return len(b) / 2, errLame
}

func (l *lame) Close() error { l.closed = true; return nil }

// Behind half a chunk nothing may come.
func TestBrokenWireIsClosed(t *testing.T) {
	l := &lame{}
	err := wire{l}.chunk([]byte("data: hello\n\n"))
	if !errors.Is(err, errLame) || !l.closed || !strings.HasPrefix(string(l.got), "d\r\nda") {
		t.Errorf("error %v, closed %v, wrote %q", err, l.closed, l.got)
	}
}

// The wire is used only when net/http has nothing of the answer any more, and
// only for what fits one chunk.
func TestFirstWriteIsNotOnTheWire(t *testing.T) {
	h := newHouse("a")
	big := chunk(`{"content":"` + strings.Repeat("b", mostInOne) + `"}`)
	h.replies["a"] = []reply{slowStream(time.Millisecond, preamble+chunk(`{"content":"hello"}`), time.Millisecond, chunk(`{"content":"x"}`), time.Millisecond, big, time.Millisecond, finishChunk+doneChunk)}
	there, here := net.Pipe()
	defer func() { _ = here.Close() }()
	told := make(chan string)
	go func() {
		var all []byte
		b := make([]byte, 1<<16)
		for {
			n, err := there.Read(b)
			all = append(all, b[:n]...)
			if err != nil {
				told <- string(all)
				return
			}
		}
	}()
	w := httptest.NewRecorder()
	h.conn = here
	h.askInto(t, t.Context(), w, streamQuestion, Warn)
	_ = here.Close()
	want := preamble + chunk(`{"content":"hello"}`) + big
	if w.Body.String() != want {
		t.Errorf("through net/http came\n%d of %d bytes: …%s", w.Body.Len(), len(want), w.Body.String()[max(0, w.Body.Len()-400):])
	}
	if got := <-told; !strings.Contains(got, chunk(`{"content":"x"}`)+"\r\n") || !strings.HasSuffix(got, finishChunk+doneChunk+"\r\n") {
		t.Errorf("on the wire came\n%s", got)
	}
}
