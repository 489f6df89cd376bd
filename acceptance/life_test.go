package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// patience bounds every wait for something the gateway is to do soon.
const patience = 10 * time.Second

// slowCloud is an emulated OpenAI that says 250 tokens a second.
func slowCloud(t *testing.T) *emulator.Running {
	t.Helper()
	o := emulatorOf(t, "openai")
	o.Speed, o.Paces = 1, map[string]core.Pace{"openai": {First: 20 * time.Millisecond, Token: 4 * time.Millisecond}}
	return emulate(t, o)
}

// living is a gateway whose configuration changes and whose end is watched.
type living struct {
	t       *testing.T
	program *Program
	gateway Gateway
	run     *emulator.Running
	keyFile string
}

// live starts a gateway. Its key is in a file of its own.
func live(t *testing.T, more string) *living {
	t.Helper()
	dir := t.TempDir()
	l := &living{t: t, run: slowCloud(t), keyFile: filepath.Join(t.TempDir(), "key")}
	if err := os.WriteFile(l.keyFile, []byte(keyText+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.program, l.gateway = up(t, dir, l.document("main: {deployments: [{place: cloud, model: gpt-4.1}]}", "spare: {deployments: [{place: cloud, model: gpt-4.1}]}")+more)
	return l
}

func (l *living) document(models ...string) string {
	p := l.run.Place("openai")
	return fmt.Sprintf("keys: [{name: %s, key: \"${file:%s}\"}]\nplaces:\n  cloud: {kind: openai, endpoint: %q, api_key: %q}\nmodels:\n  %s\n",
		keyName, l.keyFile, p.URL, p.Credentials["key"], strings.Join(models, "\n  "))
}

// seats are a client of each language before a model.
func (l *living) seats(model string) []Seat {
	return kinds(l.gateway.Seats(Routed{Model: model, Place: "openai", Emulators: l.run}), "openai-go", "anthropic-sdk-go", "bedrockruntime")
}

// heard is what came of a question asked in the background.
type heard struct {
	kind   string
	answer Answer
	err    error
}

// begin asks for so many words in the background and returns when the answer has
// begun.
func (l *living) begin(s Seat, words int) <-chan heard {
	ctx, cancel := context.WithTimeout(l.t.Context(), 30*time.Second)
	trial := &Trial{Seat: s, Stream: true, ctx: ctx, wire: Wire{Answered: make(chan struct{})}}
	out := make(chan heard, 1)
	go func() {
		defer cancel()
		a, err := trial.ask(asking(trial, words))
		out <- heard{s.Kind.Name, a, err}
	}()
	select {
	case <-trial.wire.Answered:
	case <-ctx.Done():
		l.t.Fatal("the answer did not begin")
	}
	return out
}

// askWhole asks in the background for an answer that is not streamed.
func (l *living) askWhole(s Seat, words int) <-chan heard {
	ctx, cancel := context.WithTimeout(l.t.Context(), 30*time.Second)
	trial := &Trial{Seat: s, ctx: ctx}
	out := make(chan heard, 1)
	go func() {
		defer cancel()
		a, err := trial.ask(asking(trial, words))
		out <- heard{s.Kind.Name, a, err}
	}()
	return out
}

func asking(t *Trial, words int) Question {
	q := t.question(fmt.Sprintf("Please write %d words.", words))
	q.Max = 8000
	return q
}

// whole says what is wrong with an answer of so many words.
func whole(h heard, words int) error {
	if n := len(strings.Fields(h.answer.Text)); h.err != nil || n != words || h.answer.Stop != StopEnd {
		return fmt.Errorf("%s: %d words of %d, ended by %q, %w", h.kind, n, words, h.answer.Stop, h.err)
	}
	return nil
}

// try asks one short question of a model.
func (l *living) try(s Seat) error {
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	trial := &Trial{Seat: s, ctx: ctx}
	_, err := trial.ask(trial.question("hello"))
	return err
}

// until waits for a condition.
func (l *living) until(what string, ok func() bool) {
	l.t.Helper()
	for began := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			l.t.Fatalf("not within %s: %s; the gateway said:\n%s", patience, what, l.program.Log())
		}
	}
}

// load asks for streams, one after the other with each client, until stopped.
// Every one of them must be whole.
func (l *living) load(model string) (stop func() int) {
	end := make(chan struct{})
	var workers sync.WaitGroup
	var mu sync.Mutex
	count := 0
	for _, s := range l.seats(model) {
		workers.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(l.t.Context(), patience)
				trial := &Trial{Seat: s, Stream: true, ctx: ctx}
				a, err := trial.ask(asking(trial, 60))
				cancel()
				if err := whole(heard{s.Kind.Name, a, err}, 60); err != nil {
					l.t.Error(err)
				}
				mu.Lock()
				count++
				mu.Unlock()
			}
		})
	}
	return func() int { close(end); workers.Wait(); return count }
}

