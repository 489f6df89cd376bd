package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// order is the order in which the places of the model "chain" are asked.
var order = []string{"openai", "azure", "bedrock"}

// chain is a gateway with one model at three places.
type chain struct {
	gateway Gateway
	run     *emulator.Running
	seats   []Seat // of the three languages; their place is the first one
}

func newChain(t *testing.T) *chain {
	t.Helper()
	run := emulate(t, emulator.Options{})
	o, a, b := run.Place("openai"), run.Place("azure"), run.Place("bedrock")
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}]
places:
  openai: {kind: openai, endpoint: %q, api_key: %q}
  azure: {kind: azure, endpoint: %q, api_key: %q}
  bedrock: {kind: bedrock, endpoint: %q, region: %s, access_key_id: %q, secret_access_key: %q}
models:
  chain:
    deployments:
      - {place: openai, model: gpt-5.6-sol}
      - {place: azure, model: gpt-5.6-sol}
      - {place: bedrock, model: us.openai.gpt-5.6-sol, speaks: [converse]}
  alone:
    deployments: [{place: openai, model: gpt-5.6-sol}]
`, keyName, keyText, o.URL, o.Credentials["key"], a.URL, a.Credentials["key"],
		b.URL, b.Credentials["region"], b.Credentials["access_key_id"], b.Credentials["secret_access_key"]))
	seats := g.Seats(Routed{Model: "chain", Place: "openai", Effort: "none", Emulators: run})
	return &chain{g, run, kinds(seats, "openai-go", "anthropic-sdk-go", "bedrockruntime")}
}

// TestFailover breaks places in every way that shows before an answer's content
// and expects the answer of the next place, with nothing of the broken one.
func TestFailover(t *testing.T) {
	c := newChain(t)
	for _, d := range []core.Drill{
		{Kind: core.Down},
		{Kind: core.Throttle, Delay: core.Span(time.Minute)},
		{Kind: core.Overload},
		{Kind: core.StatusCode, Status: 500},
		{Kind: core.StatusCode, Status: 404},
		{Kind: core.Auth},
		{Kind: core.Garbage},
		{Kind: core.Cut},           // before anything, or within a whole body
		{Kind: core.Cut, After: 1}, // after the first event, which has no content
		{Kind: core.EOF},
		{Kind: core.EOF, After: 1},
		{Kind: core.InStream},
		{Kind: core.InStream, After: 1},
		{Kind: core.Corrupt},
	} {
		for broken := 1; broken <= 2; broken++ {
			for _, s := range c.seats {
				for _, stream := range []bool{false, true} {
					name := fmt.Sprintf("%s after %d status %d/%d broken/%s/%s", d.Kind, d.After, d.Status, broken, s.Kind.Name, mode(stream))
					t.Run(name, func(t *testing.T) {
						if err := c.fails(t.Context(), s, stream, d, order[:broken]); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	}
}

// fails asks while places are broken.
func (c *chain) fails(ctx context.Context, s Seat, stream bool, d core.Drill, broken []string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	s.Drills.Clear()
	defer s.Drills.Clear()
	for _, place := range broken {
		d.Target = place
		if _, err := s.Drills.Add(d); err != nil {
			return err
		}
	}
	s.Bill.Clear()
	trial := &Trial{Seat: s, Stream: stream, ctx: ctx}
	answer, err := trial.ask(trial.question(greeting))
	if err != nil {
		return err
	}
	next := order[len(broken)]
	h := trial.wire.Header
	switch {
	case answer.Stop != StopEnd || strings.Count(answer.Text, "This is an emulated answer") != 1 ||
		!strings.HasPrefix(answer.Text, "This is an emulated answer by "+next):
		return fmt.Errorf("answer %+v, want one by %s", answer, next)
	case h.Get("X-Interline-Attempts") != strconv.Itoa(len(broken)+1) || h.Get("X-Interline-Place") != next:
		return fmt.Errorf("headers %v", h)
	}
	return c.accounted(trial, answer, d.Kind, broken, next)
}

// accounted holds the record of a request that failed over against the bill.
func (c *chain) accounted(trial *Trial, answer Answer, kind core.Kind, broken []string, next string) error {
	r, err := c.gateway.Records.Find(trial.ctx, trial.wire.ID)
	if err != nil {
		return err
	}
	var asked []string
	for i, a := range r.Attempts {
		asked = append(asked, a.Place)
		if (a.Error == nil) != (i == len(broken)) {
			return fmt.Errorf("attempt %d on the record: %+v", i, a)
		}
	}
	rows := trial.Bill.Rows(next)
	switch {
	case !slices.Equal(asked, order[:len(broken)+1]):
		return fmt.Errorf("asked %v", asked)
	case len(rows) != 1 || rows[0].Cut:
		return fmt.Errorf("bill of %s: %+v", next, rows)
	case !agree(answer.Usage, rows[0].Usage):
		return fmt.Errorf("usage told %+v, on the bill %+v", answer.Usage, rows[0].Usage)
	}
	if last := r.Attempts[len(broken)]; last.Usage == nil || !agree(last.Usage.usage(), rows[0].Usage) {
		return fmt.Errorf("usage on the record %+v, on the bill %+v", last.Usage, rows[0].Usage)
	}
	if kind == core.Corrupt {
		return nil // the place ends such an answer before it sees that nobody wants it
	}
	for _, place := range broken {
		if whole := slices.DeleteFunc(trial.Bill.Rows(place), func(r core.Row) bool { return r.Cut }); len(whole) > 0 {
			return fmt.Errorf("whole answers on the bill of %s: %+v", place, whole)
		}
	}
	return nil
}

// TestNoFailoverAfterContent breaks a stream once its reader has heard some of
// it. Nobody else is asked then, and the SDK raises.
func TestNoFailoverAfterContent(t *testing.T) {
	c := newChain(t)
	for _, kind := range []core.Kind{core.Cut, core.EOF, core.InStream, core.Corrupt} {
		for _, s := range c.seats {
			t.Run(fmt.Sprintf("%s/%s", kind, s.Kind.Name), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				s.Drills.Clear()
				defer s.Drills.Clear()
				if _, err := s.Drills.Add(core.Drill{Target: "openai", Kind: kind, After: 12}); err != nil {
					t.Fatal(err)
				}
				s.Bill.Clear()
				trial := &Trial{Seat: s, Stream: true, ctx: ctx}
				answer, err := trial.ask(trial.question("Please write 100 words."))
				if err == nil || answer.Text == "" {
					t.Errorf("error %v, answer %+v", err, answer)
				}
				if n := trial.wire.Header.Get("X-Interline-Attempts"); n != "1" {
					t.Errorf("%s attempts", n)
				}
				if rows := append(s.Bill.Rows("azure"), s.Bill.Rows("bedrock")...); len(rows) > 0 {
					t.Errorf("others were asked: %+v", rows)
				}
			})
		}
	}
}

// TestEverybodyDown sees that a client is told so, in its own way, and not to
// come again at once.
func TestEverybodyDown(t *testing.T) {
	c := newChain(t)
	for _, s := range c.seats {
		for _, stream := range []bool{false, true} {
			t.Run(s.Kind.Name+"/"+mode(stream), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				defer s.Drills.Clear()
				for _, place := range order {
					if _, err := s.Drills.Add(core.Drill{Target: place, Kind: core.Down}); err != nil {
						t.Fatal(err)
					}
				}
				trial := &Trial{Seat: s, Stream: stream, ctx: ctx}
				_, err := trial.ask(trial.question("hello"))
				h := trial.wire.Header
				// Three places, and the last one twice more where it was not reached at all.
				if status := statusOf(err); status < 500 || !slices.Contains([]string{"3", "4", "5"}, h.Get("X-Interline-Attempts")) || h.Get("X-Should-Retry") != "false" {
					t.Errorf("status %d, %v, headers %v", status, err, h)
				}
			})
		}
	}
}

// TestPatience throttles the only place for a moment: the gateway waits as long
// as it was told to, and the client never knows.
func TestPatience(t *testing.T) {
	c := newChain(t)
	s := c.seats[0]
	s.Door.Model = "alone"
	if _, err := s.Drills.Add(core.Drill{Target: "openai", Kind: core.Throttle, Count: 1, Delay: core.Span(time.Second)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	trial := &Trial{Seat: s, ctx: ctx}
	began := time.Now()
	answer, err := trial.ask(trial.question("hello"))
	waited := time.Since(began)
	if n := trial.wire.Header.Get("X-Interline-Attempts"); err != nil || answer.Stop != StopEnd || n != "2" || waited < time.Second {
		t.Errorf("attempts %s within %s, answer %+v, %v", n, waited, answer, err)
	}
}
