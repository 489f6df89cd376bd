package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/config"
	"github.com/interline-ai/interline/telemetry"
)

// configFile is read when it is there and no other was named.
const configFile = "interline.yaml"

// upFlags say what to serve, and where.
type upFlags struct {
	config, listen string
	clouds         []string
	save, json     bool
	logFormat      string
	requests       string
}

func newUp() *cobra.Command {
	var f upFlags
	c := &cobra.Command{
		Use:   "up",
		Short: "Serve, from a configuration file or from the credentials in the environment",
		Long: `Serve the models of a configuration file, or, without one, of the credentials
that the environment holds under the names that the vendors' own tools use.

The file is read again when it changes and on SIGHUP. A file that is wrong
changes nothing.`,
		Example: `  interline up --config interline.yaml
  OPENAI_API_KEY=… ANTHROPIC_API_KEY=… interline up
  interline up --save      # write what was found, with references to the variables`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	fl := c.Flags()
	fl.StringVar(&f.config, "config", "", "configuration file (default $INTERLINE_CONFIG, or "+configFile+" where there is one)")
	fl.StringVar(&f.listen, "listen", "", "address to listen on, in place of the configured one; port 0 takes a free one")
	fl.StringSliceVar(&f.clouds, "cloud", nil, "kinds of places whose ambient credentials may be used too: azure, bedrock")
	fl.BoolVar(&f.save, "save", false, "write what was found to "+configFile+" and exit")
	addLogFlags(c, &f.logFormat, &f.requests, "-")
	fl.BoolVar(&f.json, "json", false, "print one line of JSON when ready")
	return c
}

func addLogFlags(c *cobra.Command, format, requests *string, where string) {
	c.Flags().StringVar(format, "log-format", "text", "form of the program's own log: text or json")
	c.Flags().StringVar(requests, "log-requests", where, "file for one line of JSON per request; - is standard error, empty is none")
}

func (f *upFlags) run(c *cobra.Command) error {
	// It asks to read the file again, and is no reason to end where there is
	// none.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	log, err := openLog(f.logFormat, false)
	if err != nil {
		return err
	}
	cfg, file, err := f.load(c.OutOrStdout())
	if err != nil || cfg == nil {
		return err
	}
	access, closeLog, err := openAccess(f.requests, c.ErrOrStderr())
	if err != nil {
		return err
	}
	defer closeLog()
	g, err := open(c.Context(), cfg, access, log)
	if err != nil {
		return err
	}
	if file != nil {
		ctx, cancel := context.WithCancel(c.Context())
		defer cancel()
		f.follow(ctx, g, file, hup, log)
	}
	if err := f.announce(c.OutOrStdout(), g, cfg); err != nil {
		return errors.Join(err, g.close())
	}
	return g.wait(c.Context())
}

// watched is a configuration file and who tells when it changes.
type watched struct {
	path    string
	changes *config.Watcher
}

// load returns the configuration and the file it came from, if any. It returns
// no configuration when there is nothing more to do.
func (f *upFlags) load(out io.Writer) (*config.Config, *watched, error) {
	path := f.config
	if path == "" {
		path = os.Getenv("INTERLINE_CONFIG")
	}
	if _, err := os.Stat(configFile); path == "" && err == nil && !f.save {
		path = configFile
	}
	if path == "" {
		cfg, err := f.discover(out)
		return cfg, nil, err
	}
	// Watched before it is read, so that no change is missed.
	changes, watchErr := config.NewWatcher(path)
	cfg, err := f.read(path)
	if err == nil {
		err = watchErr
	}
	if err != nil {
		return nil, nil, err
	}
	return cfg, &watched{path, changes}, nil
}

// read reads a file and puts the command line over it.
func (f *upFlags) read(path string) (*config.Config, error) {
	cfg, err := config.Load(path, nil)
	if err != nil {
		return nil, invalid{err}
	}
	return cfg, f.override(cfg)
}

func (f *upFlags) override(cfg *config.Config) error {
	if f.listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return invalid{fmt.Errorf("--listen %q: say host:port", f.listen)}
	}
	ip := net.ParseIP(host)
	if len(cfg.Keys) == 0 && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return invalid{fmt.Errorf("--listen %s: others can reach that address, so keys are needed in the configuration", f.listen)}
	}
	cfg.Listen = f.listen
	return nil
}

