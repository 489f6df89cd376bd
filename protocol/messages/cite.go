package messages

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// location is a citation of any type (anthropic-sdk-go v1.84.0). A cited text is a
// block of its own, so no citation says which piece of it is meant. Characters and
// content blocks count from 0, pages from 1; ends are not included.
type location struct {
	Type       string `json:"type"`
	Cited      string `json:"cited_text"`
	Document   int    `json:"document_index"`
	Titled     string `json:"document_title"`
	FileID     string `json:"file_id"`
	StartChar  int    `json:"start_char_index"`
	EndChar    int    `json:"end_char_index"`
	StartPage  int    `json:"start_page_number"`
	EndPage    int    `json:"end_page_number"`
	StartBlock int    `json:"start_block_index"`
	EndBlock   int    `json:"end_block_index"`
	Title      string `json:"title"`
	URL        string `json:"url"`
	Source     string `json:"source"`
	Encrypted  string `json:"encrypted_index"`
}

// citation reads one citation; of a type that nobody knows yet it keeps what can be
// read.
func citation(v jsontext.Value) interline.Citation {
	c := interline.Citation{Document: -1, Language: protocol.Messages, Raw: []byte(v)}
	var w location
	if json.Unmarshal(v, &w, lenient) != nil {
		return c
	}
	c.Cited, c.Title, c.FileID = w.Cited, w.Titled, w.FileID
	switch w.Type {
	case "char_location":
		c.Document, c.Unit, c.From, c.To = w.Document, interline.Characters, w.StartChar, w.EndChar
	case "page_location":
		c.Document, c.Unit, c.From, c.To = w.Document, interline.Pages, w.StartPage-1, w.EndPage-1
	case "content_block_location":
		c.Document, c.Unit, c.From, c.To = w.Document, interline.Chunks, w.StartBlock, w.EndBlock
	case "web_search_result_location":
		c.URL, c.Title = w.URL, w.Title
	case "search_result_location":
		c.URL, c.Title, c.Unit, c.From, c.To = w.Source, w.Title, interline.Chunks, w.StartBlock, w.EndBlock
	}
	return c
}

// citations reads a text's citations; anything that is no list has none.
func citations(v jsontext.Value) []interline.Citation {
	var raws []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &raws, lenient) != nil {
		return nil
	}
	out := make([]interline.Citation, len(raws))
	for i, raw := range raws {
		out[i] = citation(raw)
	}
	return out
}

// sayable reports whether the language has words for a citation: its own always,
// another's of a document of the request or of something that has an address.
func sayable(c *interline.Citation) bool {
	return own(c) || c.Document >= 0 && c.Unit != 0 || c.URL != ""
}

func own(c *interline.Citation) bool { return c.Language == protocol.Messages && len(c.Raw) > 0 }

// addCitation adds a citation that is sayable.
func addCitation(out *jsonout.Text, c *interline.Citation) {
	if own(c) {
		out.Value(c.Raw)
		return
	}
	out.Open('{')
	if c.Document < 0 || c.Unit == 0 {
		out.String("type", "web_search_result_location")
		out.String("cited_text", c.Cited)
		out.String("url", c.URL)
		out.String("title", c.Title)
		out.String("encrypted_index", "") // only the vendor's own search has one
		out.Close('}')
		return
	}
	kind, from, to, first := "char_location", "start_char_index", "end_char_index", 0
	switch c.Unit {
	case interline.Pages:
		kind, from, to, first = "page_location", "start_page_number", "end_page_number", 1
	case interline.Chunks:
		kind, from, to = "content_block_location", "start_block_index", "end_block_index"
	case interline.Characters:
	}
	out.String("type", kind)
	out.String("cited_text", c.Cited)
	out.Int("document_index", int64(c.Document))
	saidOrNull(out, "document_title", c.Title)
	saidOrNull(out, "file_id", c.FileID)
	out.Int(from, int64(c.From+first))
	out.Int(to, int64(c.To+first))
	out.Close('}')
}

func saidOrNull(out *jsonout.Text, name, value string) {
	if value == "" {
		out.Null(name)
		return
	}
	out.String(name, value)
}

// addCitations adds those of a text that ended. Those of a piece of it are said of
// all of it, since a text is cited whole here.
func addCitations(out *jsonout.Text, all []interline.Citation) {
	begun := false
	for i := range all {
		if !sayable(&all[i]) {
			continue
		}
		if !begun {
			begun = true
			out.Array("citations")
		}
		addCitation(out, &all[i])
	}
	if begun {
		out.Close(']')
	}
}

// cite tells a citation in a stream.
func (e *streamEncoder) cite(out *jsonout.Text, ev *interline.Event) {
	if !sayable(ev.Citation) {
		return
	}
	begin(out, "content_block_delta")
	out.Int("index", int64(ev.Index))
	out.Object("delta")
	out.String("type", "citations_delta")
	out.Name("citation")
	addCitation(out, ev.Citation)
	out.Close('}')
	end(out)
}

// cited reads the member that is called citations: of a document it asks for them,
// of a text it is what an earlier answer said.
func (rd *reader) cited(b *interline.Block, v jsontext.Value, path string) {
	switch k := v.Kind(); {
	case k == 0 || k == 'n':
	case b.Kind == interline.Document && k == '{':
		var w struct {
			Enabled bool           `json:"enabled"`
			Rest    jsontext.Value `json:",embed"`
		}
		if json.Unmarshal(v, &w) != nil {
			rd.extra(path, v)
			return
		}
		b.Media.Cited = w.Enabled
		rd.rest(path+".", w.Rest)
	case b.Kind == interline.Text && k == '[':
		b.Citations = citations(v)
	default:
		rd.extra(path, v)
	}
}

// citations gives those of an earlier answer back: the vendor's own as they were,
// and of others those that say all that it checks.
func (w *writer) citations(all []interline.Citation, at dialogue.At) {
	var kept []interline.Citation
	for _, c := range all {
		if own(&c) && !unproven(&c) || !own(&c) && c.Document >= 0 && c.Unit != 0 && c.Cited != "" {
			kept = append(kept, c)
		}
	}
	if len(kept) < len(all) {
		w.losses.Note(loss.CitationsPast, at.String()+".citations")
	}
	addCitations(&w.out, kept)
}

// unproven reports whether a citation of a search was said for another vendor,
// who has no index of it; the API refuses to take it back.
func unproven(c *interline.Citation) bool {
	var l location
	return json.Unmarshal(c.Raw, &l, lenient) == nil && l.Type == "web_search_result_location" && l.Encrypted == ""
}
