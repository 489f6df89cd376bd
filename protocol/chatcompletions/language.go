// Package chatcompletions speaks OpenAI's Chat Completions, the language that
// OpenAI, Azure OpenAI, Amazon Bedrock (/openai/v1) and most self-hosted
// servers share, with their deviations as data ([Dialect]).
//
// Field names follow openai-go v3.96.0 (2026-11-05). Reasoning text, for which
// the language has no official place, is read from every field the vendors use
// and written to clients as reasoning_content, with signed blocks beside it in
// thinking_blocks.
package chatcompletions

import (
	"bytes"
	"maps"
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
	"github.com/interline-ai/interline/protocol/openai"
)

// Dialect is how a vendor's Chat Completions deviates. The zero value is
// OpenAI's own.
type Dialect struct {
	// MaxTokens is the name of the limit the vendor knows: "max_tokens" or
	// "max_completion_tokens"; empty: as the model's traits say.
	MaxTokens string
	// Required is the vendor's word for tool_choice "required" (Mistral: any).
	Required string
	// Seed is the vendor's name of seed (Mistral: random_seed).
	Seed string
	// Reasoning is the message field in which the vendor takes earlier
	// reasoning back; empty: it takes none.
	Reasoning string
	// ShortToolIDs: tool call ids must be nine letters or digits (Mistral).
	ShortToolIDs bool
	// NoDeveloper: the vendor knows only the system role.
	NoDeveloper bool
	// NoStreamOptions: the vendor refuses stream_options, and tells usage
	// unasked or never.
	NoStreamOptions bool
	// NoDone: streams end without "[DONE]"; a finish_reason makes them whole.
	NoDone bool
	// ReasoningApart: completion_tokens leaves reasoning tokens out (xAI).
	ReasoningApart bool
	// NoEfforts lists the reasoning efforts that the vendor's surface has no word
	// for, whatever its models could do. The nearest one is sent.
	NoEfforts []interline.Effort
	// Refuses lists members the vendor answers 4xx to. They are left out and
	// reported as losses.
	Refuses []string
}

// Language is Chat Completions in one dialect.
type Language struct{ dialect Dialect }

var _ protocol.Translator = (*Language)(nil)

// New returns the language in the given dialect.
func New(d Dialect) *Language { return &Language{dialect: d} }

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.ChatCompletions }

// Envelope implements protocol.Protocol.
func (*Language) Envelope() protocol.Envelope { return protocol.SSE }

// watch holds the members that this gateway reads before a request is sent, of
// which no other spelling is accepted, and the words that show what a
// deployment must be able to do.
var watch = jsonscan.NewWatch([]string{
	"model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
	"tools", "tool_choice", "n", "user", "metadata", "response_format", "service_tier", "store", "reasoning_effort",
	"temperature", "top_p", "stop", "seed", "parallel_tool_calls",
}, "image_url", "input_audio", "file", "json_schema", "thinking_blocks", "file_id")

// sealed is the bit of the watched word that seals stand in.
const sealed = 1 << 4

// Refers implements protocol.Referring.
func (*Language) Refers(o *protocol.Opened) bool { return o.Members.Words&(1<<5) != 0 }

// marks are what the watched words show, in their order.
var marks = [...]interline.Capabilities{interline.CapImages, interline.CapAudio, interline.CapDocuments, interline.CapSchema}

// Open implements protocol.Protocol.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, watch)
	if err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	o.Head = interline.Head{Operation: s.Operation, Model: s.Model, InputSize: len(body)}
	if err := openai.Model(o); err != nil {
		return nil, err
	}
	if err := checkMessages(obj); err != nil {
		return nil, err
	}
	if err := l.openStream(o); err != nil {
		return nil, err
	}
	o.Needs = needs(obj)
	return o, nil
}

func checkMessages(obj jsonscan.Object) error {
	v := obj.Value("messages")
	switch {
	case v == nil && obj.Value("input") != nil:
		return interline.Invalid("input", "this is the body of a Responses request, and this path takes Chat Completions: send 'messages'")
	case v == nil:
		return interline.Invalid("messages", "missing required parameter: 'messages'")
	case protocol.Kind(v) != '[':
		return interline.Invalid("messages", "invalid type for 'messages': expected an array of objects")
	case len(bytes.Trim(v, "[] \t\r\n")) == 0:
		return interline.Invalid("messages", "invalid 'messages': empty array, expected at least one message")
	}
	return nil
}

