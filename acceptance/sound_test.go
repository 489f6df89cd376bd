package acceptance

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"google.golang.org/genai"

	"github.com/interline-ai/interline/emulator"
	"github.com/interline-ai/interline/emulator/core"
)

// speakers are models that answer with sound, of both vendors that have such, and
// one that does not.
func speakers(t *testing.T) Gateway {
	t.Helper()
	run := emulate(t, emulator.Options{})
	at := func(kind string) string { return keyed(kind, "")(run.Place(kind)) }
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}]
places:
  openai: %s
  gemini: %s
  anthropic: %s
models:
  gpt: {deployments: [{place: openai, model: gpt-audio}]}
  tts: {deployments: [{place: gemini, model: gemini-2.5-flash-preview-tts}]}
  mute: {deployments: [{place: anthropic, model: claude-sonnet-5}]}
`, keyName, keyText, at("openai"), at("gemini"), at("anthropic")))
	return g
}

// understood holds samples against what was said by a place.
func understood(t *testing.T, samples []byte, place string) string {
	t.Helper()
	text, ok := core.Hear(samples)
	if !ok || !strings.Contains(text, "answer by "+place) {
		t.Errorf("%d bytes of sound say %.60q", len(samples), text)
	}
	return text
}

// TestSpeechForOpenAI: openai-go hears its own vendor's models and Google's.
func TestSpeechForOpenAI(t *testing.T) {
	t.Parallel()
	g := speakers(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := openai.NewClient(option.WithBaseURL(g.URL+"/v1"), option.WithAPIKey(g.Key), option.WithMaxRetries(0))
	ask := func(model string, format openai.ChatCompletionAudioParamFormat) openai.ChatCompletionNewParams {
		return openai.ChatCompletionNewParams{
			Model: model, Modalities: []string{"text", "audio"}, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Speak up")},
			Audio: openai.ChatCompletionAudioParam{Voice: openai.ChatCompletionAudioParamVoiceUnion{OfString: openai.String("alloy")}, Format: format},
		}
	}
	for model, place := range map[string]string{"gpt": "openai", "tts": "gemini"} {
		for _, format := range []openai.ChatCompletionAudioParamFormat{"wav", "pcm16"} {
			got, err := c.Chat.Completions.New(ctx, ask(model, format))
			if err != nil {
				t.Fatalf("%s, %s: %v", model, format, err)
			}
			sound := unbase64(t, got.Choices[0].Message.Audio.Data)
			if format == "wav" {
				if !bytes.HasPrefix(sound, []byte("RIFF")) || len(sound) < 44 {
					t.Fatalf("%s: no file of sound: %.8q", model, sound)
				}
				sound = sound[44:]
			}
			text := understood(t, sound, place)
			if said := got.Choices[0].Message.Audio.Transcript; place == "openai" && said != text {
				t.Errorf("%s says %q, and writes %q", model, text, said)
			}
			if d := got.Usage.CompletionTokensDetails; d.AudioTokens == 0 {
				t.Errorf("%s: used %+v", model, got.Usage)
			}
		}
		understood(t, streamedSound(ctx, t, c, ask(model, "pcm16")), place)
	}
	_, err := c.Chat.Completions.New(ctx, ask("tts", "mp3"))
	wantError(t, err, http.StatusBadRequest, "pcm16 and wav")
	_, err = c.Chat.Completions.New(ctx, ask("mute", "wav"))
	wantError(t, err, http.StatusBadRequest, "text alone")
}

// streamedSound is what a stream says; its chunks have a member that the SDK does not
// model.
func streamedSound(ctx context.Context, t *testing.T, c openai.Client, p openai.ChatCompletionNewParams) []byte {
	t.Helper()
	s := c.Chat.Completions.NewStreaming(ctx, p)
	defer func() { _ = s.Close() }()
	var sound []byte
	for s.Next() {
		var chunk struct {
			Choices []struct {
				Delta struct {
					Audio struct{ Data string }
				}
			}
		}
		if err := json.Unmarshal([]byte(s.Current().RawJSON()), &chunk); err != nil {
			t.Fatal(err)
		}
		for _, choice := range chunk.Choices {
			sound = append(sound, unbase64(t, choice.Delta.Audio.Data)...)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return sound
}

// TestSpeechForGoogle: genai hears its own vendor's models and OpenAI's.
func TestSpeechForGoogle(t *testing.T) {
	t.Parallel()
	g := speakers(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sdk, err := genai.NewClient(ctx, &genai.ClientConfig{
		APIKey: g.Key, Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: g.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	config := &genai.GenerateContentConfig{
		ResponseModalities: []string{"AUDIO"},
		SpeechConfig:       &genai.SpeechConfig{VoiceConfig: &genai.VoiceConfig{PrebuiltVoiceConfig: &genai.PrebuiltVoiceConfig{VoiceName: "Kore"}}},
	}
	for model, place := range map[string]string{"gpt": "openai", "tts": "gemini"} {
		var sound []byte
		hear := func(r *genai.GenerateContentResponse) {
			for _, c := range r.Candidates {
				for _, p := range c.Content.Parts {
					if p.InlineData != nil {
						sound = append(sound, p.InlineData.Data...)
					}
				}
			}
		}
		got, err := sdk.Models.GenerateContent(ctx, model, genai.Text("Speak up"), config)
		if err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		hear(got)
		understood(t, sound, place)
		sound = nil
		for got, err := range sdk.Models.GenerateContentStream(ctx, model, genai.Text("Speak up"), config) {
			if err != nil {
				t.Fatalf("%s, streamed: %v", model, err)
			}
			hear(got)
		}
		understood(t, sound, place)
	}
}

func unbase64(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