// discover makes a configuration of the environment's credentials and says what
// it found.
func (f *upFlags) discover(out io.Writer) (*config.Config, error) {
	d, err := config.Discover(nil, f.clouds...)
	if d != nil && !f.json {
		printFindings(out, d.Findings)
	}
	switch {
	case err != nil:
		return nil, invalid{err}
	case d.Config == nil:
		return nil, invalid{errors.New("no credentials and no configuration: set one of the variables above, or write " + configFile + ", or try `interline demo`, which needs neither")}
	case f.save:
		return nil, save(out, d.Document)
	}
	if !f.json {
		say(out, "wrote   nothing.  interline up --save writes %s (references to the variables, never their values)\n\n", configFile)
	}
	return d.Config, f.override(d.Config)
}

func save(out io.Writer, document []byte) error {
	file, err := os.OpenFile(configFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return invalid{fmt.Errorf("%s is there already and was left as it is", configFile)}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", configFile, err)
	}
	if _, err = file.Write(document); err == nil {
		err = file.Close()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", configFile, err)
	}
	say(out, "wrote   %s\n", configFile)
	return nil
}

// printFindings says what the environment offers.
func printFindings(out io.Writer, findings []all.Finding) {
	for _, n := range findings {
		if n.State == all.Missing {
			say(out, "missing %s\n", n.Source)
			continue
		}
		say(out, "found   %-34s → place %q  %s", n.Source, n.Place, n.State)
		if n.Why != "" {
			say(out, ": %s", n.Why)
		}
		say(out, "\n")
		if n.Fix != "" {
			say(out, "        fix: %s\n", n.Fix)
		}
	}
}

// announce says that the gateway is ready.
func (f *upFlags) announce(out io.Writer, g *gateway, cfg *config.Config) error {
	var models []string
	for _, m := range cfg.Models {
		models = append(models, m.Name)
	}
	if f.json {
		return json.NewEncoder(out).Encode(ready{API: g.address, Models: models})
	}
	say(out, "interline %s\n\n  API     %s/v1\n  models  %s\n", buildInfo(false).Version, g.address, strings.Join(models, ", "))
	if len(cfg.Keys) == 0 {
		say(out, "  keys    none configured: everybody on this machine may come in\n")
	}
	say(out, "\nready; ^C drains and ends it\n")
	return nil
}

// follow reads the file again when it changes or on SIGHUP, and steps into the
// new configuration if it is good.
func (f *upFlags) follow(ctx context.Context, g *gateway, file *watched, hup <-chan os.Signal, log *slog.Logger) {
	var one sync.Mutex // at a time
	again := func() {
		one.Lock()
		defer one.Unlock()
		cfg, err := f.read(file.path)
		if err == nil {
			err = g.reload(cfg)
		}
		if err != nil {
			log.Error("the configuration is not good; nothing was changed", "file", file.path, "error", err.Error())
			return
		}
		log.Info("stepped into the new configuration", "file", file.path, "models", len(cfg.Models))
	}
	go func() {
		for {
			select {
			case <-hup:
				again()
			case <-ctx.Done():
				return
			}
		}
	}()
	go file.changes.Run(ctx, again)
}

// openAccess opens the log of requests.
func openAccess(where string, stderr io.Writer) (*telemetry.Access, func(), error) {
	switch where {
	case "":
		return nil, func() {}, nil
	case "-":
		return telemetry.NewAccess(stderr), func() {}, nil
	}
	file, err := os.OpenFile(where, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, invalid{fmt.Errorf("open the log of requests: %w", err)}
	}
	return telemetry.NewAccess(file), func() { _ = file.Close() }, nil
}
