package embed

import (
	"net/http"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Prediction is Vertex AI's predict with the instances of its text embeddings.
type Prediction struct{ speech }

var _ protocol.Embedder = (*Prediction)(nil)

// NewPredict returns the language.
func NewPredict() *Prediction { return &Prediction{google(protocol.Predict)} }

var predictWatch = jsonscan.NewWatch([]string{"instances", "parameters"})

// Open implements protocol.Protocol.
func (l *Prediction) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openInPath(s, body, predictWatch)
	if err != nil {
		return nil, err
	}
	if v := o.Members.Value("parameters"); v != nil && protocol.Kind(v) != '{' && string(v) != "null" {
		return nil, interline.Invalid("parameters", "invalid type for 'parameters': expected an object")
	}
	if err := needed(o.Members, "instances", '[', "an array"); err != nil {
		return nil, err
	}
	one := inner(elements(o.Members.Value("instances"))[0])
	if _, said := one.Find("content"); !said && len(one.Members) > 0 {
		return nil, interline.Invalid("instances[0].content", "'instances[0].content' is missing: of predictions only the embedding of texts is served here")
	}
	return o, nil
}

// Patch implements protocol.Protocol.
func (l *Prediction) Patch(o *protocol.Opened, _ protocol.Edits) (protocol.Segments, []interline.Loss) {
	return patch(o)
}

// Meter implements protocol.Protocol.
func (l *Prediction) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder.
func (l *Prediction) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	f := &fields{obj: o.Members}
	r := &interline.EmbedRequest{Head: o.Head, Batch: true}
	for i, v := range f.list("instances") {
		path := "instances[" + strconv.Itoa(i) + "]"
		one, err := within(v, path)
		if err != nil {
			return nil, err
		}
		in := interline.EmbedInput{Text: one.text("content"), Title: one.text("title")}
		before := r.Purpose
		r.Purpose = ""
		readTask(one, r)
		switch {
		case in.Text == "":
			one.wrong("content", "'%s.content': nothing to embed", path)
		case i > 0 && before != r.Purpose:
			one.wrong("task_type", "'%s' has another task_type than those before, which is not translated: send instances that are alike", path)
		}
		if one.err != nil {
			return nil, one.err
		}
		r.Inputs = append(r.Inputs, in)
		r.Extra = append(r.Extra, one.rest()...)
	}
	if v := f.raw("parameters"); v != nil {
		p, err := within(v, "parameters")
		if err != nil {
			return nil, err
		}
		r.Dimensions = p.whole(sizeNames...)
		if auto := p.flag(truncateNames...); auto != nil {
			r.Truncate = truncation(*auto)
		}
		if p.err != nil {
			return nil, p.err
		}
		r.Extra = append(r.Extra, p.rest()...)
	}
	r.Extra = append(r.Extra, f.rest()...)
	return r, f.err
}

// WriteEmbed implements protocol.Embedder.
func (l *Prediction) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	losses, err := able{purpose: true, dimensions: true, title: true, truncate: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	var out jsonout.Text
	out.Open('{')
	out.Array("instances")
	for _, in := range r.Inputs {
		out.Open('{')
		out.String("content", in.Text)
		out.Said("task_type", googles(r.Purpose))
		out.Said("title", in.Title)
		out.Close('}')
	}
	out.Close(']')
	if r.Dimensions > 0 || r.Truncate != "" {
		out.Object("parameters")
		if r.Dimensions > 0 {
			out.Int("outputDimensionality", int64(r.Dimensions))
		}
		if r.Truncate != "" {
			out.Bool("autoTruncate", r.Truncate != interline.TruncateNone)
		}
		out.Close('}')
	}
	out.Close('}')
	return out, losses, nil
}

// ReadVectors implements protocol.Embedder. Each input's tokens are told.
func (l *Prediction) ReadVectors(_ http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	v := &interline.Vectors{}
	var all [][]byte
	for _, e := range elements(obj.Value("predictions")) {
		one := inner(inner(e).Value("embeddings"))
		all = append(all, one.Value("values"))
		if n, ok := count(inner(one.Value("statistics")).Value("token_count")); ok {
			v.Each = append(v.Each, n)
			v.Usage.Input += n
		}
	}
	if v.Values, err = vectors(all...); err != nil || len(all) == 0 {
		return nil, errNoAnswer
	}
	if v.Reported = len(v.Each) == len(all); !v.Reported {
		v.Each, v.Usage = nil, interline.Usage{}
	}
	return v, nil
}

// AppendVectors implements protocol.Embedder. How many tokens one of several
// inputs has is left out where the place told only the sum.
func (l *Prediction) AppendVectors(dst []byte, v *interline.Vectors, _ *interline.EmbedRequest, _ protocol.Answer) []byte {
	each := v.Each
	if len(each) == 0 && len(v.Values) == 1 && v.Reported {
		each = []int64{v.Usage.Input}
	}
	out := jsonout.Text(dst)
	out.Open('{')
	out.Array("predictions")
	for i, value := range v.Values {
		out.Open('{')
		out.Object("embeddings")
		out.Name("values")
		addNumbers(&out, value)
		if i < len(each) {
			out.Object("statistics")
			out.Int("token_count", each[i])
			out.Bool("truncated", false)
			out.Close('}')
		}
		out.Close('}')
		out.Close('}')
	}
	out.Close(']')
	out.Close('}')
	return out
}

// VectorsHeader implements protocol.Embedder.
func (l *Prediction) VectorsHeader(*interline.Vectors) http.Header { return nil }
