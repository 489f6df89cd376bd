package openai

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// The models of these operations (openai docs, 2026-11).
var (
	moderators   = []string{"omni-moderation-latest", "omni-moderation-2024-09-26"}
	painters     = []string{"gpt-image-1", "gpt-image-1-mini"}
	transcribers = []string{"gpt-4o-transcribe", "gpt-4o-mini-transcribe", "whisper-1"}
)

// deliver sends a body that is paid for.
func (p *place) deliver(c *core.Core, x *core.Exchange, model, operation string, v any, u core.Usage) *chat.Error {
	body, _ := json.Marshal(v) // strings and numbers always encode
	row := core.Row{Place: x.Place, RequestID: x.ID, Model: model, Operation: operation, Status: http.StatusOK, Usage: u}
	if err := c.Deliver(x, "application/json", body, row); errors.Is(err, core.ErrInStream) {
		return chat.Failed()
	}
	return nil
}

// decode reads a JSON body whose members are all known.
func decode(r *http.Request, into any) *chat.Error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, mostForm))
	if err != nil {
		return chat.Invalid("", "", "The request's body could not be read.")
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			name = strings.Trim(name, `"`)
			return chat.Invalid(name, "unknown_parameter", "Unknown parameter: '%s'.", name)
		}
		return chat.Invalid("", "", "We could not parse the JSON body of your request.")
	}
	return nil
}

// known looks a model up among those of an operation.
func (p *place) known(name string, of []string) *chat.Error {
	if slices.Contains(of, name) {
		return nil
	}
	if _, e := p.find(name); e != nil {
		return e
	}
	return chat.Invalid("model", "", "The model '%s' does not support this operation.", name)
}

// moderate answers POST /v1/moderations, which costs nothing. A text that speaks of
// killing is flagged, so that a caller can see both answers.
func (p *place) moderate(x *core.Exchange, r *http.Request) *chat.Error {
	var q struct {
		Input json.RawMessage `json:"input"`
		Model string          `json:"model"`
	}
	if e := decode(r, &q); e != nil {
		return e
	}
	if q.Model == "" {
		q.Model = moderators[0]
	}
	if e := p.known(q.Model, moderators); e != nil {
		return e
	}
	var one string
	var texts []string
	switch {
	case len(q.Input) == 0:
		return chat.Invalid("input", "missing_required_parameter", "Missing required parameter: 'input'.")
	case json.Unmarshal(q.Input, &one) == nil:
		texts = []string{one}
	case json.Unmarshal(q.Input, &texts) != nil || len(texts) == 0:
		return chat.Invalid("input", "invalid_type", "Invalid type for 'input': expected a string or an array of strings.")
	}
	results := make([]any, len(texts))
	for i, text := range texts {
		results[i] = judged(text)
	}
	return answer(x, map[string]any{"id": "modr-" + x.ID, "model": q.Model, "results": results})
}

// judged is what is thought of a text.
func judged(text string) any {
	violent := strings.Contains(strings.ToLower(text), "kill")
	categories, scores, applied := map[string]bool{}, map[string]float64{}, map[string][]string{}
	for _, name := range []string{
		"harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
		"self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
	} {
		categories[name] = violent && name == "violence"
		scores[name] = 0.0001
		if categories[name] {
			scores[name] = 0.9
		}
		applied[name] = []string{"text"}
	}
	return map[string]any{"flagged": violent, "categories": categories, "category_scores": scores, "category_applied_input_types": applied}
}

// dot is a picture of one pixel.
var dot = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82")

// painted is what a square picture costs in tokens (openai docs, "Image
// generation", 2026-11).
var painted = map[string]int{"low": 272, "medium": 1056, "high": 4160, "auto": 1056, "": 1056}

