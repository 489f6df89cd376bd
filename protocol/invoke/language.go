// Package invoke speaks Amazon Bedrock's InvokeModel and
// InvokeModelWithResponseStream as Anthropic's own clients speak them: the
// bedrock packages of its SDKs, and Claude Code in Bedrock mode.
//
// A request is a body of Messages that names its version and whose model and
// wish to stream stand in the path. An answer is one body of Messages, or an AWS
// event stream of chunks, each of which holds one event of Messages; errors are
// AWS's. So the package says nothing of its own: package messages reads and
// writes what is inside, package converse the errors, and what is here puts one
// into the envelope of the other (anthropic-sdk-go v1.84.0, package bedrock;
// aws-sdk-go-v2 bedrockruntime v1.63.12).
//
// InvokeModel takes whatever body a vendor invented. Of those only Anthropic's
// is spoken; the others are refused with a word on Converse, which asks every
// vendor's model in one form.
//
// A deployment that is asked in this very language is forwarded to. One that
// speaks Messages is asked by translation, since its envelope is
// another: all that package messages models arrives, while members that it does
// not, and the betas, which stand in a header there, are losses. The package
// never looks at headers, signs nothing and does no I/O.
package invoke

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
)

// Version is the only anthropic_version that Bedrock takes (2026-11).
const Version = "bedrock-2023-05-31"

// Language is InvokeModel with Anthropic's bodies.
type Language struct {
	claude *messages.Language // the bodies and the events
	aws    *converse.Language // the errors
}

var _ protocol.Translator = (*Language)(nil)

// Refers implements protocol.Referring.
func (l *Language) Refers(o *protocol.Opened) bool { return l.claude.Refers(o) }

// New returns the language with bodies in the given dialect.
func New(d messages.Dialect) *Language {
	d.Version, d.NoFetch = Version, true
	return &Language{claude: messages.New(d), aws: converse.New(converse.Dialect{})}
}

// Name implements protocol.Protocol.
func (*Language) Name() string { return protocol.Invoke }

// Envelope implements protocol.Protocol.
func (*Language) Envelope() protocol.Envelope { return protocol.EventStream }

// Open implements protocol.Protocol. A body that lacks its version is most
// likely another vendor's, and then nothing else that may be wrong with it
// matters.
func (l *Language) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	if s.Model == "" {
		return nil, interline.Invalid("modelId", "the path must name a model: /model/{modelId}/invoke")
	}
	o, err := l.claude.Open(s, body)
	if err != nil {
		if obj, scanErr := protocol.Scan(body, versionOnly); scanErr == nil && obj.Value("anthropic_version") == nil {
			return nil, unversioned()
		}
		return nil, err
	}
	if err := checkOwn(o); err != nil {
		return nil, err
	}
	o.Head.Stream = s.Stream
	return o, nil
}

// versionOnly lets no other spelling of it count as its absence.
var versionOnly = jsonscan.NewWatch([]string{"anthropic_version"})

func unversioned() error {
	return interline.Invalid("anthropic_version", "anthropic_version: Field required. InvokeModel is served for Anthropic's bodies, "+
		"which say \"anthropic_version\": %q; a body of another vendor's (Titan, Llama, Nova, ...) is not understood here. "+
		"Converse serves every vendor's models: POST /model/{modelId}/converse", Version)
}

// checkOwn checks what the language adds to Messages and what it takes away.
func checkOwn(o *protocol.Opened) error {
	v := o.Members.Value("anthropic_version")
	if v == nil {
		return unversioned()
	}
	if version, ok := o.Members.String("anthropic_version"); !ok || version != Version {
		return interline.Invalid("anthropic_version", "anthropic_version: Input should be '%s'", Version)
	}
	if v := o.Members.Value("anthropic_beta"); v != nil && protocol.Kind(v) != '[' {
		return interline.Invalid("anthropic_beta", "anthropic_beta: Input should be a valid list")
	}
	for _, name := range [...]string{"model", "stream"} {
		if _, said := o.Members.Find(name); said {
			return interline.Invalid(name, "%s: Extra inputs are not permitted: the path says it", name)
		}
	}
	return nil
}

// Fetches implements protocol.Fetching.
func (l *Language) Fetches(b interline.Block) bool { return l.claude.Fetches(b) }

// Takes implements protocol.Picky.
func (l *Language) Takes(o *protocol.Opened) bool { return l.claude.Takes(o) }

// Patch implements protocol.Protocol. The model is in the path, so it is not
// put into the body.
func (l *Language) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	return l.claude.Patch(o, e)
}

// ReadRequest implements protocol.Translator.
func (l *Language) ReadRequest(o *protocol.Opened) (*interline.Request, error) {
	return l.claude.ReadRequest(o)
}

// WriteRequest implements protocol.Translator.
func (l *Language) WriteRequest(r *interline.Request, t protocol.Target) ([]byte, []interline.Loss, error) {
	asked := *r
	asked.Stream = false
	return l.claude.WriteRequest(&asked, t)
}
