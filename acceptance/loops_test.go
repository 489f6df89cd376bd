package acceptance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"

	"github.com/interline-ai/interline"
)

// talkers are the clients whose SDKs keep a conversation themselves.
var talkers = []string{"openai-go", "openai-go, responses", "anthropic-sdk-go", "bedrockruntime", "genai, gemini"}

// TestLoops lets every SDK keep a conversation of five turns with every place,
// with tools in it, reasoning where the model has it, and marks for the cache
// where the language has them.
func TestLoops(t *testing.T) {
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	all := stands()
	_, g := up(t, dir, emulateStands(t, all, certificate), "SSL_CERT_FILE="+certificate)
	for _, s := range all {
		t.Run(s.Model, func(t *testing.T) {
			t.Parallel()
			for _, seat := range kinds(g.Seats(s.Routed), talkers...) {
				for _, stream := range []bool{false, true} {
					t.Run(seat.Kind.Name+"/"+mode(stream), func(t *testing.T) {
						if err := loop(t, seat, stream, false); err != nil {
							t.Error(err)
						}
					})
					if seat.Language == responsesAPI {
						t.Run(seat.Kind.Name+", kept/"+mode(stream), func(t *testing.T) {
							if err := keptLoop(t, seat, stream); err != nil {
								t.Error(err)
							}
						})
					}
				}
			}
		})
	}
}

// keptLoop is a conversation that the place keeps, so that only what is new is
// sent. A place that keeps nothing says so, at the second turn.
func keptLoop(t *testing.T, s Seat, stream bool) error {
	err := loop(t, s, stream, true)
	if slices.Contains(s.Speaks, responsesAPI) {
		return err
	}
	refused := new(openai.Error)
	if !errors.As(err, &refused) || refused.StatusCode != http.StatusBadRequest || refused.Param != "previous_response_id" || !strings.HasPrefix(err.Error(), "turn 2: ") {
		return fmt.Errorf("want a refusal of previous_response_id, not of %q: %w", refused.Param, err)
	}
	return nil
}

// loop is one conversation in one seat. kept leaves its memory to the place.
func loop(t *testing.T, s Seat, stream, kept bool) error {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	l, err := begin(ctx, s, stream)
	if err != nil {
		return err
	}
	if talk, ok := l.talk.(*responseTalk); ok {
		talk.kept = kept
	}
	return l.run(func(n int, a Answer) error {
		if err := l.trial.settle(a.Usage); err != nil {
			return err
		}
		if s.Door.Caches && n > 1 && a.Usage.CacheRead < 1024 {
			return fmt.Errorf("nothing was read from a cache: %+v", a.Usage)
		}
		if kept && n == 0 {
			return nil // that it is not kept is a loss, and told again at the second turn
		}
		return l.lost()
	}, l.trial.Bill.Clear)
}

// conversing is a conversation under judgement.
type conversing struct {
	trial *Trial
	talk  Talk
	ids   map[string]bool // of the calls so far
}

// begin opens the client of a seat and asks nothing yet.
func begin(ctx context.Context, s Seat, stream bool) (*conversing, error) {
	l := &conversing{trial: &Trial{Seat: s, Stream: stream, ctx: ctx}, ids: map[string]bool{}}
	d := s.Door
	d.Wire = &l.trial.wire
	client, err := s.Open(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("open client: %w", err)
	}
	q := l.trial.question("")
	q.Turns, q.Tools, q.Cache = nil, cityTools(), s.mayMark()
	q.Think, q.Max = thinksAmidTools(s), 4000
	// The seat's name keeps the prompts of different conversations apart.
	q.System = s.Target.Name + s.Kind.Name + mode(stream) + strings.Repeat(" All of this is worth remembering for a while.", 300)
	l.talk, err = Talks(ctx, client, q)
	return l, err
}

// mayMark holds unless the place refuses the client's own marks: Bedrock answers
// 403 to cache points for OpenAI's models, and what is in the place's own language
// is forwarded as it is.
func (s Seat) mayMark() bool {
	return s.Door.Caches || !(s.Language == converseAPI && slices.Contains(s.Speaks, converseAPI))
}

// thinksAmidTools holds where the model can be asked to reason and to call tools
// at once: OpenAI's newer models take no effort beside tools on Chat Completions.
func thinksAmidTools(s Seat) bool {
	return thinks(s) && !(s.Language == chatCompletions && slices.Contains(s.Speaks, chatCompletions))
}

