package acceptance

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/genai"
)

// TestGoogleModels lets Google's SDK list models and show one.
func TestGoogleModels(t *testing.T) {
	t.Parallel()
	run := emulate(t, emulatorOf(t, "openai"))
	_, g := up(t, t.TempDir(), passConfig(run, ""))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, version := range []string{"v1beta", "v1"} {
		c, err := genai.NewClient(ctx, &genai.ClientConfig{
			APIKey: g.Key, Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: g.URL, APIVersion: version},
		})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for m, err := range c.Models.All(ctx) {
			if err != nil {
				t.Fatalf("%s: list: %v", version, err)
			}
			names[m.Name] = true
		}
		if len(names) != 3 || !names["models/painter"] {
			t.Errorf("%s: listed %v", version, names)
		}
		if m, err := c.Models.Get(ctx, "ears", nil); err != nil || m.Name != "models/ears" {
			t.Errorf("%s: get: %+v, %v", version, m, err)
		}
		_, err = c.Models.Get(ctx, "nobody", nil)
		var refused genai.APIError
		if !errors.As(err, &refused) || refused.Code != 404 || refused.Status != "NOT_FOUND" {
			t.Errorf("%s: get nobody: %v", version, err)
		}
	}
}
