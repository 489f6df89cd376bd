// Package messages speaks Anthropic's Messages, the language of Claude on
// Anthropic's own API, on the Claude Platform of AWS and Google, on Microsoft
// Foundry and on Bedrock's /anthropic path, with their deviations as data
// ([Dialect]).
//
// Field names follow anthropic-sdk-go v1.84.0 (2026-10-20). The body is the
// same for clients of anthropic-version 2023-06-01 and 2026-10-21; the newer
// one only declares role system and leaves the sampling parameters out of its
// types, which older models still take. The package never looks at headers and
// does no I/O.
package messages

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Dialect is how a place's Messages deviates. The zero value is Anthropic's
// own.
type Dialect struct {
	// Version is the anthropic_version of the clouds whose paths name the model:
	// bodies say it and no model. "" is the API of Anthropic, where bodies name the
	// model and a header the version.
	Version string
	// NoSchema: output_config.format is refused (Bedrock for the newest
	// models, Bedrock Mantle: probed 2026-08-22). A schema is then asked for
	// with a tool, and the tool's input comes back as text, whatever language
	// the caller speaks.
	NoSchema bool
	// NoMidSystem: system turns amid a conversation are refused whatever the model
	// takes elsewhere (Foundry: anthropic docs, 2026-11).
	NoMidSystem bool
	// NoFetch: pictures and documents must come by their bytes (Bedrock, Vertex AI:
	// anthropic docs, 2026-11).
	NoFetch bool
	// Refuses lists members that the place answers 4xx to, such as the
	// top-level cache_control. They are left out and reported as losses.
	Refuses []string
}

// Language is Messages in one dialect.
type Language struct{ dialect Dialect }

var (
	_ protocol.Translator = (*Language)(nil)
	_ protocol.Picky      = (*Language)(nil)
)

// New returns the language in the given dialect.
func New(d Dialect) *Language { return &Language{dialect: d} }

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.Messages }

// Envelope implements protocol.Protocol.
func (*Language) Envelope() protocol.Envelope { return protocol.SSE }

// watch holds the members that this gateway reads before a request is sent, of
// which no other spelling is accepted, and the words that show what a
// deployment must be able to do.
var watch = jsonscan.NewWatch([]string{
	"model", "messages", "max_tokens", "stream", "system", "tools", "tool_choice", "thinking", "output_config",
	"metadata", "stop_sequences", "temperature", "top_p", "top_k", "service_tier", "cache_control", "container",
	"anthropic_version", "anthropic_beta", // of the clouds that have no headers for them
}, "image", "document", "json_schema", "signature", "url", "file_id")

// The bits of the watched words that seals stand in, and that media by their
// address do.
const (
	sealed    = 1 << 3
	byAddress = 1 << 4
	uploaded  = 1 << 5
)

// Refers implements protocol.Referring.
func (*Language) Refers(o *protocol.Opened) bool { return o.Members.Words&uploaded != 0 }

// marks are what the watched words show, in their order.
var marks = [...]interline.Capabilities{interline.CapImages, interline.CapDocuments, interline.CapSchema}

// Open implements protocol.Protocol.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, watch)
	if err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	o.Head = interline.Head{Operation: s.Operation, Model: s.Model, InputSize: len(body), StreamUsage: true}
	if err := openModel(o); err != nil {
		return nil, err
	}
	if s.Operation != interline.OperationCount { // what is not answered needs no limit
		if err := checkLimit(obj); err != nil {
			return nil, err
		}
	}
	if err := checkMessages(obj); err != nil {
		return nil, err
	}
	v := obj.Value("stream")
	stream, isBool := obj.Bool("stream")
	if v != nil && !isBool {
		return nil, interline.Invalid("stream", "stream: Input should be a valid boolean")
	}
	o.Head.Stream = stream
	o.Needs = needs(obj)
	return o, nil
}

