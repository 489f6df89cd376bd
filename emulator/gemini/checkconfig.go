package gemini

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// mostStops is how many stop sequences are taken.
const mostStops = 5

// checkConfig sees that the generation config is one the model can follow.
func (k *Call) checkConfig(q *request) *rpc.Error {
	c := &q.Config
	for _, check := range []func(*config) *rpc.Error{k.checkRanges, k.checkLogprobs, k.checkUnplayed, k.checkModalities, k.checkFormat, k.checkThinking} {
		if e := check(c); e != nil {
			return e
		}
	}
	switch {
	case q.Cached != "":
		return &rpc.Error{Status: 403, Message: "CachedContent not found (or permission denied)"}
	case q.Armor != nil:
		return rpc.Invalid("The emulator plays no Model Armor.")
	case q.Output != nil || len(q.Continue) > 0:
		return rpc.Invalid("The emulator gives no answers in several calls: output_config and continuation_token are refused.")
	case c.MimeType == jsonType && len(functions(q)) > 0 && !k.model.Signs():
		return rpc.Invalid("Function calling with a response mime type: 'application/json' is unsupported")
	}
	return nil
}

// limit is a range a number must be in.
type limit struct {
	name       string
	value      *float64
	least, top float64
}

func (k *Call) checkRanges(c *config) *rpc.Error {
	for _, l := range []limit{
		{"temperature", c.Temperature, 0, 2},
		{"top_p", c.TopP, 0, 1},
		{"top_k", c.TopK, 1, 1 << 30},
		{"presence_penalty", c.Presence, -2, 2},
		{"frequency_penalty", c.Frequency, -2, 2},
	} {
		if l.value != nil && (*l.value < l.least || *l.value > l.top) {
			return k.refuse(refusals{
				"* GenerateContentRequest.generation_config.%[1]s: %[1]s must be in the range [%[3]v, %[4]v]\n",
				"Unable to submit request because it has a %s value of %v but the supported range is from %v (inclusive) to %v (inclusive). Update the value and try again." + learn,
			}, l.name, *l.value, l.least, l.top)
		}
	}
	if n := c.Candidates; n != nil && (*n < 1 || *n > 8) {
		return k.refuse(refusals{
			"* GenerateContentRequest.generation_config.candidate_count: candidate_count must be in the range [1, 8], got %d\n",
			"Unable to submit request because it has a candidateCount value of %d but the supported range is from 1 (inclusive) to 9 (exclusive). Update the value and try again." + learn,
		}, *n)
	}
	if n := c.Candidates; n != nil && *n > k.model.Candidates {
		return rpc.Invalid("Multiple candidates is not enabled for models/%s", k.model.ID)
	}
	if n := c.MaxOutput; n != nil && (*n < 1 || *n > k.model.MaxOutput) {
		return k.refuse(refusals{
			"* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive and at most %[2]d, got %[1]d\n",
			"Unable to submit request because it has a maxOutputTokens value of %[1]d but the supported range is from 1 (inclusive) to %[3]d (exclusive). Update the value and try again." + learn,
		}, *n, k.model.MaxOutput, k.model.MaxOutput+1)
	}
	if n := len(c.Stop); n > mostStops {
		return k.refuse(refusals{
			"* GenerateContentRequest.generation_config.stop_sequences: at most %[2]d stop sequences are supported, got %[1]d\n",
			"Unable to submit request because it has %d stopSequences but only up to %d are supported. Update the value and try again." + learn,
		}, n, mostStops)
	}
	return nil
}

// checkUnplayed refuses what real models do and this one does not.
func (k *Call) checkUnplayed(c *config) *rpc.Error {
	switch {
	case c.Speech != nil && !k.model.Speaks, c.Image != nil, c.Translation != nil:
		return rpc.Invalid("This emulated model answers with text only: speech_config, image_config and translation_config are refused.")
	case len(c.Formats) > 0:
		return rpc.Invalid("The emulator takes response_mime_type with a schema in place of response_format.")
	case c.Routing != nil, c.ModelChoice != nil:
		return rpc.Invalid("The emulator plays no choice of models: routing_config and model_selection_config are refused.")
	}
	return nil
}

