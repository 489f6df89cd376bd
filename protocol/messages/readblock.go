package messages

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
)

// turns reads the system prompt, as a turn before all others, and the messages.
func (rd *reader) turns(w *request) error {
	system, err := rd.content(w.System, "system")
	if err != nil {
		return err
	}
	if len(system) > 0 {
		rd.r.Turns = append(rd.r.Turns, interline.Turn{Role: interline.System, Blocks: system})
	}
	roles := map[string]interline.Role{"user": interline.User, "assistant": interline.Assistant, "system": interline.System}
	for i, m := range w.Messages {
		path := fmt.Sprintf("messages[%d]", i)
		role, ok := roles[m.Role]
		if !ok {
			return interline.Invalid(path+".role", "messages.%d.role: Input should be 'user', 'assistant' or 'system'", i)
		}
		if k := m.Content.Kind(); k == 0 || k == 'n' {
			return interline.Invalid(path+".content", "messages.%d.content: Field required", i)
		}
		blocks, err := rd.content(m.Content, path+".content")
		if err != nil {
			return err
		}
		rd.r.Turns = append(rd.r.Turns, interline.Turn{Role: role, Blocks: blocks})
		rd.rest(path+".", m.Rest)
	}
	return nil
}

// content reads a text or a list of blocks.
func (rd *reader) content(v jsontext.Value, path string) ([]interline.Block, error) {
	switch v.Kind() {
	case 0, 'n':
		return nil, nil
	case '"':
		return []interline.Block{{Kind: interline.Text, Text: protocol.Text(v)}}, nil
	case '[':
	default:
		return nil, interline.Invalid(path, "%s: Input should be a valid string or a list of blocks", path)
	}
	var raws []jsontext.Value
	if err := protocol.Unmarshal(v, path, &raws); err != nil {
		return nil, err
	}
	out := make([]interline.Block, 0, len(raws))
	for i, raw := range raws {
		b, err := rd.block(raw, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (rd *reader) block(raw jsontext.Value, path string) (interline.Block, error) {
	var kind struct {
		Type  string        `json:"type"`
		Cache *cacheControl `json:"cache_control"`
	}
	if err := protocol.Unmarshal(raw, path, &kind); err != nil {
		return interline.Block{}, err
	}
	opaque := interline.Block{Kind: interline.Opaque, Language: protocol.Messages, Raw: []byte(raw), Cache: mark(kind.Cache)}
	switch kind.Type {
	case "":
		return opaque, interline.Invalid(path+".type", "%s.type: Field required", path)
	case "text", "image", "document", "thinking", "redacted_thinking", "tool_use", "tool_result":
	default: // server tools, search results, and what comes later
		return opaque, nil
	}
	var w block
	if err := protocol.Unmarshal(raw, path, &w); err != nil {
		return opaque, err
	}
	b, ok, err := rd.known(&w, path)
	if err != nil || !ok {
		return opaque, err
	}
	b.Cache = mark(w.CacheControl)
	rd.cited(&b, w.Citations, path+".citations")
	rd.rest(path+".", w.Rest)
	return b, nil
}

// known reads a block of a kind that is modelled; ok is false for a form of it
// that is not.
func (rd *reader) known(w *block, path string) (b interline.Block, ok bool, err error) {
	switch w.Type {
	case "text":
		return interline.Block{Kind: interline.Text, Text: w.Text}, true, nil
	case "image", "document":
		m, err := media(w, path)
		kind := interline.Image
		if w.Type == "document" {
			kind = interline.Document
		}
		return interline.Block{Kind: kind, Media: m}, m != nil, err
	case "thinking":
		return interline.Block{Kind: interline.ReasoningBlock, Text: w.Thinking, Seal: dialogue.Seal(w.Signature)}, true, nil
	case "redacted_thinking":
		return interline.Block{Kind: interline.ReasoningBlock, Seal: &interline.Seal{Issuer: dialogue.Issuer, Redacted: w.Data}}, true, nil
	case "tool_use":
		if w.ID == "" || w.Name == "" {
			return b, false, interline.Invalid(path+".id", "%s: a tool_use needs an id and a name", path)
		}
		return interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: w.ID, Name: w.Name, Arguments: string(w.Input)}}, true, nil
	}
	if w.ToolUseID == "" {
		return b, false, interline.Invalid(path+".tool_use_id", "%s.tool_use_id: Field required", path)
	}
	inner, err := rd.content(w.Content, path+".content")
	return interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{
		CallID: w.ToolUseID, Blocks: inner, Failed: w.IsError,
	}}, true, err
}

// media reads the source of an image or document, or returns nil for one in a
// form that is not modelled (a document of blocks).
func media(w *block, path string) (*interline.Media, error) {
	s := w.Source
	if s == nil {
		return nil, interline.Invalid(path+".source", "%s.source: Field required", path)
	}
	m := &interline.Media{}
	if w.Title != nil {
		m.Name = *w.Title
	}
	switch s.Type {
	case "base64":
		m.Type, m.Data = s.MediaType, s.Data
	case "text":
		m.Type, m.Data, m.Plain = s.MediaType, s.Data, true
	case "url":
		m.URL = s.URL
	case "file":
		m.FileID = s.FileID
	default:
		return nil, nil
	}
	if m.Data == "" && m.URL == "" && m.FileID == "" {
		return nil, interline.Invalid(path+".source", "%s.source: it is empty", path)
	}
	return m, nil
}