// openModel reads the model, which the paths of some clouds name instead of the
// body.
func openModel(o *protocol.Opened) error {
	v := o.Members.Value("model")
	model, isString := jsonscan.Unquote(v)
	switch {
	case v != nil && !isString:
		return interline.Invalid("model", "model: Input should be a valid string")
	case o.Spoken.Model != "":
		return nil
	case v == nil:
		return interline.Invalid("model", "model: Field required")
	case model == "":
		return interline.Invalid("model", "model: String should have at least 1 character")
	}
	o.Head.Model = model
	return nil
}

// Takes implements protocol.Picky.
func (l *Language) Takes(o *protocol.Opened) bool {
	schema := bytes.Contains(o.Members.Value("output_config"), []byte(`"json_schema"`))
	byURL := o.Members.Words&byAddress != 0
	return (!schema || !l.dialect.NoSchema) && (!byURL || !l.dialect.NoFetch)
}

// Fetches implements protocol.Fetching.
func (l *Language) Fetches(interline.Block) bool { return !l.dialect.NoFetch }

// versionMember is what bodies say at the clouds whose paths name the model.
const versionMember = "anthropic_version"

// inPath reports whether the model stands in the path alone. A question for the
// number of tokens has the model in the body everywhere.
func (l *Language) inPath(o *protocol.Opened) bool {
	return l.dialect.Version != "" && o.Head.Operation != interline.OperationCount
}

// setVersion returns the replacement that says the dialect's version.
func (l *Language) setVersion(o *protocol.Opened) []protocol.Replacement {
	said := protocol.Quote(l.dialect.Version)
	m, ok := o.Members.Find(versionMember)
	switch {
	case !ok:
		return []protocol.Replacement{protocol.Insert(o.Members, `"`+versionMember+`":`+string(said))}
	case string(o.Body[m.Start:m.End]) == string(said):
		return nil
	}
	return []protocol.Replacement{{Start: m.Start, End: m.End, Value: said}}
}

// AppendCount implements protocol.Counter.
func (*Language) AppendCount(dst []byte, tokens int64) []byte {
	return append(strconv.AppendInt(append(dst, `{"input_tokens":`...), tokens, 10), '}')
}

// checkLimit: max_tokens is required and has no default; 0 only warms the
// prompt cache.
func checkLimit(obj jsonscan.Object) error {
	v := obj.Value("max_tokens")
	if v == nil {
		return interline.Invalid("max_tokens", "max_tokens: Field required")
	}
	if _, err := strconv.ParseUint(string(v), 10, 63); err != nil {
		return interline.Invalid("max_tokens", "max_tokens: Input should be a whole number of 0 or more")
	}
	return nil
}

func checkMessages(obj jsonscan.Object) error {
	v := obj.Value("messages")
	switch {
	case v == nil:
		return interline.Invalid("messages", "messages: Field required")
	case protocol.Kind(v) != '[':
		return interline.Invalid("messages", "messages: Input should be a valid list")
	case len(bytes.Trim(v, "[] \t\r\n")) == 0:
		return interline.Invalid("messages", "messages: at least one message is required")
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
	if v := obj.Value("tools"); len(v) > 2 {
		c |= interline.CapTools
	}
	if v := obj.Value("thinking"); len(v) > 2 && !bytes.Contains(v, []byte(`"disabled"`)) {
		c |= interline.CapReasoning
	}
	return c
}

// Patch implements protocol.Protocol.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	remove := e.Remove
	if l.inPath(o) {
		remove = append(slices.Clip(remove), "model")
	} else if _, said := o.Members.Find(versionMember); said && l.dialect.Version == "" {
		remove = append(slices.Clip(remove), versionMember)
	}
	reps, losses := protocol.Amend(o, e.Rename, remove, l.dialect.Refuses)
	if l.dialect.Version != "" {
		reps = append(reps, l.setVersion(o)...)
	}
	if !l.inPath(o) {
		reps = append(reps, protocol.SetModel(o, e.Model)...)
	}
	if o.Members.Words&sealed != 0 {
		cuts, lost := protocol.WithoutEnclosed(o.Body, protocol.NoSeal)
		reps, losses = append(reps, cuts...), append(losses, lost...)
	}
	return protocol.Splice(o.Body, reps), losses
}
