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
	control                               string
	down, throttle, overload, slow, hang  time.Duration
	auth, inStream, filter, garbage, list bool
	clear                                 bool
	status, cutAfter, stallAfter          int
	span                                  time.Duration
	count                                 int
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
		Use:   "drill [PLACE]",
		Short: "Rehearse an outage of an emulated cloud",
		Example: `  interline drill azure-west --down 30s       # nobody there for half a minute
  interline drill bedrock --throttle 1m       # 429 for a minute
  interline drill openai --cut-after 5        # every stream breaks after five events
  interline drill openai --cut-after 5 --count 1
  interline drill --list
  interline drill --clear`,
		Args: cobra.MaximumNArgs(1),
		RunE: f.run,
	}
	fl := c.Flags()
	fl.StringVar(&f.control, "control", "", "address of the control interface (default $INTERLINE_CONTROL, or http://"+defaultControl+")")
	fl.DurationVar(&f.down, "down", 0, "refuse connections for this long")
	fl.DurationVar(&f.throttle, "throttle", 0, "answer 429 for this long")
	fl.DurationVar(&f.overload, "overload", 0, "answer that the cloud is overloaded for this long")
	fl.DurationVar(&f.hang, "hang", 0, "take requests and never answer for this long")
	fl.DurationVar(&f.slow, "slow", 0, "wait this long before the first token")
	fl.BoolVar(&f.auth, "auth", false, "refuse the credential")
	fl.IntVar(&f.status, "status", 0, "answer this HTTP status, 400 to 599")
	fl.IntVar(&f.cutAfter, "cut-after", -1, "break the connection after this many events")
	fl.IntVar(&f.stallAfter, "stall-after", -1, "say nothing more after this many events")
	fl.BoolVar(&f.inStream, "error-in-stream", false, "send the cloud's own error within the stream")
	fl.BoolVar(&f.filter, "content-filter", false, "let the cloud's filter refuse")
	fl.BoolVar(&f.garbage, "garbage", false, "answer success with a page of HTML")
	fl.DurationVar(&f.span, "for", 0, "how long a fault without a time of its own lasts (default until --clear)")
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
	case len(args) == 0:
		return invalid{errors.New("name the place to drill, such as: interline drill azure-west --down 30s")}
	}
	o := f.order(args[0])
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

// order says the flags as a drill.
func (f *drillFlags) order(target string) order {
	o := order{Target: target, Count: f.count}
	last := func(kind string, d time.Duration) { o.Kind, o.For = kind, d.String() }
	if f.span > 0 {
		o.For = f.span.String()
	}
	switch {
	case f.down > 0:
		last("down", f.down)
	case f.throttle > 0:
		last("throttle", f.throttle)
	case f.overload > 0:
		last("overload", f.overload)
	case f.hang > 0:
		last("hang", f.hang)
	case f.slow > 0:
		o.Kind, o.Delay = "slow", f.slow.String()
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
