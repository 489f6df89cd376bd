package upstream

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/interline-ai/interline/cloud/driver"
)

// std reaches an origin through net/http, which knows proxies.
type std struct{ transport *http.Transport }

func newStd(o *Options) *std {
	return &std{&http.Transport{
		Proxy:               o.Proxy,
		DialContext:         (&net.Dialer{Timeout: o.Connect}).DialContext,
		TLSHandshakeTimeout: o.TLS,
		TLSClientConfig:     o.TLSConfig.Clone(),
		IdleConnTimeout:     o.KeepAlive,
		MaxIdleConnsPerHost: maxIdle,
		DisableCompression:  true,
		ForceAttemptHTTP2:   true,
	}}
}

func (s *std) do(ctx context.Context, origin string, call *driver.Call, agent string) (*Answer, error) {
	// net/http may still read a body after it has returned an error, so it
	// gets its own copy.
	body := &copied{data: append([]byte(nil), call.Body.Bytes()...)}
	var phase atomic.Uint32
	phase.Store(uint32(Dial))
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { phase.Store(uint32(Writing)) },
		WroteRequest: func(httptrace.WroteRequestInfo) { phase.Store(uint32(Waiting)) },
	})
	req, err := http.NewRequestWithContext(ctx, call.Method, origin+call.Path, body)
	if err != nil {
		return nil, &Error{Phase: Dial, Err: err}
	}
	req.ContentLength = int64(len(body.data))
	req.Header = call.Header.Clone()
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept-Encoding", "identity")
	res, err := s.transport.RoundTrip(req) //nolint:bodyclose // it is the caller's, as Answer says
	if err != nil {
		return nil, &Error{Phase: Phase(phase.Load()), Err: cause(ctx, err)}
	}
	return &Answer{Status: res.StatusCode, Header: res.Header, Length: res.ContentLength, Body: res.Body}, nil
}

// copied is a body that net/http may read after the call has returned.
type copied struct {
	data []byte
	at   int
}

// Read implements io.Reader.
func (c *copied) Read(p []byte) (int, error) {
	if c.at == len(c.data) {
		return 0, io.EOF
	}
	n := copy(p, c.data[c.at:])
	c.at += n
	return n, nil
}

// Close implements io.Closer.
func (c *copied) Close() error { return nil }