// paint answers POST /v1/images/generations for the models that are paid by the
// token.
func (p *place) paint(c *core.Core, x *core.Exchange, r *http.Request) *chat.Error {
	var q struct {
		Model      string `json:"model"`
		Prompt     string `json:"prompt"`
		N          int    `json:"n"`
		Quality    string `json:"quality"`
		Size       string `json:"size"`
		Background string `json:"background"`
		Format     string `json:"output_format"`
		User       string `json:"user"`
	}
	if e := decode(r, &q); e != nil {
		return e
	}
	if e := p.known(q.Model, painters); e != nil {
		return e
	}
	cost, known := painted[q.Quality]
	switch {
	case q.Prompt == "":
		return chat.Invalid("prompt", "missing_required_parameter", "Missing required parameter: 'prompt'.")
	case q.N < 0 || q.N > 10:
		return chat.Invalid("n", "invalid_value", "Invalid 'n': expected a value between 1 and 10, but got %d instead.", q.N)
	case !known:
		return chat.Invalid("quality", "invalid_value", "Invalid value: '%s'. Supported values are: 'low', 'medium', 'high', and 'auto'.", q.Quality)
	case q.Size != "" && q.Size != "auto" && q.Size != "1024x1024":
		return chat.Invalid("size", "invalid_value", "Invalid value: '%s'. Only square pictures are emulated.", q.Size)
	}
	n := max(q.N, 1)
	data := make([]map[string]string, n)
	for i := range data {
		data[i] = map[string]string{"b64_json": base64.StdEncoding.EncodeToString(dot)}
	}
	u := core.Usage{Input: len(core.Encode(q.Prompt)), Output: n * cost}
	return p.deliver(c, x, q.Model, "images", map[string]any{
		"created": time.Now().Unix(), "data": data, "output_format": "png", "quality": "medium", "size": "1024x1024", "background": "opaque",
		"usage": map[string]any{
			"input_tokens": u.Input, "output_tokens": u.Output, "total_tokens": u.Total(),
			"input_tokens_details": map[string]int{"text_tokens": u.Input, "image_tokens": 0},
		},
	}, u)
}

// sounds are the formats that are taken (openai docs, "Speech to text", 2026-11).
var sounds = []string{".flac", ".m4a", ".mp3", ".mp4", ".mpeg", ".mpga", ".oga", ".ogg", ".wav", ".webm"}

// perToken is how many bytes of a recording are a token here; what it says is not
// listened to.
const perToken = 3200

// transcribe answers POST /v1/audio/transcriptions.
func (p *place) transcribe(c *core.Core, x *core.Exchange, r *http.Request) *chat.Error {
	name, content, e := formFile(r)
	if e != nil {
		return e
	}
	model, format := r.PostFormValue("model"), r.PostFormValue("response_format")
	switch {
	case model == "":
		return chat.Invalid("model", "", "you must provide a model parameter")
	case !slices.Contains(sounds, strings.ToLower(path.Ext(name))) || len(content) == 0:
		return chat.Invalid("file", "unsupported_value", "Audio file might be corrupted or unsupported")
	case format != "" && format != "json":
		return chat.Invalid("response_format", "unsupported_value", "response_format '%s' is not compatible with model '%s'. Use 'json' instead.", format, model)
	}
	if e := p.known(model, transcribers); e != nil {
		return e
	}
	const heard = "An emulated transcription of what nobody listened to."
	if model == "whisper-1" {
		seconds := (len(content) + 10*perToken - 1) / (10 * perToken)
		return p.deliver(c, x, model, "transcriptions", map[string]any{
			"text": heard, "usage": map[string]any{"type": "duration", "seconds": seconds},
		}, core.Usage{})
	}
	u := core.Usage{Input: (len(content) + perToken - 1) / perToken, Output: len(core.Encode(heard))}
	return p.deliver(c, x, model, "transcriptions", map[string]any{
		"text": heard,
		"usage": map[string]any{
			"type": "tokens", "input_tokens": u.Input, "output_tokens": u.Output, "total_tokens": u.Total(),
			"input_token_details": map[string]int{"text_tokens": 0, "audio_tokens": u.Input},
		},
	}, u)
}
