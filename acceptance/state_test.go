package acceptance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// otherKey is a second tenant's.
const otherKey = "il-other-0123456789abcdef"

// stored is a gateway with one model at two places that keep responses, and with
// one that does not keep them.
func stored(t *testing.T, policy string) (*emulator.Running, string) {
	t.Helper()
	run := emulate(t, emulator.Options{})
	o, a, b := run.Place("openai"), run.Place("azure"), run.Place("bedrock")
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}, {name: other, key: %s}]
lost_state: %s
places:
  openai: {kind: openai, endpoint: %q, api_key: %q}
  azure: {kind: azure, endpoint: %q, api_key: %q}
  bedrock: {kind: bedrock, endpoint: %q, region: %s, api_key: %q}
models:
  both:
    deployments: [{place: openai, model: gpt-5.6-sol}, {place: azure, model: gpt-5.6-sol}]
  elsewhere:
    deployments: [{place: bedrock, model: us.openai.gpt-5.6-sol, speaks: [converse]}]
`, keyName, keyText, otherKey, policy, o.URL, o.Credentials["key"], a.URL, a.Credentials["key"], b.URL, b.Credentials["region"], b.Credentials["api_key"]))
	return run, g.URL
}

// asker asks by openai-go and notes which deployment answered, with what losses.
type asker struct {
	openai.Client
	deployment, losses string
}

func newAsker(url, key string) *asker {
	a := &asker{}
	a.Client = openai.NewClient(option.WithBaseURL(url+"/v1"), option.WithAPIKey(key), option.WithMaxRetries(0),
		option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			res, err := next(r)
			if err == nil {
				a.deployment, a.losses = res.Header.Get("X-Interline-Deployment"), res.Header.Get("X-Interline-Losses")
			}
			return res, err
		}))
	return a
}

// say asks for an answer after an earlier one, and returns its id and text.
func (a *asker) say(ctx context.Context, model, previous string, stream bool) (id, text string, err error) {
	p := responses.ResponseNewParams{
		Model: model, Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("hello")}, MaxOutputTokens: openai.Int(500),
	}
	if previous != "" {
		p.PreviousResponseID = openai.String(previous)
	}
	if !stream {
		got, err := a.Responses.New(ctx, p)
		if err != nil {
			return "", "", err
		}
		return got.ID, got.OutputText(), nil
	}
	s := a.Responses.NewStreaming(ctx, p)
	defer s.Close()
	ids := map[string]bool{}
	for s.Next() {
		switch e := s.Current(); e.Type {
		case "response.created", "response.in_progress":
			ids[e.Response.ID] = true
		case "response.completed":
			ids[e.Response.ID] = true
			id, text = e.Response.ID, e.Response.OutputText()
		}
	}
	if len(ids) != 1 {
		return "", "", fmt.Errorf("one response has the ids %v: %w", ids, s.Err())
	}
	return id, text, s.Err()
}

// TestResponsesGoBackToWhoKeepsThem: whichever place answered first answers what
// refers to it, and nobody else is asked.
func TestResponsesGoBackToWhoKeepsThem(t *testing.T) {
	run, url := stored(t, "refuse")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, stream := range []bool{false, true} {
		for place, broken := range map[string]string{"openai": "azure", "azure": "openai"} {
			run.Drills().Clear()
			if _, err := run.Drills().Add(core.Drill{Kind: core.Down, Target: broken}); err != nil {
				t.Fatal(err)
			}
			mine := newAsker(url, keyText)
			first, _, err := mine.say(ctx, "both", "", stream)
			if err != nil || mine.deployment != "both/"+place && mine.deployment != place {
				t.Fatalf("first answer by %q: %v", mine.deployment, err)
			}
			if !strings.HasPrefix(first, "resp_il1_") || strings.Contains(first, place) {
				t.Fatalf("the id is told as %q", first)
			}
			run.Drills().Clear()
			by := mine.deployment
			if _, _, err := mine.say(ctx, "both", first, stream); err != nil || mine.deployment != by {
				t.Errorf("what refers to an answer of %s is answered by %s: %v", by, mine.deployment, err)
			}
			for name, try := range map[string]func() error{
				"another tenant":                  func() error { _, _, err := newAsker(url, otherKey).say(ctx, "both", first, stream); return err },
				"a changed id":                    func() error { _, _, err := mine.say(ctx, "both", first[:len(first)-2]+"AA", stream); return err },
				"a model its place does not have": func() error { _, _, err := mine.say(ctx, "elsewhere", first, stream); return err },
			} {
				if e := new(openai.Error); !errors.As(try(), &e) || e.StatusCode != http.StatusBadRequest || e.Param != "previous_response_id" {
					t.Errorf("%s: %v", name, e)
				}
			}
			run.Drills().Clear()
			if _, err := run.Drills().Add(core.Drill{Kind: core.Down, Target: place}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := mine.say(ctx, "both", first, stream); err == nil {
				t.Errorf("%s is down, and what refers to its answer was answered by %s", place, mine.deployment)
			}
		}
	}
}

// TestStateMayBeDropped where the operator says so, and the caller is told.
func TestStateMayBeDropped(t *testing.T) {
	_, url := stored(t, "drop")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	mine := newAsker(url, keyText)
	first, _, err := mine.say(ctx, "both", "", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, text, err := mine.say(ctx, "elsewhere", first, false); err != nil || text == "" || !strings.Contains(mine.losses, "previous_response_id=dropped") {
		t.Errorf("%q by %s, losses %q: %v", text, mine.deployment, mine.losses, err)
	}
}
