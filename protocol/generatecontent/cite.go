package generatecontent

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
)

// What a text is from stands beside a candidate's content, mostly in the last chunk
// of a stream (genai v1.77.0). Places are counted in bytes of UTF-8: those of
// groundingMetadata from the beginning of a part, which goes on from chunk to chunk,
// those of citationMetadata from the beginning of all text. Ends are not included,
// and what is 0 is left out.

type groundingMetadata struct {
	Chunks   []groundingChunk `json:"groundingChunks"`
	Supports []struct {
		Segment segment `json:"segment"`
		Chunks  []count `json:"groundingChunkIndices"`
	} `json:"groundingSupports"`
}

type groundingChunk struct {
	Web       *groundingSource `json:"web"`
	Retrieved *groundingSource `json:"retrievedContext"`
	Maps      *groundingSource `json:"maps"`
}

type groundingSource struct {
	URI   string `json:"uri"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Page  count  `json:"pageNumber"` // from 1
}

type segment struct {
	Part  count  `json:"partIndex"`
	Start count  `json:"startIndex"`
	End   count  `json:"endIndex"`
	Text  string `json:"text"`
}

// citationMetadata is of texts that the model repeats at length. The Gemini API and
// Vertex AI call the list differently.
type citationMetadata struct {
	Citations []recited `json:"citations"`
	Sources   []recited `json:"citationSources"`
}

type recited struct {
	Start count  `json:"startIndex"`
	End   count  `json:"endIndex"`
	URI   string `json:"uri"`
	Title string `json:"title"`
}

// citation says a source in the words; ok is false for one that says nothing.
func (g *groundingChunk) citation() (c interline.Citation, ok bool) {
	s := g.Web
	if s == nil {
		s = g.Retrieved
	}
	if s == nil {
		s = g.Maps
	}
	if s == nil {
		return c, false
	}
	c = interline.Citation{Document: -1, URL: s.URI, Title: s.Title, Cited: s.Text}
	if s.Page > 0 {
		c.Unit, c.From, c.To = interline.Pages, int(s.Page-1), int(s.Page)
	}
	return c, true
}

// sources are what a candidate's texts are from, as far as it was read, and the
// texts themselves: places in them are bytes, and the words count code points.
type sources struct {
	passages []passage
	parts    []partAt
	waiting  []sourced
	told     []citedAt
}

// passage is a block of text.
type passage struct {
	index int
	text  []byte
}

// partAt is where a part of one body stands: part by part, and not by chunks.
type partAt struct{ passage, from int }

// sourced is a citation whose place was not found yet.
type sourced struct {
	segment segment
	whole   bool // the segment counts over all text
	found   interline.Citation
}

// citedAt tells citations apart, since chunks may repeat them.
type citedAt struct {
	index, start, end int
	url, title, cited string
}

// say keeps a piece of a text.
func (s *sources) say(index int, text string) {
	if n := len(s.passages); n == 0 || s.passages[n-1].index != index {
		s.passages = append(s.passages, passage{index: index})
	}
	p := &s.passages[len(s.passages)-1]
	p.text = append(p.text, text...)
}

// end is where the next piece of text would go on with the last passage.
func (s *sources) end() partAt {
	n := len(s.passages) - 1
	if n < 0 {
		return partAt{passage: -1}
	}
	return partAt{n, len(s.passages[n].text)}
}

// part notes where a part of one body stands, of which the texts ended before it.
func (s *sources) part(before partAt) {
	switch after := s.end(); {
	case after == before:
		before.passage = -1 // it is no text
	case after.passage > before.passage:
		before = partAt{passage: after.passage}
	}
	s.parts = append(s.parts, before)
}

// read takes what stands beside the content. What cannot be read is left out.
func (s *sources) read(grounding, citations jsontext.Value) {
	var g groundingMetadata
	if grounding.Kind() == '{' && json.Unmarshal(grounding, &g, lenient) == nil {
		for _, support := range g.Supports {
			for _, n := range support.Chunks {
				if n < 0 || int(n) >= len(g.Chunks) {
					continue
				}
				if c, ok := g.Chunks[n].citation(); ok {
					s.waiting = append(s.waiting, sourced{segment: support.Segment, found: c})
				}
			}
		}
	}
	var m citationMetadata
	if citations.Kind() == '{' && json.Unmarshal(citations, &m, lenient) == nil {
		for _, r := range append(m.Citations, m.Sources...) {
			if r.URI == "" && r.Title == "" {
				continue
			}
			c := interline.Citation{Document: -1, URL: r.URI, Title: r.Title}
			s.waiting = append(s.waiting, sourced{segment{Start: r.Start, End: r.End}, true, c})
		}
	}
}

// find returns the passage of a place and its bounds there in bytes. sure is false
// for one that is only likely; number is -1 where there is no text at all.
func (s *sources) find(w *sourced) (number, start, end int, sure bool) {
	seg := &w.segment
	start, end = int(seg.Start), int(seg.End)
	if w.whole {
		return s.overall(start, end)
	}
	if n := int(seg.Part); n >= 0 && n < len(s.parts) && s.parts[n].passage >= 0 {
		at := s.parts[n]
		if at.passage < len(s.passages) {
			return at.passage, at.from + start, at.from + end, true
		}
	}
	for i := range s.passages {
		if text := s.passages[i].text; seg.Text != "" && start >= 0 && end <= len(text) && start < end && string(text[start:end]) == seg.Text {
			return i, start, end, true
		}
	}
	for i := range s.passages {
		if at := bytes.Index(s.passages[i].text, []byte(seg.Text)); seg.Text != "" && at >= 0 {
			return i, at, at + len(seg.Text), false
		}
	}
	return min(int(seg.Part), len(s.passages)-1), start, end, false
}

// overall finds a place that is counted over all text.
func (s *sources) overall(start, end int) (int, int, int, bool) {
	before := 0
	for i := range s.passages {
		n := len(s.passages[i].text)
		if start < before+n {
			return i, start - before, min(end-before, n), end <= before+n
		}
		before += n
	}
	return -1, 0, 0, false
}

// cite tells the citations whose place is known: of a block that is about to end
// (index) those that are surely in it, and with an index of -1 all.
func (d *decoder) cite(i, index int) {
	s := &d.said[i].from
	waiting := s.waiting[:0]
	for _, w := range s.waiting {
		n, start, end, sure := s.find(&w)
		if index >= 0 && (!sure || n < 0 || s.passages[n].index != index) {
			waiting = append(waiting, w)
			continue
		}
		if n >= 0 {
			d.citation(i, &s.passages[n], w.found, start, end)
		}
	}
	s.waiting = waiting
}

func (d *decoder) citation(i int, p *passage, c interline.Citation, start, end int) {
	if start >= 0 && end <= len(p.text) && start < end {
		c.Start = utf8.RuneCount(p.text[:start])
		c.End = c.Start + utf8.RuneCount(p.text[start:end])
	}
	s := &d.said[i].from
	key := citedAt{p.index, c.Start, c.End, c.URL, c.Title, c.Cited}
	for _, t := range s.told {
		if t == key {
			return
		}
	}
	s.told = append(s.told, key)
	d.emit(interline.Event{Kind: interline.CitationDelta, Choice: i, Index: p.index, Block: interline.Text, Citation: &c})
}
