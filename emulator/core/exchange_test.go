package core

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// site serves a handler in the way a place is served, with drills for "p".
func site(t *testing.T, c *Core, serve func(x *Exchange)) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x, ok := c.Enter("p", w, r); ok {
			serve(x)
		}
	}))
	s.Listener = Listener(s.Listener, c.Drills, "p")
	s.Start()
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return s.URL
}

func drill(t *testing.T, c *Core, d Drill) {
	t.Helper()
	d.Target = "p"
	if _, err := c.Drills.Add(d); err != nil {
		t.Fatal(err)
	}
}

// get asks once, over a connection of its own.
func get(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	return client.Get(url)
}

func testCore() *Core { return New(Config{Names: map[string]string{"p": "p"}}) }

func TestUnaryFaults(t *testing.T) {
	const body = `{"answer":"forty-two"}`
	tests := []struct {
		kind     Kind
		received string
		broken   error // what reading ends with; nil for a clean end
		told     error // what Respond returns
	}{
		{"", body, nil, nil},
		{Cut, body[:len(body)/2], syscall.ECONNRESET, ErrBroken},
		{EOF, body[:len(body)/2], io.ErrUnexpectedEOF, ErrBroken},
		{Corrupt, body[:len(body)-1], nil, ErrBroken},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind), func(t *testing.T) {
			c := testCore()
			if tt.kind != "" {
				drill(t, c, Drill{Kind: tt.kind})
			}
			told := make(chan error, 1)
			url := site(t, c, func(x *Exchange) { told <- x.Respond(200, "application/json", []byte(body), 3) })
			resp, err := get(t, url)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if !errors.Is(err, tt.broken) || string(got) != tt.received {
				t.Errorf("received %q with %v, want %q with %v", got, err, tt.received, tt.broken)
			}
			if err := <-told; !errors.Is(err, tt.told) {
				t.Errorf("Respond returned %v, want %v", err, tt.told)
			}
			if resp.Header.Get("X-Emulated-By") != "interline" {
				t.Error("the answer does not say that it is emulated")
			}
		})
	}
}

func TestStreamFaults(t *testing.T) {
	frame := func(n string) string { return "data: {\"n\":" + n + "}\n\n" }
	tests := []struct {
		kind     Kind
		received string
		broken   error
		told     error
	}{
		{"", frame("0") + frame("1") + frame("2"), nil, nil},
		{Cut, frame("0"), syscall.ECONNRESET, ErrBroken},
		{EOF, frame("0"), nil, ErrBroken},
		{InStream, frame("0") + "data: failed\n\n", nil, ErrInStream},
		{Corrupt, frame("0") + "data: {\"n\":1\n\n" + frame("2"), nil, nil},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind), func(t *testing.T) {
			c := testCore()
			if tt.kind != "" {
				drill(t, c, Drill{Kind: tt.kind, After: 1})
			}
			told := make(chan error, 1)
			url := site(t, c, func(x *Exchange) { told <- count(x) })
			resp, err := get(t, url)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if !errors.Is(err, tt.broken) || string(got) != tt.received {
				t.Errorf("received %q with %v, want %q with %v", got, err, tt.received, tt.broken)
			}
			if err := <-told; !errors.Is(err, tt.told) {
				t.Errorf("the stream ended with %v, want %v", err, tt.told)
			}
		})
	}
}

// count streams the numbers 0 to 2.
func count(x *Exchange) error {
	s, err := x.Stream("text/event-stream")
	if err != nil {
		return err
	}
	for n := range 3 {
		if err := s.Event("", map[string]int{"n": n}); err != nil {
			if errors.Is(err, ErrInStream) {
				_ = s.Last(SSE("", []byte("failed")))
			}
			return err
		}
	}
	return nil
}

func TestStallKeepsTheConnection(t *testing.T) {
	c := testCore()
	drill(t, c, Drill{Kind: Stall, After: 1})
	told := make(chan error, 1)
	url := site(t, c, func(x *Exchange) { told <- count(x) })
	resp, err := get(t, url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil || line != "data: {\"n\":0}\n" {
		t.Fatalf("first line %q, %v", line, err)
	}
	select {
	case err := <-told:
		t.Fatalf("the stream ended with %v though its caller was waiting", err)
	default:
	}
	c.Release()
	if err := <-told; !errors.Is(err, ErrBroken) {
		t.Errorf("a released stall ended with %v", err)
	}
}

func TestFaultsWithoutDialect(t *testing.T) {
	t.Run("down", func(t *testing.T) {
		c := testCore()
		drill(t, c, Drill{Kind: Down, Count: 1})
		url := site(t, c, func(x *Exchange) { x.Refuse(204, "text/plain", nil) })
		if err := firstByte(url); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("connecting and reading ended with %v, want a reset", err)
		}
		resp, err := get(t, url)
		if err != nil {
			t.Fatalf("after the drill: %v", err)
		}
		resp.Body.Close()
	})
	t.Run("hang", func(t *testing.T) {
		c := testCore()
		drill(t, c, Drill{Kind: Hang, Count: 1})
		url := site(t, c, func(*Exchange) { t.Error("a hanging request was served") })
		ended := make(chan error, 1)
		go func() {
			resp, err := get(t, url)
			if err == nil {
				resp.Body.Close()
			}
			ended <- err
		}()
		for len(c.Drills.List()) > 0 { // until the request has arrived
			select {
			case err := <-ended:
				t.Fatalf("a hanging request ended with %v", err)
			case <-time.After(time.Millisecond):
			}
		}
		c.Release()
		<-ended
	})
	t.Run("garbage", func(t *testing.T) {
		c := testCore()
		drill(t, c, Drill{Kind: Garbage})
		url := site(t, c, func(*Exchange) { t.Error("a garbled request was served") })
		resp, err := get(t, url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			t.Errorf("status %d, type %s", resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	})
}

// firstByte connects and waits to be told something.
func firstByte(url string) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Read(make([]byte, 1))
	return err
}

func TestSSECannotBeForged(t *testing.T) {
	got := string(SSE("e", []byte("a\n\ndata: b\r\rc")))
	if want := "event: e\ndata: a\ndata: \ndata: data: b\ndata: \ndata: c\n\n"; got != want {
		t.Errorf("frame %q, want %q", got, want)
	}
}
