package generatecontent

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// camelName is a member's name as protobuf's JSON writes it.
func camelName(name string) string {
	if !strings.Contains(name, "_") {
		return name
	}
	out := make([]byte, 0, len(name))
	upper := false
	for _, c := range []byte(name) {
		switch {
		case c == '_':
			upper = len(out) > 0
			continue
		case upper && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		upper = false
		out = append(out, c)
	}
	return string(out)
}

// verbatim are the members whose names are the caller's own, so that nothing
// within them is spelled otherwise. Schemas in OpenAPI's words are, since their
// properties are the caller's; schema.go knows which of their names are not.
var verbatim = []string{
	"args", "response", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema", "labels", "partMetadata",
}

// camelCase returns the body with the names of the language in camelCase, and
// the body itself when there is nothing to do. A member that is said in both
// spellings is refused.
func camelCase(body []byte) ([]byte, error) {
	if bytes.IndexByte(body, '_') < 0 {
		return body, nil
	}
	c := speller{dec: jsontext.NewDecoder(bytes.NewReader(body))}
	if err := c.value(""); err != nil {
		return nil, err
	}
	return c.out, nil
}

// speller copies JSON that was scanned before, so it is known to be strict.
type speller struct {
	dec *jsontext.Decoder
	out jsonout.Text
}

func (c *speller) value(path string) error {
	switch kind := c.dec.PeekKind(); kind {
	case '{':
		return c.object(path)
	case '[':
		return c.array(path)
	default:
		return c.copy(path)
	}
}

func (c *speller) copy(path string) error {
	v, err := c.dec.ReadValue()
	if err != nil {
		return interline.Invalid(path, "cannot read %q: %v", path, err)
	}
	c.out.Value(v)
	return nil
}

func (c *speller) array(path string) error {
	if _, err := c.dec.ReadToken(); err != nil {
		return interline.Invalid(path, "cannot read %q: %v", path, err)
	}
	c.out.Open('[')
	for c.dec.PeekKind() != ']' {
		if err := c.value(path); err != nil {
			return err
		}
	}
	c.out.Close(']')
	_, err := c.dec.ReadToken()
	return err
}

func (c *speller) object(path string) error {
	if _, err := c.dec.ReadToken(); err != nil {
		return interline.Invalid(path, "cannot read %q: %v", path, err)
	}
	c.out.Open('{')
	var said []string
	for c.dec.PeekKind() == '"' {
		token, err := c.dec.ReadToken()
		if err != nil {
			return interline.Invalid(path, "cannot read %q: %v", path, err)
		}
		name := camelName(token.String())
		at := protocol.Path(path, jsontext.Pointer("").AppendToken(name))
		if slices.ContainsFunc(said, func(other string) bool { return strings.EqualFold(other, name) }) {
			return interline.Invalid(at, "%q is said in two spellings", at)
		}
		said = append(said, name)
		c.out.Quote(name)
		c.out = append(c.out, ':')
		if slices.Contains(verbatim, name) {
			err = c.copy(at)
		} else {
			err = c.value(at)
		}
		if err != nil {
			return err
		}
	}
	c.out.Close('}')
	_, err := c.dec.ReadToken()
	return err
}
