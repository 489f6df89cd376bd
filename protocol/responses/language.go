// Package responses speaks OpenAI's Responses, the language that OpenAI, Azure
// OpenAI and Amazon Bedrock (Mantle and /openai/v1) share for models that
// reason.
//
// A conversation is a list of items here: messages, calls, results and
// reasoning stand beside each other. Neighbouring items of the assistant are
// read as one turn, neighbouring results as one of the user, which is how the
// other languages have them. What refers to state that only the vendor keeps
// (an earlier response, a conversation, a stored prompt) cannot be said
// elsewhere and is reported as a loss of messages. Requests are written
// stateless. A custom tool, which takes free text, is read as the vendor's own with
// a function beside it that stands for it elsewhere.
//
// Field names follow openai-go v3.96.0 (2026-11-05). The package does no I/O.
package responses

import (
	"bytes"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/openai"
)

// Dialect is how a vendor's Responses deviates. The zero value is OpenAI's own.
type Dialect struct {
	// Refuses lists members the vendor answers 4xx to. They are left out and
	// reported as losses.
	Refuses []string
	// LocalCalls: the ids of calls begin again in every response (GPT-5.x on
	// Bedrock Mantle; recorded, 2026). A translated answer has ids that hold for a
	// whole conversation; a forwarded one has the vendor's, as its own clients
	// know them.
	LocalCalls bool
}

// Language is Responses in one dialect.
type Language struct{ dialect Dialect }

var _ protocol.Translator = (*Language)(nil)

// New returns the language in the given dialect.
func New(d Dialect) *Language { return &Language{dialect: d} }

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.Responses }

// Envelope implements protocol.Protocol.
func (*Language) Envelope() protocol.Envelope { return protocol.SSE }

// watch holds the members that this gateway reads before a request is sent, of
// which no other spelling is accepted, and the words that show what a
// deployment must be able to do.
var watch = jsonscan.NewWatch([]string{
	"model", "input", "instructions", "stream", "max_output_tokens", "tools", "tool_choice", "parallel_tool_calls",
	"reasoning", "text", "temperature", "top_p", "user", "metadata", "service_tier", "store", "include",
	"previous_response_id", "conversation", "prompt", "background", "messages",
}, "input_image", "input_audio", "input_file", "json_schema", "encrypted_content", "file_id", "file_ids", "vector_store_ids", "container")

// sealed is the bit of the watched word that seals stand in.
const sealed = 1 << 4

// kept are those of the watched words that name what the vendor keeps.
const kept = 1<<5 | 1<<6 | 1<<7 | 1<<8

// marks are what the watched words show, in their order.
var marks = [...]interline.Capabilities{interline.CapImages, interline.CapAudio, interline.CapDocuments, interline.CapSchema}

// Open implements protocol.Protocol.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, watch)
	if err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	// Usage is always told; there is no switch for it.
	o.Head = interline.Head{Operation: s.Operation, Model: s.Model, InputSize: len(body), StreamUsage: true}
	if err := openai.Model(o); err != nil {
		return nil, err
	}
	if err := checkInput(obj); err != nil {
		return nil, err
	}
	v := obj.Value("stream")
	stream, isBool := obj.Bool("stream")
	if v != nil && !isBool && string(v) != "null" {
		return nil, interline.Invalid("stream", "invalid type for 'stream': expected a boolean")
	}
	o.Head.Stream, o.Needs = stream, needs(obj)
	return o, nil
}

// checkInput refuses a request that asks nothing. A stored prompt, an earlier
// response and a conversation may ask it instead.
func checkInput(obj jsonscan.Object) error {
	if obj.Value("messages") != nil {
		return interline.Invalid("messages", "unsupported parameter: 'messages' belongs to Chat Completions, and this path takes Responses: send 'input'")
	}
	v := obj.Value("input")
	empty := v == nil || string(v) == "null"
	switch {
	case !empty && protocol.Kind(v) == '"':
		return nil
	case !empty && protocol.Kind(v) != '[':
		return interline.Invalid("input", "invalid type for 'input': expected a string or an array of items")
	case !empty && len(bytes.Trim(v, "[] \t\r\n")) > 0:
		return nil
	}
	for _, name := range stateful {
		if v := obj.Value(name); v != nil && string(v) != "null" {
			return nil
		}
	}
	if empty {
		return interline.Invalid("input", "missing required parameter: 'input'")
	}
	return interline.Invalid("input", "invalid 'input': empty array, expected at least one item")
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
	if v := obj.Value("tools"); len(v) > 2 && v[0] == '[' {
		c |= interline.CapTools
	}
	if inner, err := jsonscan.Scan(obj.Value("reasoning")); err == nil {
		if effort, ok := inner.String("effort"); ok && effort != "none" {
			c |= interline.CapReasoning
		}
	}
	return c
}
