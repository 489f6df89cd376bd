// Package upstream is the only room with a telephone: it carries a call to its
// origin and brings back the answer.
//
// Its own HTTP/1.1 client is about a third cheaper per request than
// net/http.Transport, which matters here because a gateway does little else: no
// goroutine per connection, the head and a small body go out in one write, a
// large body is written from where it lies, and the answer's head is parsed in
// place. Origins that are reached through a proxy use net/http.Transport behind
// the same door (std.go).
//
// The room never follows redirects, never decompresses and never decides: it
// says how far a call came ([Error]), so that the exchange can tell a call that
// was provably not processed from one that may have been. It sends a call again
// in one case only: when a kept connection breaks as it is written to, without a
// byte of an answer, the call goes out on a new one.
package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/interline-ai/interline/cloud/driver"
)

// Options are the time limits and the trust of a client. A limit of 0 is none.
type Options struct {
	Connect   time.Duration // DNS and TCP
	TLS       time.Duration // handshake
	WriteIdle time.Duration // without progress while the request is written
	KeepAlive time.Duration // how long an unused connection is kept
	// TLSConfig is cloned for every connection; nil trusts the system's roots.
	TLSConfig *tls.Config
	// Proxy says how an origin is reached, as in http.Transport; nil means
	// directly. Origins with a proxy go through net/http.
	Proxy func(*http.Request) (proxy *url.URL, err error)
	// UserAgent is sent with every call.
	UserAgent string
}

// Answer is what a cloud answered. Its body must be closed.
type Answer struct {
	Status int
	Header http.Header // canonical names
	// Length is the length of the body in bytes, or -1 when it is not known
	// before it was read.
	Length int64
	// Body ends with io.EOF only when the answer is whole by its framing;
	// an answer that breaks off ends with io.ErrUnexpectedEOF or the
	// connection's error, and a call whose context ended with the context's
	// cause. Closing a body that was read to its end keeps the connection.
	Body io.ReadCloser
}

// Client carries calls. It may be used by many requests at once.
type Client struct {
	options Options
	mu      sync.Mutex
	origins map[string]*origin
}

// New returns a client without connections.
func New(o Options) *Client {
	return &Client{options: o, origins: make(map[string]*origin)}
}

// Do sends the call to the origin, such as "https://api.example.com", and waits
// for the head of the answer. Every status is an answer; errors are *Error. When
// the context ends the call is cut at once, even while the body is read.
func (c *Client) Do(ctx context.Context, originURL string, call *driver.Call) (*Answer, error) {
	o, err := c.origin(originURL)
	if err != nil {
		return nil, &Error{Phase: Dial, Err: err}
	}
	if o.std != nil {
		return o.std.do(ctx, originURL, call, c.options.UserAgent)
	}
	if conn := o.reuse(); conn != nil {
		answer, err := conn.exchange(ctx, call)
		if e := new(Error); !errors.As(err, &e) || !e.stale {
			return answer, err
		}
		// The cloud had given the connection up just before it was written to.
	}
	conn, err := o.dial(ctx)
	if err != nil {
		return nil, &Error{Phase: Dial, Err: cause(ctx, err)}
	}
	return conn.exchange(ctx, call)
}

// origin returns the state of an origin, made when first asked for.
func (c *Client) origin(name string) (*origin, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.origins[name]; o != nil {
		return o, nil
	}
	o, err := newOrigin(name, &c.options)
	if err != nil {
		return nil, err
	}
	c.origins[name] = o
	return o, nil
}

// Close closes all connections that are not in use; those in use are closed
// when their answers end.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.origins {
		o.close()
	}
}
