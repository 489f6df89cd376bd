package bedrock

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

// onePixel is a PNG of one pixel.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

func TestRefusals(t *testing.T) {
	c := start(t, core.Config{})
	says := func(role, blocks string) string { return `{"role":"` + role + `","content":[` + blocks + `]}` }
	turns := func(list ...string) string { return `"messages":[` + strings.Join(list, ",") + `]` }
	hi := says("user", `{"text":"hi"}`)
	picture := `{"image":{"format":"png","source":{"bytes":"` + onePixel + `"}}}`
	note := func(name string) string {
		return `{"document":{"format":"txt","name":"` + name + `","source":{"bytes":"aGk="}}}`
	}
	use := says("assistant", `{"toolUse":{"toolUseId":"a","name":"get_weather","input":{}}}`)
	result := `{"toolResult":{"toolUseId":"a","content":[{"text":"7"}]}}`
	for _, tc := range []struct{ name, id, body, want string }{
		{"no messages", sonnet, ``, "Value null at 'messages' failed to satisfy constraint: Member must not be null"},
		{"a number for a list", sonnet, `"messages":5`, "NUMBER_VALUE can not be converted to a List"},
		{"an unknown role", sonnet, turns(says("robot", `{"text":"x"}`)), "Value 'robot' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set"},
		{"an unknown block", sonnet, turns(says("user", `{"sound":{}}`)), "Exactly one member of the union must be set"},
		{"two kinds in a block", sonnet, turns(says("user", `{"text":"a","cachePoint":{"type":"default"}}`)), "Exactly one member of the union must be set"},
		{"assistant first", sonnet, turns(says("assistant", `{"text":"x"}`)), "must start with a user message"},
		{"no alternation", sonnet, turns(hi, hi), "must alternate between user and assistant roles"},
		{"empty content", sonnet, turns(says("user", ``)), "The content field in the Message object at messages.0 is empty."},
		{"blank text", sonnet, turns(says("user", `{"text":""}`)), "The text field in the ContentBlock object at messages.0.content.0 is blank."},
		{"picture of the assistant", sonnet, turns(hi, says("assistant", picture), hi), "only allowed in user messages"},
		{"not a picture", sonnet, turns(says("user", `{"image":{"format":"png","source":{"bytes":"aGk="}}}`)), "Member must be an image in the format png"},
		{"picture to a model without eyes", micro, turns(says("user", `{"text":"x"},`+picture)), "doesn't support the image content block"},
		{"picture by address", sonnet, turns(says("user", `{"image":{"format":"png","source":{"s3Location":{"uri":"s3://x/y"}}}}`)), "reads no S3 objects"},
		{"name of a document", sonnet, turns(says("user", `{"text":"x"},`+note("a.txt"))), "The document file name can only contain"},
		{"two spaces in a name", sonnet, turns(says("user", `{"text":"x"},`+note("a  b"))), "The document file name can only contain"},
		{"document without text", sonnet, turns(says("user", note("a b"))), "A text content block is required"},
		{"tool blocks without tools", sonnet, turns(hi, use, says("user", result)), "The toolConfig field must be defined"},
		{"unanswered call", sonnet, turns(hi, use, hi) + "," + weather, "Expected toolResult blocks at messages.2.content for the following Ids: a"},
		{"call at the end", sonnet, turns(hi, use) + "," + weather, "Expected toolResult blocks at messages.2.content for the following Ids: a"},
		{"answered twice", sonnet, turns(hi, use, says("user", result+","+result)) + "," + weather, "contain duplicate Ids: a"},
		{"answer to nothing", sonnet, turns(says("user", result)) + "," + weather, "exceeds the number of toolUse blocks of previous turn"},
		{"id of a call", sonnet, turns(hi, strings.Replace(use, `"a"`, `"a b"`, 1), says("user", result)) + "," + weather, "Value 'a b' at 'messages.2.member.content.1.member.toolUse.toolUseId'"},
		{"choice none", sonnet, turns(hi) + `,` + strings.TrimSuffix(weather, "}") + `,"toolChoice":{"none":{}}}`, "Exactly one member of the union must be set, one of: [auto, any, tool]"},
		{"unknown tool chosen", sonnet, turns(hi) + `,` + strings.TrimSuffix(weather, "}") + `,"toolChoice":{"tool":{"name":"x"}}}`, "is not defined in toolConfig.tools"},
		{"forcing what cannot be forced", oss120, turns(hi) + `,` + strings.TrimSuffix(weather, "}") + `,"toolChoice":{"any":{}}}`, "doesn't support the toolConfig.toolChoice.any field"},
		{"too many tokens", sonnet, turns(hi) + `,"inferenceConfig":{"maxTokens":64001}`, "exceeds the model limit of 64000"},
		{"no tokens", sonnet, turns(hi) + `,"inferenceConfig":{"maxTokens":0}`, "Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"too hot", sonnet, turns(hi) + `,"inferenceConfig":{"temperature":1.5}`, "Member must have value less than or equal to 1"},
		{"two ways of drawing", sonnet, turns(hi) + `,"inferenceConfig":{"temperature":0.5,"topP":0.5}`, "The model returned the following errors: `temperature` and `top_p` cannot both"},
		{"temperature of gpt", sol, turns(hi) + `,"inferenceConfig":{"temperature":0.5}`, "'temperature' does not support 0.5"},
		{"flat effort of gpt", sol, turns(hi) + `,"additionalModelRequestFields":{"reasoning_effort":"low"}`, "Unknown parameter: 'reasoning_effort'."},
		{"minimal effort of gpt", sol, turns(hi) + `,"additionalModelRequestFields":{"reasoning":{"effort":"minimal"}}`, "'minimal' is not supported"},
		{"unknown field of Claude", sonnet, turns(hi) + `,"additionalModelRequestFields":{"foo":1}`, "foo: Extra inputs are not permitted"},
		{"thinking beyond the answer", sonnet, turns(hi) + `,"inferenceConfig":{"maxTokens":1000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}}`, "must be greater than `thinking.budget_tokens`"},
		{"cache of gpt-oss", oss120, turns(says("user", `{"text":"x"},{"cachePoint":{"type":"default"}}`)), "prompt caching"},
		{"too long a cache", micro, turns(says("user", `{"text":"x"},{"cachePoint":{"type":"default","ttl":"1h"}}`)), "ttl of 1h"},
		{"guardrail", sonnet, turns(hi) + `,"guardrailConfig":{"guardrailIdentifier":"x","guardrailVersion":"1"}`, "guardrail identifier or version"},
		{"unknown model", "us.acme.model-1", turns(hi), "The provided model identifier is invalid."},
		{"no profile", sonnet[3:], turns(hi), "on-demand throughput"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := c.model(t, tc.id, "converse", "{"+tc.body+"}")
			var e struct{ Message string }
			if err := json.Unmarshal(r.body, &e); err != nil || r.StatusCode/100 != 4 || !strings.Contains(e.Message, tc.want) {
				t.Errorf("status %d: %s", r.StatusCode, r.body)
			}
			if got := r.Header.Get("X-Amzn-Errortype"); !strings.HasSuffix(got, "Exception") {
				t.Errorf("error type %q", got)
			}
		})
	}
	if rows := c.Bill.Rows(""); len(rows) != 0 {
		t.Errorf("refusals were billed: %+v", rows)
	}
}

