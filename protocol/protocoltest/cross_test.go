package protocoltest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/generatecontent"
	"github.com/interline-ai/interline/protocol/invoke"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/protocoltest"
	"github.com/interline-ai/interline/protocol/responses"
)

var langs = []protocol.Translator{
	chatcompletions.New(chatcompletions.Dialect{}), messages.New(messages.Dialect{}), converse.New(converse.Dialect{}),
	invoke.New(messages.Dialect{}), responses.New(responses.Dialect{}), generatecontent.New(), generatecontent.Array(),
}

// spokenTo is what the path says to the language: some have the model there.
func spokenTo(lang protocol.Protocol, model string) protocol.Spoken {
	s := protocol.Spoken{Operation: interline.OperationChat}
	switch lang.Name() {
	case protocol.Converse, protocol.Invoke, protocol.GenerateContent:
		s.Model = model
	}
	return s
}

// pairs runs the test for every language in and every language out.
func pairs(t *testing.T, run func(t *testing.T, in, out protocol.Translator)) {
	for _, in := range langs {
		for _, out := range langs {
			name := func(l protocol.Protocol) string {
				if l.Envelope() == protocol.JSONArray {
					return l.Name() + " in an array"
				}
				return l.Name()
			}
			t.Run(name(in)+" to "+name(out), func(t *testing.T) { run(t, in, out) })
		}
	}
}

// noClaudes reports whether a language's clouds take no reasoning back that
// Claude signed.
func noClaudes(lang protocol.Protocol) bool {
	return openAIs(lang) || lang.Name() == protocol.GenerateContent
}

// openAIs reports whether a language is OpenAI's, whose clouds take no reasoning
// back that Claude signed, and know no prefill.
func openAIs(lang protocol.Protocol) bool {
	return lang.Name() == protocol.ChatCompletions || lang.Name() == protocol.Responses
}

// unsaid are the fields that a language has no word for, as all languages call
// them.
var unsaid = map[string][]string{protocol.Responses: {"stop", "stop_sequences", "inferenceConfig.stopSequences", "generationConfig.stopSequences"}}

// signed is reasoning that Claude signed, and that OpenAI's clouds do not take
// back.
var signed = interline.Block{Kind: interline.ReasoningBlock, Text: "Two calls.", Seal: &interline.Seal{Issuer: "anthropic", Signature: "c2ln"}}

func text(s string) interline.Block { return interline.Block{Kind: interline.Text, Text: s} }

func turn(role interline.Role, blocks ...interline.Block) interline.Turn {
	return interline.Turn{Role: role, Blocks: blocks}
}

func call(id, args string) interline.Block {
	return interline.Block{Kind: interline.ToolCallBlock, Call: &interline.ToolCall{ID: id, Name: "weather", Arguments: args}}
}

func result(id string, blocks ...interline.Block) interline.Block {
	return interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: id, Blocks: blocks}}
}

var weather = interline.Tool{Name: "weather", Description: "The weather.", Schema: []byte(`{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}}}`)}

