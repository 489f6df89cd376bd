package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxDocument bounds a document, in bytes; maxNesting the brackets and dashes
// in it, since the parser calls itself for each level.
const (
	maxDocument = 1 << 20
	maxNesting  = 50_000
)

// document is a parsed file, and where in it everything stands.
type document struct {
	file  string
	lines []string
	root  ast.Node
	at    map[string]*token.Position // by path
}

// readFile reads a document's bytes, but not more than may be in one.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the configuration: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return data, nil
}

// parse reads YAML. Its error is a Problems.
func parse(file string, data []byte) (*document, error) {
	d := &document{file: file, at: make(map[string]*token.Position)}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > maxDocument:
		return nil, Problems{{File: file, Message: fmt.Sprintf("it is longer than %d bytes", maxDocument)}}
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return nil, Problems{{File: file, Message: "it is not UTF-8 text"}}
	case bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{"))+bytes.Count(data, []byte("- ")) > maxNesting:
		return nil, Problems{{File: file, Message: "it holds too many lists and mappings"}}
	}
	d.lines = strings.Split(string(data), "\n")
	tree, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Problems{d.syntax(err)}
	}
	for _, doc := range tree.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.CommentGroupType:
		case d.root != nil:
			p := d.problem(position(doc.Body), "", "there is a second document in the file", "keep one")
			return nil, Problems{p}
		default:
			d.root = doc.Body
		}
	}
	if d.root == nil || d.root.Type() == ast.NullType {
		return nil, Problems{{
			File: file, Message: "it is empty",
			Hint: "begin with places: and models:, or start without a file to use what the environment offers",
		}}
	}
	return d, nil
}

// syntax makes a problem of the parser's error.
func (d *document) syntax(err error) Problem {
	var s *yaml.SyntaxError
	if !errors.As(err, &s) || s.Token == nil {
		return Problem{File: d.file, Message: "it is not YAML: " + firstLine(err.Error())}
	}
	return d.problem(s.Token.Position, "", "it is not YAML: "+firstLine(s.Message), "")
}

// firstLine keeps the parser's own excerpt out, which would show secrets.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// problem describes something that is wrong at a position, which may be nil.
func (d *document) problem(at *token.Position, path, message, hint string) Problem {
	p := Problem{File: d.file, Path: path, Message: message, Hint: hint}
	if at != nil {
		p.Line, p.Column = at.Line, at.Column
		p.excerpt = excerpt(d.lines, p.Line, p.Column)
	}
	return p
}

// position is where a node begins.
func position(n ast.Node) *token.Position {
	for n != nil {
		m, ok := n.(*ast.MappingNode)
		if !ok || m.IsFlowStyle || len(m.Values) == 0 {
			break
		}
		n = m.Values[0].Key // a block mapping begins with its first key
	}
	if kv, ok := n.(*ast.MappingValueNode); ok {
		n = kv.Key
	}
	if n == nil || n.GetToken() == nil {
		return nil
	}
	return n.GetToken().Position
}
