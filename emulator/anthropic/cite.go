package anthropic

import (
	"encoding/json"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/core"
)

// Citations (anthropic docs "Citations", 2026-11): a document or search result asks
// for them, all of a request or none. The answer then ends with the first sentence of
// each, in a block of its own that says where it is from.

// readWish reads whether a document or search result is to be cited.
func readWish(in strict.Object) bool {
	c, ok := in.Sub("citations")
	if !ok {
		return false
	}
	c.Only("enabled")
	enabled, _ := c.Flag("enabled")
	return enabled
}

// locations are the types of citations with their members.
var locations = map[string][]string{
	"char_location":              {"cited_text", "document_index", "document_title", "start_char_index", "end_char_index"},
	"page_location":              {"cited_text", "document_index", "document_title", "start_page_number", "end_page_number"},
	"content_block_location":     {"cited_text", "document_index", "document_title", "start_block_index", "end_block_index"},
	"web_search_result_location": {"cited_text", "encrypted_index", "title", "url"},
	"search_result_location":     {"cited_text", "search_result_index", "source", "title", "start_block_index", "end_block_index"},
}

// readCitations checks those of an earlier answer.
func readCitations(in strict.Object) {
	items, _ := in.Items("citations")
	for _, item := range items {
		c, ok := item.Object()
		if !ok {
			continue
		}
		kind, _ := c.Text("type")
		members := locations[kind]
		if members == nil {
			c.Fail("Input tag '%s' found using 'type' is not a type of citation", kind)
			continue
		}
		c = c.Within(kind)
		c.Need(members...)
		if index, ok := c.Text("encrypted_index"); ok && index == "" {
			c.Within("encrypted_index").Fail("Invalid encrypted index")
		}
	}
}

// quote sets what can be cited of a plain text that says anything.
func (b *block) quote(text string) {
	if q, ok := claude.QuoteText(text); ok {
		b.Quote = &q
	}
}

// quoteBlock sets what can be cited of what was given in blocks: the first text.
func (b *block) quoteBlock(inner []block) {
	for i, in := range inner {
		if q, ok := claude.QuoteText(in.Text); ok && in.Kind == "text" {
			q.Unit, q.From, q.To = claude.Blocks, i, i+1
			b.Quote = &q
			return
		}
	}
}

// citable are the documents and search results of a request, in order.
func (r *request) citable() []*block {
	var out []*block
	var walk func(blocks []block)
	walk = func(blocks []block) {
		for i := range blocks {
			switch b := &blocks[i]; b.Kind {
			case "document", "search_result":
				out = append(out, b)
			case "tool_result":
				walk(b.Inner)
			}
		}
	}
	for _, t := range r.Turns {
		walk(t.Blocks)
	}
	return out
}

// checkCitations holds that all documents are cited or none, and that an answer with
// citations is free text.
func (r *request) checkCitations() string {
	asked, all := 0, r.citable()
	for _, b := range all {
		if b.Cited {
			asked++
		}
	}
	switch {
	case asked == 0:
		return ""
	case asked < len(all):
		return "messages: citations must be enabled for all documents and search results of a request or for none"
	case r.Schema != nil:
		return "output_config.format: citations are not supported with structured outputs"
	}
	return ""
}

// quotes are what the answer is to cite.
func (r *request) quotes() []claude.Quote {
	var out []claude.Quote
	documents, results := 0, 0
	for _, b := range r.citable() {
		number := &documents
		if b.Kind == "search_result" {
			number = &results
		}
		if b.Cited && b.Quote != nil {
			q := *b.Quote
			q.Number, q.Result = *number, b.Kind == "search_result"
			out = append(out, q)
		}
		*number++
	}
	return out
}

// citation is any kind of citation in an answer.
type citation struct {
	Type       string  `json:"type"`
	Cited      string  `json:"cited_text"`
	Document   *int    `json:"document_index,omitempty"`
	Titled     any     `json:"document_title,omitempty"`
	StartChar  *int    `json:"start_char_index,omitempty"`
	EndChar    *int    `json:"end_char_index,omitempty"`
	StartPage  *int    `json:"start_page_number,omitempty"`
	EndPage    *int    `json:"end_page_number,omitempty"`
	StartBlock *int    `json:"start_block_index,omitempty"`
	EndBlock   *int    `json:"end_block_index,omitempty"`
	Result     *int    `json:"search_result_index,omitempty"`
	Source     *string `json:"source,omitempty"`
	Title      *string `json:"title,omitempty"`
}

// citations are those of a part of the answer.
func (j *Job) citations(p core.Part) []citation {
	if p.Quote == 0 {
		return nil
	}
	q := j.quotes()[p.Quote-1]
	c := citation{Cited: q.Text}
	if q.Result {
		c.Type, c.Result, c.Source, c.Title, c.StartBlock, c.EndBlock = "search_result_location", &q.Number, &q.Source, &q.Title, &q.From, &q.To
		return []citation{c}
	}
	c.Document, c.Titled = &q.Number, q.Title
	if q.Title == "" {
		c.Titled = json.RawMessage("null")
	}
	switch q.Unit {
	case claude.Characters:
		c.Type, c.StartChar, c.EndChar = "char_location", &q.From, &q.To
	case claude.Pages:
		first, end := q.From+1, q.To+1
		c.Type, c.StartPage, c.EndPage = "page_location", &first, &end
	case claude.Blocks:
		c.Type, c.StartBlock, c.EndBlock = "content_block_location", &q.From, &q.To
	}
	return []citation{c}
}