// requests are asked in every language. want is what must arrive; a language
// that takes no reasoning back gets it without.
var requests = []struct {
	name string
	r    interline.Request
	want string
}{
	{
		"text",
		interline.Request{Turns: []interline.Turn{turn(interline.User, text("Hello"))}, MaxOutput: 100},
		"user: text Hello\nmax 100",
	},
	{
		"several turns and a system prompt",
		interline.Request{
			Turns: []interline.Turn{
				turn(interline.System, text("Be brief.")), turn(interline.User, text("Hello")),
				turn(interline.Assistant, text("Hi.")), turn(interline.User, text("Bye\n\"now\" \u00e9 \U0001F600")),
			},
			MaxOutput: 70, Stop: []string{"END", "STOP"}, Sampling: interline.Sampling{Temperature: new(0.5), TopP: new(0.25)},
		},
		"system: text Be brief.\nuser: text Hello\nassistant: text Hi.\nuser: text Bye\n\"now\" \u00e9 \U0001F600\nmax 70\nstop [END STOP]\ntemperature 0.5 top_p 0.25",
	},
	{
		"parallel tools with results",
		interline.Request{
			Turns: []interline.Turn{
				turn(interline.User, text("Rome and Oslo?")),
				turn(interline.Assistant, text("Looking."), call("call_1", `{"z": 1.0, "city":"Rome"}`), call("call_2", `{"city":"Oslo"}`)),
				turn(interline.User, result("call_1", text("20")), result("call_2", text("5"))),
			},
			MaxOutput: 100, Tools: []interline.Tool{weather}, Choice: interline.ToolChoice{Mode: interline.ToolsRequired},
		},
		"user: text Rome and Oslo?\nassistant: text Looking.\ncall call_1 weather {\"z\": 1.0, \"city\":\"Rome\"}\ncall call_2 weather {\"city\":\"Oslo\"}\n" +
			"user: result call_1 [text 20]\nresult call_2 [text 5]\nmax 100\ntool weather " + string(weather.Schema) + "\nchoice 3 []",
	},
	{
		"an image",
		interline.Request{
			Turns: []interline.Turn{turn(interline.User, text("What is it?"),
				interline.Block{Kind: interline.Image, Media: &interline.Media{Type: "image/png", Data: "iVBORw0KGgo="}})},
			MaxOutput: 100,
		},
		"user: text What is it?\nimage image/png iVBORw0KGgo=\nmax 100",
	},
	{
		"a document",
		interline.Request{
			Turns: []interline.Turn{turn(interline.User, text("Sum it up."),
				interline.Block{Kind: interline.Document, Media: &interline.Media{Type: "application/pdf", Data: "JVBERi0=", Name: "report"}})},
			MaxOutput: 100,
		},
		"user: text Sum it up.\ndocument application/pdf JVBERi0=\nmax 100",
	},
	{
		"signed reasoning in a tool loop",
		interline.Request{
			Turns: []interline.Turn{
				turn(interline.User, text("Rome?")), turn(interline.Assistant, signed, call("call_1", `{}`)),
				turn(interline.User, result("call_1", text("20"))),
			},
			MaxOutput: 100, Tools: []interline.Tool{weather}, Choice: interline.ToolChoice{Mode: interline.ToolsOne, Names: []string{"weather"}},
		},
		"user: text Rome?\nassistant: reasoning Two calls. c2ln\ncall call_1 weather {}\nuser: result call_1 [text 20]\nmax 100\n" +
			"tool weather " + string(weather.Schema) + "\nchoice 4 [weather]",
	},
	{
		"a schema",
		interline.Request{
			Turns: []interline.Turn{turn(interline.User, text("Where?"))}, MaxOutput: 100,
			Output: interline.Output{Format: interline.FormatSchema, Name: "city", Schema: []byte(`{"type":"object","properties":{"z":{},"a":{}}}`)},
		},
		"user: text Where?\nmax 100\nschema {\"type\":\"object\",\"properties\":{\"z\":{},\"a\":{}}}",
	},
	{
		"an effort",
		interline.Request{Turns: []interline.Turn{turn(interline.User, text("Why?"))}, MaxOutput: 100, Reasoning: interline.Reasoning{Effort: interline.EffortHigh}},
		"user: text Why?\nmax 100\neffort high",
	},
}

func TestRequestsInEveryLanguage(t *testing.T) {
	pairs(t, func(t *testing.T, in, out protocol.Translator) {
		for _, tt := range requests {
			t.Run(tt.name, func(t *testing.T) {
				asked := reopen(t, in, &tt.r, in.Name())
				if noClaudes(in) {
					// These clouds are sent no signed reasoning, but clients of
					// gateways send it.
					asked.Turns = tt.r.Turns
				}
				got := describe(reopen(t, out, asked, in.Name()))
				want := tt.want
				if noClaudes(out) {
					want = strings.ReplaceAll(want, "reasoning Two calls. c2ln\n", "")
				}
				if in.Name() == protocol.Responses || out.Name() == protocol.Responses {
					want = strings.ReplaceAll(want, "\nstop [END STOP]", "")
				}
				if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
					t.Errorf("what arrived differs:\n%s", diff)
				}
			})
		}
	})
}