// run says the user's turns, and holds the model's against what they must be.
// The function before runs ahead of each turn, and check has a look at it after.
func (l *conversing) run(check func(n int, a Answer) error, before func()) error {
	next := Turn{Text: `Compare get_weather("Bern") with get_time("Oslo").`}
	for n, want := range []struct {
		calls int
		text  []string
	}{
		{calls: 2},
		{text: []string{"get_weather returned: result 1 of get_weather", "get_time returned: result 2 of get_time"}},
		{calls: 1},
		{text: []string{"get_weather returned: result 1 of get_weather"}},
		{text: []string{"Thank you: say this back."}},
	} {
		before()
		a, err := l.talk.Say(l.trial.ctx, next)
		if err == nil {
			err = l.judge(a, want.calls, want.text)
		}
		if err == nil {
			err = check(n, a)
		}
		if err != nil {
			return fmt.Errorf("turn %d: %w", n+1, err)
		}
		switch n {
		case 1:
			next = Turn{Text: `And now call get_weather {"city":"Zürich"}, please.`}
		case 3:
			next = Turn{Text: "Thank you: say this back."}
		default:
			next = Turn{}
			for i, c := range a.Calls {
				next.Results = append(next.Results, Result{ID: c.ID, Text: fmt.Sprintf("result %d of %s", i+1, c.Name)})
			}
		}
	}
	return nil
}

func (l *conversing) judge(a Answer, calls int, text []string) error {
	if len(a.Calls) != calls || (calls > 0) != (a.Stop == StopCalls) || calls == 0 && a.Stop != StopEnd {
		return fmt.Errorf("answer %+v, want %d calls", a, calls)
	}
	for _, c := range a.Calls {
		if c.ID == "" || l.ids[c.ID] && !l.local() {
			return fmt.Errorf("the id of %+v is not its own", c)
		}
		l.ids[c.ID] = true
	}
	for _, want := range text {
		if !strings.Contains(a.Text, want) {
			return fmt.Errorf("answer %q, want %q in it", a.Text, want)
		}
	}
	return nil
}

// local holds where the place counts calls from 0 in every answer, and its answers
// are forwarded as they are: Bedrock Mantle does so on Responses.
func (l *conversing) local() bool {
	s := l.trial.Seat
	return s.Place == "mantle" && s.Language == responsesAPI && slices.Contains(s.Speaks, responsesAPI)
}

// lost looks for a loss on the record of the last request that changes its
// meaning, and is not one that must be.
func (l *conversing) lost() error {
	losses, err := l.losses()
	if err != nil {
		return err
	}
	for _, lost := range losses {
		known := false
		for _, b := range bearable {
			known = known || strings.HasSuffix(lost.said, ": "+b.reason) &&
				(b.client == "" || b.client == l.trial.Language) && (b.cloud == "" || b.cloud == lost.cloud)
		}
		if !known {
			return fmt.Errorf("lost: %s", lost.said)
		}
	}
	return nil
}

// weightyLoss is one that changes what a request means, and the language of the
// cloud that it was said to.
type weightyLoss struct{ said, cloud string }

// losses are those of the last request that change its meaning.
func (l *conversing) losses() ([]weightyLoss, error) {
	r, err := l.trial.Records.Find(l.trial.ctx, l.trial.wire.ID)
	if err != nil {
		return nil, err
	}
	var out []weightyLoss
	for _, a := range r.Attempts {
		for _, said := range a.Losses {
			field, rest, _ := strings.Cut(said, " ")
			action, _, _ := strings.Cut(rest, ":")
			if (interline.Loss{Field: field, Action: interline.LossAction(action)}).ChangesMeaning() {
				out = append(out, weightyLoss{said, a.Language})
			}
		}
	}
	return out, nil
}

// bearable are the losses that a conversation may have, by their reasons, and the
// languages of the client and of the cloud where they are only these.
var bearable = []struct{ client, cloud, reason string }{
	{"", "", "the model caches prompts by itself; marks have no counterpart"},
	{"", "", "the place caches no prompts of this model, and refuses marks"},
	{"", "", "the thinking budget of 1024 tokens is said as effort low"},
	{"", "", "the thinking budget is said as a level"},
	// Chat Completions has no word for reasoning, so what led to a call is gone.
	{chatCompletions, "", "the model does not think amid tool calls whose reasoning is not its own"},
	// Gemini shows its thoughts unsealed, and proves the call that follows them.
	{"", generateContent, "reasoning that is not sealed cannot be given back"},
}
