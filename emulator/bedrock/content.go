package bedrock

import (
	"bytes"
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

// block is one content block. Only the fields of its kind are set.
type block struct {
	at   strict.Object
	Kind string // the member of the union

	Text      string // text, guardContent, reasoningContent; of a document what is counted
	Signature string // reasoningContent
	Redacted  []byte // reasoningContent
	ID, Name  string // toolUse; ID also of the toolUse a toolResult answers; Name also of a document
	Input     json.RawMessage
	Inner     []block // toolResult
	Failed    bool    // toolResult
	Image     *core.Image
	Extra     int // tokens that no text carries
	Salt      string
	Mark      time.Duration // cachePoint
	Cited     bool          // document: citations are wanted
	Quote     *claude.Quote // document: what can be cited of it
}

// Kinds of blocks by where they may stand (service model, 2026-08). Those the
// emulator does not play are known, so that they are refused by name.
var (
	turnKinds = []string{
		"text", "image", "document", "toolUse", "toolResult", "reasoningContent", "cachePoint", "guardContent",
		"video", "audio", "citationsContent", "searchResult", "toolAddition", "toolRemoval",
	}
	systemKinds = []string{"text", "guardContent", "cachePoint"}
	resultKinds = []string{"text", "json", "image", "document", "video", "searchResult"}
)

var unplayed = []string{"video", "audio", "searchResult", "toolAddition", "toolRemoval"}

// readBlock reads one block; ok is false when it is none.
func readBlock(o strict.Object, kinds []string) (b block, ok bool) {
	b = block{at: o, Kind: union(o, kinds...)}
	if b.Kind == "" {
		return b, false
	}
	if slices.Contains(unplayed, b.Kind) {
		fail(o, b.Kind, "The emulator does not play this kind of content")
		return b, false
	}
	if b.Kind == "text" {
		b.Text, ok = o.Text("text")
		return b, ok
	}
	in, ok := o.Sub(b.Kind)
	if !ok {
		return b, false
	}
	switch b.Kind {
	case "json":
		b.Text = string(o.Raw("json"))
	case "image":
		b.readImage(in)
	case "document":
		b.readDocument(in)
	case "toolUse":
		b.readUse(in)
	case "toolResult":
		b.readResult(in)
	case "reasoningContent":
		b.readReasoning(in)
	case "cachePoint":
		b.Mark = readMark(in)
	case "citationsContent":
		b.readCited(in)
	case "guardContent":
		in.Need("text")
		text, _ := in.Sub("text")
		text.Need("text")
		b.Text, _ = text.Text("text")
	}
	return b, true
}

var useID = regexp.MustCompile(`^[a-zA-Z0-9_.:-]{1,64}$`)

func readID(o strict.Object) string {
	id, _ := o.Text("toolUseId")
	if o.Has("toolUseId") && !useID.MatchString(id) {
		fail(o, "toolUseId", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+ and have length less than or equal to 64")
	}
	return id
}

func (b *block) readUse(o strict.Object) {
	o.Need("toolUseId", "name", "input")
	b.ID = readID(o)
	b.Name, _ = o.Text("name")
	if o.Has("name") && !toolName.MatchString(b.Name) {
		fail(o, "name", "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+ and have length less than or equal to 64")
	}
	if _, ok := o.Sub("input"); ok {
		b.Input = o.Raw("input")
	}
}

func (b *block) readResult(o strict.Object) {
	o.Need("toolUseId", "content")
	b.ID = readID(o)
	b.Failed = enum(o, "status", "success", "error") == "error"
	for _, item := range items(o, "content") {
		if inner, ok := readBlock(item, resultKinds); ok {
			b.Inner = append(b.Inner, inner)
		}
	}
}

func (b *block) readReasoning(o strict.Object) {
	switch union(o, "reasoningText", "redactedContent") {
	case "reasoningText":
		t, _ := o.Sub("reasoningText")
		t.Need("text")
		b.Text, _ = t.Text("text")
		b.Signature, _ = t.Text("signature")
	case "redactedContent":
		b.Redacted = readBlob(o, "redactedContent")
	}
}

// readBlob reads a member that carries bytes as base64.
func readBlob(o strict.Object, name string) []byte {
	text, ok := o.Text(name)
	if !ok {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) == 0 {
		fail(o, name, "Member must be base64 and not empty")
		return nil
	}
	return data
}

// Limits of pictures and documents (bedrock docs, 2026-11).
const (
	maxImageBytes    = 3_750_000
	maxImageSide     = 8000
	maxDocumentBytes = 4_500_000
	pageTokens       = 1500 // the low end of what Anthropic's documentation says a PDF page costs
)

// readSource reads the bytes of a picture or document.
func (b *block) readSource(o strict.Object, most int, more ...string) (strict.Object, []byte) {
	s, ok := o.Sub("source")
	if !ok {
		return s, nil
	}
	switch union(s, append([]string{"bytes", "s3Location"}, more...)...) {
	case "s3Location":
		fail(s, "s3Location", "The emulator reads no S3 objects")
	case "bytes":
		data := readBlob(s, "bytes")
		if len(data) > most {
			s.Fail("Member must have length less than or equal to %d", most)
		}
		sum := sha256.Sum256(data)
		b.Salt = hex.EncodeToString(sum[:])
		return s, data
	}
	return s, nil
}

func (b *block) readImage(o strict.Object) {
	o.Need("format", "source")
	media := "image/" + enum(o, "format", "png", "jpeg", "gif", "webp")
	s, data := b.readSource(o, maxImageBytes)
	if data == nil || media == "image/" {
		return
	}
	img, ok := core.ReadImage(media, data)
	switch found := claude.ImageType(data); {
	case found != media, !ok && media != "image/webp": // a WebP's size is not read here
		fail(s, "bytes", "Member must be an image in the format %s", strings.TrimPrefix(media, "image/"))
		return
	case max(img.Width, img.Height) > maxImageSide:
		fail(s, "bytes", "Member must have at most %d pixels on a side", maxImageSide)
		return
	}
	b.Image = &img
}

var formats = []string{"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"}

// readDocument counts a PDF by its pages, text by its words, and what else there
// is by its size: nothing is extracted from it.
func (b *block) readDocument(o strict.Object) {
	o.Need("name", "source")
	format := enum(o, "format", formats...)
	b.Name, _ = o.Text("name")
	context, _ := o.Text("context")
	s, data := b.readSource(o, maxDocumentBytes, "text", "content")
	text := ""
	switch {
	case s.Has("text"):
		text, _ = s.Text("text")
		b.quote(text)
	case s.Has("content"):
		for i, item := range items(s, "content") {
			if inner, ok := readBlock(item, []string{"text"}); ok {
				text += inner.Text + "\n"
				b.quoteChunk(i, inner.Text)
			}
		}
	case format == "pdf":
		if data != nil && !bytes.HasPrefix(data, []byte("%PDF-")) {
			fail(s, "bytes", "Member must be a PDF")
		}
		b.Extra = pageTokens * claude.PDFPages(data)
		q := claude.QuotePDF(data)
		b.Quote = &q
	case slices.Contains([]string{"csv", "html", "txt", "md"}, format):
		text = strings.ToValidUTF8(string(data), "\uFFFD")
		b.quote(text)
	default:
		b.Extra = (len(data) + 3) / 4
	}
	b.Cited = readWish(o)
	b.Text = strings.TrimSpace(strings.Join([]string{b.Name, context, text}, "\n"))
}