func TestThinkingComesBack(t *testing.T) {
	c := start(t, core.Config{})
	thinking := `"inferenceConfig":{"maxTokens":4000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}`
	ask := `{"role":"user","content":[{"text":"hi"}]}`
	a := c.converse(t, sonnet, `{"messages":[`+ask+`],`+thinking+`}`)
	if len(a.Output.Message.Content) != 2 {
		t.Fatalf("answer %+v", a)
	}
	thought := a.Output.Message.Content[0].ReasoningContent.ReasoningText
	replay := func(text string) reply {
		block, err := json.Marshal(map[string]any{"reasoningContent": map[string]any{"reasoningText": map[string]any{"text": text, "signature": thought.Signature}}})
		if err != nil {
			t.Fatal(err)
		}
		return c.model(t, sonnet, "converse", `{"messages":[`+ask+`,{"role":"assistant","content":[`+string(block)+`,{"text":"x"}]},`+ask+`],`+thinking+`}`)
	}
	if r := replay(thought.Text); r.StatusCode != 200 {
		t.Errorf("its own thinking: status %d: %s", r.StatusCode, r.body)
	}
	if r := replay(thought.Text + "."); r.StatusCode != 400 || !strings.Contains(string(r.body), "Invalid `signature`") {
		t.Errorf("another's thinking: status %d: %s", r.StatusCode, r.body)
	}
}