// reopen says a request in the language, and reads it as a server would.
func reopen(t *testing.T, lang protocol.Translator, r *interline.Request, from string) *interline.Request {
	t.Helper()
	const model = "us.anthropic.claude-test"
	body, losses, err := lang.WriteRequest(r, protocol.Target{Model: model, From: from})
	if err != nil {
		t.Fatalf("say it in %s: %v", lang.Name(), err)
	}
	for _, l := range losses {
		if !strings.HasPrefix(l.Field, "messages[") && !strings.HasPrefix(l.Field, "contents[") && !slices.Contains(unsaid[lang.Name()], l.Field) {
			t.Errorf("%s lost %+v", lang.Name(), l)
		}
	}
	o, err := lang.Open(spokenTo(lang, model), body)
	if err != nil {
		t.Fatalf("open %s: %v", body, err)
	}
	words, err := lang.ReadRequest(o)
	if err != nil {
		t.Fatalf("read %s: %v", body, err)
	}
	return words
}

// describe says a request in lines, with neighbouring turns of one role
// together.
func describe(r *interline.Request) string {
	var out []string
	last := interline.Role(0)
	for _, turn := range r.Turns {
		for _, b := range turn.Blocks {
			line := block(b)
			if turn.Role != last {
				line = turn.Role.String() + ": " + line
				last = turn.Role
			}
			out = append(out, line)
		}
	}
	out = append(out, fmt.Sprintf("max %d", r.MaxOutput))
	if len(r.Stop) > 0 {
		out = append(out, fmt.Sprintf("stop %v", r.Stop))
	}
	if s := r.Sampling; s.Temperature != nil || s.TopP != nil {
		out = append(out, fmt.Sprintf("temperature %v top_p %v", *s.Temperature, *s.TopP))
	}
	for _, tool := range r.Tools {
		out = append(out, fmt.Sprintf("tool %s %s", tool.Name, tool.Schema))
	}
	if r.Choice.Mode != 0 {
		out = append(out, fmt.Sprintf("choice %d %v", r.Choice.Mode, r.Choice.Names))
	}
	if r.Output.Format == interline.FormatSchema {
		out = append(out, "schema "+string(r.Output.Schema))
	}
	if r.Reasoning.Effort != "" {
		out = append(out, "effort "+string(r.Reasoning.Effort))
	}
	return strings.Join(out, "\n")
}

func block(b interline.Block) string {
	switch b.Kind {
	case interline.Text:
		return "text " + b.Text
	case interline.Image:
		return "image " + b.Media.Type + " " + b.Media.Data
	case interline.Document:
		return "document " + b.Media.Type + " " + b.Media.Data
	case interline.ToolCallBlock:
		return "call " + b.Call.ID + " " + b.Call.Name + " " + b.Call.Arguments
	case interline.ToolResultBlock:
		var inner []string
		for _, x := range b.Result.Blocks {
			inner = append(inner, block(x))
		}
		return fmt.Sprintf("result %s %v", b.Result.CallID, inner)
	case interline.ReasoningBlock:
		if b.Seal == nil {
			return "reasoning " + b.Text
		}
		return "reasoning " + b.Text + " " + b.Seal.Signature + b.Seal.Redacted
	}
	return fmt.Sprintf("block of kind %d", b.Kind)
}

