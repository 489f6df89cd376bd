package generatecontent

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// grounding is what a candidate's texts are from, until the last chunk tells it.
type grounding struct {
	texts  []spot
	cited  []citedText
	parts  int  // parts told so far; pieces of text that follow each other are one in a stream
	length int  // of the last one in bytes, where it is text
	text   bool // the last one is text
}

// spot is a block of text and where it stands among the parts.
type spot struct {
	index      int
	text       []byte
	placed     bool
	part, from int // from in bytes
}

type citedText struct {
	index, start, end int // in code points
	what              interline.Citation
}

func (g *grounding) spot(index int) *spot {
	for i := range g.texts {
		if g.texts[i].index == index {
			return &g.texts[i]
		}
	}
	return nil
}

// say keeps a piece of a block of text.
func (g *grounding) say(index int, text string) {
	s := g.spot(index)
	if s == nil {
		g.texts = append(g.texts, spot{index: index})
		s = &g.texts[len(g.texts)-1]
	}
	s.text = append(s.text, text...)
}

// wrote notes that a part was told.
func (g *grounding) wrote(p *piece, stream bool) {
	text := p.media == nil && (p.kind == interline.Text || p.kind == interline.Refusal)
	if !stream || !text || !g.text {
		g.parts++
		g.length = 0
	}
	if g.text = text; !text {
		return
	}
	if s := g.spot(p.index); s != nil && !s.placed {
		s.placed, s.part, s.from = true, g.parts-1, g.length
	}
	g.length += len(p.text)
}

// cite keeps a citation of what a block has said.
func (g *grounding) cite(ev *interline.Event) {
	s, c := g.spot(ev.Index), ev.Citation
	if s == nil || c == nil || c.URL == "" && c.Title == "" && c.Cited == "" {
		return
	}
	start, end, length := 0, utf8.RuneCount(s.text), utf8.RuneCount(s.text)
	if c.End > 0 {
		end = min(c.End, length)
		start = min(c.Start, end)
	}
	g.cited = append(g.cited, citedText{ev.Index, start, end, c.Clone()})
}

// tell adds all of it. Citations of one piece of text are one support.
func (g *grounding) tell(out *jsonout.Text) {
	var chunks, supports jsonout.Text
	var seen []citedAt
	for i := 0; i < len(g.cited); {
		first := &g.cited[i]
		var numbers []byte
		for ; i < len(g.cited) && g.cited[i].beside(first); i++ {
			c := &g.cited[i].what
			key := citedAt{url: c.URL, title: c.Title, cited: c.Cited}
			n := slices.Index(seen, key)
			if n < 0 {
				n = len(seen)
				seen = append(seen, key)
				addSource(&chunks, c)
			}
			if len(numbers) > 0 {
				numbers = append(numbers, ',')
			}
			numbers = strconv.AppendInt(numbers, int64(n), 10)
		}
		if s := g.spot(first.index); s.placed {
			addSupport(&supports, s, first, numbers)
		}
	}
	if len(supports) == 0 {
		return
	}
	out.Object("groundingMetadata")
	out.Array("groundingChunks")
	*out = append(append(*out, chunks...), ']')
	out.Array("groundingSupports")
	*out = append(append(*out, supports...), "]}"...)
}

// beside reports whether two citations are of the same piece of text.
func (c *citedText) beside(d *citedText) bool {
	return c.index == d.index && c.start == d.start && c.end == d.end
}

// addSource adds a page as one of the web, and a document of the request as one
// that was retrieved.
func addSource(out *jsonout.Text, c *interline.Citation) {
	out.Open('{')
	if c.URL != "" && c.Cited == "" {
		out.Object("web")
	} else {
		out.Object("retrievedContext")
	}
	out.Said("uri", c.URL)
	out.Said("title", c.Title)
	out.Said("text", c.Cited)
	if c.Unit == interline.Pages {
		out.Int("pageNumber", int64(c.From+1))
	}
	out.Close('}')
	out.Close('}')
}

func addSupport(out *jsonout.Text, s *spot, c *citedText, numbers []byte) {
	start := offset(s.text, c.start)
	end := offset(s.text, c.end)
	out.Open('{')
	out.Object("segment")
	for _, f := range []struct {
		name string
		n    int
	}{{"partIndex", s.part}, {"startIndex", s.from + start}, {"endIndex", s.from + end}} {
		if f.n > 0 {
			out.Int(f.name, int64(f.n))
		}
	}
	out.String("text", string(s.text[start:end]))
	out.Close('}')
	out.Array("groundingChunkIndices")
	*out = append(append(*out, numbers...), "]}"...)
}

// offset is where the n-th code point begins, in bytes.
func offset(text []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}
