package responses

import (
	"regexp"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// TestCallsOfOneResponse: a vendor that counts calls from 0 in every response gets
// ids of a conversation, the same for a body and its stream, and nothing changes
// elsewhere.
func TestCallsOfOneResponse(t *testing.T) {
	const body = `{"id":"$ID","status":"completed","model":"m","output":[` +
		`{"type":"function_call","call_id":"call_0","name":"f","arguments":"{}"},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}]}`
	const stream = `data: {"type":"response.created","response":{"id":"$ID","model":"m"}}

data: {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"call_0","name":"f","arguments":""}}

data: {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"call_0","name":"f","arguments":"{}"}}

data: {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}}

data: {"type":"response.completed","response":{"id":"$ID","status":"completed","output":[]}}

`
	ids := func(l *Language, response string) (out []string) {
		var whole []string
		for _, c := range protocoltest.Fold(protocoltest.DecodeBody(t, l, []byte(strings.ReplaceAll(body, "$ID", response)))).Choices {
			for _, b := range c.Blocks {
				whole = append(whole, b.ID)
			}
		}
		for _, c := range protocoltest.Fold(protocoltest.DecodeStream(t, l, []byte(strings.ReplaceAll(stream, "$ID", response)))).Choices {
			for _, b := range c.Blocks {
				out = append(out, b.ID)
			}
		}
		if len(out) != 2 || strings.Join(out, " ") != strings.Join(whole, " ") {
			t.Errorf("a stream has %v, a body %v", out, whole)
		}
		return out
	}
	if got := ids(New(Dialect{}), "resp_1"); got[0] != "call_0" || got[1] != "call_1" {
		t.Errorf("OpenAI's own ids became %v", got)
	}
	l := New(Dialect{LocalCalls: true})
	seen := map[string]bool{}
	for _, response := range []string{"resp_1", "resp_2", "resp_1"} {
		for _, id := range ids(l, response) {
			if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(id) {
				t.Errorf("%s is not legal everywhere", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != 4 {
		t.Errorf("two calls of two responses have the ids %v", seen)
	}
}

// TestCallsOfAResponseWithoutID keep theirs.
func TestCallsOfAResponseWithoutID(t *testing.T) {
	d := newDecoder(New(Dialect{LocalCalls: true}), false)
	if got := d.callID(interline.ToolCallBlock, "call_0"); got != "call_0" {
		t.Errorf("got %s", got)
	}
}
