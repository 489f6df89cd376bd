package anthropic

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/core"
)

// block is one content block, of whatever kind. Only the fields of its kind are
// set.
type block struct {
	at   strict.Object
	Kind string // the API's type
	Mark time.Duration

	Text      string          // text; thinking; what is counted of a document, a search result
	Signature string          // thinking
	Data      string          // redacted_thinking
	ID, Name  string          // tool_use; ID also of the tool_use a tool_result answers
	Input     json.RawMessage // tool_use
	Inner     []block         // tool_result
	Failed    bool            // tool_result
	Image     *core.Image
	Remote    bool          // image, document: given by an address and not fetched
	Extra     int           // tokens that no text carries
	Salt      string        // hash of bytes that no text carries
	Cited     bool          // document, search_result: citations are wanted
	Quote     *claude.Quote // document, search_result: what can be cited of it
}

// Kinds of blocks by where they may stand. Blocks of server tools are known to
// the API but not here.
var (
	turnKinds   = []string{"document", "image", "redacted_thinking", "search_result", "text", "thinking", "tool_result", "tool_use"}
	resultKinds = []string{"document", "image", "search_result", "text", "tool_reference"}
)

// readContent reads content that is a string or a list of blocks.
func (r *request) readContent(v strict.Value, kinds ...string) []block {
	if v.Type() != "string" {
		return r.readBlocks(v, kinds...)
	}
	s, _ := v.String()
	if s == "" {
		return nil
	}
	return []block{{Kind: "text", Text: s}}
}

func (r *request) readBlocks(v strict.Value, kinds ...string) []block {
	items, _ := v.List()
	var blocks []block
	for _, item := range items {
		o, ok := item.Object()
		if !ok {
			continue
		}
		kind, ok := o.Text("type")
		if !ok {
			o.Need("type")
			continue
		}
		if !slices.Contains(kinds, kind) {
			o.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: '%s'", kind, strings.Join(kinds, "', '"))
			continue
		}
		blocks = append(blocks, r.readBlock(o, kind))
	}
	return blocks
}

func (r *request) readBlock(o strict.Object, kind string) block {
	in := o.Within(kind)
	b := block{at: o, Kind: kind}
	if kind != "thinking" && kind != "redacted_thinking" {
		b.Mark = r.readMark(in)
	}
	switch kind {
	case "text":
		in.Need("text")
		in.Only("type", "text", "cache_control", "citations")
		b.Text, _ = in.Text("text")
		readCitations(in)
	case "thinking":
		in.Need("thinking", "signature")
		in.Only("type", "thinking", "signature")
		b.Text, _ = in.Text("thinking")
		b.Signature, _ = in.Text("signature")
	case "redacted_thinking":
		in.Need("data")
		in.Only("type", "data")
		b.Data, _ = in.Text("data")
	case "tool_use":
		b.readUse(in)
	case "tool_result":
		r.readResult(in, &b)
	case "image":
		in.Need("source")
		in.Only("type", "source", "cache_control", "transformations")
		b.readImage(in)
	case "document":
		r.readDocument(in, &b)
	case "search_result":
		r.readSearchResult(in, &b)
	case "tool_reference":
		in.Need("tool_name")
		b.Name, _ = in.Text("tool_name")
	}
	return b
}

var toolID = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

func (b *block) readUse(in strict.Object) {
	in.Need("id", "name", "input")
	in.Only("type", "id", "name", "input", "cache_control", "caller", "toolset_name")
	b.ID, _ = in.Text("id")
	if b.ID != "" && !toolID.MatchString(b.ID) {
		in.Within("id").Fail("String should match pattern '^[a-zA-Z0-9_-]+$'")
	}
	b.Name, _ = in.Text("name")
	if len(b.Name) > 200 {
		in.Within("name").Fail("String should have at most 200 characters")
	}
	if _, ok := in.Sub("input"); ok {
		b.Input = in.Raw("input")
	}
}

func (r *request) readResult(in strict.Object, b *block) {
	in.Need("tool_use_id")
	in.Only("type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name")
	b.ID, _ = in.Text("tool_use_id")
	b.Failed, _ = in.Flag("is_error")
	if v, ok := in.Get("content"); ok {
		b.Inner = r.readContent(v, resultKinds...)
	}
}

func (r *request) readSearchResult(in strict.Object, b *block) {
	in.Need("source", "title", "content")
	in.Only("type", "source", "title", "content", "citations", "cache_control")
	source, _ := in.Text("source")
	title, _ := in.Text("title")
	b.Text = title + "\n" + source
	if v, ok := in.Get("content"); ok {
		said := r.readBlocks(v, "text")
		b.Text += "\n" + joined(said)
		b.quoteBlock(said)
	}
	if b.Cited = readWish(in); b.Quote != nil {
		b.Quote.Title, b.Quote.Source = title, source
	}
}

// joined is the text of blocks, line by line.
func joined(blocks []block) string {
	var lines []string
	for _, b := range blocks {
		if b.Text != "" {
			lines = append(lines, b.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// source reads the union every picture and document has, and returns the
// object with its variant in the path.
func source(in strict.Object, kinds ...string) (strict.Object, string) {
	s, ok := in.Sub("source")
	if !ok {
		return s, ""
	}
	kind, ok := s.Text("type")
	if !ok {
		s.Need("type")
		return s, ""
	}
	if !slices.Contains(kinds, kind) {
		s.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: '%s'", kind, strings.Join(kinds, "', '"))
		return s, ""
	}
	return s.Within(kind), kind
}

// readBytes reads the base64 of a source and notes a problem if it is none.
func readBytes(s strict.Object) (data []byte, salt string) {
	s.Need("media_type", "data")
	s.Only("type", "media_type", "data")
	text, ok := s.Text("data")
	if !ok {
		return nil, ""
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) == 0 {
		s.Within("data").Fail("Invalid base64 data")
		return nil, ""
	}
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:])
}

// readURL reads a source that names where its bytes are. They are not fetched.
func readURL(s strict.Object) string {
	s.Need("url")
	s.Only("type", "url")
	url, ok := s.Text("url")
	if ok && !strings.HasPrefix(url, "https://") {
		s.Within("url").Fail("Only HTTPS URLs are supported.")
	}
	return url
}
