package acceptance

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	messageoption "github.com/anthropics/anthropic-sdk-go/option"
)

// TestCountTokens lets the SDK of Messages count tokens: where the place counts
// them the gateway tells its figure, and elsewhere one that is near and marked.
func TestCountTokens(t *testing.T) {
	dir := t.TempDir()
	some := slices.DeleteFunc(stands(), func(s stand) bool {
		return !slices.Contains([]string{"anthropic", "openai", "bedrock-claude"}, s.Model)
	})
	_, g := up(t, dir, emulateStands(t, some, filepath.Join(dir, "unused.pem")))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	text := strings.Repeat("All of this is worth remembering for a while. ", 50)
	count := func(url, key, model string) (int64, http.Header) {
		var res *http.Response
		c := anthropic.NewClient(messageoption.WithBaseURL(url), messageoption.WithAPIKey(key), messageoption.WithMaxRetries(0))
		got, err := c.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
			Model:    model,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
			System:   anthropic.MessageCountTokensParamsSystemUnion{OfString: anthropic.String("You are terse.")},
		}, messageoption.WithResponseInto(&res))
		if err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		return got.InputTokens, res.Header
	}
	var exact int64
	for _, s := range some {
		if s.Model == "anthropic" {
			p := s.Emulators.Place("anthropic")
			exact, _ = count(p.URL, p.Credentials["key"], sonnet)
		}
	}
	for _, s := range some {
		got, h := count(g.URL, g.Key, s.Model)
		counted := s.Model == "anthropic"
		if marked := h.Get("X-Interline-Estimate") == "true"; marked == counted {
			t.Errorf("%s: marked as an estimate: %v", s.Model, marked)
		}
		if counted && got != exact || got < exact*9/10 || got > exact*11/10 {
			t.Errorf("%s: %d tokens, the place itself counts %d", s.Model, got, exact)
		}
	}
}
