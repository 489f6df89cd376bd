package unread

import (
	"bytes"
	"mime"
	"strings"

	"github.com/interline-ai/interline"
)

// Bounds of a form.
const (
	mostParts    = 1000
	mostPartHead = 16 << 10 // bytes of one part's headers
	mostName     = 512      // bytes of a model's name
)

// openForm walks the parts of a multipart form (RFC 7578) and reads the one named
// model, which may stand anywhere: clients put the file first. Lines end with
// CRLF and what looks like a delimiter is one, as in RFC 2046; a form that
// another reader might divide otherwise is refused.
func (b *Body) openForm(boundary string) error {
	if boundary == "" || len(boundary) > 70 {
		return interline.Invalid("content-type", "multipart/form-data needs a boundary of 1 to 70 characters")
	}
	b.kind, b.boundary = form, boundary
	delimiter := []byte("\r\n--" + boundary)
	if !bytes.HasPrefix(b.bytes, delimiter[2:]) {
		return badForm("it does not begin with its boundary")
	}
	at := len(delimiter) - 2 // after the delimiter
	for range mostParts {
		if bytes.HasPrefix(b.bytes[at:], []byte("--")) {
			return nil
		}
		if !bytes.HasPrefix(b.bytes[at:], []byte("\r\n")) {
			return badForm("a boundary is followed by other text")
		}
		end := bytes.Index(b.bytes[at:], delimiter)
		if end < 0 {
			return badForm("its last boundary is missing")
		}
		if err := b.part(at, at+end); err != nil {
			return err
		}
		at += end + len(delimiter)
	}
	return badForm("it has too many parts")
}

// part reads what stands between two delimiters: the headers and the value.
func (b *Body) part(start, end int) error {
	all := b.bytes[start:end]
	head, _, found := bytes.Cut(all[:min(len(all), mostPartHead)], []byte("\r\n\r\n"))
	if !found {
		return badForm("a part has no end of its headers")
	}
	name, file, err := disposition(head)
	if err != nil {
		return err
	}
	value := extent{start + len(head) + 4, end}
	text := string(b.bytes[value.start:min(value.end, value.start+mostName+1)])
	switch {
	case name == "stream":
		b.Stream = text == "true"
		return nil
	case name != "model":
		if strings.EqualFold(name, "model") {
			return interline.Invalid(name, "%q is spelled %q", name, "model")
		}
		return nil
	case b.name.end > 0:
		return interline.Invalid("model", "the form names the model twice")
	case file:
		return interline.Invalid("model", "the form's model must be a text, not a file")
	case text == "" || len(text) > mostName:
		return interline.Invalid("model", "the model's name must have 1 to %d bytes", mostName)
	}
	b.Model, b.name = text, value
	return nil
}

// disposition reads whose part it is. Two such headers, or none, are refused.
func disposition(head []byte) (name string, file bool, err error) {
	said := false
	for line := range strings.SplitSeq(string(head), "\r\n") {
		key, value, ok := strings.Cut(line, ":")
		if line != "" && !ok {
			return "", false, badForm("a part's header cannot be read")
		}
		if !strings.EqualFold(strings.TrimSpace(key), "Content-Disposition") {
			continue
		}
		kind, params, err := mime.ParseMediaType(value)
		if err != nil || kind != "form-data" || said {
			return "", false, badForm("a part does not say whose it is")
		}
		said, name = true, params["name"]
		_, file = params["filename"]
	}
	if !said {
		return "", false, badForm("a part does not say whose it is")
	}
	return name, file, nil
}

func badForm(why string) error {
	return interline.Invalid("", "the multipart form cannot be read: %s", why)
}
