package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Bounds of what an origin keeps, and how old a connection may grow before it
// is left for a new one (DNS may have changed; plus or minus a fifth, so that
// they do not all go at once).
const (
	maxIdle = 4096
	maxAge  = 10 * time.Minute
)

// origin is what is known of one scheme, host and port: where it is, and its
// unused connections, the most recently used last.
type origin struct {
	options *Options
	host    string      // the Host header
	address string      // host:port
	tls     *tls.Config // nil for http
	std     *std        // for origins behind a proxy

	mu     sync.Mutex
	idle   []*conn
	closed bool
	sweep  *time.Timer // armed while there are idle connections
}

func newOrigin(raw string, options *Options) (*origin, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read origin: %w", err)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("read origin %q: it is not an http or https address", raw)
	}
	o := &origin{options: options, host: u.Host, address: u.Host}
	if u.Port() == "" {
		o.address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	if u.Scheme == "https" {
		o.tls = options.TLSConfig.Clone()
		if o.tls == nil {
			o.tls = &tls.Config{}
		}
		o.tls.MinVersion = max(o.tls.MinVersion, tls.VersionTLS12)
		o.tls.NextProtos = []string{"http/1.1"}
		if o.tls.ServerName == "" {
			o.tls.ServerName = u.Hostname()
		}
		// Resumption saves a round trip and most of a handshake's work.
		o.tls.ClientSessionCache = tls.NewLRUClientSessionCache(32)
	}
	if options.Proxy != nil {
		proxy, err := options.Proxy(&http.Request{URL: u})
		if err != nil {
			return nil, fmt.Errorf("find the proxy for %s: %w", raw, err)
		}
		if proxy != nil {
			o.std = newStd(options)
		}
	}
	return o, nil
}

// dial makes a connection and, for https, shakes hands.
func (o *origin) dial(ctx context.Context) (*conn, error) {
	d := net.Dialer{
		Timeout:         o.options.Connect,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
	}
	raw, err := d.DialContext(ctx, "tcp", o.address)
	if err != nil {
		return nil, err
	}
	age := maxAge - maxAge/5 + time.Duration(rand.Int64N(int64(2*maxAge/5)))
	c := newConn(o, raw, time.Now().Add(age))
	if o.tls == nil {
		return c, nil
	}
	secure := tls.Client(raw, o.tls)
	if o.options.TLS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.options.TLS, errors.New("the TLS handshake took too long"))
		defer cancel()
	}
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, cause(ctx, err)
	}
	c.stream = secure
	return c, nil
}

// reuse takes an unused connection that is still open, or nil.
func (o *origin) reuse() *conn {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	for len(o.idle) > 0 {
		c := o.idle[len(o.idle)-1]
		o.idle = o.idle[:len(o.idle)-1]
		if !c.stale(now, o.options.KeepAlive) {
			return c
		}
		c.close()
	}
	return nil
}

// keep puts a connection back, or closes it when there are enough.
func (o *origin) keep(c *conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c.since = time.Now()
	extra := c.in != nil && c.in.Buffered() > 0 // nobody asked for that
	c.giveBack()
	if extra || o.closed || len(o.idle) >= maxIdle || c.since.After(c.retire) {
		c.close()
		return
	}
	o.idle = append(o.idle, c)
	if o.sweep == nil && o.options.KeepAlive > 0 {
		o.sweep = time.AfterFunc(o.options.KeepAlive, o.sweepIdle)
	}
}

// sweepIdle closes what was unused for too long, and comes again while there
// is more.
func (o *origin) sweepIdle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	limit := time.Now().Add(-o.options.KeepAlive)
	n := 0
	for n < len(o.idle) && !o.idle[n].since.After(limit) {
		o.idle[n].close()
		n++
	}
	o.idle = append(o.idle[:0], o.idle[n:]...)
	if len(o.idle) == 0 || o.closed {
		o.sweep = nil
		return
	}
	o.sweep.Reset(o.options.KeepAlive / 2)
}

func (o *origin) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, c := range o.idle {
		c.close()
	}
	o.idle = nil
	if o.sweep != nil {
		o.sweep.Stop()
	}
	if o.std != nil {
		o.std.transport.CloseIdleConnections()
	}
}
