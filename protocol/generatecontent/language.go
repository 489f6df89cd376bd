// Package generatecontent speaks Google's generateContent and
// streamGenerateContent, as the Gemini API (v1, v1beta) and Vertex AI have them.
//
// Field names follow google.golang.org/genai v1.77.0 (2026-10-29). The model and
// whether to stream stand in the path, so the body has neither. Streamed answers
// are server-sent events when the path says alt=sse, which all of Google's
// clients say, and otherwise one JSON array whose elements arrive as they are
// made: [New] speaks the one, [Array] the other, and both have the same name.
// Requests may spell their members in camelCase or snake_case, as protobuf's JSON
// allows; what is written is camelCase. A stream of events has no terminal
// frame: it is whole when every candidate said why it ended. The package never
// knows a host, a key or a region, and does no I/O.
package generatecontent

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Issuer is who seals the thoughts, texts and calls of Gemini.
const Issuer = "google"

// Language is generateContent in one envelope, as one of Google's two products
// takes it.
type Language struct {
	array   bool
	product product
}

// product is which of Google's two products a language is written for.
type product uint8

const (
	anyProduct product = iota
	geminiAPI
	vertexAI
)

var (
	_ protocol.Translator = (*Language)(nil)
	_ protocol.Counter    = (*Language)(nil)
)

// New returns the language with answers streamed as server-sent events.
func New() *Language { return &Language{} }

// Gemini returns the language as the Gemini API takes it, streamed as server-sent
// events: what only Vertex AI has is taken out of what is forwarded.
func Gemini() *Language { return &Language{product: geminiAPI} }

// Vertex returns the language as Vertex AI takes it, streamed as server-sent events:
// it has labels, refuses what only the Gemini API has, and wants a role of every
// turn (genai v1.77.0).
func Vertex() *Language { return &Language{product: vertexAI} }

// Array returns the language with answers streamed as one JSON array.
func Array() *Language { return &Language{array: true} }

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.GenerateContent }

// Envelope implements protocol.Protocol.
func (l *Language) Envelope() protocol.Envelope {
	if l.array {
		return protocol.JSONArray
	}
	return protocol.SSE
}

// members are those that are read, in either spelling, and the one by which the
// bodies of other languages are known.
var members = []string{
	"contents", "systemInstruction", "system_instruction", "tools", "toolConfig", "tool_config", "generationConfig",
	"generation_config", "safetySettings", "safety_settings", "cachedContent", "cached_content", "labels", "serviceTier",
	"service_tier", "generateContentRequest", "generate_content_request", "messages",
}

// watch holds the members that are read, of which no other letter case is
// accepted, and the words that show what a deployment must be able to do.
var watch = jsonscan.NewWatch(members, "inlineData", "inline_data", "fileData", "file_data",
	"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf",
	"audio/wav", "audio/mp3", "audio/mpeg", "audio/ogg", "audio/flac",
	"responseSchema", "response_schema", "responseJsonSchema", "response_json_schema", "thinkingConfig", "thinking_config",
	"thoughtSignature", "thought_signature",
	"toolCall", "tool_call", "toolResponse", "tool_response", "partMetadata", "part_metadata",
	"willContinue", "will_continue", "partialArgs", "partial_args")

// sealed is the bits of the watched words that seals stand in.
const sealed = 3 << 20

// unlike is the bits of members of parts that one of the two products refuses, and
// hasMedium those of media, whose names one does.
const (
	unlike    = 1<<32 - 1<<22
	hasMedium = 1<<4 - 1
)

// marks are what the watched words show, in their order. The first four only
// say that there is a medium of some kind.
var marks = [...]interline.Capabilities{
	0, 0, 0, 0,
	interline.CapImages, interline.CapImages, interline.CapImages, interline.CapImages, interline.CapDocuments,
	interline.CapAudio, interline.CapAudio, interline.CapAudio, interline.CapAudio, interline.CapAudio,
	interline.CapSchema, interline.CapSchema, interline.CapSchema, interline.CapSchema,
	interline.CapReasoning, interline.CapReasoning,
}

const (
	someMedium = hasMedium
	anyMedia   = interline.CapImages | interline.CapDocuments | interline.CapAudio
)

// Open implements protocol.Protocol.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, watch)
	if err != nil {
		return nil, err
	}
	if s.Model == "" {
		return nil, interline.Invalid("model", "the path must name a model: /models/{model}:generateContent")
	}
	if err := checkSpellings(obj); err != nil {
		return nil, err
	}
	if err := checkContents(s, obj); err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	o.Head = interline.Head{
		Operation: s.Operation, Model: s.Model, Stream: s.Stream, StreamUsage: true,
		InputSize: len(body), Needs: needs(obj),
	}
	return o, nil
}

