package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/config"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/fetch"
	"github.com/interline-ai/interline/route"
	"github.com/interline-ai/interline/seal"
	"github.com/interline-ai/interline/server"
	"github.com/interline-ai/interline/telemetry"
	"github.com/interline-ai/interline/tokens"
	"github.com/interline-ai/interline/upstream"
)

// What the configuration does not say, since nobody has asked for it yet.
const (
	patience    = 2 * time.Second // with the only deployment, when it is throttled
	answerBytes = 64 << 20        // of an answer that is not streamed
	buffered    = 1 << 30         // of all requests' bodies together
	headerBytes = 64 << 10
	cutGrace    = 5 * time.Second // for streams that are cut to say so
)

// gateway is a running gateway: a door, and behind it the world of the newest
// configuration that was good.
type gateway struct {
	log    *slog.Logger
	access *telemetry.Access // nil when requests are not told of
	server *server.Server
	http   *http.Server
	// cut ends what is still under way, every request's context being made of
	// one that it ends.
	cut context.CancelCauseFunc

	address string
	bound   net.Addr   // where it really listens
	listens string     // the configured address it was opened with
	failed  chan error // of serving
	// certificate is what callers are shown; nil serves plain HTTP.
	certificate atomic.Pointer[tls.Certificate]

	mu     sync.Mutex
	drain  config.Drain
	client *upstream.Client
	times  config.Timeouts // those the client was made with
}

// open builds the world of a configuration and begins to listen.
func open(ctx context.Context, cfg *config.Config, access *telemetry.Access, log *slog.Logger) (*gateway, error) {
	g := &gateway{log: log, access: access, failed: make(chan error, 1)}
	base, cut := context.WithCancelCause(context.Background())
	g.cut = cut
	w, err := g.world(cfg)
	if err != nil {
		return nil, err
	}
	l, err := listen(ctx, cfg.Listen)
	if err != nil {
		return nil, err
	}
	g.address, g.bound, g.listens = "http://"+l.Addr().String(), l.Addr(), cfg.Listen
	secure, err := g.show(cfg.TLS)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if err := g.selfCalls(cfg); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	g.server = server.New(w, buffered, log)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // AWS's SDK for JavaScript begins with it
	g.http = &http.Server{
		Handler: g.server, Protocols: &protocols, ReadHeaderTimeout: cfg.Timeouts.HeaderRead,
		MaxHeaderBytes: headerBytes, IdleTimeout: 3 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return server.WithConn(ctx, c) },
		HTTP2:       &http.HTTP2Config{MaxConcurrentStreams: 250, SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	serve := g.http.Serve
	if secure {
		g.address = "https://" + l.Addr().String()
		protocols.SetHTTP2(true)
		g.http.TLSConfig = &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return g.certificate.Load(), nil },
		}
		serve = func(l net.Listener) error { return g.http.ServeTLS(l, "", "") }
	}
	go func() {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			g.failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	return g, nil
}

// show takes the certificate to show callers; it reports whether there is one.
func (g *gateway) show(t config.TLS) (bool, error) {
	if t.Certificate == "" {
		return false, nil
	}
	pair, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
	if err != nil {
		return false, invalid{fmt.Errorf("read the certificate: %w", err)}
	}
	g.certificate.Store(&pair)
	return true, nil
}

// world builds what serves. Connections to clouds are kept as long as the limits
// on them stay the same.
func (g *gateway) world(cfg *config.Config) (*server.World, error) {
	built, err := cfg.Build(all.Options{})
	if err != nil {
		return nil, err
	}
	keys, secrets := make([]server.Key, 0, len(built.Keys)), make(map[string]string, len(built.Keys))
	for _, k := range built.Keys {
		keys = append(keys, server.Key{Name: k.Name, Secret: k.Key.Reveal()})
		secrets[k.Name] = k.Key.Reveal()
	}
	seals, err := seal.New(secrets)
	if err != nil {
		return nil, err
	}
	table := route.NewTable(built.Models)
	t := built.Timeouts
	return &server.World{
		Table: table, Keys: server.NewKeys(keys, auth.VerifySigV4), Losses: lossMode(built.Losses),
		Seals: seals, DropState: built.State == config.DropState,
		Limits: server.Limits{Body: int64(built.Limits.Body), BodyIdle: t.BodyIdle, BodyTotal: t.BodyTotal},
		Exchange: &exchange.Exchange{
			Candidates: table.Candidates, Every: table.Every, Send: g.upstream(built).Do, Fetch: fetcher(built.Fetch), Estimate: tokens.Estimate, Done: g.done,
			Limits: exchange.Limits{
				Attempts: built.Limits.Attempts, Unary: t.TotalUnary, Stream: t.Total,
				FirstContent: t.FirstContent, FirstContentReasoning: t.FirstContentReasoning,
				IdleBytes: t.IdleBytes, IdleContent: t.IdleContent, Hold: t.CommitHold, Ping: t.Ping,
				ClientStall: t.ClientStall, Patience: patience, AnswerBytes: answerBytes,
			},
		},
	}, nil
}

// fetcher returns what fetches what callers name by its address, or nil.
func fetcher(c config.Fetch) func(context.Context, string) (string, []byte, error) {
	if c.Mode == config.FetchOff {
		return nil
	}
	return fetch.New(fetch.Options{Allow: c.Allow, Bytes: int64(c.Bytes), Timeout: c.Timeout}).Get
}

