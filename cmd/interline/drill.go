package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// defaultControl is where `demo` and `emulate` listen for drills unless told
// otherwise.
const defaultControl = "127.0.0.1:7172"

// drillFlags are the faults as flags; exactly one is given.
type drillFlags struct {
	control                              string
	down, throttle, overload, slow, hang bool
	auth, inStream, filter, garbage      bool
	list, clear                          bool
	status, cutAfter, stallAfter         int
	span                                 time.Duration
	count                                int
}

// order is a drill as the control interface takes it.
type order struct {
	Target string `json:"target"`
	Kind   string `json:"kind"`
	For    string `json:"for,omitempty"`
	Count  int    `json:"count,omitempty"`
	After  int    `json:"after,omitempty"`
	Status int    `json:"status,omitempty"`
	Delay  string `json:"delay,omitempty"`
}

func newDrill() *cobra.Command {
	var f drillFlags
	c := &cobra.Command{
		Use:   "drill [PLACE] [DURATION]",
		Short: "Rehearse an outage of an emulated cloud",
		Example: `  interline drill azure-west --down 30s       # nobody there for half a minute
  interline drill bedrock --throttle 1m       # 429 for a minute
  interline drill bedrock --throttle          # 429 until interline drill --clear
  interline drill openai --slow 3s            # three seconds to the first token
  interline drill openai --cut-after 5        # every stream breaks after five events
  interline drill openai --cut-after 5 --count 1
  interline drill --list
  interline drill --clear`,
		Args: cobra.MaximumNArgs(2),
		RunE: f.run,
	}
	fl := c.Flags()
	fl.StringVar(&f.control, "control", "", "address of the control interface (default $INTERLINE_CONTROL, or http://"+defaultControl+")")
	fl.BoolVar(&f.down, "down", false, "refuse connections")
	fl.BoolVar(&f.throttle, "throttle", false, "answer 429")
	fl.BoolVar(&f.overload, "overload", false, "answer that the cloud is overloaded")
	fl.BoolVar(&f.hang, "hang", false, "take requests and never answer")
	fl.BoolVar(&f.slow, "slow", false, "wait for the duration, or two seconds, before the first token")
	fl.BoolVar(&f.auth, "auth", false, "refuse the credential")
	fl.IntVar(&f.status, "status", 0, "answer this HTTP status, 400 to 599")
	fl.IntVar(&f.cutAfter, "cut-after", -1, "break the connection after this many events")
	fl.IntVar(&f.stallAfter, "stall-after", -1, "say nothing more after this many events")
	fl.BoolVar(&f.inStream, "error-in-stream", false, "send the cloud's own error within the stream")
	fl.BoolVar(&f.filter, "content-filter", false, "let the cloud's filter refuse")
	fl.BoolVar(&f.garbage, "garbage", false, "answer success with a page of HTML")
	fl.DurationVar(&f.span, "for", 0, "how long it lasts; a duration after the fault says the same (default until --clear)")
	fl.IntVar(&f.count, "count", 0, "how many requests it hits (default all)")
	fl.BoolVar(&f.list, "list", false, "list the drills under way")
	fl.BoolVar(&f.clear, "clear", false, "end all drills")
	kinds := []string{"down", "throttle", "overload", "hang", "slow", "auth", "status", "cut-after", "stall-after", "error-in-stream", "content-filter", "garbage", "list", "clear"}
	c.MarkFlagsMutuallyExclusive(kinds...)
	c.MarkFlagsOneRequired(kinds...)
	return c
}

func (f *drillFlags) run(c *cobra.Command, args []string) error {
	base := f.base()
	switch {
	case f.list:
		return control(c.Context(), c.OutOrStdout(), http.MethodGet, base+"/drills", nil)
	case f.clear:
		return control(c.Context(), c.OutOrStdout(), http.MethodDelete, base+"/drills", nil)
	}
	place, duration, err := placeAndDuration(args)
	if err != nil {
		return invalid{err}
	}
	o := f.order(place, duration)
	return control(c.Context(), c.OutOrStdout(), http.MethodPost, base+"/drills", &o)
}

func (f *drillFlags) base() string {
	base := f.control
	if base == "" {
		base = os.Getenv("INTERLINE_CONTROL")
	}
	if base == "" {
		base = defaultControl
	}
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	return strings.TrimRight(base, "/")
}

// placeAndDuration tells the two arguments apart, whichever comes first.
func placeAndDuration(args []string) (place string, d time.Duration, err error) {
	for _, a := range args {
		span, notSpan := time.ParseDuration(a)
		switch {
		case notSpan == nil && d == 0:
			d = span
		case place == "":
			place = a
		default:
			return "", 0, fmt.Errorf("what is %q? say a place, and a duration such as 30s", a)
		}
	}
	if place == "" {
		return "", 0, errors.New("name the place to drill, such as: interline drill azure-west --down 30s")
	}
	return place, d, nil
}

// order says the flags as a drill.
func (f *drillFlags) order(target string, d time.Duration) order {
	o := order{Target: target, Count: f.count}
	if f.span > 0 {
		o.For = f.span.String()
	}
	if d > 0 && !f.slow {
		o.For = d.String()
	}
	switch {
	case f.down:
		o.Kind = "down"
	case f.throttle:
		o.Kind = "throttle"
	case f.overload:
		o.Kind = "overload"
	case f.hang:
		o.Kind = "hang"
	case f.slow:
		if d == 0 {
			d = 2 * time.Second
		}
		o.Kind, o.Delay = "slow", d.String()
	case f.auth:
		o.Kind = "auth"
	case f.status != 0:
		o.Kind, o.Status = "status", f.status
	case f.cutAfter >= 0:
		o.Kind, o.After = "cut", f.cutAfter
	case f.stallAfter >= 0:
		o.Kind, o.After = "stall", f.stallAfter
	case f.inStream:
		o.Kind, o.After = "error", 2
	case f.filter:
		o.Kind = "content-filter"
	case f.garbage:
		o.Kind = "garbage"
	}
	return o
}

// control asks the control interface and prints what it says.
func control(ctx context.Context, out io.Writer, method, url string, o *order) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var body io.Reader
	if o != nil {
		b, err := json.Marshal(o)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return invalid{fmt.Errorf("read the control address: %w", err)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%w\n  is `interline demo` or `interline emulate` running? --control says where", err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read the answer of the control interface: %w", err)
	}
	if res.StatusCode >= 300 {
		var refused struct{ Error string }
		if json.Unmarshal(text, &refused) == nil && refused.Error != "" {
			return invalid{errors.New(refused.Error)}
		}
		return fmt.Errorf("the control interface answered %s", res.Status)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("done\n")
	}
	_, err = out.Write(text)
	return err
}
