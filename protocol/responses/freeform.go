package responses

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// A custom tool takes free text, where functions take JSON (openai-go v3.96.0,
// CustomToolParam; Codex has such a tool for patches). Where the cloud does not
// have them, a function of one text stands for the tool, and its calls come back
// as calls of the tool.

// freeText is the name of that function's one argument. An encoder knows nothing
// of the request it answers, so the name must be one that no function of the
// caller's has.
const freeText = "interline_input"

// freeSchema is the schema of a function of one text.
const freeSchema = `{"type":"object","properties":{"` + freeText + `":{"type":"string"}},"required":["` + freeText + `"],"additionalProperties":false}`

type customTool struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Format      *customFormat `json:"format"`
}

type customFormat struct {
	Type       string `json:"type"`
	Syntax     string `json:"syntax"`
	Definition string `json:"definition"`
}

// readCustomTool reads a custom tool with the function that can stand for it. The
// grammar of the text goes into the description: who cannot be held to it can
// still read it.
func readCustomTool(v jsontext.Value, path string) (interline.Tool, error) {
	var c customTool
	if err := protocol.Unmarshal(v, path, &c); err != nil {
		return interline.Tool{}, err
	}
	if c.Name == "" {
		return interline.Tool{}, interline.Invalid(path+".name", "missing required parameter: '%s.name'", path)
	}
	t := interline.Tool{
		Name: c.Name, Description: c.Description, Schema: []byte(freeSchema),
		Language: protocol.Responses, Raw: []byte(v),
	}
	if f := c.Format; f != nil && f.Definition != "" {
		t.Description = strings.TrimSpace(t.Description + "\n\nThe input must follow this grammar (" + f.Syntax + "):\n" + f.Definition)
	}
	return t, nil
}

// customCall is an item that calls a custom tool.
type customCall struct {
	Type   string `json:"type"`
	CallID string `json:"call_id"`
	Name   string `json:"name"`
	Input  string `json:"input"`
	ID     string `json:"id,omitzero"`
	Status string `json:"status,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

func readCustomCall(v jsontext.Value, path string) (interline.Turn, jsontext.Value, error) {
	var c customCall
	if err := protocol.Unmarshal(v, path, &c); err != nil {
		return interline.Turn{}, nil, err
	}
	for _, f := range [][2]string{{"call_id", c.CallID}, {"name", c.Name}} {
		if f[1] == "" {
			return interline.Turn{}, nil, interline.Invalid(path+"."+f[0], "missing required parameter: '%s.%s'", path, f[0])
		}
	}
	call := &interline.ToolCall{ID: c.CallID, Name: c.Name, Arguments: freeArguments(c.Input)}
	return turnOf(interline.Assistant, interline.Block{Kind: interline.ToolCallBlock, Call: call}), c.Rest, nil
}

// freeArguments are the arguments of the function for a text.
func freeArguments(input string) string {
	return `{"` + freeText + `":` + string(protocol.Quote(input)) + `}`
}

// freeInput is the text in the arguments of the function; ok is false for those
// of any other.
func freeInput(arguments string) (input string, ok bool) {
	rest, state := freeBegins([]byte(arguments))
	if state != freeform {
		return "", false
	}
	input, _, _ = unquoted(rest)
	return input, true
}

// form is whether a call is one of a custom tool, which its arguments tell.
type form uint8

const (
	undecided form = iota
	function
	freeform
)

// freeBegins looks at the beginning of arguments. It returns what follows the
// quotation mark of the text when they are those of a custom tool.
func freeBegins(args []byte) (rest []byte, state form) {
	for _, want := range []string{"{", `"` + freeText + `"`, ":", `"`} {
		args = bytes.TrimLeft(args, " \t\r\n")
		if len(args) < len(want) {
			if strings.HasPrefix(want, string(args)) {
				return nil, undecided
			}
			return nil, function
		}
		if !bytes.HasPrefix(args, []byte(want)) {
			return nil, function
		}
		args = args[len(want):]
	}
	return args, freeform
}

// unquoted is as much of the inside of a JSON string as is whole, what is left of
// it, and whether it ended.
func unquoted(inside []byte) (text string, rest []byte, ended bool) {
	end := 0
	for end < len(inside) && inside[end] != '"' {
		n := 1
		if inside[end] == '\\' {
			if n = escape(inside[end:]); n == 0 {
				break // the rest of it is still to come
			}
		}
		end += n
	}
	ended = end < len(inside) && inside[end] == '"'
	quoted := append(append([]byte{'"'}, inside[:end]...), '"')
	if json.Unmarshal(quoted, &text, lenient) != nil {
		text = string(inside[:end]) // a model wrote what JSON does not allow
	}
	return text, inside[end:], ended
}

// escape is the length of the escape that b begins with, of both halves where it
// takes two; 0 when it is not whole.
func escape(b []byte) int {
	const one = len(`\uD83C`)
	switch {
	case len(b) < 2:
		return 0
	case b[1] != 'u':
		return 2
	case len(b) < one:
		return 0
	}
	half := b[2]|0x20 == 'd' && strings.IndexByte("89aAbB", b[3]) >= 0
	switch after := b[one:]; {
	case !half, len(after) > 0 && after[0] != '\\', len(after) > 1 && after[1] != 'u':
		return one
	case len(after) < one:
		return 0
	}
	return 2 * one
}
