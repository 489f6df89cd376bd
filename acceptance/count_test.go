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

	"github.com/anthropics/anthropic-sdk-go"
	claudeoption "github.com/anthropics/anthropic-sdk-go/option"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	awstypes "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

// uncounted are the stands whose place counts no tokens, in any language: the
// gateway estimates, and says so.
var uncounted = []string{
	"azure-dated", "bedrock-adaptive", "bedrock-key", "bedrock-chat", "bedrock-sol", "mantle-gpt", "vertex-open", "compatible",
}

// TestCountTokens lets every SDK that can ask how many tokens a request is do so
// before every place. Where the place counts, in whatever language, the gateway
// tells what the place then bills for the same request; elsewhere a figure that is
// near, and marked.
func TestCountTokens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all, certificate := stands(), filepath.Join(dir, "tokens.pem")
	_, g := up(t, dir, emulateStands(t, all, certificate), "SSL_CERT_FILE="+certificate)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, s := range all {
		seats := kinds(g.Seats(s.Routed), "anthropic-sdk-go", "openai-go, responses", "genai, gemini", "bedrockruntime")
		if len(seats) != 4 {
			t.Fatalf("%d clients count", len(seats))
		}
		for _, seat := range seats {
			name := s.Model + ", " + seat.Kind.Name
			c, err := seat.Kind.Open(ctx, seat.Target.Door)
			if err != nil {
				t.Fatal(err)
			}
			q := Question{
				Model: s.Model, Effort: s.Effort, Thinks: s.Thinks, System: "You are terse.", Max: 64,
				Turns: []Turn{{Text: strings.Repeat("All of this is worth remembering for a while. ", 50)}},
			}
			if _, bare := c.(gemini); bare {
				q.System = "" // this SDK counts none with the Gemini API
			}
			got, marked, err := countOf(ctx, c, q)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if _, err := c.Ask(ctx, q); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			rows := s.Emulators.Bill().Rows(s.Place)
			billed := int64(rows[len(rows)-1].Usage.Input)
			if marked != slices.Contains(uncounted, s.Model) {
				t.Errorf("%s: marked as an estimate: %v", name, marked)
			}
			if !marked && got != billed || got < billed*8/10 || got > billed*12/10 {
				t.Errorf("%s: %d tokens (an estimate: %v), billed %d", name, got, marked, billed)
			}
		}
	}
}

// countOf asks how many tokens a question is, and whether that is an estimate.
func countOf(ctx context.Context, c Client, q Question) (tokens int64, estimate bool, err error) {
	var res *http.Response
	switch c := c.(type) {
	case messages:
		p := messageParams(q)
		got, err := c.sdk.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
			Model: p.Model, Messages: p.Messages, System: anthropic.MessageCountTokensParamsSystemUnion{OfTextBlockArray: p.System},
		}, claudeoption.WithResponseInto(&res))
		if err != nil {
			return 0, false, fmt.Errorf("count: %w", err)
		}
		return got.InputTokens, told(res), nil
	case respond:
		p := responseParams(q)
		got, err := c.sdk.Responses.InputTokens.Count(ctx, responses.InputTokenCountParams{
			Model: openai.String(q.Model), Instructions: p.Instructions,
			Input: responses.InputTokenCountParamsInputUnion{OfString: p.Input.OfString, OfResponseInputItemArray: p.Input.OfInputItemList},
		}, option.WithResponseInto(&res))
		if err != nil {
			return 0, false, fmt.Errorf("count: %w", err)
		}
		return got.InputTokens, told(res), nil
	case gemini:
		got, err := c.sdk.Models.CountTokens(ctx, q.Model, geminiContents(q), nil)
		if err != nil {
			return 0, false, fmt.Errorf("count: %w", err)
		}
		return int64(got.TotalTokens), got.SDKHTTPResponse != nil && got.SDKHTTPResponse.Headers.Get("X-Interline-Estimate") == "true", nil
	case converse:
		in := converseInput(q)
		got, err := c.sdk.CountTokens(ctx, &bedrockruntime.CountTokensInput{
			ModelId: in.ModelId,
			Input:   &awstypes.CountTokensInputMemberConverse{Value: awstypes.ConverseTokensRequest{Messages: in.Messages, System: in.System}},
		})
		if err != nil {
			return 0, false, fmt.Errorf("count: %w", err)
		}
		raw, ok := awsmiddleware.GetRawResponse(got.ResultMetadata).(*smithyhttp.Response)
		return int64(*got.InputTokens), ok && told(raw.Response), nil
	}
	return 0, false, errors.New("the client cannot count")
}

func told(res *http.Response) bool { return res.Header.Get("X-Interline-Estimate") == "true" }
