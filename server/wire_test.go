package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"

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
			Body: io.NopCloser(&piecewise{slices.Clone(pieces)}),
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

// Whatever the client speaks, the stream is the same: what is not HTTP/1.1 in
// chunks is not written to the connection.
func TestStreamsOnEveryConnection(t *testing.T) {
	pieces := []string{
		`data: {"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}` + "\n\n",
		`data: {"id":"x","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":null}]}` + "\n\n",
		`data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n", "data: [DONE]\n\n",
	}
	d := newDoor(t)
	d.world.Load().Exchange.Send = func(context.Context, string, *driver.Call) (*upstream.Answer, error) {
		return &upstream.Answer{
			Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Length: -1,
			Body: io.NopCloser(&piecewise{slices.Clone(pieces)}),
		}, nil
	}
	const body = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	serve := func(t *testing.T, secure, two bool) *httptest.Server {
		s := httptest.NewUnstartedServer(d)
		s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return WithConn(ctx, c) }
		s.EnableHTTP2 = two
		if secure {
			s.StartTLS()
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		return s
	}
	check := func(t *testing.T, w *http.Response, err error, proto string) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(w.Body)
		_ = w.Body.Close()
		if err != nil || string(got) != strings.Join(pieces, "") || w.Proto != proto {
			t.Errorf("%s, error %v, got\n%s", w.Proto, err, got)
		}
	}
	for name, two := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run("TLS "+name, func(t *testing.T) {
			s := serve(t, true, two)
			for range 2 {
				w, err := s.Client().Post(s.URL+"/v1/chat/completions", "application/json", strings.NewReader(body))
				check(t, w, err, name)
			}
		})
	}
	for name, head := range map[string]string{
		"closed":   "POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\n",
		"HTTP/1.0": "POST /v1/chat/completions HTTP/1.0\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", serve(t, false, false).Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			_ = c.SetDeadline(time.Now().Add(10 * time.Second))
			_, err = fmt.Fprintf(c, "%sHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body)
			if err != nil {
				t.Fatal(err)
			}
			in := bufio.NewReader(c)
			w, err := http.ReadResponse(in, nil)
			check(t, w, err, map[string]string{"closed": "HTTP/1.1", "HTTP/1.0": "HTTP/1.0"}[name])
			if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
				t.Errorf("after the answer came %q, %v", rest, err)
			}
		})
	}
}
