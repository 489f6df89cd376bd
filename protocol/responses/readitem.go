package responses

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/openai"
)

// readInput reads the conversation: a text of the user, or items.
func readInput(v jsontext.Value, r *interline.Request) error {
	switch v.Kind() {
	case 0, 'n':
		return nil
	case '"':
		r.Turns = append(r.Turns, interline.Turn{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: protocol.Text(v)}}})
		return nil
	}
	var items []jsontext.Value
	if err := protocol.Unmarshal(v, "input", &items); err != nil {
		return err
	}
	for i, item := range items {
		path := fmt.Sprintf("input[%d]", i)
		turn, rest, err := readItem(item, path)
		if err != nil {
			return err
		}
		addTurn(r, turn)
		addAll(protocol.Members(path+".", rest), func(name string, v []byte) {
			if protocol.Kind(v) != 'n' {
				r.Extra = append(r.Extra, interline.Member{Name: name, Value: v})
			}
		})
	}
	return nil
}

// addTurn adds an item as a turn, or to the turn before where both are the
// assistant's or both are results.
func addTurn(r *interline.Request, turn interline.Turn) {
	if n := len(r.Turns); n > 0 {
		last := &r.Turns[n-1]
		if turn.Role == last.Role && (turn.Role == interline.Assistant || onlyResults(turn) && onlyResults(*last)) {
			last.Blocks = append(last.Blocks, turn.Blocks...)
			return
		}
	}
	r.Turns = append(r.Turns, turn)
}

func onlyResults(t interline.Turn) bool {
	return len(t.Blocks) > 0 && !slices.ContainsFunc(t.Blocks, func(b interline.Block) bool { return b.Kind != interline.ToolResultBlock })
}

// readItem reads one item, and returns the members of it that have no word.
func readItem(v jsontext.Value, path string) (interline.Turn, jsontext.Value, error) {
	var kind itemKind
	if err := protocol.Unmarshal(v, path, &kind); err != nil {
		return interline.Turn{}, nil, err
	}
	switch {
	case kind.Type == "message" || kind.Type == "" && kind.Role != "":
		return readMessage(v, path)
	case kind.Type == "function_call":
		return readCall(v, path)
	case kind.Type == "custom_tool_call":
		return readCustomCall(v, path)
	case kind.Type == "function_call_output" || kind.Type == "custom_tool_call_output":
		return readOutput(v, path)
	case kind.Type == "reasoning":
		turn, err := readReasoning(v, path)
		return turn, nil, err
	case kind.Type == "" && kind.ID == "":
		return interline.Turn{}, nil, interline.Invalid(path+".type", "missing required parameter: '%s.type'", path)
	}
	// The vendor's own tools and references to what it keeps.
	role := interline.Assistant
	if strings.HasSuffix(kind.Type, "_output") {
		role = interline.User
	}
	return turnOf(role, opaque(v)), nil, nil
}

func turnOf(role interline.Role, blocks ...interline.Block) interline.Turn {
	return interline.Turn{Role: role, Blocks: blocks}
}

func opaque(v jsontext.Value) interline.Block {
	return interline.Block{Kind: interline.Opaque, Language: protocol.Responses, Raw: []byte(v)}
}

func readMessage(v jsontext.Value, path string) (interline.Turn, jsontext.Value, error) {
	var m message
	if err := protocol.Unmarshal(v, path, &m); err != nil {
		return interline.Turn{}, nil, err
	}
	roles := map[string]interline.Role{
		"system": interline.System, "developer": interline.System, "user": interline.User, "assistant": interline.Assistant,
	}
	role, ok := roles[m.Role]
	if !ok {
		return interline.Turn{}, nil, interline.Invalid(path+".role", "invalid value: %q; supported values are 'user', 'assistant', 'system' and 'developer'", m.Role)
	}
	blocks, err := readContent(m.Content, path+".content")
	return turnOf(role, blocks...), m.Rest, err
}

func readCall(v jsontext.Value, path string) (interline.Turn, jsontext.Value, error) {
	var c functionCall
	if err := protocol.Unmarshal(v, path, &c); err != nil {
		return interline.Turn{}, nil, err
	}
	for _, f := range [][2]string{{"call_id", c.CallID}, {"name", c.Name}} {
		if f[1] == "" {
			return interline.Turn{}, nil, interline.Invalid(path+"."+f[0], "missing required parameter: '%s.%s'", path, f[0])
		}
	}
	call := &interline.ToolCall{ID: c.CallID, Name: c.Name, Arguments: c.Arguments}
	return turnOf(interline.Assistant, interline.Block{Kind: interline.ToolCallBlock, Call: call}), c.Rest, nil
}

