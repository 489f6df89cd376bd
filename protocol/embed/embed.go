// Package embed speaks the languages in which models are asked for vectors:
// OpenAI's embeddings, Amazon Titan's and Cohere's bodies of Bedrock's
// InvokeModel, Google's embedContent and batchEmbedContents, and Vertex AI's
// predict.
//
// They are small and alike, so they share a room. A language here says errors as
// the API's chat language does, which it carries; what is its own is how a
// request is opened, patched, read and written, and how vectors are. Numbers are
// never computed with: the text of a vector is passed on as the place wrote it,
// except where a client wants float32 in base64, as OpenAI's SDKs do. Answers are
// not streamed. The package does no I/O; cloud drivers and package protocol/all
// open onto it.
//
// Field names follow openai-go v3.96.0, google.golang.org/genai v1.77.0 and
// Amazon's pages on Titan Text Embeddings V2 and Cohere Embed v3 and v4 (all
// 2026-11).
package embed

import (
	"net/http"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// speech is what a language takes over from the chat language of its API: how
// errors are said. Its own name hides the other's.
type speech struct {
	protocol.Protocol
	name string
}

// Name implements protocol.Protocol.
func (s speech) Name() string { return s.name }

// openBody scans a request whose path or body names the model.
func openBody(s protocol.Spoken, body []byte, w *jsonscan.Watch) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, w)
	if err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	o.Head = interline.Head{Operation: s.Operation, Model: s.Model, InputSize: len(body)}
	return o, nil
}

// openInPath opens a request whose path names the model.
func openInPath(s protocol.Spoken, body []byte, w *jsonscan.Watch) (*protocol.Opened, error) {
	if s.Model == "" {
		return nil, interline.Invalid("model", "the path must name a model")
	}
	return openBody(s, body, w)
}

// patch leaves a body as it is whose model is in the path.
func patch(o *protocol.Opened) (protocol.Segments, []interline.Loss) {
	return protocol.Segments{o.Body}, nil
}

// needed refuses a body without a member, or with one of another kind.
func needed(obj jsonscan.Object, name string, kind byte, want string) error {
	v := obj.Value(name)
	switch {
	case v == nil:
		return interline.Invalid(name, "missing required parameter: '%s'", name)
	case byte(protocol.Kind(v)) != kind:
		return interline.Invalid(name, "invalid type for '%s': expected %s", name, want)
	case kind == '[' && empty(v):
		return interline.Invalid(name, "invalid '%s': empty array", name)
	}
	return nil
}

// meter reads the usage of an answer that passes.
type meter struct {
	read func(http.Header, []byte) (*interline.Vectors, error)
	used *interline.Usage
}

// Read implements protocol.Meter.
func (m *meter) Read(f protocol.Frame) protocol.Seen {
	v, err := m.read(nil, f.Data)
	if err != nil {
		return protocol.SawContent
	}
	if v.Reported {
		m.used = &v.Usage
	}
	return protocol.SawContent | protocol.SawTerminal
}

// Usage implements protocol.Meter.
func (m *meter) Usage() *interline.Usage { return m.used }

// Fault implements protocol.Meter: an answer of vectors holds none.
func (m *meter) Fault() *interline.Fault { return nil }

// cannot is a request that a language cannot take at all, though another place's
// might.
func cannot(param, format string, args ...any) error {
	f := interline.Invalid(param, format, args...)
	f.Class = interline.C2Capability
	return f
}

// words are what each language calls the things that it may have to do without
// elsewhere; of inputs, where the first one is.
var words = map[string]map[string]string{
	protocol.Embeddings:         {"purpose": "input_type"},
	protocol.Titan:              {"input": "inputText"},
	protocol.Cohere:             {"input": "texts", "purpose": "input_type", "dimensions": "output_dimension"},
	protocol.EmbedContent:       {"input": "content", "purpose": "taskType", "dimensions": "outputDimensionality", "truncate": "autoTruncate"},
	protocol.BatchEmbedContents: {"input": "requests", "purpose": "requests[].taskType", "title": "requests[].title", "dimensions": "requests[].outputDimensionality"},
	protocol.Predict:            {"input": "instances", "purpose": "instances[].task_type", "title": "instances[].title", "dimensions": "parameters.outputDimensionality", "truncate": "parameters.autoTruncate"},
}

// word is what the caller calls something.
func word(from, name string) string {
	if w := words[from][name]; w != "" {
		return w
	}
	return name
}

// at is the caller's name of one input.
func at(from string, i int) string {
	switch from {
	case protocol.Titan, protocol.EmbedContent:
		return word(from, "input")
	}
	return word(from, "input") + "[" + strconv.Itoa(i) + "]"
}

// able is what a language has a word for.
type able struct{ purpose, dimensions, title, truncate, normalize, user, images bool }

// lose lists what a language cannot say, and refuses inputs that it cannot take.
func (a able) lose(r *interline.EmbedRequest, from, language string) ([]interline.Loss, error) {
	for i, in := range r.Inputs {
		switch {
		case in.Tokens != nil && language != protocol.Embeddings:
			return nil, cannot(at(from, i), "token ids mean something to OpenAI's tokenizers only, and the deployment has another one: send the text")
		case in.Image != "" && !a.images:
			return nil, cannot(at(from, i), "the deployment embeds text only")
		}
	}
	var out []interline.Loss
	lost := func(said bool, name string) {
		if said {
			out = append(out, loss.EmbedParameter.At(word(from, name)))
		}
	}
	lost(r.Dimensions > 0 && !a.dimensions, "dimensions")
	lost(r.Purpose != "" && !a.purpose, "purpose")
	lost(titled(r) && !a.title, "title")
	lost(r.Truncate != "" && r.Truncate != interline.TruncateNone && !a.truncate, "truncate")
	lost(r.Normalize != nil && !*r.Normalize && !a.normalize, "normalize")
	lost(r.User != "" && !a.user, "user")
	for _, m := range r.Extra {
		out = append(out, loss.EmbedParameter.At(m.Name))
	}
	return out, nil
}

func titled(r *interline.EmbedRequest) bool {
	for _, in := range r.Inputs {
		if in.Title != "" {
			return true
		}
	}
	return false
}

// single refuses more than one input where a call takes one. Several calls would
// have to be made, answered and billed as one, which is left to the client.
func single(r *interline.EmbedRequest, from, who string) error {
	if len(r.Inputs) == 1 {
		return nil
	}
	return cannot(word(from, "input"), "%s takes one input in each request, and there are %d: send a request for each", who, len(r.Inputs))
}
