package converse

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// citedContent is a text that is cited whole (aws-sdk-go-v2 bedrockruntime v1.63.12).
type citedContent struct {
	Content []struct {
		Text string `json:"text"`
	} `json:"content"`
	Citations []jsontext.Value `json:"citations"`
}

func (w *citedContent) text() string {
	var b strings.Builder
	for _, c := range w.Content {
		b.WriteString(c.Text)
	}
	return b.String()
}

func (w *citedContent) citations() []interline.Citation {
	out := make([]interline.Citation, len(w.Citations))
	for i, raw := range w.Citations {
		out[i] = citation(raw)
	}
	return out
}

type citationsWish struct {
	Enabled bool `json:"enabled"`
}

// asks reports whether citations are wished for.
func (w *citationsWish) asks() bool { return w != nil && w.Enabled }

// wireCitation is a citation in an answer, and a delta of one.
type wireCitation struct {
	Title    string      `json:"title"`
	Source   string      `json:"source"`
	Content  []cited     `json:"sourceContent"`
	Location *placeUnion `json:"location"`
}

type cited struct {
	Text string `json:"text"`
}

// placeUnion has one member. As in Claude's own language, which they come from,
// characters and chunks count from 0 and pages from 1; ends are not included.
type placeUnion struct {
	Web *struct {
		URL string `json:"url"`
	} `json:"web"`
	Char   *place `json:"documentChar"`
	Page   *place `json:"documentPage"`
	Chunk  *place `json:"documentChunk"`
	Search *place `json:"searchResultLocation"`
}

type place struct {
	Document int `json:"documentIndex"`
	Start    int `json:"start"`
	End      int `json:"end"`
}

// citation reads one citation; what cannot be read of it stays in its own form.
func citation(v jsontext.Value) interline.Citation {
	c := interline.Citation{Document: -1, Language: protocol.Converse, Raw: []byte(v)}
	var w wireCitation
	if json.Unmarshal(v, &w, lenient) != nil {
		return c
	}
	c.Title, c.URL = w.Title, w.Source
	for _, s := range w.Content {
		c.Cited += s.Text
	}
	switch l := w.Location; {
	case l == nil:
	case l.Web != nil:
		c.URL = l.Web.URL
	case l.Char != nil:
		c.Document, c.Unit, c.From, c.To = l.Char.Document, interline.Characters, l.Char.Start, l.Char.End
	case l.Page != nil:
		c.Document, c.Unit, c.From, c.To = l.Page.Document, interline.Pages, l.Page.Start-1, l.Page.End-1
	case l.Chunk != nil:
		c.Document, c.Unit, c.From, c.To = l.Chunk.Document, interline.Chunks, l.Chunk.Start, l.Chunk.End
	case l.Search != nil:
		c.Unit, c.From, c.To = interline.Chunks, l.Search.Start, l.Search.End
	}
	return c
}

// sayable reports whether the language has words for a citation. It demands
// nothing of one, so that one with a title alone can be said.
func sayable(c *interline.Citation) bool {
	return own(c) || c.URL != "" || c.Title != "" || c.Cited != "" || c.Document >= 0 && c.Unit != 0
}

func own(c *interline.Citation) bool { return c.Language == protocol.Converse && len(c.Raw) > 0 }

// addCitation adds a citation that is sayable.
func addCitation(out *jsonout.Text, c *interline.Citation) {
	if own(c) {
		out.Value(c.Raw)
		return
	}
	out.Open('{')
	out.Said("title", c.Title)
	out.Said("source", c.URL)
	if c.Cited != "" {
		out.Array("sourceContent")
		out.Open('{')
		out.String("text", c.Cited)
		out.Close('}')
		out.Close(']')
	}
	addLocation(out, c)
	out.Close('}')
}

func addLocation(out *jsonout.Text, c *interline.Citation) {
	if c.Document < 0 || c.Unit == 0 {
		if c.URL == "" {
			return
		}
		out.Object("location")
		out.Object("web")
		out.String("url", c.URL)
		if u, err := url.Parse(c.URL); err == nil {
			out.Said("domain", u.Hostname())
		}
		out.Close('}')
		out.Close('}')
		return
	}
	kind, first := "documentChar", 0
	switch c.Unit {
	case interline.Pages:
		kind, first = "documentPage", 1
	case interline.Chunks:
		kind = "documentChunk"
	case interline.Characters:
	}
	out.Object("location")
	out.Object(kind)
	out.Int("documentIndex", int64(c.Document))
	out.Int("start", int64(c.From+first))
	out.Int("end", int64(c.To+first))
	out.Close('}')
	out.Close('}')
}

// addCited adds the member of a text that ended: with its citations, if it has any.
// Those of a piece of it are said of all of it, since a text is cited whole here.
func addCited(out *jsonout.Text, text string, all []interline.Citation) {
	var kept []interline.Citation
	for _, c := range all {
		if sayable(&c) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		out.String("text", text)
		return
	}
	out.Object("citationsContent")
	out.Array("content")
	out.Open('{')
	out.String("text", text)
	out.Close('}')
	out.Close(']')
	out.Array("citations")
	for i := range kept {
		addCitation(out, &kept[i])
	}
	out.Close(']')
	out.Close('}')
}

// cite tells a citation in a stream.
func (e *streamEncoder) cite(dst []byte, ev *interline.Event) []byte {
	if !sayable(ev.Citation) {
		return dst
	}
	e.block(ev)
	e.out.Object("delta")
	e.out.Name("citation")
	addCitation(&e.out, ev.Citation)
	e.out.Close('}')
	return e.frame(dst, "contentBlockDelta")
}

// cites tells all citations of a block when it ends.
func (d *decoder) cites(i int, all []interline.Citation) {
	for _, c := range all {
		d.answer.Cite(i, c)
	}
}

// said writes a text of the conversation. Claude's earlier citations go back to it:
// in their own form, or those that say all of what they are about.
func (w *writer) said(b *interline.Block, at dialogue.At) {
	var kept []interline.Citation
	for _, c := range b.Citations {
		if w.cites() && (own(&c) || c.Document >= 0 && c.Unit != 0 && c.Cited != "") {
			kept = append(kept, c)
		}
	}
	if len(kept) < len(b.Citations) {
		w.losses.Note(loss.CitationsPast, at.String()+".citations")
	}
	addCited(&w.out, b.Text, kept)
}

// cites reports whether the model cites: Claude does, and of one that is not known
// it may be asked.
func (w *writer) cites() bool { return w.family == claude || w.family == "" }

// asked writes the wish for citations of a document, which models of other vendors
// do not know.
func (w *writer) asked(m *interline.Media) {
	if m.Cited && w.cites() {
		w.out.Object("citations")
		w.out.Bool("enabled", true)
		w.out.Close('}')
	}
}
