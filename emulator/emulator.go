package emulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Options say what runs and how. The zero value runs every place, as fast as
// possible, on ports the kernel picks.
type Options struct {
	Places []core.Place // nil means all; see Places and the dialect packages

	// Aliases are further names of places, for drills and bills: alias to
	// name. With {"azure-west": "azure"} either may be named.
	Aliases map[string]string

	// Addresses to listen on, by place name, by place name and "/secure" for
	// the same behind TLS, by place name and "/authority" for its token
	// endpoint, and "control". Each must be a loopback address; without one
	// it is 127.0.0.1:0.
	Addresses map[string]string

	Seed   uint64                 // changes the answers; same seed, same answers
	Speed  float64                // 1 is realistic, 10 ten times as fast, 0 without any waiting
	Quotas map[string]core.Limits // by place name; without, core.DefaultLimits
	Paces  map[string]core.Pace   // by place name; without, core.DefaultPace

	// CertificateFile, when not empty, is where the certificate of everything
	// behind TLS is written, in PEM. It is what a client must trust.
	CertificateFile string

	Logger *slog.Logger // nil discards
}

// Place is a running place, as a caller needs to know it.
type Place struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Aliases []string `json:"aliases"`
	URL     string   `json:"url"` // http://127.0.0.1:port, without a path
	// SecureURL is the same place behind TLS, for clients that send some
	// credentials no other way, as AWS's do with bearer tokens. It is signed
	// by Running.CertificatePEM.
	SecureURL string `json:"secure_url"`
	// Authority is the https address of the place's token endpoint, or
	// empty. It is signed by Running.CertificatePEM.
	Authority   string            `json:"authority,omitempty"`
	Credentials map[string]string `json:"credentials"` // plainly fake, safe to print
}

// Running is a set of emulated clouds that listen.
type Running struct {
	Places  []Place
	Control string // address of the control interface
	// CertificatePEM is the certificate of everything behind TLS, made at
	// start. A test trusts it like this:
	//
	//	pool := x509.NewCertPool()
	//	pool.AppendCertsFromPEM(run.CertificatePEM)
	//	client := &http.Client{Transport: &http.Transport{
	//		TLSClientConfig: &tls.Config{RootCAs: pool},
	//	}}
	//	cred, err := azidentity.NewClientSecretCredential(tenant, id, secret,
	//		&azidentity.ClientSecretCredentialOptions{
	//			DisableInstanceDiscovery: true,
	//			ClientOptions: azcore.ClientOptions{
	//				Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: place.Authority},
	//				Transport: client,
	//			},
	//		})
	//
	// Programs that cannot be given a client read the file of
	// Options.CertificateFile, as Go programs do with SSL_CERT_FILE.
	CertificatePEM []byte

	core    *core.Core
	servers []*http.Server
	serving sync.WaitGroup
	unwatch func() bool
}

// Start makes everything listen. When it returns an error nothing is left
// running. When the context ends the emulators stop as if closed, without
// waiting for answers under way.
func Start(ctx context.Context, o Options) (*Running, error) {
	if o.Places == nil {
		all, err := Places()
		if err != nil {
			return nil, err
		}
		o.Places = all
	}
	names, err := targets(o)
	if err != nil {
		return nil, err
	}
	run := &Running{core: core.New(core.Config{
		Seed: o.Seed, Speed: o.Speed, Paces: o.Paces, Limits: o.Quotas, Names: names, Logger: o.Logger,
	})}
	if err := run.listen(ctx, o, names); err != nil {
		return nil, errors.Join(err, run.Close(context.Background()))
	}
	run.unwatch = context.AfterFunc(ctx, func() {
		run.core.Release()
		for _, s := range run.servers {
			_ = s.Close()
		}
	})
	return run, nil
}

// targets maps every name and alias to the place's name.
func targets(o Options) (map[string]string, error) {
	names := make(map[string]string)
	for _, p := range o.Places {
		if _, twice := names[p.Name()]; twice {
			return nil, fmt.Errorf("two places are named %q", p.Name())
		}
		names[p.Name()] = p.Name()
	}
	for _, alias := range slices.Sorted(maps.Keys(o.Aliases)) {
		name := o.Aliases[alias]
		if names[name] != name {
			return nil, fmt.Errorf("alias %q: no place is named %q", alias, name)
		}
		if _, taken := names[alias]; taken {
			return nil, fmt.Errorf("alias %q is the name of a place", alias)
		}
		names[alias] = name
	}
	return names, nil
}

