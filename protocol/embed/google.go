package embed

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/generatecontent"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// google says errors as Google does.
func google(name string) speech { return speech{generatecontent.New(), name} }

// members of one request to embed, in either spelling.
var (
	contentNames  = []string{"content"}
	taskNames     = []string{"taskType", "task_type"}
	sizeNames     = []string{"outputDimensionality", "output_dimensionality"}
	truncateNames = []string{"autoTruncate", "auto_truncate"}
	configNames   = []string{"embedContentConfig", "embed_content_config"}
)

// One is Google's embedContent: one input.
type One struct {
	speech
	vertex bool
}

var (
	_ protocol.Embedder = (*One)(nil)
	_ protocol.Picky    = (*One)(nil)
)

// NewEmbedContent returns embedContent as the Gemini API has it.
func NewEmbedContent() *One { return &One{speech: google(protocol.EmbedContent)} }

// NewVertexEmbedContent returns embedContent as Vertex AI has it, which takes
// autoTruncate and embedContentConfig as well (aiplatform discovery, 2026-10-28).
func NewVertexEmbedContent() *One {
	return &One{speech: google(protocol.EmbedContent), vertex: true}
}

var embedWatch = jsonscan.NewWatch([]string{
	"model", "content", "taskType", "task_type", "title", "outputDimensionality", "output_dimensionality",
	"autoTruncate", "auto_truncate", "embedContentConfig", "embed_content_config",
})

// Open implements protocol.Protocol.
func (l *One) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openInPath(s, body, embedWatch)
	if err != nil {
		return nil, err
	}
	return o, needed(o.Members, "content", '{', "an object")
}

// Takes implements protocol.Picky: what Vertex AI alone knows cannot be forwarded
// to the Gemini API.
func (l *One) Takes(o *protocol.Opened) bool {
	if l.vertex {
		return true
	}
	f := &fields{obj: o.Members}
	return f.raw(configNames...) == nil && f.raw(truncateNames...) == nil
}

// Patch implements protocol.Protocol. The body may name the model too, as
// models/{model}.
func (l *One) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	m, said := o.Members.Find("model")
	if !said || e.Model == "" {
		return patch(o)
	}
	return protocol.Splice(o.Body, []protocol.Replacement{{Start: m.Start, End: m.End, Value: resource(e.Model)}}), nil
}

// resource is a model's name in a body, as JSON.
func resource(model string) []byte {
	if strings.HasPrefix(model, "models/") {
		return protocol.Quote(model)
	}
	return protocol.Quote("models/" + model)
}

// Meter implements protocol.Protocol.
func (l *One) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder. Vertex AI's clients put all but the
// content into embedContentConfig.
func (l *One) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	r := &interline.EmbedRequest{Head: o.Head}
	f := &fields{obj: o.Members}
	readOne(f, r)
	if config := f.raw(configNames...); config != nil && f.err == nil {
		inside, err := within(config, f.path+configNames[0])
		if err != nil {
			return nil, err
		}
		readSettings(inside, r)
		r.Extra = append(r.Extra, inside.rest()...)
		f.err = inside.err
	}
	r.Extra = append(r.Extra, f.rest()...)
	return r, f.err
}

// readOne adds the input of one request, and what is said of it.
func readOne(f *fields, r *interline.EmbedRequest) {
	f.raw("model")
	r.Inputs = append(r.Inputs, readContent(f))
	readSettings(f, r)
}

func readSettings(f *fields, r *interline.EmbedRequest) {
	in := &r.Inputs[len(r.Inputs)-1]
	if s := f.text("title"); s != "" {
		in.Title = s
	}
	if n := f.whole(sizeNames...); n > 0 {
		r.Dimensions = n
	}
	if auto := f.flag(truncateNames...); auto != nil {
		r.Truncate = truncation(*auto)
	}
	readTask(f, r)
}

// readTask reads what vectors are for. A word that is not known cannot be said
// elsewhere, and is refused.
func readTask(f *fields, r *interline.EmbedRequest) {
	word := f.text(taskNames...)
	if word == "" || word == "TASK_TYPE_UNSPECIFIED" {
		return
	}
	p, ok := row(func(r purpose) bool { return r.google == word })
	if !ok {
		f.wrong(taskNames[0], "unknown '%s' %q", taskNames[0], word)
	}
	r.Purpose = p.is
}

func truncation(auto bool) interline.Truncation {
	if auto {
		return interline.TruncateEnd
	}
	return interline.TruncateNone
}

