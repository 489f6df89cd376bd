package fetch

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

const png = "\x89PNG\x0D\x0A\x1A\x0Arest"

// host serves what an attacker and an honest host would, on loopback.
func host(t *testing.T) (url, at string) {
	t.Helper()
	mux := http.NewServeMux()
	for path, answer := range map[string]struct{ kind, body string }{
		"/png": {"application/octet-stream", png}, "/liar": {"image/png", "<html>secret</html>"}, "/text": {"text/plain; charset=utf-8", "hello"},
		"/json": {"application/json", `{"secret":1}`}, "/pdf": {"x", "%PDF-1.7"}, "/long": {"image/png", png + strings.Repeat("x", 5000)},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if len(r.Header["Authorization"])+len(r.Header["Cookie"]) > 0 {
				t.Error("a credential was sent")
			}
			w.Header().Set("Content-Type", answer.kind)
			_, _ = w.Write([]byte(answer.body))
		})
	}
	mux.Handle("/to-metadata", http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	mux.Handle("/to-file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.Handle("/to-png", http.RedirectHandler("/png", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, strings.TrimPrefix(s.URL, "http://")
}

func TestGet(t *testing.T) {
	url, at := host(t)
	f := New(Options{Allow: []string{at}, Bytes: 1000, Timeout: 2 * time.Second})
	for path, want := range map[string]struct{ kind, fault string }{
		"/png": {"image/png", ""}, "/text": {"text/plain", ""}, "/pdf": {"application/pdf", ""}, "/to-png": {"image/png", ""},
		"/liar": {"", "no image"}, "/json": {"", "no image"}, "/long": {"", "longer than"}, "/none": {"", "status 404"},
		"/to-metadata": {"", "not on the public internet"}, "/to-file": {"", "only http"}, "/loop": {"", "cannot be reached"},
	} {
		kind, data, err := f.Get(t.Context(), url+path)
		switch {
		case want.fault == "" && (err != nil || kind != want.kind || len(data) == 0):
			t.Errorf("%s: %q, %d bytes, %v", path, kind, len(data), err)
		case want.fault != "" && (err == nil || !strings.Contains(err.Error(), want.fault) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v, want %q", path, err, want.fault)
		}
	}
	slow := New(Options{Allow: []string{at}, Timeout: 50 * time.Millisecond})
	if _, _, err := slow.Get(t.Context(), url+"/slow"); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("slow: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Get(gone, url+"/png"); err == nil {
		t.Error("fetched for nobody")
	}
}

// TestStrangersStayOut: nothing that is not public is connected to, however it is
// written.
func TestStrangersStayOut(t *testing.T) {
	url, at := host(t)
	f := New(Options{Timeout: 2 * time.Second})
	_, port, _ := strings.Cut(at, ":")
	for _, address := range []string{
		url + "/png", "http://localhost:80/", "http://127.1/", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
		"http://[::ffff:169.254.169.254]/", "http://169.254.169.254/", "http://10.0.0.1/", "http://[fd00::1]/", "http://[64:ff9b::7f00:1]/",
		"http://100.100.100.200/", "ftp://example.com/a", "file:///etc/passwd", "http://user:pw@example.com/", "//example.com", "", "http://",
		"http://example.com:22/", "http://example.com:" + port + "/", "gopher://x", "http://\x00/",
	} {
		if _, data, err := f.Get(t.Context(), address); err == nil {
			t.Errorf("%q brought %d bytes", address, len(data))
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "1.1.1.1": true,
		"10.1.2.3": false, "192.168.1.1": false, "172.31.0.1": false, "172.32.0.1": true, "100.127.0.1": false, "100.128.0.1": true,
		"::ffff:8.8.8.8": true, "::ffff:10.0.0.1": false, "::": false, "fe80::1%eth0": false, "2002:7f00:1::": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}
