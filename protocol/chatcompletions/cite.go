package chatcompletions

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// annotation is the one kind of citation that Chat Completions has: of a page that
// has an address (openai-go v3.96.0). A citation of a document of the request, or of
// an uploaded file, has no form here and is left out. Places are characters, counted
// over the message's whole content; the end is not included.
type annotation struct {
	Type string       `json:"type"`
	URL  *urlCitation `json:"url_citation"`
}

type urlCitation struct {
	End   int    `json:"end_index"`
	Start int    `json:"start_index"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// texts are the texts of one choice, which the language tells as one.
type texts struct {
	runes  int // of all of them so far
	blocks []textBlock
}

// textBlock is where a text stands in the whole, in code points.
type textBlock struct{ index, from, to int }

// add counts a piece of a text.
func (t *texts) add(index int, s string) {
	n := utf8.RuneCountInString(s)
	if last := len(t.blocks) - 1; last < 0 || t.blocks[last].index != index {
		t.blocks = append(t.blocks, textBlock{index, t.runes, t.runes})
	}
	t.runes += n
	t.blocks[len(t.blocks)-1].to = t.runes
}

// find returns the block of that number.
func (t *texts) find(index int) (textBlock, bool) {
	for _, b := range t.blocks {
		if b.index == index {
			return b, true
		}
	}
	return textBlock{}, false
}

// at returns the block in which a place of the whole stands.
func (t *texts) at(place int) (textBlock, bool) {
	for _, b := range t.blocks {
		if place < b.to {
			return b, true
		}
	}
	if n := len(t.blocks); n > 0 {
		return t.blocks[n-1], true
	}
	return textBlock{}, false
}

// annotation says a citation; ok is false for one that the language has no form for.
func (t *texts) annotation(ev *interline.Event) (a annotation, ok bool) {
	c := ev.Citation
	b, told := t.find(ev.Index)
	if c == nil || c.URL == "" || !told {
		return a, false
	}
	start, end := b.from, b.to
	if c.End > 0 {
		start, end = b.from+c.Start, min(b.from+c.End, b.to)
	}
	cited := c.Clone()
	return annotation{Type: "url_citation", URL: &urlCitation{End: end, Start: min(start, end), Title: cited.Title, URL: cited.URL}}, true
}

// annotate tells a citation in a stream.
func (e *streamEncoder) annotate(dst []byte, ev *interline.Event) []byte {
	a, ok := e.choice(ev.Choice).texts.annotation(ev)
	if !ok {
		return dst
	}
	return e.chunk(dst, ev.Choice, func(dst []byte) []byte {
		return appendAnnotations(dst, []annotation{a})
	}, "")
}

func appendAnnotations(dst []byte, all []annotation) []byte {
	return append(append(dst, `"annotations":`...), protocol.JSON(all)...)
}

// annotated reads the annotations of a message or delta. Kinds that nobody knows, as
// some servers have them, are passed over.
func (d *decoder) annotated(i int, c *candidate, v jsontext.Value) {
	var raws []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &raws) != nil {
		return
	}
	for _, raw := range raws {
		var a annotation
		if json.Unmarshal(raw, &a) != nil || a.URL == nil || a.URL.URL == "" {
			continue
		}
		b, ok := c.texts.at(a.URL.Start)
		if !ok {
			continue
		}
		said := interline.Citation{URL: a.URL.URL, Title: a.URL.Title, Document: -1}
		if start, end := a.URL.Start-b.from, min(a.URL.End, b.to)-b.from; start >= 0 && end > start {
			said.Start, said.End = start, end
		}
		d.emit(interline.Event{Kind: interline.CitationDelta, Choice: i, Index: b.index, Block: interline.Text, Citation: &said})
	}
}
