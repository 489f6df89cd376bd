package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/upstream"
)

// piecewise gives one piece at each read.
type piecewise struct{ pieces []string }

func (p *piecewise) Read(b []byte) (int, error) {
	if len(p.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.pieces[0])
	if p.pieces[0] = p.pieces[0][n:]; p.pieces[0] == "" {
		p.pieces = p.pieces[1:]
	}
	return n, nil
}

// A stream that is written straight to its connection is the one that net/http
// would have written, whatever the size of its pieces, and leaves the
// connection good for the next request.
func TestStreamsOnTheWire(t *testing.T) {
	frame := func(n int) string {
		return `data: {"id":"x","choices":[{"index":0,"delta":{"content":"` + strings.Repeat("a", n) + `"},"finish_reason":null}]}` + "\n\n"
	}
	pieces := []string{
		frame(1), frame(10), frame(3000), frame(5000), ": hello\n\n", frame(200_000), frame(2), frame(4096),
		`data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n", "data: [DONE]\n\n",
	}
	d := newDoor(t)
	d.world.Load().Exchange.Send = func(context.Context, string, *driver.Call) (*upstream.Answer, error) {
		return &upstream.Answer{
			Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Length: -1,
			Body: io.NopCloser(&piecewise{append([]string(nil), pieces...)}),
		}, nil
	}
	for _, direct := range []bool{false, true} {
		t.Run(fmt.Sprintf("direct=%v", direct), func(t *testing.T) {
			s := httptest.NewUnstartedServer(d)
			if direct {
				s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return WithConn(ctx, c) }
			}
			s.Start()
			defer s.Close()
			for i := range 3 {
				var reused bool
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
					GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused },
				})
				r, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/v1/chat/completions",
					strings.NewReader(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
				r.Header.Set("Content-Type", "application/json")
				w, err := s.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(w.Body)
				_ = w.Body.Close()
				if err != nil || string(got) != strings.Join(pieces, "") {
					t.Fatalf("error %v, %d bytes of %d", err, len(got), len(strings.Join(pieces, "")))
				}
				if reused != (i > 0) {
					t.Errorf("request %d: the connection was used before: %v", i, reused)
				}
			}
		})
	}
}
