// Package converse speaks Amazon Bedrock's Converse and ConverseStream, in
// which every vendor's model on Bedrock can be asked, and which AWS's own
// clients speak.
//
// Field names follow aws-sdk-go-v2 bedrockruntime v1.63.12 (2026-11). The model
// and whether to stream stand in the path, so the body has neither; streamed
// answers are an AWS event stream, whose frames are named by their event type.
// What a vendor's model alone understands goes into
// additionalModelRequestFields, by the model's family. The package never signs
// anything and does no I/O.
package converse

import (
	"bytes"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Dialect is how a model on Bedrock deviates. The zero value is Converse as AWS
// documents it.
type Dialect struct {
	// NoSchema: the model refuses or ignores outputConfig.textFormat. A schema
	// is then asked for with a tool, and the tool's input comes back as text.
	// A schema that a caller of this language asks for himself is forwarded,
	// for the model to refuse.
	NoSchema bool
	// NoStops: the model refuses stop sequences.
	NoStops bool
}

// Language is Converse in one dialect.
type Language struct{ dialect Dialect }

var (
	_ protocol.Translator = (*Language)(nil)
	_ protocol.Picky      = (*Language)(nil)
)

// New returns the language in the given dialect.
func New(d Dialect) *Language { return &Language{dialect: d} }

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.Converse }

// Envelope implements protocol.Protocol.
func (*Language) Envelope() protocol.Envelope { return protocol.EventStream }

// watch holds the members that are read, of which no other spelling is
// accepted, and the words that show what a deployment must be able to do.
var watch = jsonscan.NewWatch([]string{
	"messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
	"additionalModelResponseFieldPaths", "promptVariables", "requestMetadata", "performanceConfig", "serviceTier",
	"outputConfig",
}, "image", "document", "audio", "textFormat", "thinking", "reasoning", "reasoning_effort", "reasoningConfig", "signature")

// sealed is the bit of the watched word that seals stand in.
const sealed = 1 << 8

// marks are what the watched words show, in their order.
var marks = [...]interline.Capabilities{
	interline.CapImages, interline.CapDocuments, interline.CapAudio, interline.CapSchema,
	interline.CapReasoning, interline.CapReasoning, interline.CapReasoning, interline.CapReasoning,
}

// Open implements protocol.Protocol.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	obj, err := protocol.Scan(body, watch)
	if err != nil {
		return nil, err
	}
	if s.Model == "" {
		return nil, interline.Invalid("modelId", "the path must name a model: /model/{modelId}/converse")
	}
	if err := checkMessages(obj); err != nil {
		return nil, err
	}
	o := &protocol.Opened{Spoken: s, Body: body, Members: obj}
	o.Head = interline.Head{
		Operation: s.Operation, Model: s.Model, Stream: s.Stream, StreamUsage: true,
		InputSize: len(body), Needs: needs(obj),
	}
	return o, nil
}

func checkMessages(obj jsonscan.Object) error {
	v := obj.Value("messages")
	switch {
	case v == nil:
		return interline.Invalid("messages", "Value null at 'messages' failed to satisfy constraint: Member must not be null")
	case protocol.Kind(v) != '[':
		return interline.Invalid("messages", "'messages' must be a list")
	case len(bytes.Trim(v, "[] \t\r\n")) == 0:
		return interline.Invalid("messages", "The conversation must have at least one message: 'messages' is empty")
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
	if protocol.Kind(obj.Value("toolConfig")) == '{' {
		c |= interline.CapTools
	}
	return c
}

// Fetches implements protocol.Fetching: Converse reads S3 alone.
func (*Language) Fetches(interline.Block) bool { return false }

// Takes implements protocol.Picky.
func (l *Language) Takes(o *protocol.Opened) bool {
	return !l.dialect.NoSchema || !bytes.Contains(o.Members.Value("outputConfig"), []byte(`"textFormat"`))
}

// Patch implements protocol.Protocol. The model is in the path, so there is
// nothing to patch but what the edits rename or remove.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	reps, losses := protocol.Amend(o, e.Rename, e.Remove, nil)
	if o.Members.Words&sealed != 0 {
		cuts, lost := protocol.WithoutEnclosed(o.Body, protocol.NoSeal)
		reps, losses = append(reps, cuts...), append(losses, lost...)
	}
	return protocol.Splice(o.Body, reps), losses
}
