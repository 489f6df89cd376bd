package acceptance

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genai"
)

// TestGooglesProducts asks each of Google's two products as clients of the other
// do: the Gemini API takes turns without a role, and each has members that the
// other refuses. What is forwarded is what the product takes, and what was taken
// out is told.
func TestGooglesProducts(t *testing.T) {
	all := slices.DeleteFunc(stands(), func(s stand) bool { return !slices.Contains([]string{"gemini", "vertex", "vertex-express"}, s.Model) })
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	_, g := up(t, dir, emulateStands(t, all, certificate), "SSL_CERT_FILE="+certificate)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	bare := []*genai.Content{{Parts: []*genai.Part{{Text: "hello"}}}}
	asked := map[bool]genai.GenerateContentConfig{ // by whether the client is Vertex AI's
		false: {HTTPOptions: &genai.HTTPOptions{ExtraBody: map[string]any{"store": true}}},
		true: {
			Labels: map[string]string{"team": "a"}, AudioTimestamp: true,
			SafetySettings: []*genai.SafetySetting{{
				Category: genai.HarmCategoryHarassment, Threshold: genai.HarmBlockThresholdBlockNone, Method: genai.HarmBlockMethodSeverity,
			}},
		},
	}
	lost := map[bool][]string{
		false: {"store=dropped"},
		true:  {"generationConfig.audioTimestamp=dropped", "labels=dropped", "safetySettings[0].method=dropped"},
	}
	for _, s := range all {
		for _, kind := range []string{"genai, gemini", "genai, vertex, key"} {
			seat := kinds(g.Seats(s.Routed), kind)[0]
			c, err := seat.Kind.Open(ctx, seat.Target.Door)
			if err != nil {
				t.Fatal(err)
			}
			vertex := strings.Contains(kind, "vertex")
			foreign := vertex != strings.HasPrefix(s.Model, "vertex")
			config := asked[vertex]
			want := ""
			if foreign {
				want = strings.Join(lost[vertex], ", ")
			}
			sdk := c.(gemini).sdk
			got, err := sdk.Models.GenerateContent(ctx, s.Model, bare, &config)
			if err != nil || got.Text() == "" {
				t.Errorf("%s, %s: %v", s.Model, kind, err)
				continue
			}
			if told := got.SDKHTTPResponse.Headers.Get("X-Interline-Losses"); inOrder(told) != want {
				t.Errorf("%s, %s: losses %q, want %q", s.Model, kind, told, want)
			}
			for part, err := range sdk.Models.GenerateContentStream(ctx, s.Model, bare, &config) {
				if err != nil || part == nil {
					t.Errorf("%s, %s, streamed: %v", s.Model, kind, err)
				}
			}
			if n, err := sdk.Models.CountTokens(ctx, s.Model, bare, nil); err != nil || n.TotalTokens == 0 {
				t.Errorf("%s, %s, counted: %v", s.Model, kind, err)
			}
		}
	}
}

// inOrder is a list of losses by the alphabet.
func inOrder(losses string) string {
	set := map[string]bool{}
	for l := range strings.SplitSeq(losses, ", ") {
		set[l] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), ", ")
}
