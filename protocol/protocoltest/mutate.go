package protocoltest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// Mutate returns JSON changed along its grammar: members renamed, doubled, moved
// and taken out, values of other kinds in their places, texts with what is hard to
// read, nesting, numbers at their limits. The same seed gives the same change; 0,
// and bytes that are not JSON, give the bytes themselves. A stream of server-sent
// events is changed in the JSON of its data.
func Mutate(data []byte, seed uint64) []byte {
	if seed == 0 {
		return data
	}
	m := mutator{rand.New(rand.NewPCG(seed, seed>>7))}
	if out, ok := m.document(data); ok {
		return out
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	changed := false
	for i, line := range lines {
		rest, isData := bytes.CutPrefix(line, []byte("data: "))
		if !isData || m.IntN(3) > 0 {
			continue
		}
		if out, ok := m.document(bytes.TrimSpace(rest)); ok {
			lines[i], changed = append(append([]byte("data: "), out...), '\n'), true
		}
	}
	if !changed {
		return data
	}
	return bytes.Join(lines, nil)
}

type mutator struct{ *rand.Rand }

// node is a JSON value that keeps the order of its members, and may hold one twice.
type node struct {
	kind    byte // of its first byte; 0 is a literal
	literal string
	names   []string
	inner   []*node
}

func (m mutator) document(data []byte) ([]byte, bool) {
	if !json.Valid(data) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	root, ok := readNode(d, 0)
	if !ok {
		return nil, false
	}
	for range 1 + m.IntN(3) {
		m.change(m.pick(root))
	}
	return appendNode(nil, root), true
}

// maxDepth keeps what is read from growing out of hand when it is mutated again.
const maxDepth = 200

func readNode(d *json.Decoder, depth int) (*node, bool) {
	t, err := d.Token()
	if err != nil || depth > maxDepth {
		return nil, false
	}
	switch v := t.(type) {
	case json.Delim:
		n := &node{kind: byte(v)}
		for d.More() {
			if v == '{' {
				name, err := d.Token()
				text, isText := name.(string)
				if err != nil || !isText {
					return nil, false
				}
				n.names = append(n.names, quote(text))
			}
			inner, ok := readNode(d, depth+1)
			if !ok {
				return nil, false
			}
			n.inner = append(n.inner, inner)
		}
		_, err := d.Token()
		return n, err == nil
	case string:
		return &node{literal: quote(v)}, true
	case json.Number:
		return &node{literal: v.String()}, true
	}
	literal, err := json.Marshal(t)
	return &node{literal: string(literal)}, err == nil
}

func quote(s string) string {
	b, _ := json.Marshal(s) // texts can always be said
	return string(b)
}

func appendNode(dst []byte, n *node) []byte {
	if n.kind == 0 {
		return append(dst, n.literal...)
	}
	dst = append(dst, n.kind)
	for i, inner := range n.inner {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.kind == '{' {
			dst = append(append(dst, n.names[i]...), ':')
		}
		dst = appendNode(dst, inner)
	}
	return append(dst, map[byte]byte{'{': '}', '[': ']'}[n.kind])
}

// pick walks down to a value.
func (m mutator) pick(n *node) *node {
	for len(n.inner) > 0 && m.IntN(4) > 0 {
		n = n.inner[m.IntN(len(n.inner))]
	}
	return n
}

// strange are values that a place is rarely made for.
var strange = []string{
	`null`, `true`, `0`, `-0`, `1e400`, `1e-400`, `9223372036854775808`, `-9223372036854775809`, `0.1`, `1E2`, `""`, `[]`, `{}`, `[[]]`, `{"":{}}`,
	`"\u0000"`, `"\ud83d\ude00"`, `"\u2028"`, `"a\"b\\c"`, `"data:image/png;base64,iVBORw0KGgo="`, `"data:,"`, `"https://example.com/a"`,
	`"interline.1.e30"`, `[null]`, `{"type":"text"}`, `{"type":"unheard_of"}`, `{"text":"x"}`, `"call_1"`, `"assistant"`, `"system"`,
}

func (m mutator) change(n *node) {
	if n.kind == 0 || len(n.inner) == 0 {
		m.replace(n)
		return
	}
	i, j := m.IntN(len(n.inner)), m.IntN(len(n.inner))
	switch m.IntN(9) {
	case 0:
		m.replace(n.inner[i])
	case 1: // taken out
		n.inner = append(append([]*node(nil), n.inner[:i]...), n.inner[i+1:]...)
		if n.kind == '{' {
			n.names = append(append([]string(nil), n.names[:i]...), n.names[i+1:]...)
		}
	case 2: // said twice, the second time perhaps otherwise
		twin := *n.inner[i]
		if m.IntN(2) == 0 {
			m.replace(&twin)
		}
		n.inner = append(n.inner, &twin)
		if n.kind == '{' {
			n.names = append(n.names, m.respell(n.names[i]))
		}
	case 3: // values change places
		n.inner[i], n.inner[j] = n.inner[j], n.inner[i]
	case 4: // members change places, with their names
		n.inner[i], n.inner[j] = n.inner[j], n.inner[i]
		if n.kind == '{' {
			n.names[i], n.names[j] = n.names[j], n.names[i]
		}
	case 5:
		if n.kind == '{' {
			n.names[i] = m.respell(n.names[i])
		}
	case 6: // wrapped
		inner := *n.inner[i]
		*n.inner[i] = node{kind: '[', inner: []*node{&inner}}
	case 7: // nested deeply
		depth := 1 + m.IntN(80)
		*n.inner[i] = node{literal: strings.Repeat("[", depth) + strings.Repeat("]", depth)}
	case 8: // one more than there should be
		n.inner = append(n.inner, &node{literal: strange[m.IntN(len(strange))]})
		if n.kind == '{' {
			n.names = append(n.names, quote("x_"+string(rune('a'+m.IntN(26)))))
		}
	}
}

func (m mutator) replace(n *node) { *n = node{literal: strange[m.IntN(len(strange))]} }

// respell writes a name in other letter cases, or with an escape that means the
// same.
func (m mutator) respell(name string) string {
	if len(name) < 3 {
		return name
	}
	i := 1 + m.IntN(len(name)-2)
	switch c := name[i]; {
	case c < 'a' || c > 'z':
		return name
	case m.IntN(2) == 0:
		return name[:i] + string(rune(c-'a'+'A')) + name[i+1:]
	default:
		const digits = "0123456789abcdef"
		return name[:i] + `\u00` + string(digits[c>>4]) + string(digits[c&15]) + name[i+1:]
	}
}