func (l *Language) openStream(o *protocol.Opened) error {
	v := o.Members.Value("stream")
	stream, isBool := o.Members.Bool("stream")
	if v != nil && !isBool && string(v) != "null" {
		return interline.Invalid("stream", "invalid type for 'stream': expected a boolean")
	}
	o.Head.Stream = stream
	opts := o.Members.Value("stream_options")
	if opts == nil || string(opts) == "null" {
		return nil
	}
	if protocol.Kind(opts) != '{' {
		return interline.Invalid("stream_options", "invalid type for 'stream_options': expected an object")
	}
	inner, err := jsonscan.Scan(opts)
	if err != nil {
		return interline.Invalid("stream_options", "%v", err)
	}
	o.Head.StreamUsage, _ = inner.Bool("include_usage")
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
	if v := obj.Value("tools"); len(v) > 2 {
		c |= interline.CapTools
	}
	if v := obj.Value("reasoning_effort"); len(v) > 2 && v[0] == '"' && string(v) != `"none"` {
		c |= interline.CapReasoning
	}
	return c
}

// Fetches implements protocol.Fetching: a document has no address here.
func (*Language) Fetches(b interline.Block) bool { return b.Kind != interline.Document }

// Patch implements protocol.Protocol. A dialect's own names and refusals are
// applied too; OpenAI's dialect, the zero one, has none.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	refuses := l.dialect.Refuses
	if l.dialect.NoStreamOptions {
		refuses = append(slices.Clip(refuses), "stream_options")
	}
	reps, losses := protocol.Amend(o, l.renames(e.Rename), e.Remove, refuses)
	reps = append(reps, protocol.SetModel(o, e.Model)...)
	if e.StreamUsage && o.Head.Stream && !o.Head.StreamUsage && !l.dialect.NoStreamOptions {
		reps = append(reps, askUsage(o.Members))
	}
	if m, ok := o.Members.Find("tool_choice"); ok && l.dialect.Required != "" && string(o.Body[m.Start:m.End]) == `"required"` {
		reps = append(reps, protocol.Replacement{Start: m.Start, End: m.End, Value: protocol.Quote(l.dialect.Required)})
	}
	if near, lost := l.nearEffort(o); near != nil {
		reps, losses = append(reps, near...), append(losses, lost...)
	}
	if o.Members.Words&sealed != 0 {
		cuts, lost := protocol.WithoutEnclosed(o.Body, protocol.NoSeal)
		reps, losses = append(reps, cuts...), append(losses, lost...)
	}
	return protocol.Splice(o.Body, reps), losses
}

// nearEffort puts the nearest effort in the place of one that the vendor has no
// word for.
func (l *Language) nearEffort(o *protocol.Opened) ([]protocol.Replacement, []interline.Loss) {
	m, said := o.Members.Find("reasoning_effort")
	if !said || len(l.dialect.NoEfforts) == 0 {
		return nil, nil
	}
	word, _ := jsonscan.Unquote(o.Body[m.Start:m.End])
	asked := interline.Effort(word)
	if !slices.Contains(l.dialect.NoEfforts, asked) {
		return nil, nil
	}
	near := nearest(asked, l.dialect.NoEfforts)
	return []protocol.Replacement{{Start: m.Start, End: m.End, Value: protocol.Quote(string(near))}},
		[]interline.Loss{loss.EffortNear.At("reasoning_effort", asked, near)}
}

// renames adds the dialect's own names to those of the edits.
func (l *Language) renames(edits map[string]string) map[string]string {
	if l.dialect.MaxTokens == "" && l.dialect.Seed == "" {
		return edits
	}
	all := maps.Clone(edits)
	if all == nil {
		all = make(map[string]string, 2)
	}
	switch l.dialect.MaxTokens {
	case "max_tokens":
		all["max_completion_tokens"] = "max_tokens"
	case "max_completion_tokens":
		all["max_tokens"] = "max_completion_tokens"
	}
	if l.dialect.Seed != "" {
		all["seed"] = l.dialect.Seed
	}
	return all
}

// askUsage sets stream_options.include_usage.
func askUsage(obj jsonscan.Object) protocol.Replacement {
	m, ok := obj.Find("stream_options")
	if !ok {
		return protocol.Insert(obj, `"stream_options":{"include_usage":true}`)
	}
	all := protocol.Replacement{Start: m.Start, End: m.End, Value: []byte(`{"include_usage":true}`)}
	inner, err := jsonscan.Scan(obj.Body[m.Start:m.End])
	if err != nil {
		return all // null
	}
	if v, ok := inner.Find("include_usage"); ok {
		return protocol.Replacement{Start: m.Start + v.Start, End: m.Start + v.End, Value: []byte("true")}
	}
	in := protocol.Insert(inner, `"include_usage":true`)
	return protocol.Replacement{Start: m.Start + in.Start, End: m.Start + in.End, Value: in.Value}
}
