// Command bench measures what a call through the gateway costs, beside a bare
// httputil.ReverseProxy (and nginx, where it is installed) in the same run.
//
//	go run ./bench -gateway bin/interline
//
// The figure is CPU microseconds per request: user and system time of the whole
// process under test over a window, divided by the requests it answered
// (for streams: and by their events). It moves little when something else uses
// the machine, while rates and latencies do; still only the ratios between
// columns of one run mean anything. Each target runs in a process of its own,
// on a core of its own where taskset is installed; the mock cloud and the load
// share the others. Targets take turns within each repetition, and medians are
// printed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "mock":
		serve(mock())
	case len(os.Args) > 2 && os.Args[1] == "proxy":
		serve(reverseProxy(os.Args[2]))
	default:
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		if err := measure(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
}

// result is the median of one scenario at one target.
type result struct {
	Scenario string  `json:"scenario"`
	Target   string  `json:"target"`
	CPU      float64 `json:"cpu_us_per_request"`
	PerEvent float64 `json:"cpu_us_per_event,omitempty"`
	PerCore  float64 `json:"requests_per_second_per_core"`
	RSS      float64 `json:"rss_mib"`
	Ratio    float64 `json:"ratio"` // to the first target of the scenario
}

func measure(ctx context.Context) error {
	gateway := flag.String("gateway", "bin/interline", "the gateway's binary")
	window := flag.Duration("window", 2*time.Second, "how long each measurement lasts")
	reps := flag.Int("reps", 9, "repetitions, of which the median is taken")
	only := flag.String("only", "", "measure only scenarios whose name contains this")
	asJSON := flag.Bool("json", false, "print JSON")
	idle := flag.Int("idle", 1000, "idle streams to hold for the memory figure")
	flag.Parse()
	if *window < time.Second {
		return errors.New("a window below a second sees no whole stream of those that run at once")
	}

	cloud, err := start(ctx, "mock", loadCores(), os.Args[0], "mock")
	if err != nil {
		return err
	}
	defer cloud.stop()
	dir, err := os.MkdirTemp("", "interline-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	targets, err := startTargets(ctx, *gateway, cloud.url, dir)
	for _, t := range targets {
		defer t.stop()
	}
	if err != nil {
		return err
	}
	// Memory first: a process that was under load keeps what it had.
	memory, err := idleMemory(ctx, targets, *idle)
	if err != nil {
		return err
	}
	results, err := runAll(ctx, targets, scenarios(*only), *window, *reps)
	if err != nil {
		return err
	}
	again, err := runAll(ctx, translations(targets[1]), translated(*only), *window, *reps)
	if err != nil {
		return err
	}
	results = append(results, again...)
	if *asJSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"results": results, "idle_stream_kib": memory})
	}
	return report(results, memory, *idle)
}

// runAll measures every scenario at every target in turn.
func runAll(ctx context.Context, targets []*process, list []scenario, window time.Duration, reps int) ([]result, error) {
	var out []result
	for _, s := range list {
		samples := map[string][]sample{}
		for rep := range reps + 1 {
			for _, t := range targets {
				got, err := s.run(ctx, t, window)
				if err != nil {
					return nil, fmt.Errorf("%s at %s: %w", s.name, t.name, err)
				}
				if rep > 0 { // the first one warms up
					samples[t.name] = append(samples[t.name], got)
				}
			}
		}
		for _, t := range targets {
			cpu := median(samples[t.name], func(s sample) float64 { return s.cpu })
			r := result{
				Scenario: s.name, Target: t.name, CPU: cpu, PerCore: 1e6 / cpu,
				RSS:   median(samples[t.name], func(s sample) float64 { return s.rss }),
				Ratio: ratio(samples[t.name], samples[targets[0].name]),
			}
			if s.events > 0 {
				r.PerEvent = cpu / float64(s.events)
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// ratio is the median of the ratios within each repetition, which a machine that
// is slower for a while moves less than it moves the figures.
func ratio(of, to []sample) float64 {
	ratios := make([]sample, len(of))
	for i := range of {
		ratios[i].cpu = of[i].cpu / to[i].cpu
	}
	return median(ratios, func(s sample) float64 { return s.cpu })
}

func median(all []sample, of func(sample) float64) float64 {
	values := make([]float64, 0, len(all))
	for _, s := range all {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func report(results []result, memory map[string]float64, idle int) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "scenario\ttarget\tCPU µs/request\tµs/event\trequests/s/core\tRSS MiB\tratio\t")
	last := ""
	for _, r := range results {
		name := r.Scenario
		if name == last {
			name = ""
		}
		last = r.Scenario
		event := ""
		if r.PerEvent > 0 {
			event = fmt.Sprintf("%.2f", r.PerEvent)
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%.0f\t%.0f\t%.2f\t\n", name, r.Target, r.CPU, event, r.PerCore, r.RSS, r.Ratio)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var parts []string
	for _, name := range []string{"reverseproxy", "gateway", "nginx"} {
		if kib, ok := memory[name]; ok {
			parts = append(parts, fmt.Sprintf("%s %.1f KiB", name, kib))
		}
	}
	fmt.Printf("\nmemory of each of %d idle streams: %s\n", idle, strings.Join(parts, ", "))
	return nil
}