// TestReload changes the configuration while streams run. None of them may
// notice.
func TestReload(t *testing.T) {
	l := live(t, "")
	seats := l.seats("main")
	nick, spare := l.seats("nick")[0], l.seats("spare")[0]
	stop := l.load("main")
	removed := l.begin(spare, 500)
	if status := statusOf(l.try(nick)); status != 404 {
		t.Errorf("status %d for a model that is not there yet", status)
	}

	good := l.document("main: {aliases: [nick], deployments: [{place: cloud, model: gpt-4.1}]}")
	if err := l.program.Configure(good); err != nil {
		t.Fatal(err)
	}
	l.until("a new alias is known", func() bool { return l.try(nick) == nil })
	if status := statusOf(l.try(spare)); status != 404 {
		t.Errorf("status %d for a model that was taken out", status)
	}
	if err := whole(<-removed, 500); err != nil {
		t.Errorf("a stream of the model that was taken out: %v", err)
	}

	// A file that is wrong, written in place, as an editor does.
	if err := os.WriteFile(l.program.config, []byte(good+"modles: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.until("a wrong file is complained of", func() bool { return strings.Contains(l.program.Log(), "nothing was changed") })
	if err := l.try(nick); err != nil {
		t.Errorf("after a wrong file: %v", err)
	}
	if err := os.WriteFile(l.program.config, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := stop(); n < len(seats) {
		t.Errorf("%d streams in all", n)
	}
}

// TestHangup changes only what the configuration refers to, which a signal makes
// known.
func TestHangup(t *testing.T) {
	l := live(t, "")
	s := l.seats("main")[0]
	before := l.begin(s, 500)
	renewed := s
	renewed.Door.Credential.Key = "il-judge-another-0123456789"
	if err := os.WriteFile(l.keyFile, []byte(renewed.Door.Credential.Key), 0o600); err != nil {
		t.Fatal(err)
	}
	if status := statusOf(l.try(renewed)); status != 401 {
		t.Errorf("status %d for a key that is not known yet", status)
	}
	if err := l.program.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	l.until("the new key is known", func() bool { return l.try(renewed) == nil })
	if status := statusOf(l.try(s)); status != 401 {
		t.Errorf("status %d for a key that was taken away", status)
	}
	if err := whole(<-before, 500); err != nil {
		t.Errorf("a stream of the key that was taken away: %v", err)
	}
}

// TestDrain ends the gateway while streams run, which end whole before it does.
func TestDrain(t *testing.T) {
	l := live(t, "drain: {timeout: 20s}\n")
	var running []<-chan heard
	for _, s := range l.seats("main") {
		running = append(running, l.begin(s, 300))
	}
	if err := l.program.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, r := range running {
		if err := whole(<-r, 300); err != nil {
			t.Error(err)
		}
	}
	if err := l.program.Ended(); err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
}

// TestDrainCut ends the gateway with no time to wait: streams are cut so that
// every SDK raises, and answers not begun are refused.
func TestDrainCut(t *testing.T) {
	l := live(t, "drain: {timeout: 100ms}\n")
	// A drill that changes next to nothing tells who has come.
	if _, err := l.run.Drills().Add(core.Drill{Target: "openai", Kind: core.Slow, Delay: core.Span(time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	var streams, unary []<-chan heard
	for _, s := range l.seats("main") {
		streams = append(streams, l.begin(s, 1500))
		unary = append(unary, l.askWhole(s, 1500))
	}
	l.until("all requests are with the cloud", func() bool { return l.run.Drills().List()[0].Hits == len(streams)+len(unary) })
	began := time.Now()
	if err := l.program.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, r := range streams {
		h := <-r
		if h.err == nil || h.answer.Text == "" || len(strings.Fields(h.answer.Text)) >= 1500 {
			t.Errorf("%s: error %v, answer %+v", h.kind, h.err, h.answer)
		}
	}
	for _, r := range unary {
		if h := <-r; statusOf(h.err) != 503 {
			t.Errorf("%s, not streamed: error %v, answer %+v", h.kind, h.err, h.answer)
		}
	}
	if err := l.program.Ended(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("the gateway ended after %s with %v", time.Since(began), err)
	}
}