// checkSpellings refuses a member that is said in both spellings, and one that
// is nearly a known one: what policy saw might not be what the cloud takes.
func checkSpellings(obj jsonscan.Object) error {
	for _, m := range obj.Members {
		camel := camelName(m.Name)
		for _, known := range members {
			if camel != known && m.Name != known && strings.EqualFold(camel, known) {
				return interline.Invalid(m.Name, "%q is spelled %q", m.Name, known)
			}
		}
		if _, twice := obj.Find(camel); twice && camel != m.Name {
			return interline.Invalid(camel, "%q is said twice, also as %q", camel, m.Name)
		}
	}
	return nil
}

// checkContents wants something to answer, and refuses a body of another
// language in Google's words. A question for the number of tokens
// may hold a whole request instead.
func checkContents(s protocol.Spoken, obj jsonscan.Object) error {
	if obj.Value("messages") != nil {
		return interline.Invalid("messages", `Invalid JSON payload received. Unknown name "messages": Cannot find field.`)
	}
	if s.Operation == interline.OperationCount && inner(obj) != nil {
		return nil
	}
	v := obj.Value("contents")
	switch {
	case v == nil:
		return interline.Invalid("contents", "* GenerateContentRequest.contents: contents is not specified")
	case protocol.Kind(v) != '[':
		return interline.Invalid("contents", "'contents' must be a list")
	case len(bytes.Trim(v, "[] \t\r\n")) == 0:
		return interline.Invalid("contents", "* GenerateContentRequest.contents: contents is not specified")
	}
	return nil
}

// inner is the whole request within a question for the number of tokens.
func inner(obj jsonscan.Object) []byte {
	for _, name := range []string{"generateContentRequest", "generate_content_request"} {
		if v := obj.Value(name); protocol.Kind(v) == '{' {
			return v
		}
	}
	return nil
}

// needs guesses what a deployment must be able to do. It goes by words seen
// anywhere in the body, so it may say too much, never too little; it orders
// candidates and refuses nothing by itself.
func needs(obj jsonscan.Object) interline.Capabilities {
	var c interline.Capabilities
	for i, mark := range marks {
		if obj.Words&(1<<i) != 0 {
			c |= mark
		}
	}
	if obj.Words&someMedium != 0 && c&anyMedia == 0 {
		c |= interline.CapImages | interline.CapDocuments
	}
	if v := obj.Value("tools"); protocol.Kind(v) == '[' && len(bytes.Trim(v, "[] \t\r\n")) > 0 {
		c |= interline.CapTools
	}
	return c
}

// Patch implements protocol.Protocol. The model is in the path, so there is
// nothing to patch but what the edits rename or remove; what is removed goes in
// either spelling. For one of Google's products, what only the other has goes too.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	remove := e.Remove
	if whole := l.unwrapped(o); whole != o {
		o, remove = whole, append(slices.Clip(remove), "model") // it is in the path
	}
	for _, m := range o.Members.Members {
		if camel := camelName(m.Name); camel != m.Name && slices.Contains(e.Remove, camel) {
			remove = append(slices.Clip(remove), m.Name)
		}
	}
	var refuses []string
	if x := l.refused(); x != nil {
		refuses = x.top
	}
	reps, losses := protocol.Amend(o, e.Rename, remove, refuses)
	others, lost := l.withoutOthers(o)
	reps, losses = append(reps, others...), append(losses, lost...)
	if o.Members.Words&sealed != 0 {
		others, lost := withoutForeign(o.Body, e.Place)
		reps, losses = append(reps, others...), append(losses, lost...)
	}
	return protocol.Splice(o.Body, reps), losses
}

// Fetches implements protocol.Fetching: Google reads its own files, YouTube and,
// on Vertex, Cloud Storage, all of which are no addresses of the web here.
func (*Language) Fetches(interline.Block) bool { return false }

// Method is what a path says of a request after the model, with the query that
// asks for server-sent events; "" for an operation that the language does not
// have.
func Method(h *interline.Head) string {
	switch {
	case h.Operation == interline.OperationCount:
		return ":countTokens"
	case h.Operation != interline.OperationChat:
		return ""
	case h.Stream:
		return ":streamGenerateContent?alt=sse"
	}
	return ":generateContent"
}

// AppendCount implements protocol.Counter.
func (*Language) AppendCount(dst []byte, tokens int64) []byte {
	return append(strconv.AppendInt(append(dst, `{"totalTokens":`...), tokens, 10), '}')
}