// limits says what an answer loses in a language.
func limits(lang string, told protocoltest.Told) protocoltest.Told {
	u := *told.Usage
	told.Usage, told.Model = &u, ""
	told.Choices = slices.Clone(told.Choices)
	switch lang {
	case protocol.ChatCompletions, protocol.Responses: // know one lifetime of a cache
		u.CacheWrite5m, u.CacheWrite1h = 0, u.CacheWrite()
	case protocol.Converse: // does not tell reasoning apart
		u.Reasoning = 0
	case protocol.GenerateContent: // counts no writes
		u.CacheWrite5m, u.CacheWrite1h = 0, 0
	}
	for i := range told.Choices {
		c := &told.Choices[i]
		c.Blocks = slices.Clone(c.Blocks)
		for j := range c.Blocks {
			limitOdds(lang, &c.Blocks[j])
			if b := &c.Blocks[j]; b.Kind == interline.Refusal && lang != protocol.ChatCompletions && lang != protocol.Responses {
				b.Kind = interline.Text // the stop reason says that it is a refusal
			}
			if b := &c.Blocks[j]; b.Kind == interline.ReasoningBlock && b.Text != "" && b.Seal == (interline.Seal{}) && lang == protocol.GenerateContent {
				b.Seal.Issuer = "google" // its thoughts are its own without a proof
			}
		}
		c.Blocks = slices.DeleteFunc(c.Blocks, func(b protocoltest.Block) bool { return b.Text == "" && b.Seal == (interline.Seal{}) })
	}
	return told
}

func TestAnswersInEveryLanguage(t *testing.T) {
	pairs(t, func(t *testing.T, cloud, client protocol.Translator) {
		for name, events := range answers {
			for _, way := range []struct{ up, down bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
				t.Run(fmt.Sprintf("%s, streamed up %v, down %v", name, way.up, way.down), func(t *testing.T) {
					want := limits(client.Name(), limits(cloud.Name(), protocoltest.Fold(events)))
					got := protocoltest.Fold(pass(t, client, way.down, pass(t, cloud, way.up, events)))
					got.Model = ""
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	})
}

// pass says events in a language and reads them again.
func pass(t *testing.T, lang protocol.Translator, stream bool, events []interline.Event) []interline.Event {
	t.Helper()
	out := protocoltest.Encode(lang, interline.Head{Model: "m", Stream: stream, StreamUsage: true}, events)
	if stream {
		return protocoltest.DecodeStream(t, lang, out)
	}
	return protocoltest.DecodeBody(t, lang, out)
}

// TestBrokenAnswersInEveryLanguage: an answer that is cut or ends in an error
// never looks whole to the client, whatever the two languages are.
func TestBrokenAnswersInEveryLanguage(t *testing.T) {
	pairs(t, func(t *testing.T, cloud, client protocol.Translator) {
		events := answers["parallel tools"]
		for n := 1; n < len(events)-1; n++ {
			head := interline.Head{Model: "m", Stream: true, StreamUsage: true}
			up := cloud.Encoder(protocol.Answer{Head: head, ID: "1"}).Append(nil, events[:n])
			cut := protocoltest.DecodeStream(t, cloud, up)
			down := client.Encoder(protocol.Answer{Head: head, ID: "1"}).Append(nil, cut)
			if told := protocoltest.Fold(protocoltest.DecodeStream(t, client, down)); told.Ended {
				t.Errorf("cut after %d events, the answer still looks whole", n)
			}
			busy := &interline.Fault{Code: interline.CodeOverloaded, Message: "busy"}
			told := protocoltest.Fold(protocoltest.DecodeStream(t, cloud, cloud.AppendFault(up, busy, "r")))
			if told.Fault == nil || told.Fault.Class != interline.C6Overload {
				t.Fatalf("the cloud's error after %d events: %+v", n, told.Fault)
			}
			told = protocoltest.Fold(protocoltest.DecodeStream(t, client, client.AppendFault(down, told.Fault, "r")))
			if told.Ended || told.Fault == nil || told.Fault.Code != interline.CodeOverloaded || !strings.Contains(told.Fault.Message, "busy") {
				t.Errorf("the client's error after %d events: %+v", n, told.Fault)
			}
		}
	})
}
