// Package unread is for requests and answers of operations that the house does
// not understand: images, audio, files, and whatever a vendor adds next year. It
// finds the few things that forwarding needs, the model's name and the usage,
// and leaves every other byte alone.
//
// A body that is JSON must be strict JSON, and a form must be well formed, so
// that what is routed by is what the cloud reads. The package does no I/O and
// keeps nothing; server opens bodies with it, exchange names models and meters.
package unread

import (
	"bytes"
	"fmt"
	"mime"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Body is a request's body, of which at most the model was read. It shares memory
// with what it was opened from.
type Body struct {
	// Model is the model that the body names; "" when it names none.
	Model string
	// Stream says that the caller asked for an answer event by event.
	Stream bool

	bytes []byte
	kind  kind
	// name is where the model's name stands: with its quotes in JSON, all of
	// the part's value in a form. insert is where one can be put in.
	name, insert extent
	boundary     string
	prefix       string // before the model's name, of [Body.Within]
	alone        bool   // the JSON object has no members
	instead      bool   // what is put in takes the place of a model that is no text
}

type extent struct{ start, end int }

type kind uint8

const (
	opaque kind = iota
	object
	form
)

// watch holds the members that are read; no other letter case of them is taken.
var watch = jsonscan.NewWatch([]string{"model", "stream"})

// Open looks for the model in a body of the given content type. Errors are
// *interline.Fault of class C12.
func Open(contentType string, body []byte) (*Body, error) {
	b := &Body{bytes: body}
	media, params, err := mime.ParseMediaType(contentType)
	multipart := strings.HasPrefix(strings.ToLower(strings.TrimSpace(contentType)), "multipart/")
	switch {
	case len(body) == 0:
		return b, nil
	case multipart && err != nil:
		return nil, interline.Invalid("content-type", "the content type of the form cannot be read: %v", err)
	case media == "multipart/form-data":
		return b, b.openForm(params["boundary"])
	case looksJSON(media, body):
		return b, b.openObject()
	}
	return b, nil
}

// looksJSON: some clients name no type, or what their HTTP library names by
// default, and some clouds read JSON all the same.
func looksJSON(media string, body []byte) bool {
	switch {
	case strings.HasSuffix(media, "json"), media == "", media == "text/plain", media == "application/octet-stream":
		trimmed := bytes.TrimLeft(body, " \t\r\n")
		return len(trimmed) > 0 && trimmed[0] == '{'
	}
	return false
}

func (b *Body) openObject() error {
	o, err := protocol.Scan(b.bytes, watch)
	if err != nil {
		return err
	}
	b.kind, b.alone = object, len(o.Members) == 0
	at := bytes.IndexByte(b.bytes, '{') + 1
	b.insert = extent{at, at}
	b.Stream, _ = o.Bool("stream")
	m, ok := o.Find("model")
	if !ok {
		return nil
	}
	if text, isText := jsonscan.Unquote(b.bytes[m.Start:m.End]); isText {
		b.Model, b.name = text, extent{m.Start, m.End}
	} else {
		b.insert, b.instead = extent{m.Start, m.End}, true
	}
	return nil
}

// Naming returns the body with another model's name in the place of its own.
// Where it names none, one is put in if insert says so; a body that is neither
// JSON nor a form stays as it is.
func (b *Body) Naming(model string, insert bool) (protocol.Segments, error) {
	if len(b.bytes) == 0 {
		return nil, nil
	}
	named := b.name.end > 0
	if b.kind == opaque || !named && !insert {
		return protocol.Segments{b.bytes}, nil
	}
	if b.kind == form {
		return b.namingPart(model, named)
	}
	r := protocol.Replacement{Start: b.name.start, End: b.name.end, Value: protocol.Quote(b.prefix + model)}
	switch {
	case named:
	case b.instead:
		r.Start, r.End = b.insert.start, b.insert.end
	default:
		text := `"model":` + string(protocol.Quote(model))
		if !b.alone {
			text += ","
		}
		r = protocol.Replacement{Start: b.insert.start, End: b.insert.end, Value: []byte(text)}
	}
	return protocol.Splice(b.bytes, []protocol.Replacement{r}), nil
}

// namingPart does it in a form, where the name is the plain text of a part.
func (b *Body) namingPart(model string, named bool) (protocol.Segments, error) {
	if strings.ContainsAny(model, "\r\n") {
		return nil, fmt.Errorf("write the form: the model's name %q has line breaks", model)
	}
	r := protocol.Replacement{Start: b.name.start, End: b.name.end, Value: []byte(model)}
	if !named {
		part := "--" + b.boundary + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model + "\r\n"
		r = protocol.Replacement{Start: b.insert.start, End: b.insert.end, Value: []byte(part)}
	}
	return protocol.Splice(b.bytes, []protocol.Replacement{r}), nil
}

// Within returns the model that the body names below a prefix, as Google's name
// resources, and from then on takes only what follows the prefix for its name.
// Where there is no such prefix it returns "" and the body names no model.
func (b *Body) Within(prefix string) string {
	rest, ok := strings.CutPrefix(b.Model, prefix)
	if !ok || b.kind != object {
		b.Unname()
		return ""
	}
	b.Model, b.prefix = rest, prefix
	return rest
}

// Unname makes it a body that names no model, whatever it says.
func (b *Body) Unname() { b.Model, b.name = "", extent{} }