func (k *Call) checkModalities(c *config) *rpc.Error {
	asked, only := c.Modalities, "TEXT"
	if len(asked) == 0 {
		asked = []string{"TEXT"}
	}
	if k.model.Speaks {
		only = "AUDIO"
	}
	if slices.ContainsFunc(asked, func(m string) bool { return m != only }) {
		return rpc.Invalid("The requested combination of response modalities (%s) is not supported by the model. models/%s accepts the following combination of response modalities:\n* %s\n",
			strings.Join(asked, ", "), k.model.ID, only)
	}
	return k.checkVoice(c)
}

// checkVoice sees to the one voice; conversations of several are not played.
func (k *Call) checkVoice(c *config) *rpc.Error {
	if c.Speech == nil {
		return nil
	}
	var s struct {
		Voice struct {
			Prebuilt struct {
				Name string `json:"voiceName"`
			} `json:"prebuiltVoiceConfig"`
		} `json:"voiceConfig"`
	}
	err := json.Unmarshal(c.Speech, &s)
	if name := s.Voice.Prebuilt.Name; err != nil || !slices.ContainsFunc(voices, func(v string) bool { return strings.EqualFold(v, name) }) {
		return rpc.Invalid("Voice name %s is not supported. Allowed voice names are: %s", name, strings.ToLower(strings.Join(voices, ", ")))
	}
	return nil
}

// voices are some of Google's thirty.
var voices = []string{"Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede"}

const jsonType = "application/json"

// checkFormat sees to the format of the answer.
func (k *Call) checkFormat(c *config) *rpc.Error {
	switch c.MimeType {
	case "", "text/plain", jsonType:
	case "text/x.enum":
		return rpc.Invalid("The emulator plays no answers of type text/x.enum; use application/json with an enum.")
	default:
		return k.refuse(refusals{
			"* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n",
			"Unable to submit request because the response_mime_type '%s' is not supported. Update the value and try again." + learn,
		}, args(k.Vertex, c.MimeType)...)
	}
	switch {
	case c.Schema != nil && c.JSONSchema != nil:
		return rpc.Invalid("* GenerateContentRequest.generation_config: only one of response_schema and response_json_schema may be set.\n")
	case (c.Schema != nil || c.JSONSchema != nil) && c.MimeType != jsonType:
		return rpc.Invalid("Schema is only supported when response_mime_type is application/json: set generation_config.response_mime_type to `application/json`.")
	case c.Schema != nil:
		return checkSchema("* GenerateContentRequest.generation_config.response_schema", c.Schema)
	case c.JSONSchema != nil && c.JSONSchema[0] != '{':
		return rpc.Invalid("* GenerateContentRequest.generation_config.response_json_schema: should be a JSON object.\n")
	}
	return nil
}

// args are arguments for sentences of which only Vertex AI's takes them.
func args(vertex bool, all ...any) []any {
	if vertex {
		return all
	}
	return nil
}

// checkThinking holds budgets and levels against the model.
func (k *Call) checkThinking(c *config) *rpc.Error {
	t := c.ThinkingAsked
	if t == nil {
		return nil
	}
	level := t.Level != "" && t.Level != "THINKING_LEVEL_UNSPECIFIED"
	switch {
	case level && t.Budget != nil:
		return rpc.Invalid("You can only set only one of thinking budget and thinking level.")
	case level && !k.model.Signs():
		return rpc.Invalid("Thinking level is not supported for this model.")
	case t.Level == "MINIMAL" && k.model.Pro:
		return rpc.Invalid("Thinking level MINIMAL is not supported for this model.")
	case t.Budget == nil || *t.Budget == -1:
		return nil
	case *t.Budget == 0 && k.model.Pro:
		return rpc.Invalid("Budget 0 is invalid. This model only works in thinking mode.")
	case *t.Budget == 0:
		return nil
	}
	least, most := k.model.BudgetLeast, k.model.BudgetMost
	if k.model.Signs() {
		least, most = 1, k.model.MaxOutput
	}
	if *t.Budget < least || *t.Budget > most {
		return k.refuse(refusals{
			"The thinking budget %d is invalid. Please choose a value between %d and %d.",
			"Unable to submit request because thinking_budget is out of range: %d; supported values are from %d to %d.",
		}, *t.Budget, least, most)
	}
	return nil
}
