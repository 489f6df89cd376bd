package embed

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Cohere is Cohere's Embed v3 and v4 by InvokeModel.
type Cohere struct{ speech }

var _ protocol.Embedder = (*Cohere)(nil)

// NewCohere returns the language.
func NewCohere() *Cohere { return &Cohere{bedrock(protocol.Cohere)} }

var cohereWatch = jsonscan.NewWatch([]string{"texts", "images", "inputs", "input_type", "truncate", "embedding_types", "output_dimension", "max_tokens"})

// Open implements protocol.Protocol. input_type is what Cohere requires of
// version 3 on.
func (l *Cohere) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openInPath(s, body, cohereWatch)
	if err != nil {
		return nil, err
	}
	if err := needed(o.Members, "input_type", '"', "a string"); err != nil {
		return nil, err
	}
	given := 0
	for _, name := range [...]string{"texts", "images", "inputs"} {
		if o.Members.Value(name) == nil {
			continue
		}
		given++
		if err := needed(o.Members, name, '[', "an array"); err != nil {
			return nil, err
		}
	}
	if given != 1 {
		return nil, interline.Invalid("texts", "exactly one of 'texts', 'images' and 'inputs' must be given")
	}
	return o, nil
}

// Patch implements protocol.Protocol.
func (l *Cohere) Patch(o *protocol.Opened, _ protocol.Edits) (protocol.Segments, []interline.Loss) {
	return patch(o)
}

// Meter implements protocol.Protocol.
func (l *Cohere) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder. Inputs of mixed content are refused, since
// no other language has them.
func (l *Cohere) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	f := &fields{obj: o.Members}
	r := &interline.EmbedRequest{Head: o.Head, Batch: true}
	for _, s := range f.texts("texts") {
		r.Inputs = append(r.Inputs, interline.EmbedInput{Text: s})
	}
	for _, s := range f.texts("images") {
		r.Inputs = append(r.Inputs, interline.EmbedInput{Image: s})
	}
	if f.raw("inputs") != nil {
		f.wrong("inputs", "'inputs' of mixed content are not translated: send 'texts' or 'images'")
	}
	if word := f.text("input_type"); word != "image" {
		p, ok := row(func(r purpose) bool { return r.cohere == word && !r.near })
		if r.Purpose = p.is; !ok {
			f.wrong("input_type", "unknown 'input_type' %q: it may be search_document, search_query, classification, clustering or image", word)
		}
	}
	r.Dimensions = f.whole("output_dimension")
	switch word := strings.ToUpper(f.text("truncate")); word {
	case "":
	case "NONE":
		r.Truncate = interline.TruncateNone
	case "START", "LEFT":
		r.Truncate = interline.TruncateStart
	case "END", "RIGHT":
		r.Truncate = interline.TruncateEnd
	default:
		f.wrong("truncate", "unknown 'truncate' %q", word)
	}
	r.ByType = onlyFloat(f, "embedding_types")
	r.Extra = f.rest()
	return r, f.err
}

// fourth reports whether a model is Embed v4, whose truncations have other words
// (Amazon's pages on both, 2026-11).
func fourth(model string) bool { return strings.Contains(model, "embed-v4") }

// truncations are Cohere's words, of v3 and of v4.
var truncations = map[interline.Truncation][2]string{
	interline.TruncateNone:  {"NONE", "NONE"},
	interline.TruncateStart: {"START", "LEFT"},
	interline.TruncateEnd:   {"END", "RIGHT"},
}

// WriteEmbed implements protocol.Embedder.
func (l *Cohere) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	v4 := 0
	if fourth(t.Model) {
		v4 = 1
	}
	losses, err := able{purpose: true, dimensions: v4 == 1, truncate: true, images: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	field, images, err := media(r, t.From)
	if err != nil {
		return nil, nil, err
	}
	word := "image"
	if !images {
		var near []interline.Loss
		word, near = coheres(r.Purpose, purposeField(t.From))
		losses = append(losses, near...)
	}
	var out jsonout.Text
	out.Open('{')
	out.Array(field)
	for _, in := range r.Inputs {
		out.Quote(in.Text + in.Image)
	}
	out.Close(']')
	out.String("input_type", word)
	out.Said("truncate", truncations[r.Truncate][v4])
	if v4 == 1 && r.Dimensions > 0 {
		out.Int("output_dimension", int64(r.Dimensions))
	}
	out.Array("embedding_types")
	out.Quote("float")
	out.Close(']')
	out.Close('}')
	return out, losses, nil
}

// purposeField is what the caller calls the purpose. OpenAI's language has no
// word for it, so it is named as the extension that it may be said by.
func purposeField(from string) string {
	if name := words[from]["purpose"]; name != "" {
		return name
	}
	return "input_type"
}

// media says whether the inputs are texts or images, which Cohere takes apart.
func media(r *interline.EmbedRequest, from string) (field string, images bool, err error) {
	for i, in := range r.Inputs {
		switch is := in.Image != ""; {
		case is && in.Text != "", i > 0 && is != images:
			return "", false, cannot(at(from, i), "the deployment takes texts or images, not both in one request")
		default:
			images = is
		}
	}
	if images {
		return "images", true, nil
	}
	return "texts", false, nil
}

// ReadVectors implements protocol.Embedder. The vectors are a list, or a list by
// type where types were asked for, and always with v4 (recorded, 2026-11).
func (l *Cohere) ReadVectors(h http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	list := obj.Value("embeddings")
	if protocol.Kind(list) == '{' {
		list = first(inner(list))
	}
	v := &interline.Vectors{}
	if v.Values, err = vectors(elements(list)...); err != nil || len(v.Values) == 0 {
		return nil, errNoAnswer
	}
	countHeader(v, h)
	return v, nil
}

// AppendVectors implements protocol.Embedder.
func (l *Cohere) AppendVectors(dst []byte, v *interline.Vectors, r *interline.EmbedRequest, a protocol.Answer) []byte {
	out := jsonout.Text(dst)
	byType := r.ByType || fourth(a.Model)
	out.Open('{')
	out.String("id", a.ID)
	if byType {
		out.String("response_type", "embeddings_by_type")
		out.Object("embeddings")
		out.Array("float")
	} else {
		out.String("response_type", "embeddings_floats")
		out.Array("embeddings")
	}
	for _, value := range v.Values {
		addNumbers(&out, value)
	}
	out.Close(']')
	if byType {
		out.Close('}')
	}
	out.Array("texts")
	for _, in := range r.Inputs {
		if in.Image == "" {
			out.Quote(in.Text)
		}
	}
	out.Close(']')
	out.Close('}')
	return out
}

// VectorsHeader implements protocol.Embedder.
func (l *Cohere) VectorsHeader(v *interline.Vectors) http.Header { return bedrockHeader(v) }
