package dialogue

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
)

func ev(kind interline.EventKind, index int, block interline.BlockKind, text string) interline.Event {
	return interline.Event{Kind: kind, Index: index, Block: block, Text: text}
}

// TestSequenceNeverInterleaves: parallel calls whose pieces come mixed are told
// one after the other, numbered without gaps.
func TestSequenceNeverInterleaves(t *testing.T) {
	const call = interline.ToolCallBlock
	var s Sequence
	var got []interline.Event
	for _, e := range []interline.Event{
		{Kind: interline.Start, Model: "m"},
		{Kind: interline.BlockStart, Index: 0, Block: interline.Image},
		{Kind: interline.BlockStart, Index: 3, Block: call, ID: "a", Name: "f"},
		{Kind: interline.BlockStart, Index: 7, Block: call, ID: "b", Name: "g"},
		ev(interline.Delta, 7, call, "{b"), ev(interline.Delta, 3, call, "{a"), ev(interline.Delta, 7, call, "}"),
		{Kind: interline.Delta, Choice: 1, Index: 3, Block: call, Text: "of another candidate"},
		ev(interline.Delta, 3, call, "}"),
		ev(interline.BlockStop, 7, call, ""),
		{Kind: interline.Finish, Stop: interline.StopTools},
		{Kind: interline.End},
	} {
		s.Skip = interline.Image
		got = append(got, s.Order([]interline.Event{e})...)
	}
	want := []interline.Event{
		{Kind: interline.Start, Model: "m"},
		{Kind: interline.BlockStart, Index: 0, Block: call, ID: "a", Name: "f"},
		ev(interline.Delta, 0, call, "{a"), ev(interline.Delta, 0, call, "}"), ev(interline.BlockStop, 0, call, ""),
		{Kind: interline.BlockStart, Index: 1, Block: call, ID: "b", Name: "g"},
		ev(interline.Delta, 1, call, "{b}"), ev(interline.BlockStop, 1, call, ""),
		{Kind: interline.Finish, Stop: interline.StopTools},
		{Kind: interline.End},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSequenceTellsSeals: Claude's as they are, another issuer's in an envelope
// from which it is read back.
func TestSequenceTellsSeals(t *testing.T) {
	for _, tt := range []struct {
		name string
		seal interline.Seal
		want int // events told of the block, of which one may be its signature
	}{
		{"Claude's signature", interline.Seal{Issuer: Issuer, Signature: "s"}, 3},
		{"Claude's encrypted block", interline.Seal{Issuer: Issuer, Redacted: "r"}, 2},
		{"another's signature", interline.Seal{Issuer: "openai", Signature: "s"}, 3},
		{"another's encrypted block", interline.Seal{Issuer: "openai", Redacted: "r"}, 3},
	} {
		var s Sequence
		got := s.Order([]interline.Event{
			{Kind: interline.BlockStart, Block: interline.ReasoningBlock},
			{Kind: interline.SealDelta, Block: interline.ReasoningBlock, Seal: &tt.seal},
			{Kind: interline.BlockStop},
		})
		if len(got) != tt.want {
			t.Fatalf("%s: told %+v", tt.name, got)
		}
		if e := got[1]; tt.want == 3 && (e.Kind != interline.SealDelta || e.Seal.Issuer != Issuer || *Seal(e.Seal.Signature) != tt.seal) {
			t.Errorf("%s: told %+v", tt.name, e.Seal)
		}
	}
}

func TestGatheredObject(t *testing.T) {
	for in, want := range map[string]string{
		"": "{}", "  ": "{}", `{"a": 1.0}`: `{"a": 1.0}`, "[1]": `{"_raw":"[1]"}`, `{"a":`: `{"_raw":"{\"a\":"}`, "Rome": `{"_raw":"Rome"}`,
	} {
		if got := string(Object([]byte(in))); got != want {
			t.Errorf("%q became %s, want %s", in, got, want)
		}
	}
}

// TestAnswerUnwrapsSchemaTool: the tool that stands for a schema is told as the
// text it stands for, and the answer is then complete.
func TestAnswerUnwrapsSchemaTool(t *testing.T) {
	var a Answer
	a.Open(0, interline.ToolCallBlock, "id", SchemaTool)
	a.Say(0, `{"city":`)
	a.Say(0, `"Rome"}`)
	a.Finish(interline.StopTools, "tool_use", "")
	want := []interline.Event{
		ev(interline.BlockStart, 0, interline.Text, ""),
		ev(interline.Delta, 0, interline.Text, `{"city":`), ev(interline.Delta, 0, interline.Text, `"Rome"}`),
		{Kind: interline.BlockStop},
		{Kind: interline.Finish, Stop: interline.StopEnd, RawStop: "tool_use"},
	}
	if diff := cmp.Diff(want, a.Events()); diff != "" {
		t.Error(diff)
	}
	a = Answer{}
	a.Open(0, interline.ToolCallBlock, "id", SchemaTool)
	a.Open(1, interline.ToolCallBlock, "id2", "f")
	a.Finish(interline.StopTools, "tool_use", "")
	if e := a.Events(); e[len(e)-1].Stop != interline.StopTools {
		t.Error("beside a call of the caller's own tool, the answer waits for its result")
	}
}