// readContent reads the parts of a content: texts, which are one, and an image.
func readContent(f *fields) interline.EmbedInput {
	var in interline.EmbedInput
	v := f.raw(contentNames...)
	content, err := within(v, f.path+"content")
	if err != nil {
		f.wrong("content", "invalid type for '%scontent': expected an object", f.path)
		return in
	}
	content.text("role")
	for i, p := range content.list("parts") {
		name := "content.parts[" + strconv.Itoa(i) + "]"
		part, err := within(p, f.path+name)
		if err != nil {
			f.mistyped(name, "an object")
			return in
		}
		in.Text += part.text("text")
		if data := part.raw("inlineData", "inline_data"); data != nil {
			blob, err := within(data, f.path+name+".inlineData")
			if err != nil || in.Image != "" {
				f.wrong(name, "'%s': one image can be translated, as inlineData", f.path+name)
				return in
			}
			in.Image = "data:" + blob.text("mimeType", "mime_type") + ";base64," + blob.text("data")
		}
		if left := part.rest(); len(left) > 0 {
			f.wrong(name, "'%s': only text and images can be translated", left[0].Name)
		}
		if part.err != nil && f.err == nil {
			f.err = part.err
		}
	}
	if content.err != nil && f.err == nil {
		f.err = content.err
	}
	if in.Text == "" && in.Image == "" {
		f.wrong("content", "'%scontent': nothing to embed", f.path)
	}
	return in
}

// WriteEmbed implements protocol.Embedder.
func (l *One) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	if err := single(r, t.From, "embedContent"); err != nil {
		return nil, nil, err
	}
	losses, err := able{purpose: true, dimensions: true, title: true, truncate: l.vertex, images: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	var out jsonout.Text
	if err := addRequest(&out, r, 0, "", t.From); err != nil {
		return nil, nil, err
	}
	if l.vertex && r.Truncate != "" {
		out = out[:len(out)-1]
		out.Bool("autoTruncate", r.Truncate != interline.TruncateNone)
		out.Close('}')
	}
	return out, losses, nil
}

// addRequest adds a request for one input.
func addRequest(out *jsonout.Text, r *interline.EmbedRequest, i int, model, from string) error {
	in := r.Inputs[i]
	out.Open('{')
	if model != "" {
		out.Raw("model", resource(model))
	}
	out.Object("content")
	out.Array("parts")
	if in.Text != "" || in.Image == "" {
		out.Open('{')
		out.String("text", in.Text)
		out.Close('}')
	}
	if in.Image != "" {
		kind, data, ok := strings.Cut(strings.TrimPrefix(in.Image, "data:"), ";base64,")
		if !ok {
			return cannot(at(from, i), "an image must be a data URI in base64")
		}
		out.Open('{')
		out.Object("inlineData")
		out.String("mimeType", kind)
		out.String("data", data)
		out.Close('}')
		out.Close('}')
	}
	out.Close(']')
	out.Close('}')
	out.Said("taskType", googles(r.Purpose))
	out.Said("title", in.Title)
	if r.Dimensions > 0 {
		out.Int("outputDimensionality", int64(r.Dimensions))
	}
	out.Close('}')
	return nil
}

// ReadVectors implements protocol.Embedder. The Gemini API tells no usage; Vertex
// AI does.
func (l *One) ReadVectors(_ http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	v := &interline.Vectors{}
	if v.Values, err = vectors(inner(obj.Value("embedding")).Value("values")); err != nil {
		return nil, err
	}
	v.Usage.Input, v.Reported = count(inner(obj.Value("usageMetadata")).Value("promptTokenCount"))
	return v, nil
}

// AppendVectors implements protocol.Embedder.
func (l *One) AppendVectors(dst []byte, v *interline.Vectors, _ *interline.EmbedRequest, _ protocol.Answer) []byte {
	out := jsonout.Text(dst)
	out.Open('{')
	for _, value := range v.Values[:min(1, len(v.Values))] {
		out.Name("embedding")
		addValues(&out, value)
	}
	addUsage(&out, v)
	out.Close('}')
	return out
}

func addValues(out *jsonout.Text, v json.RawMessage) {
	out.Open('{')
	out.Name("values")
	addNumbers(out, v)
	out.Close('}')
}

func addUsage(out *jsonout.Text, v *interline.Vectors) {
	if v.Reported {
		out.Object("usageMetadata")
		out.Int("promptTokenCount", v.Usage.Input)
		out.Int("totalTokenCount", v.Usage.Input)
		out.Close('}')
	}
}

// VectorsHeader implements protocol.Embedder.
func (l *One) VectorsHeader(*interline.Vectors) http.Header { return nil }
