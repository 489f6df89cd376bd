package embed

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/openai"
)

// OpenAI is OpenAI's embeddings, which Azure and compatible servers share.
// Clients may say input_type as well, which OpenAI does not know: it tells
// places that want a purpose what the vectors are for.
type OpenAI struct{ speech }

var _ protocol.Embedder = (*OpenAI)(nil)

// NewOpenAI returns the language.
func NewOpenAI() *OpenAI {
	return &OpenAI{speech{chatcompletions.New(chatcompletions.Dialect{}), protocol.Embeddings}}
}

var openaiWatch = jsonscan.NewWatch([]string{"model", "input", "dimensions", "encoding_format", "user", "input_type"})

// Open implements protocol.Protocol.
func (l *OpenAI) Open(s protocol.Spoken, body []byte) (*protocol.Opened, error) {
	o, err := openBody(s, body, openaiWatch)
	if err != nil {
		return nil, err
	}
	if err := openai.Model(o); err != nil {
		return nil, err
	}
	v := o.Members.Value("input")
	switch kind := protocol.Kind(v); {
	case v == nil:
		return nil, interline.Invalid("input", "missing required parameter: 'input'")
	case kind == '[' && empty(v), string(v) == `""`:
		return nil, interline.Invalid("input", "invalid 'input': it must not be empty")
	case kind != '"' && kind != '[':
		return nil, interline.Invalid("input", "invalid type for 'input': expected a string, an array of strings, or token ids")
	}
	return o, nil
}

// Patch implements protocol.Protocol.
func (l *OpenAI) Patch(o *protocol.Opened, e protocol.Edits) (protocol.Segments, []interline.Loss) {
	return protocol.Splice(o.Body, protocol.SetModel(o, e.Model)), nil
}

// Meter implements protocol.Protocol.
func (l *OpenAI) Meter(bool) protocol.Meter { return &meter{read: l.ReadVectors} }

// ReadEmbed implements protocol.Embedder.
func (l *OpenAI) ReadEmbed(o *protocol.Opened) (*interline.EmbedRequest, error) {
	f := &fields{obj: o.Members}
	r := &interline.EmbedRequest{Head: o.Head, Batch: true}
	f.raw("model")
	r.Dimensions = f.whole("dimensions")
	r.User = f.text("user")
	switch s := f.text("encoding_format"); s {
	case "", "float":
	case "base64":
		r.Encoding = interline.EncodingBase64
	default:
		f.wrong("encoding_format", "invalid value for 'encoding_format': expected 'float' or 'base64'")
	}
	if s := f.text("input_type"); s != "" {
		r.Purpose = interline.Purpose(strings.TrimPrefix(s, "search_"))
		if !known(r.Purpose) {
			f.wrong("input_type", "unknown 'input_type': it may be %s", strings.Join(purposes(), ", "))
		}
	}
	r.Inputs = readInput(f)
	r.Extra = f.rest()
	return r, f.err
}

// readInput reads a text, texts, token ids, or lists of them.
func readInput(f *fields) []interline.EmbedInput {
	v := f.raw("input")
	if s, ok := jsonscan.Unquote(v); ok {
		return []interline.EmbedInput{{Text: s}}
	}
	all := elements(v)
	if len(all) > 0 && protocol.Kind(all[0]) == '0' {
		if !isVector(v) {
			f.mistyped("input", "token ids only")
		}
		return []interline.EmbedInput{{Tokens: v}}
	}
	out := make([]interline.EmbedInput, len(all))
	for i, e := range all {
		name := "input[" + strconv.Itoa(i) + "]"
		s, isText := jsonscan.Unquote(e)
		switch {
		case isText && s == "", protocol.Kind(e) == '[' && empty(e):
			f.wrong(name, "invalid '%s': an input must not be empty", name)
		case isText:
			out[i].Text = s
		case protocol.Kind(e) == '[' && isVector(e):
			out[i].Tokens = e
		default:
			f.mistyped(name, "a string or an array of token ids")
		}
	}
	return out
}

// WriteEmbed implements protocol.Embedder. Numbers are asked for as JSON, whose
// text is passed on.
func (l *OpenAI) WriteEmbed(r *interline.EmbedRequest, t protocol.Target) ([]byte, []interline.Loss, error) {
	losses, err := able{dimensions: true, user: true}.lose(r, t.From, l.name)
	if err != nil {
		return nil, nil, err
	}
	var out jsonout.Text
	out.Open('{')
	out.String("model", t.Model)
	out.Array("input")
	for _, in := range r.Inputs {
		if in.Tokens != nil {
			out.Value(in.Tokens)
		} else {
			out.Quote(in.Text)
		}
	}
	out.Close(']')
	out.String("encoding_format", "float")
	if r.Dimensions > 0 {
		out.Int("dimensions", int64(r.Dimensions))
	}
	out.Said("user", r.User)
	out.Close('}')
	return out, losses, nil
}

// ReadVectors implements protocol.Embedder. The items may come in any order;
// their index tells.
func (l *OpenAI) ReadVectors(_ http.Header, body []byte) (*interline.Vectors, error) {
	obj, err := scanAnswer(body)
	if err != nil {
		return nil, err
	}
	items := elements(obj.Value("data"))
	all := make([][]byte, len(items))
	for i, item := range items {
		one := inner(item)
		if n, ok := count(one.Value("index")); ok {
			i = int(min(n, int64(len(all))))
		}
		if i >= len(all) || all[i] != nil {
			return nil, errNoAnswer
		}
		all[i] = one.Value("embedding")
	}
	v := &interline.Vectors{}
	if v.Values, err = vectors(all...); err != nil || len(all) == 0 {
		return nil, errNoAnswer
	}
	v.Model, _ = obj.String("model")
	v.Usage.Input, v.Reported = count(inner(obj.Value("usage")).Value("prompt_tokens"))
	return v, nil
}

// AppendVectors implements protocol.Embedder. Usage that the place does not tell
// is 0, since the language has no way to leave it out.
func (l *OpenAI) AppendVectors(dst []byte, v *interline.Vectors, r *interline.EmbedRequest, a protocol.Answer) []byte {
	out := jsonout.Text(dst)
	out.Open('{')
	out.String("object", "list")
	out.Array("data")
	for i, value := range v.Values {
		out.Open('{')
		out.String("object", "embedding")
		out.Int("index", int64(i))
		out.Name("embedding")
		addEncoded(&out, value, r.Encoding)
		out.Close('}')
	}
	out.Close(']')
	name := v.Model
	if name == "" {
		name = a.Model
	}
	out.String("model", name)
	out.Object("usage")
	out.Int("prompt_tokens", v.Usage.Input)
	out.Int("total_tokens", v.Usage.Input)
	out.Close('}')
	out.Close('}')
	return out
}

func addEncoded(out *jsonout.Text, v json.RawMessage, e interline.VectorEncoding) {
	if e == interline.EncodingBase64 {
		addPacked(out, v)
		return
	}
	addNumbers(out, v)
}

// VectorsHeader implements protocol.Embedder.
func (l *OpenAI) VectorsHeader(*interline.Vectors) http.Header { return nil }
