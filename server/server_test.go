package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/exchange"
)

func TestEveryPath(t *testing.T) {
	d := newDoor(t)
	for path, body := range good {
		w := d.do("POST", path, body)
		if w.Code != 200 || !strings.Contains(w.Body.String(), "hello") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w.Header().Get("X-Request-Id") == "" || w.Header().Get(exchange.HeaderDeployment) != "m/a" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

// shape checks that an error is in the language of the path, and returns its
// message and what it says of the field.
func shape(t *testing.T, path string, w *httptest.ResponseRecorder) (message, field string) {
	t.Helper()
	var e struct {
		Type    string
		Message string
		Error   struct {
			Type, Message string
			Param         *string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%s: the error is not JSON: %s", path, w.Body)
	}
	switch {
	case strings.Contains(path, "enerateContent"):
		var g struct {
			Error struct {
				Code            int
				Message, Status string
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &g); err != nil || g.Error.Status == "" || g.Error.Code != w.Code {
			t.Errorf("%s: not Google's shape: %v %s", path, err, w.Body)
		}
		return g.Error.Message, g.Error.Message
	case strings.Contains(path, "/model/"):
		if w.Header().Get("X-Amzn-Errortype") == "" || e.Message == "" {
			t.Errorf("%s: not AWS's shape: %v %s", path, w.Header(), w.Body)
		}
		return e.Message, e.Message
	case strings.Contains(path, "/v1/messages"):
		if e.Type != "error" || e.Error.Type == "" {
			t.Errorf("%s: not Anthropic's shape: %s", path, w.Body)
		}
		return e.Error.Message, e.Error.Message
	}
	if e.Error.Type == "" {
		t.Errorf("%s: not OpenAI's shape: %s", path, w.Body)
	}
	if e.Error.Param != nil {
		field = *e.Error.Param
	}
	return e.Error.Message, field + " " + e.Error.Message
}

// What is wrong is refused in the caller's own shape, with the name of the
// field, and never reaches a cloud.
func TestBadInput(t *testing.T) {
	deep := strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200)
	d := newDoor(t)
	for _, tt := range []struct {
		name   string
		change func(body string) string
		status int
		field  string
	}{
		{"no JSON", func(string) string { return "hello" }, 400, ""},
		{"empty", func(string) string { return "" }, 400, ""},
		{"an array", func(b string) string { return "[" + b + "]" }, 400, ""},
		{"cut", func(b string) string { return b[:len(b)-3] }, 400, ""},
		{"more than one value", func(b string) string { return b + b }, 400, ""},
		{"duplicate name", func(b string) string { return strings.Replace(b, `"messages"`, `"messages":[],"messages"`, 1) }, 400, "messages"},
		{"wrong letter case", func(b string) string { return strings.Replace(b, `{`, `{"MESSAGES":[],`, 1) }, 400, "MESSAGES"},
		{"deep", func(b string) string { return strings.Replace(b, `{`, `{"x":`+deep+`,`, 1) }, 400, "x"},
		{"wrong type", func(b string) string { return `{"model":"m","max_tokens":1,"messages":"hi"}` }, 400, "messages"},
		{"no messages", func(b string) string { return `{"model":"m","max_tokens":1}` }, 400, "messages"},
		{"bad UTF-8", func(b string) string { return strings.Replace(b, "hi", "h\xff", 1) }, 400, "messages"},
		{"half a surrogate", func(b string) string { return strings.Replace(b, "hi", `\ud800`, 1) }, 400, "messages"},
		{"oversize", func(b string) string { return strings.Replace(b, "hi", strings.Repeat("x", 1<<20), 1) }, 413, ""},
	} {
		for _, path := range []string{"/v1/chat/completions", "/v1/messages", "/model/m/converse"} {
			w := d.do("POST", path, tt.change(good[path]))
			if w.Code != tt.status {
				t.Errorf("%s %s: status %d %s", tt.name, path, w.Code, w.Body)
			}
			if _, field := shape(t, path, w); !strings.Contains(field, tt.field) {
				t.Errorf("%s %s: the field %q is not named: %s", tt.name, path, tt.field, w.Body)
			}
			if w.Header().Get("X-Should-Retry") != "false" {
				t.Errorf("%s %s: an SDK would try again", tt.name, path)
			}
		}
	}
	for _, tt := range []struct {
		method, path, body string
		status             int
		header             []string
		says               string
	}{
		{"POST", "/v1/chat/completions", `{"model":"a","MODEL":"b","messages":[{"role":"user","content":"x"}]}`, 400, nil, "MODEL"},
		{"POST", "/v1/chat/completions", `{"model":"nobody","messages":[{"role":"user","content":"x"}]}`, 404, nil, "nobody"},
		{"POST", "/v1/messages", `{"model":"nobody","max_tokens":1,"messages":[{"role":"user","content":"x"}]}`, 404, nil, "nobody"},
		{"POST", "/v1/messages/count_tokens", `{"model":"nobody","messages":[{"role":"user","content":"x"}]}`, 404, nil, "nobody"},
		{"POST", "/v1/messages/count_tokens", `{"model":"m","messages":"x"}`, 400, nil, "messages"},
		{"POST", "/v1/messages/count_tokens", `{"model":"m"}`, 400, nil, "messages"},
		{"GET", "/v1/messages/count_tokens", "", 405, nil, "POST"},
		{"POST", "/model/nobody/converse", good["/model/m/converse"], 404, nil, "nobody"},
		{"POST", "/v1/chat/completions", `{"model":7,"messages":[{"role":"user","content":"x"}]}`, 400, nil, "model"},
		{"POST", "/v1/chat/completions", `{"model":"m","stream":"yes","messages":[{"role":"user","content":"x"}]}`, 400, nil, "stream"},
		{"POST", "/v1/chat/completions", `{"model":"m","input":"x"}`, 400, nil, "Responses"},
		{"POST", "/v1/nowhere", `{}`, 404, nil, "/v1/nowhere"},
		{"POST", "/anthropic/v1/nowhere", `{}`, 404, nil, "nowhere"},
		{"POST", "/v1/../v1/chat/completions", good["/v1/chat/completions"], 404, nil, "no such path"},
		{"POST", "/model/a/b/converse", good["/model/m/converse"], 404, nil, "no such path"},
		{"PUT", "/v1/chat/completions", "", 405, nil, "POST"},
		{"POST", "/v1/responses", `{"model":"nobody","input":"x"}`, 404, nil, "nobody"},
		{"POST", "/v1/responses", `{"model":"m","input":7}`, 400, nil, "input"},
		{"POST", "/v1/responses", `{"model":"m"}`, 400, nil, "input"},
		{"POST", "/v1/responses", `{"model":"m","input":"x","INPUT":1}`, 400, nil, "INPUT"},
		{"GET", "/v1/responses", "", 405, nil, "POST"},
		{"POST", "/v1beta/models/nobody:generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`, 404, nil, "nobody"},
		{"POST", "/v1beta/models/m:generateContent", `{"contents":"hi"}`, 400, nil, "contents"},
		{"POST", "/v1beta/models/m:generateContent", `{}`, 400, nil, "contents"},
		{"POST", "/v1beta/models/m:generateContent", `{"contents":[]`, 400, nil, ""},
		{"GET", "/v1beta/models/m:generateContent", "", 405, nil, "POST"},
		{"DELETE", "/v1/models", "", 405, nil, "GET"},
		{"GET", "/v1/responses", "", 426, []string{"Connection", "Upgrade", "Upgrade", "websocket"}, "WebSocket"},
		{"POST", "/v1/chat/completions", "x", 415, []string{"Content-Type", "multipart/form-data; boundary=x"}, "multipart"},
		{"POST", "/v1/chat/completions", "x", 415, []string{"Content-Encoding", "gzip"}, "gzip"},
		{"GET", "/v1/models/nobody", "", 404, nil, "nobody"},
		{"POST", "/v1/chat/completions", `{"model":"` + strings.Repeat("x", 600) + `","messages":[{"role":"user","content":"x"}]}`, 400, nil, "longer than"},
	} {
		w := d.do(tt.method, tt.path, tt.body, tt.header...)
		message, _ := shape(t, tt.path, w)
		if w.Code != tt.status || !strings.Contains(message, tt.says) {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, w.Code, w.Body)
		}
	}
	if n := d.asked.Load(); n != 0 {
		t.Errorf("%d of them reached a cloud", n)
	}
}

// A thousand bad requests change nothing for the good ones beside them.
func TestBadBesideGood(t *testing.T) {
	d := newDoor(t)
	s := httptest.NewServer(d)
	defer s.Close()
	post := func(body string) (int, error) {
		res, err := http.Post(s.URL+"/v1/chat/completions", "application/json", strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		defer func() { _ = res.Body.Close() }()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, err
	}
	bad := []string{`{`, `{"model":"m","MODEL":"x"}`, strings.Repeat("[", 5000), "\xff\xfe", `{"model":"m","messages":[` + strings.Repeat(`{},`, 1000) + `]}`, strings.Repeat("x", 2<<20)}
	errs := make(chan error, 8)
	for range 4 {
		go func() {
			for i := range 250 {
				if code, err := post(bad[i%len(bad)]); err == nil && code/100 != 4 {
					errs <- fmt.Errorf("a bad request was answered with %d", code)
					return
				}
			}
			errs <- nil
		}()
		go func() {
			for range 100 {
				if code, err := post(good["/v1/chat/completions"]); err != nil || code != 200 {
					errs <- fmt.Errorf("a good request beside bad ones: %d %w", code, err)
					return
				}
			}
			errs <- nil
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := d.asked.Load(); n != 400 {
		t.Errorf("%d requests reached the cloud, of 400 good ones", n)
	}
}

func TestModels(t *testing.T) {
	d := newDoor(t)
	for _, path := range []string{"/v1/models", "/openai/v1/models", "/openai/models?api-version=x", "/anthropic/v1/models?limit=1000"} {
		w := d.do("GET", path, "")
		var l listing
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || len(l.Data) != 2 || l.Data[0].ID != "m" || *l.LastID != "vendor.m-v1:0" {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
	if w := d.do("GET", "/v1/models/vendor.m-v1%3A0", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"id":"vendor.m-v1:0"`) {
		t.Errorf("one model: %d %s", w.Code, w.Body)
	}
}

func TestStrictModeByHeader(t *testing.T) {
	for header, want := range map[string]exchange.LossMode{"": exchange.Warn, "strict": exchange.Strict, "silent": exchange.Warn} {
		h := http.Header{}
		if header != "" {
			h.Set("X-Interline-Losses", header)
		}
		if got := lossMode(exchange.Warn, h); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	if lossMode(exchange.Silent, http.Header{"X-Interline-Losses": {"warn"}}) != exchange.Warn {
		t.Error("a request cannot narrow silent to warn")
	}
}

func TestSlowBodyIsCut(t *testing.T) {
	d := newDoor(t)
	s := httptest.NewServer(d)
	defer s.Close()
	body, pipe := io.Pipe()
	go func() {
		_, _ = io.WriteString(pipe, `{"model":"m",`)
		time.Sleep(3 * time.Second)
		_ = pipe.Close()
	}()
	start := time.Now()
	res, err := http.Post(s.URL+"/v1/chat/completions", "application/json", body)
	if err == nil {
		_ = res.Body.Close()
		if res.StatusCode < 400 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("a body that does not come was waited for %v", took)
	}
	if d.asked.Load() != 0 {
		t.Error("half a body reached the cloud")
	}
}

// Bodies without a length are read, and all bodies together are bounded.
func TestBufferedBytesAreBounded(t *testing.T) {
	d := newDoor(t)
	r := httptest.NewRequest("POST", "/v1/chat/completions", io.MultiReader(strings.NewReader(good["/v1/chat/completions"])))
	r.ContentLength, r.Host = -1, "localhost"
	w := httptest.NewRecorder()
	if d.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("without a length: %d %s", w.Code, w.Body)
	}
	large := strings.Replace(good["/v1/chat/completions"], "hi", strings.Repeat("x", 700<<10), 1)
	if w := d.do("POST", "/v1/chat/completions", large); w.Code != 200 {
		t.Fatalf("a large one: %d", w.Code)
	}
	if !d.buffered.TryAcquire(3<<20) || !d.smalls.TryAcquire(1<<20) {
		t.Fatal("bytes were not given back")
	}
	d.smalls.Release(1 << 20)
	if w := d.do("POST", "/v1/chat/completions", large); w.Code != 503 || w.Header().Get("X-Should-Retry") != "true" {
		t.Errorf("with no room: %d %v", w.Code, w.Header())
	}
	if w := d.do("POST", "/v1/chat/completions", good["/v1/chat/completions"]); w.Code != 200 {
		t.Errorf("a small one beside large ones: %d", w.Code)
	}
}

// What a length promises takes no memory before it comes.
func TestPromisedBytesAreNotHeld(t *testing.T) {
	d := newDoor(t)
	s := httptest.NewServer(d)
	defer s.Close()
	for range 8 {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(50 * time.Millisecond)
	if w := d.do("POST", "/v1/chat/completions", good["/v1/chat/completions"]); w.Code != 200 {
		t.Errorf("beside promises: %d %s", w.Code, w.Body)
	}
}

// The memory of a body is used again, whatever the size of the one before it.
func TestBodyMemoryIsUsedAgain(t *testing.T) {
	d := newDoor(t)
	small := good["/v1/chat/completions"]
	large := strings.Replace(small, "hi", strings.Repeat("x", 900<<10), 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 50 {
		for _, body := range []string{small, large} {
			if w := d.do("POST", "/v1/chat/completions", body); w.Code != 200 {
				t.Fatal(w.Code)
			}
		}
	}
	runtime.ReadMemStats(&after)
	// A pool may lose some of what it was given, at random under the race
	// detector and at a collection.
	if got := after.TotalAlloc - before.TotalAlloc; got > 50*(2<<20)*3/4 {
		t.Errorf("%d MiB were allocated for 50 bodies of 1 MiB", got>>20)
	}
}

func TestPanicIsContained(t *testing.T) {
	d := newDoor(t)
	s := httptest.NewServer(d)
	defer s.Close()
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	res, err := http.Post(s.URL+"/v1/chat/completions", "application/json", strings.NewReader(strings.Replace(good["/v1/chat/completions"], "hi", "PANIC", 1)))
	if err == nil {
		_ = res.Body.Close()
		t.Errorf("a panic was answered with %d", res.StatusCode)
	}
	if w := d.do("POST", "/v1/chat/completions", good["/v1/chat/completions"]); w.Code != 200 {
		t.Errorf("after a panic: %d", w.Code)
	}
}

func TestReadiness(t *testing.T) {
	d := newDoor(t)
	if w := d.do("GET", "/readyz", ""); w.Code != 200 {
		t.Errorf("ready: %d", w.Code)
	}
	d.Drain()
	if w := d.do("GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("draining: %d", w.Code)
	}
	if w := d.do("POST", "/v1/chat/completions", good["/v1/chat/completions"]); w.Code != 200 {
		t.Errorf("a request while draining: %d", w.Code)
	}
}

func TestRequestIDs(t *testing.T) {
	for given, kept := range map[string]bool{"abc-1.2:3_4": true, "": false, "a b": false, "x\x00": false, strings.Repeat("x", 200): false} {
		id := requestID(http.Header{"X-Request-Id": {given}})
		if (id == given) != kept || id == "" {
			t.Errorf("%q became %q", given, id)
		}
	}
}