func TestReasoningByFamily(t *testing.T) {
	for _, tc := range []struct {
		id    string
		shown bool
	}{{oss120, true}, {sol, false}} {
		c := start(t, core.Config{})
		a := c.converse(t, tc.id, user("hi"))
		shown := a.Output.Message.Content[0].ReasoningContent != nil
		row := c.Bill.Rows("")[0]
		if shown != tc.shown || row.Usage.Reasoning == 0 || a.count(t, "outputTokens") != row.Usage.Output {
			t.Errorf("%s: shown %v, bill %+v, usage %v", tc.id, shown, row.Usage, a.Usage)
		}
	}
}

func TestCountTokens(t *testing.T) {
	c := start(t, core.Config{})
	bare := sonnet[3:]
	used := c.converse(t, sonnet, user("hello there"))
	r := c.model(t, bare, "count-tokens", `{"input":{"converse":`+user("hello there")+`}}`)
	var got struct{ InputTokens int }
	if err := json.Unmarshal(r.body, &got); err != nil || got.InputTokens != used.count(t, "inputTokens") {
		t.Errorf("status %d: %s, want %v", r.StatusCode, r.body, used.Usage)
	}
	native := `{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hello there"}]}`
	r = c.model(t, bare, "count-tokens", `{"input":{"invokeModel":{"body":"`+base64.StdEncoding.EncodeToString([]byte(native))+`"}}}`)
	if err := json.Unmarshal(r.body, &got); err != nil || r.StatusCode != 200 || got.InputTokens < 5 {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
	}
	for _, id := range []string{sonnet, "anthropic.claude-sonnet-5", micro} {
		r := c.model(t, id, "count-tokens", `{"input":{"converse":`+user("hi")+`}}`)
		if r.StatusCode != 400 || !strings.Contains(string(r.body), "doesn't support counting tokens") {
			t.Errorf("%s: status %d: %s", id, r.StatusCode, r.body)
		}
	}
	if rows := c.Bill.Rows(""); len(rows) != 1 {
		t.Errorf("counting was billed: %+v", rows)
	}
}

func FuzzConverse(f *testing.F) {
	f.Add(user("hi"))
	f.Add(`{"messages":[null,{"role":[],"content":{}}],"toolConfig":{"tools":[{"toolSpec":{}}]},"system":[5]}`)
	f.Add(`{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"image":{"format":"png","source":{}}}]}}]}],"outputConfig":{"textFormat":{}}}`)
	c := core.New(core.Config{})
	p := New(Options{}).(*place)
	f.Fuzz(func(t *testing.T, body string) {
		for _, id := range []string{sonnet, sol, oss120, micro} {
			k := &call{Exchange: &core.Exchange{Place: "bedrock"}, core: c, place: p, body: []byte(body)}
			j, refused := k.accept(id)
			if (j == nil) == (refused == nil) {
				t.Fatalf("neither accepted nor refused: %q", body)
			}
			if refused != nil && (refused.message == "" || refused.exception == "") {
				t.Fatalf("refused without saying why: %+v", refused)
			}
		}
	})
}
