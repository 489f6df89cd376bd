package responses

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// TestFreeTextSurvives tells a call's arguments in pieces, cut at every byte, and
// expects the call of a custom tool with its text, and the same of the decoder.
func TestFreeTextSurvives(t *testing.T) {
	const text = "*** Begin \"Patch\"\n+\tZürich \\ 🎈\n*** End"
	const args = ` { "interline_input" : "*** Begin \"Patch\"\n+\tZ\u00fcrich \\ \ud83c\udf88\n*** End" } `
	for _, stream := range []bool{false, true} {
		for cut := range len(args) {
			out := encoded(stream, args[:cut], args[cut:])
			got := callOf(t, stream, out)
			if got.Type != "custom_tool_call" || got.Name != "patch" || got.CallID != "c" || got.Input != text || !strings.HasPrefix(got.ID, "ctc_") {
				t.Fatalf("cut at %d: %+v\n%s", cut, got, out)
			}
		}
	}
}

// TestFunctionsStayFunctions does the same with arguments that are not of a custom
// tool.
func TestFunctionsStayFunctions(t *testing.T) {
	for _, args := range []string{
		`{}`, `{"input":"x"}`, `{"interline_input":7}`, `{"interline_input_too":"x"}`, `[]`, `{"interline`, `{"a":"interline_input"}`,
	} {
		for cut := range len(args) {
			got := callOf(t, true, encoded(true, args[:cut], args[cut:]))
			if got.Type != "function_call" || got.Arguments != args {
				t.Errorf("%s, cut at %d: %+v", args, cut, got)
			}
		}
	}
}

func encoded(stream bool, pieces ...string) []byte {
	e := New(Dialect{}).Encoder(protocol.Answer{Head: interline.Head{Model: "m", Stream: stream}, ID: "01"})
	events := []interline.Event{
		{Kind: interline.Start, Model: "m"},
		{Kind: interline.BlockStart, Block: interline.ToolCallBlock, ID: "c", Name: "patch"},
	}
	for _, p := range pieces {
		events = append(events, interline.Event{Kind: interline.Delta, Block: interline.ToolCallBlock, Text: p})
	}
	events = append(events, interline.Event{Kind: interline.BlockStop}, interline.Event{Kind: interline.Finish, Stop: interline.StopTools})
	return e.Finish(e.Append(nil, events))
}

// callOf reads the only item of an answer: of a stream both from its pieces and
// from its last event.
func callOf(t *testing.T, stream bool, out []byte) outItem {
	t.Helper()
	last := string(out)
	said := ""
	if stream {
		frames := strings.Split(strings.TrimSuffix(last, "\n\n"), "\n\n")
		for _, f := range frames {
			_, last, _ = strings.Cut(f, "\ndata: ")
			var e event
			if err := json.Unmarshal([]byte(last), &e, lenient); err != nil {
				t.Fatal(err)
			}
			said += e.Delta
		}
	}
	var a struct {
		Output   []outItem
		Response struct{ Output []outItem }
	}
	if err := json.Unmarshal([]byte(last), &a, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	items := slices.Concat(a.Output, a.Response.Output)
	if len(items) != 1 || stream && said != items[0].Input+items[0].Arguments {
		t.Fatalf("pieces %q, items %+v", said, items)
	}
	return items[0]
}

// TestCustomToolsAreRead gives a custom tool, a call of it and its result the words
// that other languages have, and takes them back as they were.
func TestCustomToolsAreRead(t *testing.T) {
	const tools = `[{"type":"custom","name":"patch","description":"Edits.","format":{"type":"grammar","syntax":"lark","definition":"start: /x/"}}]`
	const body = `{"model":"m","tools":` + tools + `,"tool_choice":{"type":"custom","name":"patch"},"input":[{"role":"user","content":"Edit."},
		{"type":"custom_tool_call","call_id":"c","name":"patch","input":"a \"b\""},{"type":"custom_tool_call_output","call_id":"c","output":"done"}]}`
	l := New(Dialect{})
	o, err := l.Open(spoken, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.ReadRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	call := r.Turns[1].Blocks[0].Call
	if r.Choice.Mode != interline.ToolsOne || call.Arguments != `{"interline_input":"a \"b\""}` || r.Turns[2].Blocks[0].Result.CallID != "c" ||
		!strings.HasSuffix(r.Tools[0].Description, "(lark):\nstart: /x/") {
		t.Errorf("read %+v", r)
	}
	written, losses, err := l.WriteRequest(r, protocol.Target{Model: "m", From: protocol.Responses})
	if err != nil || len(losses) > 0 {
		t.Fatal(losses, err)
	}
	var got struct {
		Tools, ToolChoice jsontext.Value
		Input             []struct{ Type, Input, Output string }
	}
	if err := json.Unmarshal(written, &got, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if string(got.Tools) != tools || string(got.ToolChoice) != `{"type":"custom","name":"patch"}` ||
		got.Input[1].Type != "custom_tool_call" || got.Input[1].Input != `a "b"` || got.Input[2].Type != "custom_tool_call_output" {
		t.Errorf("written %s", written)
	}
}
