package generatecontent

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

func readBody(t *testing.T, body string) *interline.Request {
	t.Helper()
	l := New()
	o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Model: "m"}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestChunksReplayed reads a streamed answer as genai's chats give it back, a
// content for every chunk: one thought with the proof that the call carries, one
// text, and both calls before their results.
func TestChunksReplayed(t *testing.T) {
	sealed := base64.StdEncoding.EncodeToString([]byte(protocol.Enclose(&interline.Seal{Issuer: "anthropic", Signature: "c2ln"})))
	r := readBody(t, `{"contents":[{"role":"user","parts":[{"text":"Hi"}]},
		{"role":"model","parts":[{"text":"Let me ","thought":true}]},{"role":"model","parts":[{"text":"think.","thought":true}]},
		{"role":"model","parts":[{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"`+sealed+`"}]},
		{"role":"model","parts":[{"functionCall":{"id":"b","name":"g","args":{}}}]},
		{"role":"model","parts":[{"text":"Look"}]},{"role":"model","parts":[{"text":"ing."}]},
		{"role":"user","parts":[{"functionResponse":{"id":"a","name":"f","response":{"output":"1"}}},{"functionResponse":{"id":"b","name":"g","response":{"output":"2"}}}]}]}`)
	if len(r.Turns) != 3 || len(r.Turns[1].Blocks) != 4 {
		t.Fatalf("turns %+v", r.Turns)
	}
	b := r.Turns[1].Blocks
	if b[0].Text != "Let me think." || b[0].Seal == nil || b[0].Seal.Signature != "c2ln" || b[1].Call.ID != "a" || b[2].Call.ID != "b" || b[3].Text != "Looking." {
		t.Errorf("blocks %+v", b)
	}
}

// TestInventedIDs: a result under the client's own id answers the call that had
// none, and leaves those alone that had.
func TestInventedIDs(t *testing.T) {
	r := readBody(t, `{"contents":[{"role":"user","parts":[{"text":"Hi"}]},
		{"role":"model","parts":[{"functionCall":{"id":"x","name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}}]},
		{"role":"user","parts":[{"functionResponse":{"id":"f-1764000000","name":"f","response":{"output":"2"}}},{"functionResponse":{"id":"x","name":"f","response":{"output":"1"}}}]}]}`)
	calls, results := r.Turns[1].Blocks, r.Turns[2].Blocks
	if results[0].Result.CallID != calls[1].Call.ID || results[1].Result.CallID != "x" {
		t.Errorf("calls %s, %s; results of %s, %s", calls[0].Call.ID, calls[1].Call.ID, results[0].Result.CallID, results[1].Result.CallID)
	}
}

// TestForeignSealIsCarried: the proof of a thought that was streamed goes out with
// what follows it, since genai's chats drop parts that say nothing.
func TestForeignSealIsCarried(t *testing.T) {
	e := New().Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: true}, ID: "01"})
	out := string(e.Finish(e.Append(nil, []interline.Event{
		{Kind: interline.Start},
		{Kind: interline.BlockStart, Block: interline.ReasoningBlock},
		{Kind: interline.Delta, Block: interline.ReasoningBlock, Text: "Let me think."},
		{Kind: interline.SealDelta, Block: interline.ReasoningBlock, Seal: &interline.Seal{Issuer: "anthropic", Signature: "c2ln"}},
		{Kind: interline.BlockStop},
		{Kind: interline.BlockStart, Index: 1, Block: interline.Text},
		{Kind: interline.Delta, Index: 1, Block: interline.Text, Text: "Hello."},
		{Kind: interline.BlockStop, Index: 1},
		{Kind: interline.Finish, Stop: interline.StopEnd},
	})))
	if !strings.Contains(out, `{"text":"Hello.","thoughtSignature":"`) || strings.Count(out, "thoughtSignature") != 1 {
		t.Error(out)
	}
}

// TestUnprovenThoughtsAreTheVendors: a thought without a signature is told as
// Google's, so that a client does not give it back as another vendor's.
func TestUnprovenThoughtsAreTheVendors(t *testing.T) {
	events, err := New().Decoder(false).Decode(protocol.Frame{Data: []byte(`{"candidates":[{"content":{"role":"model","parts":[{"text":"Hm.","thought":true},{"text":"Hello."}]},"finishReason":"STOP"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	var seals []interline.Seal
	for _, ev := range events {
		if ev.Kind == interline.SealDelta {
			seals = append(seals, *ev.Seal)
		}
	}
	if len(seals) != 1 || seals[0] != (interline.Seal{Issuer: Issuer}) {
		t.Errorf("seals %+v", seals)
	}
}

// TestBudgetIsBounded: a budget above the model's greatest is lowered, and said.
func TestBudgetIsBounded(t *testing.T) {
	for model, want := range map[string]string{"gemini-2.5-flash": `"thinkingBudget":24576`, "gemini-2.5-pro": `"thinkingBudget":31999`} {
		body, losses, err := New().WriteRequest(&interline.Request{
			Turns:     []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: "Hi"}}}},
			Reasoning: interline.Reasoning{Budget: 31999},
		}, protocol.Target{Model: model, From: protocol.Messages})
		if err != nil || !strings.Contains(string(body), want) || (len(losses) > 0) != strings.Contains(model, "flash") {
			t.Errorf("%s: %s %v %v", model, body, losses, err)
		}
	}
}