func readOutput(v jsontext.Value, path string) (interline.Turn, jsontext.Value, error) {
	var o functionOutput
	if err := protocol.Unmarshal(v, path, &o); err != nil {
		return interline.Turn{}, nil, err
	}
	if o.CallID == "" {
		return interline.Turn{}, nil, interline.Invalid(path+".call_id", "missing required parameter: '%s.call_id'", path)
	}
	blocks, err := readContent(o.Output, path+".output")
	result := &interline.ToolResult{CallID: o.CallID, Blocks: blocks}
	return turnOf(interline.User, interline.Block{Kind: interline.ToolResultBlock, Result: result}), o.Rest, err
}

// readReasoning reads an item of reasoning. One that holds neither text nor the
// encrypted form only points at what the vendor keeps.
func readReasoning(v jsontext.Value, path string) (interline.Turn, error) {
	var w reasoningItem
	if err := protocol.Unmarshal(v, path, &w); err != nil {
		return interline.Turn{}, err
	}
	var parts []string
	for _, p := range append(w.Summary, w.Content...) {
		if p.Text != "" {
			parts = append(parts, p.Text)
		}
	}
	b := interline.Block{Kind: interline.ReasoningBlock, Text: strings.Join(parts, "\n\n"), Seal: unsealed(w.Encrypted, w.ID)}
	if b.Text == "" && b.Seal == nil {
		b = opaque(v)
	}
	return turnOf(interline.Assistant, b), nil
}

// readContent reads the content of a message or the output of a call: a text or
// parts.
func readContent(v jsontext.Value, path string) ([]interline.Block, error) {
	switch v.Kind() {
	case '"':
		return []interline.Block{{Kind: interline.Text, Text: protocol.Text(v)}}, nil
	case '[':
	case 0:
		return nil, interline.Invalid(path, "missing required parameter: '%s'", path)
	default:
		return nil, interline.Invalid(path, "invalid type for '%s': expected a string or an array of content parts", path)
	}
	var raws []jsontext.Value
	if err := protocol.Unmarshal(v, path, &raws); err != nil {
		return nil, err
	}
	out := make([]interline.Block, 0, len(raws))
	for i, raw := range raws {
		b, err := readPart(raw, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func readPart(v jsontext.Value, path string) (interline.Block, error) {
	var kind itemKind
	if err := protocol.Unmarshal(v, path, &kind); err != nil {
		return interline.Block{}, err
	}
	switch kind.Type {
	case "":
		return interline.Block{}, interline.Invalid(path+".type", "missing required parameter: '%s.type'", path)
	case "input_text", "output_text", "refusal", "input_image", "input_file", "input_audio":
	default:
		return opaque(v), nil
	}
	var p part
	if err := protocol.Unmarshal(v, path, &p); err != nil {
		return interline.Block{}, err
	}
	b, err := blockOf(p, path)
	if p.Breakpoint != nil {
		b.Cache = &interline.CacheMark{TTL: p.Breakpoint.TTL}
	}
	return b, err
}

func blockOf(p part, path string) (b interline.Block, err error) {
	switch p.Type {
	case "refusal":
		return interline.Block{Kind: interline.Refusal, Text: p.Refusal}, nil
	case "input_image":
		b.Kind = interline.Image
		b.Media, err = readMedia(p.FileID, "", p.ImageURL, path+".image_url")
	case "input_file":
		b.Kind = interline.Document
		b.Media, err = readMedia(p.FileID, p.FileData, p.FileURL, path+".file_data")
	case "input_audio":
		if p.InputAudio == nil {
			return b, interline.Invalid(path+".input_audio", "missing required parameter: '%s.input_audio'", path)
		}
		return interline.Block{Kind: interline.Audio, Media: &interline.Media{Type: openai.AudioType(p.InputAudio.Format), Data: p.InputAudio.Data}}, nil
	default:
		return interline.Block{Kind: interline.Text, Text: p.Text, Citations: annotations(p.Annotations)}, nil
	}
	if err == nil {
		b.Media.Name, b.Media.Detail = p.Filename, p.Detail
	}
	return b, err
}

// readMedia reads the one place where the bytes are: a file of the vendor's,
// data, or a URL, which may hold the data itself.
func readMedia(fileID, data, url, path string) (*interline.Media, error) {
	switch {
	case fileID != "":
		return &interline.Media{FileID: fileID}, nil
	case data == "":
		return openai.Media(url, path)
	case !strings.HasPrefix(data, "data:"):
		data = "data:" + data // the scheme may be left out
	}
	return openai.Media(data, path)
}
