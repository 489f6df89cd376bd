package chatcompletions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/openai"
)

func readMessage(m message, i int) (interline.Turn, error) {
	path := fmt.Sprintf("messages[%d]", i)
	turn := interline.Turn{Name: m.Name}
	content, err := readContent(m.Content, path+".content")
	if err != nil {
		return turn, err
	}
	switch m.Role {
	case "system", "developer":
		turn.Role, turn.Blocks = interline.System, content
	case "user":
		turn.Role, turn.Blocks = interline.User, content
	case "assistant":
		turn.Role, turn.Blocks = interline.Assistant, assistantBlocks(m, content)
	case "tool":
		if m.ToolCallID == "" {
			return turn, interline.Invalid(path+".tool_call_id", "missing required parameter: '%s.tool_call_id'", path)
		}
		turn.Role, turn.Blocks = interline.User, []interline.Block{{
			Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: m.ToolCallID, Blocks: content},
		}}
	case "function":
		// The legacy form has no id: the function's name stands for it.
		turn.Role, turn.Name = interline.User, ""
		turn.Blocks = []interline.Block{{
			Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: m.Name, Blocks: content},
		}}
	default:
		return turn, interline.Invalid(path+".role", "invalid value: %q; supported values are 'system', 'developer', 'user', 'assistant' and 'tool'", m.Role)
	}
	return turn, nil
}

// assistantBlocks puts the pieces of an assistant message in the order other
// languages want them: reasoning, text, refusal, calls.
func assistantBlocks(m message, content []interline.Block) []interline.Block {
	var out []interline.Block
	for _, t := range m.ThinkingBlocks {
		out = append(out, interline.Block{
			Kind: interline.ReasoningBlock, Text: t.text(),
			Seal: seal(t),
		})
	}
	if len(m.ThinkingBlocks) == 0 {
		for _, s := range []*string{m.ReasoningContent, m.Reasoning} {
			if s != nil && *s != "" {
				out = append(out, interline.Block{Kind: interline.ReasoningBlock, Text: *s})
				break
			}
		}
	}
	out = append(out, content...)
	if m.Refusal != nil && *m.Refusal != "" {
		out = append(out, interline.Block{Kind: interline.Refusal, Text: *m.Refusal})
	}
	for _, c := range m.ToolCalls {
		out = append(out, callBlock(c))
	}
	if f := m.FunctionCall; f != nil {
		out = append(out, interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: f.Name, Name: f.Name, Arguments: f.Arguments}})
	}
	return out
}

// seal is the proof of a thinking block, or nil for one without.
func seal(t thinkingBlock) *interline.Seal {
	if t.Data != "" {
		return &interline.Seal{Issuer: dialogue.Issuer, Redacted: t.Data}
	}
	return dialogue.Seal(t.Signature)
}

func callBlock(c toolCall) interline.Block {
	if c.Function == nil {
		raw, _ := json.Marshal(c)
		return interline.Block{Kind: interline.Opaque, Language: protocol.ChatCompletions, Raw: raw}
	}
	return interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments}}
}

// readContent reads a message's content: a string, parts, or null.
func readContent(v jsontext.Value, path string) ([]interline.Block, error) {
	switch v.Kind() {
	case 0, 'n':
		return nil, nil
	case '"':
		return []interline.Block{{Kind: interline.Text, Text: protocol.Text(v)}}, nil
	case '[':
	default:
		return nil, interline.Invalid(path, "invalid type for %q: expected a string or an array of content parts", path)
	}
	var raws []jsontext.Value
	if err := protocol.Unmarshal(v, path, &raws); err != nil {
		return nil, err
	}
	var out []interline.Block
	for i, raw := range raws {
		b, err := readPart(raw, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

func readPart(raw jsontext.Value, path string) ([]interline.Block, error) {
	var p part
	if err := protocol.Unmarshal(raw, path, &p); err != nil {
		return nil, err
	}
	var b interline.Block
	switch {
	case p.Type == "text":
		b = interline.Block{Kind: interline.Text, Text: p.Text}
	case p.Type == "refusal":
		b = interline.Block{Kind: interline.Refusal, Text: p.Refusal}
	case p.Type == "thinking":
		b = interline.Block{Kind: interline.ReasoningBlock, Text: thinkingText(p.Thinking)}
	case p.Type == "image_url" && p.ImageURL != nil:
		media, err := openai.Media(p.ImageURL.URL, path+".image_url.url")
		if err != nil {
			return nil, err
		}
		media.Detail = p.ImageURL.Detail
		b = interline.Block{Kind: interline.Image, Media: media}
	case p.Type == "input_audio" && p.InputAudio != nil:
		b = interline.Block{Kind: interline.Audio, Media: &interline.Media{Type: openai.AudioType(p.InputAudio.Format), Data: p.InputAudio.Data}}
	case p.Type == "file" && p.File != nil:
		media, err := fileMedia(p.File, path)
		if err != nil {
			return nil, err
		}
		b = interline.Block{Kind: interline.Document, Media: media}
	case p.Type == "":
		return nil, interline.Invalid(path+".type", "missing required parameter: '%s.type'", path)
	case slices.Contains([]string{"image_url", "input_audio", "file"}, p.Type):
		return nil, interline.Invalid(path+"."+p.Type, "missing required parameter: '%s.%s'", path, p.Type)
	default:
		b = interline.Block{Kind: interline.Opaque, Language: protocol.ChatCompletions, Raw: []byte(raw)}
	}
	if p.Breakpoint != nil {
		b.Cache = &interline.CacheMark{TTL: p.Breakpoint.TTL}
	}
	return []interline.Block{b}, nil
}

func fileMedia(f *file, path string) (*interline.Media, error) {
	if f.FileID != "" {
		return &interline.Media{FileID: f.FileID, Name: f.Filename}, nil
	}
	media, err := openai.Media(f.FileData, path+".file.file_data")
	if err != nil {
		return nil, err
	}
	media.Name = f.Filename
	return media, nil
}

// thinkingText reads Mistral's thinking, a string or a list of text parts.
func thinkingText(v jsontext.Value) string {
	if v.Kind() == '"' {
		return protocol.Text(v)
	}
	var parts []part
	if json.Unmarshal(v, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}
