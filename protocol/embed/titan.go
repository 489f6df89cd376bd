package embed

import (
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Titan is Amazon Titan Text Embeddings by InvokeModel: one text a request.
type Titan struct{ speech }

var _ protocol.Embedder = (*Titan)(nil)

// NewTitan returns the language.
func NewTitan() *Titan { return &Titan{bedrock(protocol.Titan)} }

var titanWatch = jsonscan.NewWatch([]string{"inputText", "dimensions", "normalize", "embeddingTypes"})

// Open implements protocol.Protocol.
func (l *Titan) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openInPath(s, body, titanWatch)
	if err != nil {
		return nil, err
	}
	return o, needed(o.Members, "inputText", '"', "a string")
}

// Patch implements protocol.Protocol.
func (l *Titan) Patch(o *protocol.Opened, _ protocol.Edits) (protocol.Segments, []interline.Loss) {
	return patch(o)
}

// Meter implements protocol.Protocol.
func (l *Titan) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder.
func (l *Titan) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	f := &fields{obj: o.Members}
	r := &interline.EmbedRequest{Head: o.Head, Inputs: []interline.EmbedInput{{Text: f.text("inputText")}}}
	r.Dimensions = f.whole("dimensions")
	r.Normalize = f.flag("normalize")
	onlyFloat(f, "embeddingTypes")
	r.Extra = f.rest()
	return r, f.err
}

// WriteEmbed implements protocol.Embedder.
func (l *Titan) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	if err := single(r, t.From, "Titan"); err != nil {
		return nil, nil, err
	}
	losses, err := able{dimensions: true, normalize: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	var out jsonout.Text
	out.Open('{')
	out.String("inputText", r.Inputs[0].Text)
	if r.Dimensions > 0 {
		out.Int("dimensions", int64(r.Dimensions))
	}
	if r.Normalize != nil {
		out.Bool("normalize", *r.Normalize)
	}
	out.Close('}')
	return out, losses, nil
}

// ReadVectors implements protocol.Embedder.
func (l *Titan) ReadVectors(h http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	value := obj.Value("embedding")
	if value == nil {
		value = first(inner(obj.Value("embeddingsByType")))
	}
	v := &interline.Vectors{}
	if v.Values, err = vectors(value); err != nil {
		return nil, err
	}
	countHeader(v, h)
	if n, ok := count(obj.Value("inputTextTokenCount")); ok {
		v.Usage.Input, v.Reported = n, true
	}
	return v, nil
}

// AppendVectors implements protocol.Embedder.
func (l *Titan) AppendVectors(dst []byte, v *interline.Vectors, _ *interline.EmbedRequest, _ protocol.Answer) []byte {
	out := jsonout.Text(dst)
	out.Open('{')
	for _, value := range v.Values[:min(1, len(v.Values))] {
		out.Name("embedding")
		addNumbers(&out, value)
		out.Object("embeddingsByType")
		out.Name("float")
		addNumbers(&out, value)
		out.Close('}')
	}
	out.Int("inputTextTokenCount", v.Usage.Input)
	out.Close('}')
	return out
}

// VectorsHeader implements protocol.Embedder.
func (l *Titan) VectorsHeader(v *interline.Vectors) http.Header { return bedrockHeader(v) }
