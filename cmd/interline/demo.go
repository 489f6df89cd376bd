package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/config"
	"github.com/interline-ai/interline/emulator"
)

// demoFlags say where the demonstration runs and how lively it is.
type demoFlags struct {
	listen, control     string
	traffic             string
	speed               float64
	json                bool
	logFormat, requests string
}

func newDemo() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the gateway over emulated clouds: no account, no key, nothing leaves this machine",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	fl := c.Flags()
	fl.StringVar(&f.listen, "listen", config.DefaultListen, "address of the gateway; port 0 takes a free one")
	fl.StringVar(&f.control, "control", "", "address for drills and the bill (default "+defaultControl+", or a free port when --listen has port 0)")
	fl.StringVar(&f.traffic, "traffic", "on", "the demo's own light load: on or off")
	fl.Float64Var(&f.speed, "speed", 1, "pace of the emulated clouds: 1 is realistic, 0 without any waiting")
	addLogFlags(c, &f.logFormat, &f.requests, "")
	fl.BoolVar(&f.json, "json", false, "print one line of JSON when ready")
	return c
}

func (f *demoFlags) run(c *cobra.Command) error {
	if f.traffic != "on" && f.traffic != "off" {
		return invalid{fmt.Errorf("--traffic %q: say on or off", f.traffic)}
	}
	log, err := openLog(f.logFormat, true)
	if err != nil {
		return err
	}
	access, closeLog, err := openAccess(f.requests, c.ErrOrStderr())
	if err != nil {
		return err
	}
	defer closeLog()
	clouds, err := f.emulate(c.Context())
	if err != nil {
		return err
	}
	key := newKey()
	cfg, err := config.Parse("demo", []byte(demoConfig(f.listen, key, clouds)), os.LookupEnv)
	if err != nil {
		return errors.Join(err, closeEmulators(clouds))
	}
	// The emulated clouds must outlive the gateway, which drains through them.
	g, err := open(c.Context(), cfg, access, log)
	if err != nil {
		return errors.Join(err, closeEmulators(clouds))
	}
	var load sync.WaitGroup
	loading, stop := context.WithCancel(c.Context())
	if err = f.announce(c.OutOrStdout(), g, cfg, key, clouds); err == nil {
		if f.traffic == "on" {
			load.Go(func() { traffic(loading, g.address, key, modelNames(cfg)) })
		}
		err = g.wait(c.Context())
	}
	stop()
	load.Wait()
	return errors.Join(err, closeEmulators(clouds))
}

// emulate starts the clouds, which end when they are closed and not before.
func (f *demoFlags) emulate(ctx context.Context) (*emulator.Running, error) {
	e := emulateFlags{listen: f.control, speed: f.speed}
	if e.listen == "" {
		e.listen = defaultControl
		if strings.HasSuffix(f.listen, ":0") {
			e.listen = "127.0.0.1:0"
		}
	}
	o, err := e.options()
	if err != nil {
		return nil, invalid{err}
	}
	return emulator.Start(context.WithoutCancel(ctx), o)
}

// newKey returns a key that works until the demo ends.
func newKey() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return "il-demo-" + hex.EncodeToString(b[:])
}

// demoConfig is the configuration of the demo: one document, as a user would
// write it.
func demoConfig(listen, key string, clouds *emulator.Running) string {
	url := func(place string) string { return clouds.Place(place).URL }
	secret := func(place, name string) string { return clouds.Place(place).Credentials[name] }
	return fmt.Sprintf(`listen: %q
keys:
  - {name: demo, key: %q}
places:
  openai:
    {kind: openai, endpoint: %q, api_key: %q}
  azure:
    {kind: azure, endpoint: %q, api_key: %q}
  bedrock:
    {kind: bedrock, endpoint: %q, region: %q, access_key_id: %q, secret_access_key: %q}
  anthropic:
    {kind: anthropic, endpoint: %q, api_key: %q}
models:
  gpt-5.6-sol:
    deployments:
      - {place: openai, model: gpt-5.6-sol}
      - {place: azure, model: gpt-5.6-sol}
      - {place: bedrock, model: us.openai.gpt-5.6-sol}
  gpt-4.1:
    deployments:
      - {place: azure, model: gpt-4.1}
      - {place: openai, model: gpt-4.1}
  claude-sonnet-5:
    deployments:
      - {place: anthropic, model: claude-sonnet-5}
      - {place: bedrock, model: us.anthropic.claude-sonnet-5}
drain: {timeout: 3s}
`, listen, key,
		url("openai"), secret("openai", "key"), url("azure"), secret("azure", "key"),
		url("bedrock"), secret("bedrock", "region"), secret("bedrock", "access_key_id"), secret("bedrock", "secret_access_key"),
		url("anthropic"), secret("anthropic", "key"))
}

func modelNames(cfg *config.Config) []string {
	names := make([]string, 0, len(cfg.Models))
	for _, m := range cfg.Models {
		names = append(names, m.Name)
	}
	return names
}

func (f *demoFlags) announce(out io.Writer, g *gateway, cfg *config.Config, key string, clouds *emulator.Running) error {
	if f.json {
		r := readyOf(clouds)
		r.API, r.Key, r.Models = g.address, key, modelNames(cfg)
		r.Credentials, r.Authorities = nil, nil
		return json.NewEncoder(out).Encode(r)
	}
	say(out, `interline %s   demo: four emulated clouds, no account, nothing leaves this machine

  API      %s/v1
  key      %s
  models   %s

  Ask it         %s
  Another SDK's  %s
  Break it       %s

`, buildInfo(false).Version, g.address, key, strings.Join(modelNames(cfg), ", "),
		f.command(g, key, `chat "Where do you run?" --model gpt-5.6-sol`),
		f.command(g, key, `chat "Where do you run?" --model gpt-5.6-sol --as converse`),
		program()+` drill openai --down 30s`+f.controlFlag(clouds))
	say(out, "  Point your own SDK at it:\n    export OPENAI_BASE_URL=%s/v1 OPENAI_API_KEY=%s\n", g.address, key)
	say(out, "    export ANTHROPIC_BASE_URL=%s ANTHROPIC_API_KEY=%s\n", g.address, key)
	say(out, "    export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=%s AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=%s\n", g.address, key)
	say(out, "\n  Bill of the emulated clouds: %s/bill\n\nready; ^C ends it\n", clouds.Control)
	return nil
}

// command is a command to paste that finds this demo.
func (f *demoFlags) command(g *gateway, key, what string) string {
	c := program() + " " + what + " --key " + key
	if g.address != "http://"+config.DefaultListen {
		c += " --api " + g.address
	}
	return c
}

func (f *demoFlags) controlFlag(clouds *emulator.Running) string {
	if clouds.Control == "http://"+defaultControl {
		return ""
	}
	return " --control " + clouds.Control
}

// program is how this program was called, for commands to paste.
func program() string {
	if len(os.Args) > 0 && os.Args[0] != "" {
		return os.Args[0]
	}
	return "interline"
}
