package protocoltest_test

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// quoted is a text whose places differ when they are counted in bytes.
const quoted = "Grüße, 世界 🎈. Rome is old. Is it?"

// citations are those that an answer may have, by what they are of.
var citations = map[string]interline.Citation{
	"a page":            {Start: 14, End: 26, URL: "https://example.com/rome?a=1", Title: "Rome – a city", Document: -1},
	"a page, all of it": {URL: "https://example.com/", Title: "All", Document: -1},
	"a page, quoted":    {Start: 14, End: 26, URL: "https://example.com/rome", Title: "Rome", Cited: "Rome is \"old\".", Document: -1},
	"characters":        {Document: 2, Unit: interline.Characters, From: 3, To: 17, Title: "Notes", Cited: "Rome is old."},
	"pages":             {Document: 0, Unit: interline.Pages, From: 1, To: 2, Title: "report", Cited: "Rome is old."},
	"chunks":            {Document: 1, Unit: interline.Chunks, From: 0, To: 3, Title: "blocks", Cited: "Rome is old."},
	"a file":            {Start: 26, End: 26, FileID: "file-1", Title: "rome.pdf", Document: -1},
}

func cited(cs ...interline.Citation) []interline.Event {
	out := []interline.Event{{Kind: interline.Start, ID: "x", Model: "m"}, {Kind: interline.BlockStart, Block: interline.Text}}
	for _, r := range quoted {
		out = append(out, interline.Event{Kind: interline.Delta, Block: interline.Text, Text: string(r)})
	}
	for i := range cs {
		out = append(out, interline.Event{Kind: interline.CitationDelta, Block: interline.Text, Citation: &cs[i]})
	}
	return append(out,
		interline.Event{Kind: interline.BlockStop},
		interline.Event{Kind: interline.Finish, Stop: interline.StopEnd},
		interline.Event{Kind: interline.UsageEvent, Usage: &interline.Usage{Input: 1, Output: 2}},
		interline.Event{Kind: interline.End})
}

// held is what a language has a form for; ok is false where it has none.
func held(lang string, c interline.Citation) (_ interline.Citation, ok bool) {
	all := utf8.RuneCountInString(quoted)
	if c.End == 0 {
		c.End = all
	}
	switch lang {
	case protocol.ChatCompletions, protocol.Responses:
		if c.URL == "" {
			return interline.Citation{Start: c.End, End: c.End, FileID: c.FileID, Title: c.Title, Document: -1},
				lang == protocol.Responses && c.FileID != ""
		}
		return interline.Citation{Start: c.Start, End: c.End, URL: c.URL, Title: c.Title, Document: -1}, true
	case protocol.GenerateContent:
		c.Document, c.FileID = -1, ""
		if c.Unit == interline.Pages {
			c.To = c.From + 1
		} else {
			c.Unit, c.From, c.To = 0, 0, 0
		}
		if c.Start == c.End { // a piece of no length is said, and read as all
			c.Start, c.End = 0, all
		}
		return c, true
	case protocol.Messages, protocol.Invoke:
		if c.Document < 0 {
			c.Unit, c.From, c.To = 0, 0, 0
		}
		ok = c.Document >= 0 && c.Unit != 0 || c.URL != ""
	case protocol.Converse:
		c.FileID = ""
		if c.Document < 0 {
			c.Unit, c.From, c.To = 0, 0, 0
		}
		ok = true
	}
	c.Start, c.End = 0, all
	return c, ok
}

// TestCitationsInEveryLanguage: a citation of each kind, from every language to
// every other, says what both have a form for, at the same letters.
func TestCitationsInEveryLanguage(t *testing.T) {
	pairs(t, func(t *testing.T, cloud, client protocol.Translator) {
		for name, c := range citations {
			for _, way := range []struct{ up, down bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
				t.Run(fmt.Sprintf("%s, streamed up %v, down %v", name, way.up, way.down), func(t *testing.T) {
					want := []interline.Citation{c}
					for _, lang := range []string{cloud.Name(), client.Name()} {
						if len(want) > 0 {
							if h, ok := held(lang, want[0]); ok {
								want[0] = h
							} else {
								want = nil
							}
						}
					}
					told := protocoltest.Fold(pass(t, client, way.down, pass(t, cloud, way.up, cited(c))))
					if len(told.Choices) != 1 || len(told.Choices[0].Blocks) != 1 || told.Choices[0].Blocks[0].Text != quoted {
						t.Fatalf("told %+v", told)
					}
					if diff := cmp.Diff(want, told.Choices[0].Blocks[0].Cites); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	})
}

// TestSeveralCitationsKeepTheirOrder: many of one text, two of the same piece.
func TestSeveralCitationsKeepTheirOrder(t *testing.T) {
	page := citations["a page"]
	other := page
	other.URL = "https://example.com/2"
	late := page
	late.Start, late.End, late.Title = 27, 33, "late"
	pairs(t, func(t *testing.T, cloud, client protocol.Translator) {
		got := protocoltest.Fold(pass(t, client, true, pass(t, cloud, true, cited(page, other, late)))).Choices[0].Blocks[0].Cites
		var urls []string
		for _, c := range got {
			urls = append(urls, c.URL)
		}
		if diff := cmp.Diff([]string{page.URL, other.URL, page.URL}, urls); diff != "" {
			t.Error(diff)
		}
	})
}
