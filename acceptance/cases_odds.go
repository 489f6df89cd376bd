package acceptance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openai/openai-go/v3/responses"
	"google.golang.org/genai"
)

// Odds is a token of an answer with its log-probability.
type Odds struct {
	Token string
	Log   float64
	Bytes string // where the protocol tells them
	Top   []Odds
}

func hasOdds(s Seat) bool {
	return slices.Contains([]string{chatCompletions, responsesAPI, generateContent}, s.Language)
}

// keepsOdds holds for models that do not tell log-probabilities: those of clouds
// whose language has none, and OpenAI's at AWS (probed, 2026-08).
func (t *Trial) keepsOdds() bool {
	if t.Records == nil {
		return (t.Place == "bedrock" || t.Place == "mantle") && strings.Contains(t.Door.Model, "openai.")
	}
	speaks := func(l string) bool { return slices.Contains(t.Speaks, l) }
	return t.Place == "bedrock" || t.Place == "mantle" ||
		!speaks(chatCompletions) && !speaks(responsesAPI) && !speaks(generateContent)
}

// logProbabilities asks for those of the tokens: joined they are the text, and as
// many of the likeliest are named as were asked for. Who does not ask gets none. Of
// a model that does not tell them a gateway says so.
func logProbabilities(t *Trial) error {
	q := t.question(greeting)
	unasked, err := t.hear(q)
	switch {
	case err != nil:
		return err
	case len(unasked.Odds) > 0:
		return fmt.Errorf("nobody asked for %+v", unasked.Odds)
	}
	q.Odds = 3
	if t.keepsOdds() {
		return t.withoutOdds(q)
	}
	a, err := t.hear(q)
	switch {
	case err != nil:
		return err
	case a.Text != unasked.Text || tokens(a.Odds) != a.Text:
		return fmt.Errorf("the tokens are %q, the text is %q", tokens(a.Odds), a.Text)
	case t.Records != nil && strings.Contains(t.wire.Header.Get("X-Interline-Losses"), "ogprobs"):
		return fmt.Errorf("losses %s", t.wire.Header.Get("X-Interline-Losses"))
	}
	for _, o := range a.Odds {
		if len(o.Top) != q.Odds || o.Top[0].Token != o.Token || o.Log > -0.09 || o.Log < -0.11 || o.Top[1].Log > -2 || o.Bytes != "" && o.Bytes != o.Token {
			return fmt.Errorf("token %+v", o)
		}
	}
	return nil
}

// withoutOdds gets an answer all the same, and is told what it lacks. A cloud that
// is asked for what it refuses says so.
func (t *Trial) withoutOdds(q Question) error {
	if t.Records == nil {
		if _, err := t.ask(q); statusOf(err) != 400 {
			return fmt.Errorf("want it refused: %v", err)
		}
		return nil
	}
	a, err := t.hear(q)
	lost := t.wire.Header.Get("X-Interline-Losses")
	if err == nil && (len(a.Odds) > 0 || !strings.Contains(lost, "ogprobs=dropped")) {
		err = fmt.Errorf("losses %q, answer %+v", lost, a)
	}
	return err
}

// tokens are those of a text, joined.
func tokens(all []Odds) string {
	var b strings.Builder
	for _, o := range all {
		b.WriteString(o.Token)
	}
	return b.String()
}

func bytesOf(numbers []int64) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteByte(byte(n))
	}
	return b.String()
}

func responseOdds(parts []responses.ResponseOutputMessageContentUnion) (all []Odds) {
	for _, p := range parts {
		for _, l := range p.Logprobs {
			o := Odds{Token: l.Token, Log: l.Logprob, Bytes: bytesOf(l.Bytes)}
			for _, top := range l.TopLogprobs {
				o.Top = append(o.Top, Odds{Token: top.Token, Log: top.Logprob, Bytes: bytesOf(top.Bytes)})
			}
			all = append(all, o)
		}
	}
	return all
}

// addOdds adds those of a response or of a chunk.
func (a *Answer) addOdds(r *genai.LogprobsResult) {
	if r == nil {
		return
	}
	for i, c := range r.ChosenCandidates {
		o := Odds{Token: c.Token, Log: float64(c.LogProbability)}
		if i < len(r.TopCandidates) {
			for _, top := range r.TopCandidates[i].Candidates {
				o.Top = append(o.Top, Odds{Token: top.Token, Log: float64(top.LogProbability)})
			}
		}
		a.Odds = append(a.Odds, o)
	}
}
