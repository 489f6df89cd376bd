package bedrock

import (
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/core"
)

// Citations (service model, 2026-08): a document asks for them, all of a request or
// none, and only of Claude. The answer then ends with the first sentence of each, in
// a citationsContent of its own.

// readWish reads whether a document is to be cited.
func readWish(o strict.Object) bool {
	c, ok := o.Sub("citations")
	if !ok {
		return false
	}
	c.Need("enabled")
	enabled, _ := c.Flag("enabled")
	return enabled
}

// readCited reads a text of an earlier answer and checks its citations.
func (b *block) readCited(o strict.Object) {
	var text strings.Builder
	for _, item := range items(o, "content") {
		if union(item, "text") == "text" {
			s, _ := item.Text("text")
			text.WriteString(s)
		}
	}
	b.Text = text.String()
	for _, item := range items(o, "citations") {
		if l, ok := item.Sub("location"); ok {
			union(l, "web", "documentChar", "documentPage", "documentChunk", "searchResultLocation")
		}
	}
}

// quote sets what can be cited of a document, if it says anything.
func (b *block) quote(text string) {
	if q, ok := claude.QuoteText(text); ok {
		b.Quote = &q
	}
}

// quoteChunk sets what can be cited of one of a document's chunks, the first that
// says anything.
func (b *block) quoteChunk(i int, text string) {
	if q, ok := claude.QuoteText(text); ok && b.Quote == nil {
		q.Unit, q.From, q.To = claude.Blocks, i, i+1
		b.Quote = &q
	}
}

// citable are the documents of a request, in order.
func (r *request) citable() []*block {
	var out []*block
	var walk func(blocks []block)
	walk = func(blocks []block) {
		for i := range blocks {
			if b := &blocks[i]; b.Kind == "document" {
				out = append(out, b)
			}
			walk(blocks[i].Inner)
		}
	}
	for _, t := range r.Turns {
		walk(t.Blocks)
	}
	return out
}

// checkCitations holds that all documents are cited or none, by a model that can, in
// an answer of free text.
func (r *request) checkCitations(m model) string {
	asked, all := 0, r.citable()
	for _, b := range all {
		if b.Cited {
			asked++
		}
	}
	switch {
	case asked == 0:
		return ""
	case m.Family != claudeFamily:
		return "This model doesn't support citations. Remove the citations field and try again."
	case asked < len(all):
		return "Citations must be enabled for all documents of a request or for none."
	case r.Schema != nil:
		return "Citations are not supported with structured outputs."
	}
	return ""
}

// quotes are what the answer is to cite.
func (r *request) quotes() []claude.Quote {
	var out []claude.Quote
	for i, b := range r.citable() {
		if b.Cited && b.Quote != nil {
			q := *b.Quote
			q.Number, q.Title = i, b.Name
			out = append(out, q)
		}
	}
	return out
}

// citation is that of a part of the answer, or nil.
func (j *job) citation(p core.Part) map[string]any {
	if p.Quote == 0 {
		return nil
	}
	q := j.quotes()[p.Quote-1]
	place := map[string]any{"documentIndex": q.Number, "start": q.From, "end": q.To}
	member := map[claude.Unit]string{claude.Characters: "documentChar", claude.Pages: "documentPage", claude.Blocks: "documentChunk"}[q.Unit]
	if q.Unit == claude.Pages {
		place["start"], place["end"] = q.From+1, q.To+1
	}
	return map[string]any{
		"title": q.Title, "sourceContent": []any{map[string]any{"text": q.Text}}, "location": map[string]any{member: place},
	}
}

// cited is a part as a block that says where it is from.
func cited(text string, citation map[string]any) map[string]any {
	return map[string]any{"citationsContent": map[string]any{
		"content": []any{map[string]any{"text": text}}, "citations": []any{citation},
	}}
}
