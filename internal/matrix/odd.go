package matrix

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// odd are histories that clients get wrong, and combinations that a model does
// not take. They are on no row of the page.
func odd() []Probe { return slices.Concat(oddTurns(), oddMarks(), oddThinking(), oddBodies()) }

func hide(title string, words func(*interline.Request)) Probe {
	return Probe{Title: title, Words: words, Hidden: true}
}

func oddTurns() []Probe {
	return []Probe{
		hide("call without a result", func(r *interline.Request) {
			r.Tools = []interline.Tool{weather}
			r.Turns = append(r.Turns, assistant(call("call_1", `{}`)), user(say("never mind")))
		}),
		hide("result without a call", func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(say("a")), user(result("call_9", say("b"))))
		}),
		hide("arguments that are not JSON", func(r *interline.Request) {
			tools(r)
			r.Turns[1].Blocks[0].Call.Arguments = "not JSON"
		}),
		hide("reasoning alone", func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(thought("Hm.", claudes)), user(say("go on")))
		}),
		hide("reasoning at the end", func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(thought("Hm.", openais)), user(say("go on")))
		}),
		hide("reasoning without a seal", func(r *interline.Request) { tools(r, thought("Hm.", nil)) }),
		hide("an earlier refusal", func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(interline.Block{Kind: interline.Refusal, Text: "No."}), user(say("why")))
		}),
		hide("a user's refusal", func(r *interline.Request) {
			r.Turns[0].Blocks = append(r.Turns[0].Blocks, interline.Block{Kind: interline.Refusal, Text: "No."})
		}),
		hide("a document of plain text", more(media(interline.Document, interline.Media{Data: "a", Plain: true, Name: "n"}))),
		hide("an answer cited from a page", func(r *interline.Request) {
			cited := say("Rome is old.")
			cited.Citations = []interline.Citation{{Document: -1, URL: "https://example.com/", Title: "n"}}
			r.Turns = append(r.Turns, assistant(cited), user(say("and?")))
		}),
		hide("a document alone", func(r *interline.Request) {
			r.Turns[0].Blocks = []interline.Block{media(interline.Document, interline.Media{Type: "application/pdf", Data: "JVBERi0=", Name: "n"})}
		}),
		hide("a picture of the assistant", func(r *interline.Request) { r.Turns = append(r.Turns, assistant(say("see"), png), user(say("nice"))) }),
		hide("a tool of another language", func(r *interline.Request) {
			r.Tools = []interline.Tool{{Name: "t", Language: "somebody's", Raw: []byte(`{}`)}}
		}),
		hide("a tool of free text", func(r *interline.Request) {
			r.Tools = []interline.Tool{{Name: "t", Schema: []byte(`{"type":"object","properties":{}}`), Language: "somebody's", Raw: []byte(`{}`)}}
		}),
		hide("a member of another language", func(r *interline.Request) { r.Extra = []interline.Member{{Name: "odd", Value: []byte("1")}} }),
		hide("reasoning alone, of Google", func(r *interline.Request) {
			r.Turns = append(r.Turns, assistant(thought("Hm.", googles)), user(say("go on")))
		}),
		hide("a picture of the system", system(say("a"), png)),
		hide("the assistant first", func(r *interline.Request) {
			r.Turns = append([]interline.Turn{assistant(say("Hello."))}, r.Turns...)
		}),
		hide("a block of another language", more(interline.Block{Kind: interline.Opaque, Language: "somebody's", Raw: []byte(`{}`)})),
	}
}

func oddMarks() []Probe {
	return []Probe{
		hide("five cache marks", system(marked(say("1"), ""), marked(say("2"), ""), marked(say("3"), ""), marked(say("4"), ""), marked(say("5"), ""))),
		hide("cache mark for 24h", system(marked(say("1"), "24h"))),
		hide("cache mark on reasoning", func(r *interline.Request) { tools(r, marked(thought("Hm.", claudes), "")) }),
		hide("cache mark on an answer", func(r *interline.Request) { r.Turns = append(r.Turns, assistant(marked(say("a"), "")), user(say("b"))) }),
		hide("labels of any form", func(r *interline.Request) {
			r.Metadata = []interline.Label{{Name: "a", Value: strings.Repeat("x", 300)}}
		}),
		hide("a tier nobody has", func(r *interline.Request) { r.ServiceTier = "golden" }),
	}
}

func oddThinking() []Probe {
	forced := interline.ToolChoice{Mode: interline.ToolsRequired}
	return []Probe{
		hide("no tools, though they were called", func(r *interline.Request) {
			tools(r)
			r.Choice.Mode = interline.ToolsNone
		}),
		hide("tools called and not declared", func(r *interline.Request) {
			tools(r)
			r.Tools = nil
		}),
		hide("forced while it thinks", func(r *interline.Request) {
			choose(forced)(r)
			r.Reasoning.Budget, r.MaxOutput = 2048, 8000
		}),
		hide("thinking resumed amid calls", func(r *interline.Request) {
			tools(r)
			r.Reasoning.Budget, r.MaxOutput = 2048, 8000
		}),
		hide("tools and effort", func(r *interline.Request) {
			tools(r)
			r.Reasoning.Effort = interline.EffortHigh
		}),
		hide("a budget below the least", func(r *interline.Request) { r.Reasoning.Budget, r.MaxOutput = 100, 8000 }),
		hide("a budget above the limit", func(r *interline.Request) { r.Reasoning.Budget, r.MaxOutput = 9000, 4000 }),
		hide("a budget above the model's limit", func(r *interline.Request) { r.Reasoning.Budget, r.MaxOutput = 900_000, 0 }),
		hide("a limit above the model's", func(r *interline.Request) { r.MaxOutput = 10_000_000 }),
		hide("a limit below the least", func(r *interline.Request) { r.MaxOutput = 1 }),
		hide("an effort that is rare", func(r *interline.Request) { r.Reasoning.Effort = interline.EffortMinimal }),
		hide("the greatest effort", func(r *interline.Request) { r.Reasoning.Effort = interline.EffortMax }),
		hide("thinking and sampling", func(r *interline.Request) {
			r.Reasoning.Budget, r.MaxOutput, r.Sampling.Temperature, r.Sampling.TopK = 2048, 8000, new(0.5), new(int64(5))
		}),
		hide("temperature and top_p", func(r *interline.Request) { r.Sampling.Temperature, r.Sampling.TopP = new(0.5), new(0.5) }),
		hide("thinking shown or not", func(r *interline.Request) { r.Reasoning.Adaptive, r.Reasoning.Display = true, "omitted" }),
		hide("a schema with a description", func(r *interline.Request) {
			r.Output = interline.Output{Format: interline.FormatSchema, Name: "a", Description: "b", Schema: []byte(`{"type":"object","properties":{},"additionalProperties":false}`)}
		}),
	}
}

func oddBodies() []Probe {
	raw := func(language, body string) Probe {
		return Probe{Title: "raw " + language, Raw: map[string]string{language: body}, Hidden: true}
	}
	return []Probe{
		raw(protocol.GenerateContent, `{"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"text":"y","thoughtSignature":"`+
			base64.StdEncoding.EncodeToString([]byte(protocol.Enclose(openais)))+`"}]},{"role":"user","parts":[{"text":"z"}]}]}`),
		raw(protocol.Responses, `{"model":"m","input":[{"role":"user","content":"x"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"}]}`),
		raw(protocol.ChatCompletions, `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":5,"max_completion_tokens":5}`),
	}
}
