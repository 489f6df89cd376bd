// Package fetch gets what a caller names by its address, an image or a document,
// for clouds that fetch nothing themselves. The address is a stranger's, so it may
// lead nowhere but to the public internet: every address that a name resolves to is
// looked at when the connection is made, after redirects too, and what comes is
// bounded in size, time and kind.
//
// It sends no credential, no header of the caller, and goes through no proxy.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Options bound what is fetched. The zero value has sensible bounds and allows
// public addresses alone.
type Options struct {
	// Allow lists hosts, as host or host:port, that may be fetched from although
	// they are not public, or at another port than 80 and 443. A name is compared
	// as it is written.
	Allow []string
	// Bytes is the most of one answer; 0 is 20 MiB.
	Bytes int64
	// Timeout is for everything from the lookup to the last byte; 0 is 10s.
	Timeout time.Duration
}

const (
	defaultBytes   = 20 << 20
	defaultTimeout = 10 * time.Second
	maxRedirects   = 3
	atOnce         = 16 // answers that are in memory at the same time
)

// Fetcher fetches. It is used by many requests at once.
type Fetcher struct {
	options Options
	client  *http.Client
	turns   chan struct{}
}

// New returns a fetcher.
func New(o Options) *Fetcher {
	if o.Bytes == 0 {
		o.Bytes = defaultBytes
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	f := &Fetcher{options: o, turns: make(chan struct{}, atOnce)}
	f.client = &http.Client{
		Transport: &http.Transport{
			DialContext: f.dial, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: o.Timeout, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: f.redirect,
	}
	return f
}

// Errors of addresses that are refused before anything is sent.
var (
	errScheme = errors.New("only http and https are fetched")
	errUser   = errors.New("an address with a user or password is not fetched")
	errPort   = errors.New("only the ports 80 and 443 are fetched from")
	errPublic = errors.New("the host is not on the public internet")
)

// Get fetches what is at an address, and returns its media type without
// parameters. Its error says what was wrong with the address or the answer, and
// nothing of what the host resolved to.
func (f *Fetcher) Get(ctx context.Context, address string) (kind string, data []byte, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", nil, errors.New("fetch: the address cannot be read")
	}
	if err := f.check(u); err != nil {
		return "", nil, fmt.Errorf("fetch: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, f.options.Timeout)
	defer cancel()
	select {
	case f.turns <- struct{}{}:
	case <-ctx.Done():
		return "", nil, errors.New("fetch: too much is being fetched")
	}
	defer func() { <-f.turns }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", nil, errors.New("fetch: the address cannot be read")
	}
	r.Header.Set("User-Agent", "interline")
	r.Header.Set("Accept", "image/*, application/pdf, audio/*, text/plain")
	res, err := f.client.Do(r)
	if err != nil {
		return "", nil, fmt.Errorf("fetch from %s: %w", u.Hostname(), plain(err))
	}
	defer func() { _ = res.Body.Close() }()
	return f.read(u, res)
}

func (f *Fetcher) read(u *url.URL, res *http.Response) (string, []byte, error) {
	if res.StatusCode != http.StatusOK {
		return "", nil, fmt.Errorf("fetch from %s: it answered with status %d", u.Hostname(), res.StatusCode)
	}
	if res.ContentLength > f.options.Bytes {
		return "", nil, fmt.Errorf("fetch from %s: it is longer than %d bytes", u.Hostname(), f.options.Bytes)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, f.options.Bytes+1))
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("fetch from %s: %w", u.Hostname(), plain(err))
	case int64(len(data)) > f.options.Bytes:
		return "", nil, fmt.Errorf("fetch from %s: it is longer than %d bytes", u.Hostname(), f.options.Bytes)
	}
	kind := kindOf(res.Header.Get("Content-Type"), data)
	if kind == "" {
		return "", nil, fmt.Errorf("fetch from %s: it is no image, PDF, sound or plain text", u.Hostname())
	}
	return kind, data, nil
}

// kindOf is the type of what came: what its first bytes say, where they say one
// of an image, PDF or sound; plain text only if the server says so.
func kindOf(said string, data []byte) string {
	seen, _, _ := strings.Cut(http.DetectContentType(data), ";")
	if strings.HasPrefix(seen, "image/") || strings.HasPrefix(seen, "audio/") || seen == "application/pdf" {
		return seen
	}
	said, _, err := mime.ParseMediaType(said)
	if err == nil && said == "text/plain" && seen == "text/plain" {
		return said
	}
	return ""
}

func (f *Fetcher) redirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("it redirects too often")
	}
	return f.check(r.URL)
}

// check refuses an address by what is written in it.
func (f *Fetcher) check(u *url.URL) error {
	switch port := u.Port(); {
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errScheme
	case u.User != nil:
		return errUser
	case f.allowed(u.Hostname(), port):
		return nil
	case port != "" && port != "80" && port != "443":
		return errPort
	}
	return nil
}

func (f *Fetcher) allowed(host, port string) bool {
	return slices.Contains(f.options.Allow, host) || slices.Contains(f.options.Allow, net.JoinHostPort(host, port))
}

// dial connects to a host. The check stands in Control, after the lookup, on the
// very address that the connection is made to, so that no second lookup can bring
// another.
func (f *Fetcher) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: public}
	if host, port, err := net.SplitHostPort(address); err == nil && f.allowed(host, port) {
		d.Control = nil
	}
	return d.DialContext(ctx, network, address)
}

func public(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !Public(at.Addr()) {
		return errPublic
	}
	return nil
}

// plain takes the addresses out of an error.
func plain(err error) error {
	for _, known := range []error{errPublic, errScheme, errUser, errPort, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errors.New("it cannot be reached, or broke off")
}
