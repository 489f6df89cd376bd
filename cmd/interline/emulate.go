package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/emulator"
)

// emulateFlags say which clouds are emulated, where and how fast.
type emulateFlags struct {
	listen      string
	addresses   []string
	only        []string
	speed       float64
	seed        uint64
	certificate string
	json        bool
}

func newEmulate() *cobra.Command {
	var f emulateFlags
	c := &cobra.Command{
		Use:   "emulate",
		Short: "Run emulated clouds that speak the real wire protocols, for tests and CI",
		Long: `Run emulated clouds on this machine: OpenAI, Azure (OpenAI and Claude), both
endpoints of Amazon Bedrock, Anthropic, the Claude Platform on AWS, the Gemini
API and Vertex AI, each at its own address, with its own authentication,
validation, errors, limits, streams and bill. They are emulators and say so; no
model runs.

The address given with --listen is that of the control interface, over which
faults are ordered (interline drill) and the bill is read (GET /bill).`,
		Example: `  interline emulate --json
  interline emulate --only openai,bedrock --address openai=127.0.0.1:8181`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	fl := c.Flags()
	fl.StringVar(&f.listen, "listen", defaultControl, "address of the control interface; port 0 takes a free one")
	fl.StringArrayVar(&f.addresses, "address", nil, "address of a cloud, as name=host:port (default free ports)")
	fl.StringSliceVar(&f.only, "only", nil, "the clouds to emulate (default all: "+strings.Join(emulator.Names(), ", ")+")")
	fl.Float64Var(&f.speed, "speed", 1, "1 is a realistic pace, 10 ten times as fast, 0 without any waiting")
	fl.Uint64Var(&f.seed, "seed", 0, "changes the answers; the same seed gives the same ones")
	fl.StringVar(&f.certificate, "certificate", "", "write the certificate of the emulated token endpoints, Entra's and Google's, to this file")
	fl.BoolVar(&f.json, "json", false, "print one line of JSON when ready")
	return c
}

// ready is the line of JSON that scripts wait for.
type ready struct {
	API         string                       `json:"api,omitempty"`
	Key         string                       `json:"key,omitempty"`
	Models      []string                     `json:"models,omitempty"`
	Places      map[string]string            `json:"places,omitempty"`
	Control     string                       `json:"control,omitempty"`
	Credentials map[string]map[string]string `json:"credentials,omitempty"`
	Authorities map[string]string            `json:"authorities,omitempty"`
}

func (f *emulateFlags) run(c *cobra.Command) error {
	o, err := f.options()
	if err != nil {
		return invalid{err}
	}
	run, err := emulator.Start(c.Context(), o)
	if err != nil {
		return err
	}
	if f.json {
		err = json.NewEncoder(c.OutOrStdout()).Encode(readyOf(run))
	} else {
		printPlaces(c.OutOrStdout(), run)
	}
	if err != nil {
		return closeEmulators(run)
	}
	<-c.Context().Done()
	return closeEmulators(run)
}

func (f *emulateFlags) options() (emulator.Options, error) {
	o := emulator.Options{
		Aliases: map[string]string{}, Addresses: map[string]string{"control": f.listen},
		Seed: f.seed, Speed: f.speed, CertificateFile: f.certificate,
	}
	places, err := emulator.Places(f.only...)
	if err != nil {
		return o, err
	}
	o.Places = places
	for _, p := range places {
		if p.Name() == "azure" {
			o.Aliases["azure-west"] = "azure"
		}
	}
	for _, a := range f.addresses {
		name, address, ok := strings.Cut(a, "=")
		place, _, _ := strings.Cut(name, "/") // of its token endpoint or its TLS address
		if !ok || !slices.Contains(emulator.Names(), place) {
			return o, fmt.Errorf("--address %q: say name=host:port, with a name of %s", a, strings.Join(emulator.Names(), ", "))
		}
		o.Addresses[name] = address
	}
	return o, nil
}

// readyOf describes running emulators.
func readyOf(run *emulator.Running) ready {
	r := ready{Control: run.Control, Places: map[string]string{}, Credentials: map[string]map[string]string{}, Authorities: map[string]string{}}
	for _, p := range run.Places {
		r.Places[p.Name] = p.URL
		r.Credentials[p.Name] = p.Credentials
		if p.Authority != "" {
			r.Authorities[p.Name] = p.Authority
		}
	}
	return r
}

func printPlaces(w io.Writer, run *emulator.Running) {
	say(w, "emulated clouds: no real model, no account, nothing leaves this machine\n\n")
	for _, p := range run.Places {
		say(w, "  %-10s %s\n", p.Name, p.URL)
		var names []string
		for name := range p.Credentials {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			say(w, "             %s: %s\n", name, p.Credentials[name])
		}
		if p.Authority != "" {
			say(w, "             token endpoint: %s\n", p.Authority)
		}
	}
	say(w, "\n  control    %s  (drills and the bill; GET / explains)\n\nready; ^C ends it\n", run.Control)
}

// closeEmulators lets answers under way end, but not for long.
func closeEmulators(run *emulator.Running) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := run.Close(ctx); err != nil && !os.IsTimeout(err) {
		return fmt.Errorf("stop the emulators: %w", err)
	}
	return nil
}