// upstream returns the client for a world, and remembers how it ends.
func (g *gateway) upstream(w *config.World) *upstream.Client {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drain = w.Drain
	t := config.Timeouts{Connect: w.Timeouts.Connect, TLS: w.Timeouts.TLS, WriteIdle: w.Timeouts.WriteIdle, KeepAlive: w.Timeouts.KeepAlive}
	if g.client != nil && t == g.times {
		return g.client
	}
	if g.client != nil {
		g.client.Close()
	}
	g.times = t
	g.client = upstream.New(upstream.Options{
		Connect: t.Connect, TLS: t.TLS, WriteIdle: t.WriteIdle, KeepAlive: t.KeepAlive,
		Proxy: http.ProxyFromEnvironment, UserAgent: "interline/" + buildInfo(false).Version,
	})
	return g.client
}

func (g *gateway) done(r *exchange.Record) {
	if g.access != nil {
		g.access.Done(r)
	}
}

func lossMode(l config.Losses) exchange.LossMode {
	switch l {
	case config.Strict:
		return exchange.Strict
	case config.Silent:
		return exchange.Silent
	}
	return exchange.Warn
}

// selfCalls refuses a place that is this gateway itself, which a variable meant
// for clients makes of it easily.
func (g *gateway) selfCalls(cfg *config.Config) error {
	w, err := cfg.Build(all.Options{})
	if err != nil {
		return err
	}
	for _, m := range w.Models {
		for _, d := range m.Deployments {
			if d.Origin == g.address {
				return invalid{fmt.Errorf("place %s: its endpoint %s is this gateway itself", d.Place, d.Origin)}
			}
		}
	}
	return nil
}

// reload steps into the world of another configuration. With an error nothing
// has changed.
func (g *gateway) reload(cfg *config.Config) error {
	if err := g.selfCalls(cfg); err != nil {
		return err
	}
	// What counts is where it listens, not where the document says it would.
	if at, ok := g.bound.(*net.TCPAddr); len(cfg.Keys) == 0 && (!ok || !at.IP.IsLoopback()) {
		return invalid{fmt.Errorf("keys are needed: this gateway listens on %s, which others can reach", g.bound)}
	}
	w, err := g.world(cfg)
	if err != nil {
		return err
	}
	if was := g.certificate.Load() != nil; was != (cfg.TLS.Certificate != "") {
		g.log.Warn("whether HTTPS is served is decided at start only")
	} else if _, err := g.show(cfg.TLS); err != nil {
		return err
	}
	if cfg.Listen != g.listens {
		g.log.Warn("listen is read at start only", "listening", g.bound.String(), "configured", cfg.Listen)
	}
	g.server.Use(w)
	return nil
}

// wait serves until the context ends, then drains: answers under way may end,
// and those that do not in time are cut, visibly.
func (g *gateway) wait(ctx context.Context) error {
	select {
	case err := <-g.failed:
		return err
	case <-ctx.Done():
	}
	return g.close()
}

func (g *gateway) close() error {
	g.mu.Lock()
	drain, client := g.drain, g.client
	g.mu.Unlock()
	g.server.Drain()
	if drain.Delay > 0 {
		g.log.Info("not ready any more", "accepting_for", drain.Delay.String())
		time.Sleep(drain.Delay)
	}
	shut := func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		return g.http.Shutdown(ctx)
	}
	err := shut(drain.Timeout)
	if errors.Is(err, context.DeadlineExceeded) {
		g.log.Warn("cutting the answers that did not end in time", "waited", drain.Timeout.String())
		g.cut(shuttingDown())
		if err = shut(cutGrace); err != nil {
			err = errors.Join(err, g.http.Close())
		}
	}
	g.cut(nil)
	client.Close()
	if g.access != nil {
		g.access.Close()
	}
	return err
}

// shuttingDown is what the client of an answer that could not be waited for is
// told.
func shuttingDown() error {
	return &interline.Fault{
		Class: interline.C12Local, Code: interline.CodeUnavailable,
		Message: "the gateway is shutting down and could not wait for this answer any longer",
	}
}

// listen opens the address, and says what to do when somebody has it already.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, invalid{fmt.Errorf("listen on %s: %w", address, err)}
	}
	hint := ""
	if free := nextFree(ctx, address); free != "" {
		hint = "\n  " + free + " is free: --listen " + free
	}
	return nil, fmt.Errorf("listen on %s: somebody listens there already%s", address, hint)
}

// nextFree returns the address with the next port that nobody has, or "".
func nextFree(ctx context.Context, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return ""
	}
	for next := n + 1; next < min(n+20, 1<<16); next++ {
		candidate := net.JoinHostPort(host, strconv.Itoa(next))
		var c net.ListenConfig
		if l, err := c.Listen(ctx, "tcp", candidate); err == nil {
			_ = l.Close()
			return candidate
		}
	}
	return ""
}

// openLog returns the log of the program: text to a person, JSON to a program.
func openLog(format string, quiet bool) (*slog.Logger, error) {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelWarn
	}
	o := &slog.HandlerOptions{Level: level}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, o)), nil
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, o)), nil
	}
	return nil, invalid{fmt.Errorf("--log-format %q: say text or json", format)}
}
