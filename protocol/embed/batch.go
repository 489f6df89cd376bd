package embed

import (
	"net/http"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Batch is the Gemini API's batchEmbedContents: many inputs, each in a
// request of its own that names the model again. Google's SDKs ask in it even for
// one input.
type Batch struct{ speech }

var _ protocol.Embedder = (*Batch)(nil)

// NewBatchEmbedContents returns the language.
func NewBatchEmbedContents() *Batch { return &Batch{google(protocol.BatchEmbedContents)} }

var batchWatch = jsonscan.NewWatch([]string{"model", "requests"})

// Open implements protocol.Protocol.
func (l *Batch) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openInPath(s, body, batchWatch)
	if err != nil {
		return nil, err
	}
	return o, needed(o.Members, "requests", '[', "an array")
}

// Patch implements protocol.Protocol. Every request must name the model that the
// path names.
func (l *Batch) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	m, ok := o.Members.Find("requests")
	if !ok || e.Model == "" {
		return patch(o)
	}
	var reps []protocol.Replacement
	for _, s := range spans(o.Body[m.Start:m.End]) {
		start := m.Start + s.start
		one, err := jsonscan.Scan(o.Body[start : m.Start+s.end])
		if err != nil {
			continue // no object: the cloud says so
		}
		rep := protocol.Insert(one, `"model":`+string(resource(e.Model)))
		if named, said := one.Find("model"); said {
			rep = protocol.Replacement{Start: named.Start, End: named.End, Value: resource(e.Model)}
		}
		rep.Start, rep.End = rep.Start+start, rep.End+start
		reps = append(reps, rep)
	}
	return protocol.Splice(o.Body, reps), nil
}

// Meter implements protocol.Protocol.
func (l *Batch) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder. Requests of which one wants another
// size or purpose than the others are refused: no other language has that.
func (l *Batch) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	f := &fields{obj: o.Members}
	r := &interline.EmbedRequest{Head: o.Head, Batch: true}
	f.raw("model")
	for i, v := range f.list("requests") {
		path := "requests[" + strconv.Itoa(i) + "]"
		one, err := within(v, path)
		if err != nil {
			return nil, err
		}
		before := *r
		r.Purpose, r.Dimensions, r.Truncate = "", 0, ""
		readOne(one, r)
		if one.err != nil {
			return nil, one.err
		}
		if i > 0 && (before.Purpose != r.Purpose || before.Dimensions != r.Dimensions || before.Truncate != r.Truncate) {
			return nil, interline.Invalid(path, "'%s' wants another taskType or outputDimensionality than those before, which is not translated: send requests that are alike", path)
		}
		r.Extra = append(r.Extra, one.rest()...)
	}
	r.Extra = append(r.Extra, f.rest()...)
	return r, f.err
}

// WriteEmbed implements protocol.Embedder.
func (l *Batch) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	losses, err := able{purpose: true, dimensions: true, title: true, images: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	var out jsonout.Text
	out.Open('{')
	out.Array("requests")
	for i := range r.Inputs {
		if err := addRequest(&out, r, i, t.Model, t.From); err != nil {
			return nil, nil, err
		}
	}
	out.Close(']')
	out.Close('}')
	return out, losses, nil
}

// ReadVectors implements protocol.Embedder.
func (l *Batch) ReadVectors(_ http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, e := range elements(obj.Value("embeddings")) {
		all = append(all, inner(e).Value("values"))
	}
	v := &interline.Vectors{}
	if v.Values, err = vectors(all...); err != nil || len(all) == 0 {
		return nil, errNoAnswer
	}
	v.Usage.Input, v.Reported = count(inner(obj.Value("usageMetadata")).Value("promptTokenCount"))
	return v, nil
}

// AppendVectors implements protocol.Embedder.
func (l *Batch) AppendVectors(dst []byte, v *interline.Vectors, _ *interline.EmbedRequest, _ protocol.Answer) []byte {
	out := jsonout.Text(dst)
	out.Open('{')
	out.Array("embeddings")
	for _, value := range v.Values {
		addValues(&out, value)
	}
	out.Close(']')
	addUsage(&out, v)
	out.Close('}')
	return out
}

// VectorsHeader implements protocol.Embedder.
func (l *Batch) VectorsHeader(*interline.Vectors) http.Header { return nil }
