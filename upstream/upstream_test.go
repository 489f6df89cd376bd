package upstream

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// serve answers every connection on a port of the kernel's choice with do, and
// ends with the test.
func serve(t *testing.T, do func(n int, c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				do(n, c)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// raw answers each request on a connection with the same bytes.
func raw(answer string) func(int, net.Conn) {
	return func(_ int, c net.Conn) {
		in := bufio.NewReader(c)
		for {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			if _, err := io.WriteString(c, answer); err != nil || strings.Contains(answer, "close") {
				return
			}
		}
	}
}

func post(body string) *driver.Call {
	return &driver.Call{Method: "POST", Path: "/v1/x?y=z", Header: http.Header{"Content-Type": {"application/json"}}, Body: protocol.Segments{[]byte(body)}}
}

func options() Options {
	return Options{Connect: 2 * time.Second, TLS: 2 * time.Second, WriteIdle: 5 * time.Second, KeepAlive: time.Minute, UserAgent: "test"}
}

// ask sends a call and reads the whole answer.
func ask(t *testing.T, c *Client, origin, body string) (*Answer, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	a, err := c.Do(ctx, origin, post(body))
	if err != nil {
		return nil, "", err
	}
	b, err := io.ReadAll(a.Body)
	if cerr := a.Body.Close(); cerr != nil {
		t.Error(cerr)
	}
	return a, string(b), err
}

func TestAnswers(t *testing.T) {
	long := strings.Repeat("x", 9000)
	for _, tt := range []struct {
		name, answer string
		status       int
		body         string
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello", 200, "hello"},
		{"empty", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
		{"no reason", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", 404, ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", 200, "abcde"},
		{"trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: v\r\n\r\n", 200, "abc"},
		{"until the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it", 200, "all of it"},
		{"http 1.0", "HTTP/1.0 200 OK\r\nX: close\r\n\r\nold", 200, "old"},
		{"early hints", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
		{"long header", "HTTP/1.1 200 OK\r\nX-Long: " + long + "\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
		{"bare line ends", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := New(options())
			defer c.Close()
			origin := serve(t, raw(tt.answer))
			for range 2 { // the second time over a kept connection, where it is
				a, body, err := ask(t, c, origin, "{}")
				if err != nil {
					t.Fatal(err)
				}
				if a.Status != tt.status || body != tt.body {
					t.Fatalf("got %d %q, want %d %q", a.Status, body, tt.status, tt.body)
				}
			}
		})
	}
}

func TestBrokenAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		phase        Phase // of the error of Do; 0: the body breaks
	}{
		{"no line", "close", Waiting},
		{"short of its length", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nhello", 0},
		{"short of its chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n50\r\nhello", 0},
		{"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n", 0},
		{"chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 0},
		{"chunk longer than it said", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nhello\r\n0\r\n\r\n", 0},
		{"not http", "SSH-2.0-close\r\n", Garbled},
		{"status", "HTTP/1.1 2000 OK\r\nX: close\r\n\r\n", Garbled},
		{"header", "HTTP/1.1 200 OK\r\nno colon close\r\n\r\n", Garbled},
		{"space before colon", "HTTP/1.1 200 OK\r\nX : close\r\n\r\n", Garbled},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\nX: close\r\n\r\n", Garbled},
		{"signed length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\nX: close\r\n\r\na", Garbled},
		{"unknown encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nX: close\r\n\r\n", Garbled},
		{"huge head", "HTTP/1.1 200 OK\r\nX: close" + strings.Repeat("x", 70<<10) + "\r\n\r\n", Garbled},
		{"many fields", "HTTP/1.1 200 OK\r\nX: close\r\n" + strings.Repeat("A: b\r\n", 101) + "\r\n", Garbled},
		{"switching", "HTTP/1.1 101 Switching Protocols\r\nX: close\r\n\r\n", Garbled},
		{"endless informational", strings.Repeat("HTTP/1.1 102 P\r\nX: close\r\n\r\n", 20), Garbled},
		{"cut head", "HTTP/1.1 200 OK\r\nX: close", Waiting},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := New(options())
			defer c.Close()
			_, body, err := ask(t, c, serve(t, raw(tt.answer)), "{}")
			if err == nil {
				t.Fatalf("a broken answer was taken as whole: %q", body)
			}
			var e *Error
			if errors.As(err, &e) != (tt.phase != 0) || e != nil && e.Phase != tt.phase {
				t.Errorf("got %v (%#v), want phase %d", err, e, tt.phase)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	_, _, err = ask(t, New(options()), "http://"+l.Addr().String(), "{}")
	var e *Error
	if !errors.As(err, &e) || e.Phase != Dial {
		t.Errorf("err = %v", err)
	}
	for _, origin := range []string{"ftp://x", "http://", ":"} {
		if _, err := New(options()).Do(t.Context(), origin, post("")); err == nil {
			t.Errorf("origin %q was taken", origin)
		}
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var conns atomic.Int32
	origin := serve(t, func(_ int, c net.Conn) {
		conns.Add(1)
		raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")(0, c)
	})
	c := New(options())
	defer c.Close()
	for range 5 {
		if _, _, err := ask(t, c, origin, "{}"); err != nil {
			t.Fatal(err)
		}
	}
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections for five calls", n)
	}
}

// A connection that the server closed while it was unused must not cost a
// request.
func TestClosedConnectionIsNotUsed(t *testing.T) {
	origin := serve(t, raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	c := New(options())
	defer c.Close()
	if _, _, err := ask(t, c, origin, "{}"); err != nil {
		t.Fatal(err)
	}
	o := c.origins[origin]
	o.mu.Lock()
	idle := o.idle[0]
	_ = idle.raw.(*net.TCPConn).CloseRead() // looks like the other side's end
	o.mu.Unlock()
	if _, _, err := ask(t, c, origin, "{}"); err != nil {
		t.Errorf("the next call failed: %v", err)
	}
}

// A kept connection that breaks as it is written to costs nothing either; one
// that breaks within its answer is not tried again.
func TestConnectionThatBreaksWhenUsed(t *testing.T) {
	for half, want := range map[string]string{"": "ok", "HTTP/1.1 20": ""} {
		var calls atomic.Int32
		origin := serve(t, func(n int, c net.Conn) {
			in := bufio.NewReader(c)
			for i := 0; ; i++ {
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, req.Body)
				calls.Add(1)
				if n == 0 && i == 1 {
					_, _ = io.WriteString(c, half)
					return
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}
		})
		c := New(options())
		defer c.Close()
		for i := range 2 {
			_, body, err := ask(t, c, origin, "{}")
			if i == 1 && (body != want || (err == nil) != (want != "")) {
				t.Errorf("after %q: %q %v", half, body, err)
			}
		}
	}
}

func TestLargeBodyArrivesWhole(t *testing.T) {
	got := make(chan []byte, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- b
		if r.Header.Get("X-Evil") != "a  b" || r.ContentLength != int64(len(b)) || r.URL.RawQuery != "y=z" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer s.Close()
	c := New(options())
	defer c.Close()
	parts := protocol.Segments{bytes.Repeat([]byte("a"), 300<<10), []byte("-"), bytes.Repeat([]byte("b"), 700<<10)}
	call := post("")
	call.Body = parts
	call.Header.Set("X-Evil", "a\r\nb")
	a, err := c.Do(t.Context(), s.URL, call)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	if b := <-got; !bytes.Equal(b, parts.Bytes()) || a.Status != 200 {
		t.Errorf("status %d, %d bytes of %d", a.Status, len(b), parts.Len())
	}
}

// A server may refuse a large body before it has read it.
func TestEarlyRefusal(t *testing.T) {
	origin := serve(t, func(_ int, c net.Conn) {
		b := make([]byte, 1000)
		_, _ = c.Read(b)
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
		_ = c.(*net.TCPConn).CloseWrite()
		time.Sleep(100 * time.Millisecond)
	})
	c := New(options())
	defer c.Close()
	a, body, err := ask(t, c, origin, strings.Repeat("x", 20<<20))
	if err != nil || a.Status != 413 || body != "no" {
		t.Errorf("got %+v %q %v", a, body, err)
	}
}

// A cloud may answer at once, keep the connection, and read no further.
func TestEarlyRefusalWithoutHangingUp(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	origin := serve(t, func(_ int, c net.Conn) {
		b := make([]byte, 1000)
		_, _ = c.Read(b)
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
		<-done
	})
	c := New(options())
	defer c.Close()
	start := time.Now()
	a, body, err := ask(t, c, origin, strings.Repeat("x", 20<<20))
	if err != nil || a.Status != 413 || body != "no" {
		t.Errorf("got %+v %q %v", a, body, err)
	}
	if took := time.Since(start); took > 7*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What a cloud says unasked is nobody's answer.
func TestUnaskedAnswerIsDropped(t *testing.T) {
	var n atomic.Int32
	origin := serve(t, func(_ int, c net.Conn) {
		in := bufio.NewReader(c)
		for {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			answer := fmt.Sprintf("answer %d", n.Add(1))
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
			time.Sleep(20 * time.Millisecond)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nSTALE")
		}
	})
	c := New(options())
	defer c.Close()
	for i := range 5 {
		_, body, err := ask(t, c, origin, "{}")
		if want := fmt.Sprintf("answer %d", i+1); err != nil || body != want {
			t.Errorf("got %q %v, want %q", body, err, want)
		}
		time.Sleep(60 * time.Millisecond)
	}
}

func TestCancelCutsTheCall(t *testing.T) {
	why := errors.New("enough")
	closed := make(chan struct{}, 2)
	origin := serve(t, func(n int, c net.Conn) {
		in := bufio.NewReader(c)
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		if n == 1 {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
		}
		_, _ = io.Copy(io.Discard, in)
		closed <- struct{}{}
	})
	c := New(options())
	defer c.Close()
	for _, name := range []string{"before the answer", "within it"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
		a, err := c.Do(ctx, origin, post("{}"))
		if err == nil {
			_, err = io.ReadAll(a.Body)
			_ = a.Body.Close()
		}
		if !errors.Is(err, why) {
			t.Errorf("%s: err = %v", name, err)
		}
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Errorf("%s: the connection stayed open", name)
		}
	}
}

// What has arrived is given at once, over the borders of chunks, and nothing
// that has arrived is waited for.
func TestReadGivesWhatHasArrived(t *testing.T) {
	more := make(chan struct{})
	origin := serve(t, func(_ int, c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n")
		<-more
		_, _ = io.WriteString(c, "1\r\ng\r\n0\r\n\r\n")
	})
	c := New(options())
	defer c.Close()
	a, err := c.Do(t.Context(), origin, post("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	p := make([]byte, 100)
	got := ""
	for len(got) < 6 {
		n, err := a.Body.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		got += string(p[:n])
	}
	close(more)
	rest, err := io.ReadAll(a.Body)
	if got != "abcdef" || string(rest) != "g" || err != nil {
		t.Errorf("got %q then %q, %v", got, rest, err)
	}
}

func TestTLSVerifies(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "safe") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake
	s.StartTLS()
	defer s.Close()
	_, _, err := ask(t, New(options()), s.URL, "{}")
	var e *Error
	if !errors.As(err, &e) || e.Phase != Dial {
		t.Errorf("an unknown certificate: %v", err)
	}
	o := options()
	o.TLSConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	o.TLSConfig.RootCAs.AddCert(s.Certificate())
	c := New(o)
	defer c.Close()
	for range 2 {
		if _, body, err := ask(t, c, s.URL, strings.Repeat("x", 100<<10)); err != nil || body != "safe" {
			t.Errorf("got %q, %v", body, err)
		}
	}
}

func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.URL, b)
	}))
	defer proxy.Close()
	o := options()
	o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	c := New(o)
	defer c.Close()
	_, body, err := ask(t, c, "http://cloud.invalid", "hi")
	if err != nil || body != "POST http://cloud.invalid/v1/x?y=z hi" {
		t.Errorf("got %q, %v", body, err)
	}
}

// The framing is read the same in whatever pieces it arrives.
func TestChunksInPieces(t *testing.T) {
	const raw = "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n1 \r\n!\r\n0\r\nX: y\r\n\r\nmore"
	for size := 1; size <= len(raw); size++ {
		var c chunks
		got, after := "", 0
		for at := 0; at < len(raw); at += size {
			piece := []byte(raw[at:min(at+size, len(raw))])
			data, rest, err := c.strip(piece)
			got += string(data)
			if err == io.EOF {
				after = rest + len(raw) - min(at+size, len(raw))
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if got != "abc0123456789!" || after != len("more") {
			t.Errorf("in pieces of %d: %q, and %d bytes after", size, got, after)
		}
	}
	for _, bad := range []string{"\r\n", "g\r\n", "1\r\nab", "1\r\na\rb", "fffffffffffffffff\r\n", "1" + strings.Repeat(" ", 5000)} {
		var c chunks
		if _, _, err := c.strip([]byte(bad)); err == nil || err == io.EOF {
			t.Errorf("%.20q was taken: %v", bad, err)
		}
	}
}

// FuzzAnswer: whatever a server sends, the client ends, and never takes a body
// as whole that its framing does not end.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.0 200\r\n\r\nx", "HTTP/1.1 100 C\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		us, them := net.Pipe()
		o := &origin{options: &Options{}, host: "x"}
		c := newConn(o, us, time.Now().Add(time.Hour))
		c.borrow()
		go func() {
			_, _ = them.Write(data)
			_ = them.Close()
		}()
		defer func() { _ = us.Close() }()
		h, err := c.readHead()
		if err != nil {
			return
		}
		b := &body{conn: c, ctx: context.Background(), stop: func() bool { return false }}
		b.frame(h, "POST")
		got, err := io.ReadAll(b)
		if err == nil && h.length >= 0 && !h.chunked && h.status != 204 && h.status != 304 && int64(len(got)) != h.length {
			t.Errorf("%d bytes taken as %d", len(got), h.length)
		}
	})
}

// BenchmarkCall compares one call of this client with one of net/http's
// transport, against the same server.
func BenchmarkCall(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bytes.Repeat([]byte("x"), 800))
	}))
	defer s.Close()
	body := protocol.Segments{bytes.Repeat([]byte("y"), 1000)}
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer x"}}
	b.Run("interline", func(b *testing.B) {
		c := New(options())
		defer c.Close()
		b.ReportAllocs()
		for b.Loop() {
			a, err := c.Do(b.Context(), s.URL, &driver.Call{Method: "POST", Path: "/", Header: header, Body: body})
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, a.Body)
			_ = a.Body.Close()
		}
	})
	b.Run("nethttp", func(b *testing.B) {
		std := newStd(&Options{})
		b.ReportAllocs()
		for b.Loop() {
			a, err := std.do(b.Context(), s.URL, &driver.Call{Method: "POST", Path: "/", Header: header, Body: body}, "x")
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, a.Body)
			_ = a.Body.Close()
		}
	})
}
