package dialogue

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
)

// TestCitationsWaitWithTheirText: a text that comes while another block is told is
// told with its citations afterwards, and what is said of a block that ended, never.
func TestCitationsWaitWithTheirText(t *testing.T) {
	const text, call = interline.Text, interline.ToolCallBlock
	page := &interline.Citation{URL: "u", Document: -1}
	var s Sequence
	var said Gathered
	var order []interline.EventKind
	for _, e := range []interline.Event{
		{Kind: interline.BlockStart, Index: 0, Block: call, ID: "a", Name: "f"},
		{Kind: interline.BlockStart, Index: 1, Block: text},
		ev(interline.Delta, 1, text, "Old."),
		{Kind: interline.CitationDelta, Index: 1, Block: text, Citation: page},
		{Kind: interline.CitationDelta, Index: 0, Block: call, Citation: page},
		ev(interline.BlockStop, 1, text, ""),
		ev(interline.Delta, 0, call, "{}"),
		ev(interline.BlockStop, 0, call, ""),
		{Kind: interline.CitationDelta, Index: 1, Block: text, Citation: page},
	} {
		for _, told := range s.Order([]interline.Event{e}) {
			order = append(order, told.Kind)
			said.Take(&told)
		}
	}
	want := []interline.EventKind{
		interline.BlockStart, interline.Delta, interline.BlockStop,
		interline.BlockStart, interline.Delta, interline.CitationDelta, interline.BlockStop,
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
	if len(said) != 2 || len(said[0].Cites) != 0 || len(said[1].Cites) != 1 || said[1].Cites[0].URL != "u" {
		t.Errorf("gathered %+v", said)
	}
}

// TestCitationsCloseTheirBlock: vendors say them amid the text, and all of it is meant.
func TestCitationsCloseTheirBlock(t *testing.T) {
	var a Answer
	a.Open(4, interline.Text, "", "")
	a.Cite(4, interline.Citation{URL: "u"})
	a.Say(4, "Old.")
	a.Cite(5, interline.Citation{URL: "of no block"})
	a.Open(6, interline.ReasoningBlock, "", "")
	a.Cite(6, interline.Citation{URL: "of no text"})
	a.Stop(6)
	a.Stop(4)
	var got []interline.EventKind
	for _, e := range a.Events() {
		got = append(got, e.Kind)
	}
	want := []interline.EventKind{
		interline.BlockStart, interline.Delta, interline.BlockStart, interline.BlockStop, interline.CitationDelta, interline.BlockStop,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUncited(t *testing.T) {
	document := interline.Block{Kind: interline.Document, Media: &interline.Media{Cited: true}}
	r := &interline.Request{Turns: []interline.Turn{
		{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "x"}, document}},
		{Role: interline.Assistant, Blocks: []interline.Block{{Kind: interline.Text, Text: "y", Citations: []interline.Citation{{}}}}},
		{Role: interline.User, Blocks: []interline.Block{{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{Blocks: []interline.Block{document}}}}},
	}}
	var got []string
	for _, l := range Uncited(r) {
		got = append(got, l.Kind+" "+l.Field)
	}
	want := []string{
		"citations-asked messages[0].content[1].citations", "citations-asked messages[2].content[0].citations",
		"citations-past messages[1].content[0].citations",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