// listen opens every address and starts serving.
func (run *Running) listen(ctx context.Context, o Options, names map[string]string) error {
	cert, err := newCertificate(time.Now())
	if err != nil {
		return err
	}
	run.CertificatePEM = cert.pem
	if o.CertificateFile != "" {
		if err := os.WriteFile(o.CertificateFile, cert.pem, 0o644); err != nil {
			return fmt.Errorf("write certificate: %w", err)
		}
	}
	for _, p := range o.Places {
		at, err := run.open(ctx, o, p, cert)
		if err != nil {
			return fmt.Errorf("place %s: %w", p.Name(), err)
		}
		at.Aliases = aliasesOf(p.Name(), names)
		run.Places = append(run.Places, at)
	}
	l, err := listenLoopback(ctx, o.Addresses["control"])
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	run.Control = "http://" + l.Addr().String()
	run.serve(ctx, l, &control{places: run.Places, names: names, core: run.core})
	return nil
}

// open makes one place listen, in the clear and behind TLS, and its authority.
func (run *Running) open(ctx context.Context, o Options, p core.Place, cert *certificate) (Place, error) {
	at := Place{Name: p.Name(), Kind: p.Kind(), Credentials: p.Credentials()}
	h := p.Handler(run.core)
	l, err := listenLoopback(ctx, o.Addresses[p.Name()])
	if err != nil {
		return at, err
	}
	at.URL = "http://" + l.Addr().String()
	run.serve(ctx, core.Listener(l, run.core.Drills, p.Name()), h)
	if l, err = listenLoopback(ctx, o.Addresses[p.Name()+"/secure"]); err != nil {
		return at, fmt.Errorf("behind TLS: %w", err)
	}
	at.SecureURL = "https://" + l.Addr().String()
	run.serve(ctx, cert.listener(core.Listener(l, run.core.Drills, p.Name())), h)
	a, ok := p.(core.Authority)
	if !ok {
		return at, nil
	}
	if l, err = listenLoopback(ctx, o.Addresses[p.Name()+"/authority"]); err != nil {
		return at, fmt.Errorf("token endpoint: %w", err)
	}
	at.Authority = "https://" + l.Addr().String()
	run.serve(ctx, cert.listener(l), a.AuthorityHandler(run.core))
	return at, nil
}

func aliasesOf(place string, names map[string]string) []string {
	aliases := []string{}
	for _, alias := range slices.Sorted(maps.Keys(names)) {
		if names[alias] == place && alias != place {
			aliases = append(aliases, alias)
		}
	}
	return aliases
}

// listenLoopback opens an address, which must not be reachable from elsewhere.
func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("address %s is not on loopback; emulators listen nowhere else", address)
	}
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", address)
}

// serve starts a server that speaks HTTP/1.1 and, to clients that begin with
// it, HTTP/2 without TLS, as some SDKs do.
func (run *Running) serve(ctx context.Context, l net.Listener, h http.Handler) {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s := &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		ReadHeaderTimeout: 30 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(run.core.Logger.Handler(), slog.LevelDebug),
	}
	run.servers = append(run.servers, s)
	run.serving.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			run.core.Logger.Error("serve", "address", l.Addr().String(), "error", err)
		}
	})
}

// Place finds a running place by its name or an alias; the zero Place when
// there is none.
func (run *Running) Place(name string) Place {
	for _, p := range run.Places {
		if p.Name == name || slices.Contains(p.Aliases, name) {
			return p
		}
	}
	return Place{}
}

// Bill is what the emulated clouds would charge for.
func (run *Running) Bill() *core.Bill { return run.core.Bill }

// Drills orders faults without the detour over HTTP.
func (run *Running) Drills() *core.Drills { return run.core.Drills }

// Close stops listening, lets answers under way end, and waits for that. When
// the context ends first the remaining connections are cut and its error is
// returned.
func (run *Running) Close(ctx context.Context) error {
	run.core.Release()
	if run.unwatch != nil {
		run.unwatch()
	}
	var errs []error
	for _, s := range run.servers {
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop serving: %w", err), s.Close())
		}
	}
	run.serving.Wait()
	return errors.Join(errs...)
}
