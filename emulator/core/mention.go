package core

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// mention is a tool named in a prompt, with the arguments given right after
// the name, if any were.
type mention struct {
	tool   Tool
	at     int             // byte offset in the text
	object json.RawMessage // from name {...}
	words  []string        // from name(...)
}

// findMentions lists the tools that a text names as whole words, in the order
// of their mention.
func findMentions(text string, tools []Tool) []mention {
	var found []mention
	for _, t := range tools {
		if t.Name == "" {
			continue
		}
		for from := 0; from < len(text); {
			i := strings.Index(text[from:], t.Name)
			if i < 0 {
				break
			}
			start := from + i
			end := start + len(t.Name)
			if wholeWord(text, start, end) {
				m := mention{tool: t, at: start}
				m.readArguments(text[end:])
				found = append(found, m)
			}
			from = end
		}
	}
	slices.SortStableFunc(found, func(a, b mention) int { return cmp.Compare(a.at, b.at) })
	return dropInside(found)
}

// dropInside removes mentions within the JSON arguments of an earlier one.
func dropInside(found []mention) []mention {
	end := 0
	return slices.DeleteFunc(found, func(m mention) bool {
		if m.at < end {
			return true
		}
		end = m.at + len(m.tool.Name) + len(m.object)
		return false
	})
}

func wholeWord(text string, start, end int) bool {
	return (start == 0 || !nameByte(text[start-1])) && (end == len(text) || !nameByte(text[end]))
}

func nameByte(b byte) bool {
	return b == '_' || b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// readArguments reads {...} or (...) at the start of what follows a name.
func (m *mention) readArguments(rest string) {
	rest = strings.TrimLeft(rest, " ")
	switch {
	case strings.HasPrefix(rest, "{"):
		var object json.RawMessage
		if json.NewDecoder(strings.NewReader(rest)).Decode(&object) == nil {
			m.object = object
		}
	case strings.HasPrefix(rest, "("):
		m.words = splitWords(rest[1:])
	}
}

// splitWords reads the inside of parentheses: words in quotes or bare, with
// commas between, up to the closing parenthesis.
func splitWords(text string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	flush := func() {
		if w := strings.TrimSpace(word.String()); w != "" {
			words = append(words, w)
		}
		word.Reset()
	}
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote = r
		case r == ',':
			flush()
		case r == ')':
			flush()
			return words
		default:
			word.WriteRune(r)
		}
	}
	return nil // never closed: it was not an argument list
}

// arguments is the call's JSON object.
func (m mention) arguments() json.RawMessage {
	if m.object != nil {
		return m.object
	}
	if len(m.tool.Schema) == 0 {
		return json.RawMessage("{}")
	}
	f := filler{root: m.tool.Schema, words: m.words}
	got := f.fill(m.tool.Schema, "", 0)
	if len(got) == 0 || got[0] != '{' {
		return json.RawMessage("{}")
	}
	return got
}
