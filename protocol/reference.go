package protocol

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Reference is an id in a request, of what only its vendor keeps.
type Reference struct {
	Field      string // in the caller's words
	ID         string
	Start, End int // of the id in the body, with its quotes
}

// Referring is implemented by languages whose requests may name what only a vendor
// keeps.
type Referring interface {
	// Refers reports whether a request has a member that such a name stands in.
	Refers(o *Opened) bool
}

// said are the members whose text is the conversation's own.
var said = []string{"text", "content", "input", "instructions", "arguments", "output", "title", "data", "cited_text"}

// References returns the ids in a body of JSON that sealed recognizes, wherever an
// id may stand. mark is a text that every one of them has.
func References(body []byte, mark string, sealed func(string) bool) []Reference {
	if !bytes.Contains(body, []byte(mark)) {
		return nil
	}
	var found []Reference
	dec := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return found // who reads the body says what is wrong with it
		}
		if kind, length := dec.StackIndex(dec.StackDepth()); tok.Kind() != '"' || kind == '{' && length%2 == 1 {
			continue
		}
		text, end := tok.String(), int(dec.InputOffset())
		if !strings.Contains(text, mark) || !sealed(text) {
			continue
		}
		path := dec.StackPointer()
		if slices.Contains(said, path.LastToken()) {
			continue
		}
		found = append(found, Reference{Path("", path), text, bytes.LastIndexByte(body[:end-1], '"'), end})
	}
}
