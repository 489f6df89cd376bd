package anthropic

import (
	"bytes"
	"slices"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/core"
)

// Limits of pictures (anthropic docs "Vision", 2026-11).
const (
	maxImageBytes = 5 << 20
	maxImageSide  = 8000
	pageTokens    = 1500 // the low end of what the documentation says a PDF page costs
)

func (b *block) readImage(in strict.Object) {
	s, kind := source(in, "base64", "url")
	switch kind {
	case "url":
		b.Salt = readURL(s)
		b.Image, b.Remote = &core.Image{URL: b.Salt}, true
	case "base64":
		b.readInlineImage(s)
	}
	if b.Image != nil {
		b.Extra = claude.ImageTokens(b.Image.Width, b.Image.Height)
	}
}

func (b *block) readInlineImage(s strict.Object) {
	media := oneOf(s, "media_type", "image/jpeg", "image/png", "image/gif", "image/webp")
	data, salt := readBytes(s)
	if media == "" || data == nil {
		return
	}
	if len(data) > maxImageBytes {
		s.Fail("image exceeds 5 MB maximum: %d bytes > %d bytes", len(data), maxImageBytes)
		return
	}
	found := claude.ImageType(data)
	if found == "" {
		s.Within("data").Fail("Could not process image")
		return
	}
	if found != media {
		s.Fail("The image was specified using the %s media type, but the image appears to be a %s image", media, found)
		return
	}
	img, ok := core.ReadImage(media, data)
	if !ok && media != "image/webp" { // a WebP's size is not read here
		s.Within("data").Fail("Could not process image")
		return
	}
	if max(img.Width, img.Height) > maxImageSide {
		s.Within("data").Fail("At least one of the image dimensions exceed max allowed size: %d pixels", maxImageSide)
	}
	b.Image, b.Salt = &img, salt
}

func (r *request) readDocument(in strict.Object, b *block) {
	in.Need("source")
	in.Only("type", "source", "title", "context", "citations", "cache_control")
	title, _ := in.Text("title")
	context, _ := in.Text("context")
	s, kind := source(in, "base64", "content", "text", "url")
	switch kind {
	case "base64":
		b.readPDF(s)
	case "text":
		s.Need("data", "media_type")
		s.Only("type", "media_type", "data")
		oneOf(s, "media_type", "text/plain")
		b.Text, _ = s.Text("data")
		b.quote(b.Text)
	case "content":
		s.Need("content")
		s.Only("type", "content")
		if v, ok := s.Get("content"); ok {
			inner := r.readContent(v, "image", "text")
			b.Text, b.Inner = joined(inner), pictures(inner)
			b.quoteBlock(inner)
		}
	case "url":
		b.Salt, b.Extra, b.Remote = readURL(s), pageTokens, true
	}
	if b.Cited = readWish(in); b.Quote != nil {
		b.Quote.Title = title
	}
	b.Text = joined([]block{{Text: title}, {Text: context}, {Text: b.Text}})
}

// readPDF counts the pages; their text is not extracted.
func (b *block) readPDF(s strict.Object) {
	oneOf(s, "media_type", "application/pdf")
	data, salt := readBytes(s)
	if data == nil {
		return
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		s.Within("data").Fail("The PDF specified was not valid.")
		return
	}
	b.Salt, b.Extra = salt, pageTokens*claude.PDFPages(data)
	q := claude.QuotePDF(data)
	b.Quote = &q
}

func pictures(blocks []block) []block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b block) bool { return b.Image == nil })
}
