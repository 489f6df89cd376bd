package anthropic

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// picture is a PNG of the given size as base64.
func picture(t testing.TB, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestRefusals(t *testing.T) {
	c := start(t, core.Config{})
	say := func(model, messages, fields string) string {
		if fields != "" {
			fields = "," + fields
		}
		return fmt.Sprintf(`{"model":%q,"max_tokens":2000,"messages":%s%s}`, model, messages, fields)
	}
	const (
		sonnet45, sonnet46 = "claude-sonnet-4-5", "claude-sonnet-4-6"
		hi                 = `[{"role":"user","content":"hi"}]`
		tool               = `"tools":[{"name":"f","input_schema":{"type":"object"}}]`
		use                = `{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]}`
	)
	for _, tc := range []struct{ name, body, want string }{
		{"not json", `{`, "not valid JSON"},
		{"not an object", `[]`, "not valid JSON"},
		{"unknown field", say(sonnet45, hi, `"x":1`), "x: Extra inputs are not permitted"},
		{"unknown field in a block", say(sonnet45, `[{"role":"user","content":[{"type":"text","text":"a","x":1}]}]`, ""), "messages.0.content.0.text.x: Extra inputs are not permitted"},
		{"case matters", say(sonnet45, hi, `"Stream":true`), "Stream: Extra inputs"},
		{"no max_tokens", `{"model":"claude-sonnet-4-5","messages":` + hi + `}`, "max_tokens: Field required"},
		{"wrong type", strings.Replace(say(sonnet45, hi, ""), "2000", `"many"`, 1), "max_tokens: Input should be a valid integer"},
		{"too many tokens", strings.Replace(say(sonnet45, hi, ""), "2000", "64001", 1), "max_tokens: 64001 > 64000, which is the maximum"},
		{"no messages", say(sonnet45, `[]`, ""), "at least one message is required"},
		{"assistant first", say(sonnet45, `[{"role":"assistant","content":"a"}]`, ""), `first message must use the "user" role`},
		{"unknown role", say(sonnet45, `[{"role":"tool","content":"a"}]`, ""), "messages.0.role: Input should be 'user', 'assistant' or 'system'"},
		{"empty text", say(sonnet45, `[{"role":"user","content":[{"type":"text","text":""}]}]`, ""), "text content blocks must be non-empty"},
		{"blank text", say(sonnet45, `[{"role":"user","content":"  "}]`, ""), "must contain non-whitespace text"},
		{"empty content", say(sonnet45, `[{"role":"user","content":[]}]`, ""), "messages.0: all messages must have non-empty content"},
		{"prefill refused", say(sonnet46, `[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]`, ""), "does not support assistant message prefill"},
		{"prefill ends in space", say(sonnet45, `[{"role":"user","content":"a"},{"role":"assistant","content":"b "}]`, ""), "cannot end with trailing whitespace"},
		{"system role", say(sonnet46, `[{"role":"user","content":"a"},{"role":"system","content":"b"}]`, ""), "role 'system' is not supported"},
		{"system role first", say("claude-opus-4-8", `[{"role":"system","content":"b"},{"role":"user","content":"a"}]`, ""), "must not come first"},
		{"unknown block", say(sonnet45, `[{"role":"user","content":[{"type":"server_tool_use"}]}]`, ""), "Input tag 'server_tool_use' found using 'type'"},
		{"image of an assistant", say(sonnet45, `[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"image","source":{"type":"url","url":"https://x.test/a.png"}}]}]`, ""), "`image` blocks can only be in `user` messages"},
		{"plain http image", say(sonnet45, `[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://x.test/a.png"}}]}]`, ""), "Only HTTPS URLs"},
		{"image is no base64", say(sonnet45, `[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%%"}}]}]`, ""), "Invalid base64 data"},
		{"image is no image", say(sonnet45, `[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGVsbG8="}}]}]`, ""), "Could not process image"},
		{"image is another kind", say(sonnet45, `[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"`+picture(t, 2, 2)+`"}}]}]`, ""), "appears to be a image/png"},
		{"pdf is none", say(sonnet45, `[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"aGVsbG8="}}]}]`, ""), "PDF specified was not valid"},
		{"unanswered call", say(sonnet45, `[`+use+`,{"role":"user","content":"never mind"}]`, tool), "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1"},
		{"call at the end", say(sonnet45, `[`+use+`]`, tool), "without `tool_result` blocks"},
		{"text before the result", say(sonnet45, `[`+use+`,{"role":"user","content":[{"type":"text","text":"so"},{"type":"tool_result","tool_use_id":"toolu_1"}]}]`, tool), "without `tool_result` blocks"},
		{"result without call", say(sonnet45, `[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_9"}]}]`, tool), "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_9"},
		{"repeated call id", say(sonnet45, `[`+use+`,{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]},`+strings.SplitN(use, ",", 3)[2]+`,{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}]`, tool), "ids must be unique"},
		{"tool name", say(sonnet45, hi, `"tools":[{"name":"a b","input_schema":{"type":"object"}}]`), "tools.0.custom.name: String should match pattern"},
		{"tool schema", say(sonnet45, hi, `"tools":[{"name":"f","input_schema":{"type":"array"}}]`), "tools.0.custom.input_schema.type: Input should be 'object'"},
		{"tool schema union", say(sonnet45, hi, `"tools":[{"name":"f","input_schema":{"type":"object","anyOf":[]}}]`), "does not support oneOf, allOf, or anyOf"},
		{"tool twice", say(sonnet45, hi, `"tools":[{"name":"f","input_schema":{"type":"object"}},{"name":"f","input_schema":{"type":"object"}}]`), "Tool names must be unique"},
		{"server tool", say(sonnet45, hi, `"tools":[{"type":"web_search_20250305","name":"web_search"}]`), "Input tag 'web_search_20250305'"},
		{"choice without tools", say(sonnet45, hi, `"tool_choice":{"type":"any"}`), "tool_choice.any may only be specified while providing tools"},
		{"choice of another tool", say(sonnet45, hi, tool+`,"tool_choice":{"type":"tool","name":"g"}`), "Tool 'g' not found in provided tools"},
		{"forced tool and budget", say(sonnet45, hi, tool+`,"tool_choice":{"type":"any"},"thinking":{"type":"enabled","budget_tokens":1024}`), "Thinking may not be enabled when tool_choice forces tool use"},
		{"forced tool on 5.5", say("claude-sonnet-5-5", hi, tool+`,"tool_choice":{"type":"any"}`), "forced tool use is not supported"},
		{"small budget", say(sonnet45, hi, `"thinking":{"type":"enabled","budget_tokens":1023}`), "greater than or equal to 1024"},
		{"large budget", say(sonnet45, hi, `"thinking":{"type":"enabled","budget_tokens":2000}`), "`max_tokens` must be greater than `thinking.budget_tokens`"},
		{"budget on opus 4.8", say("claude-opus-4-8", hi, `"thinking":{"type":"enabled","budget_tokens":1024}`), `"thinking.type.enabled" is not supported`},
		{"adaptive on haiku", say("claude-haiku-4-5", hi, `"thinking":{"type":"adaptive"}`), "adaptive thinking is not supported"},
		{"thinking off on 5.5", say("claude-opus-5-5", hi, `"thinking":{"type":"disabled"}`), `"thinking.type.disabled" is not supported`},
		{"effort on 4.5", say(sonnet45, hi, `"output_config":{"effort":"low"}`), "does not support the effort parameter"},
		{"xhigh on 4.6", say(sonnet46, hi, `"output_config":{"effort":"xhigh"}`), "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."},
		{"temperature range", say(sonnet45, hi, `"temperature":1.5`), "temperature: Input should be less than or equal to 1"},
		{"temperature and top_p", say(sonnet45, hi, `"temperature":0.5,"top_p":0.5`), "`temperature` and `top_p` cannot both be specified"},
		{"temperature on sonnet 5", say("claude-sonnet-5", hi, `"temperature":1`), "`temperature` is deprecated for this model."},
		{"temperature and thinking", say(sonnet45, hi, `"temperature":0.5,"thinking":{"type":"enabled","budget_tokens":1024}`), "may only be set to 1 when thinking is enabled"},
		{"stop of spaces", say(sonnet45, hi, `"stop_sequences":[" "]`), "must contain non-whitespace"},
		{"service tier", say(sonnet45, hi, `"service_tier":"flex"`), "service_tier: Input should be 'auto' or 'standard_only'"},
		{"metadata", say(sonnet45, hi, `"metadata":{"user":"u"}`), "metadata.user: Extra inputs are not permitted"},
		{"context management without its beta", say(sonnet45, hi, `"context_management":{"edits":[]}`), "context_management: Extra inputs are not permitted"},
		{"forged thinking", say(sonnet45, `[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"bm9uZQ=="},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]`, ""), "messages.1.content.0: Invalid `signature` in `thinking` block"},
		{"five marks", say(sonnet45, `[{"role":"user","content":[`+strings.Repeat(`{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},`, 5)+`{"type":"text","text":"b"}]}]`, ""), "A maximum of 4 blocks with cache_control may be provided. Found 5."},
		{"long mark after short", say(sonnet45, `[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]`, `"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]`), "a ttl='1h' cache_control block must not come after a ttl='5m'"},
		{"odd ttl", say(sonnet45, hi, `"cache_control":{"type":"ephemeral","ttl":"2h"}`), "cache_control.ttl: Input should be '5m' or '1h'"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := c.post(t, tc.body).refused(t, 400, invalid); !strings.Contains(got, tc.want) {
				t.Errorf("message %q, want %q", got, tc.want)
			}
		})
	}
	if rows := c.Bill.Rows(""); len(rows) != 0 {
		t.Errorf("refused requests were billed: %+v", rows)
	}
}

func TestPromptTooLong(t *testing.T) {
	c := start(t, core.Config{Limits: map[string]core.Limits{"anthropic": {Tokens: 1e9}}})
	long := strings.Repeat("emulated ", 200_001)
	body := `{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"` + long + `"}]}`
	if got := c.post(t, body).refused(t, 400, invalid); !strings.HasPrefix(got, "prompt is too long: ") {
		t.Errorf("message %q", got)
	}
}

func TestAccepted(t *testing.T) {
	c := start(t, core.Config{})
	pdf := base64.StdEncoding.EncodeToString([]byte("%PDF-1.7 /Type /Pages /Type /Page /Type /Page"))
	for name, body := range map[string]string{
		"merged users":    `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}`,
		"prefill on 4.5":  `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}`,
		"mid system":      `{"model":"claude-opus-4-8","max_tokens":100,"messages":[{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"5m"}}]}]}`,
		"picture":         `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + picture(t, 30, 20) + `"}},{"type":"text","text":"what"}]}]}`,
		"pdf":             `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"document","title":"t","source":{"type":"base64","media_type":"application/pdf","data":"` + pdf + `"}},{"type":"text","text":"what"}]}]}`,
		"plain document":  `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}]}]}`,
		"history of tool": `{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"42"},{"type":"text","text":"so?"}]}]}`,
		"client tool":     `{"model":"claude-sonnet-4-5","max_tokens":100,"tools":[{"type":"bash_20250124","name":"bash"}],"messages":[{"role":"user","content":"a"}]}`,
		"all of the rest": ask(`"metadata":{"user_id":"u"},"service_tier":"auto","stop_sequences":["END"],"inference_geo":"us","speed":"standard","diagnostics":{},"top_k":5,"temperature":null`),
	} {
		t.Run(name, func(t *testing.T) {
			if a := c.post(t, body).message(t); len(a.Content) == 0 {
				t.Errorf("no content")
			}
		})
	}
}

func TestToolLoopWithThinking(t *testing.T) {
	c := start(t, core.Config{})
	const head = `{"model":"claude-sonnet-4-5","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],"messages":[{"role":"user","content":"use get_weather(\"Bern\")"}`
	r := c.post(t, head+"]}")
	first := r.message(t)
	if first.StopReason != "tool_use" || len(first.Content) != 2 || first.Content[0].Type != "thinking" || first.Content[1].Name != "get_weather" {
		t.Fatalf("first answer %s", r.body)
	}
	if first.Usage.OutputDetails.ThinkingTokens == 0 || first.Usage.OutputDetails.ThinkingTokens >= first.Usage.OutputTokens {
		t.Errorf("usage %+v", first.Usage)
	}
	result := fmt.Sprintf(`,{"role":"user","content":[{"type":"tool_result","tool_use_id":%q,"content":[{"type":"text","text":"12 degrees"}]}]}]}`, first.Content[1].ID)
	var whole struct{ Content json.RawMessage }
	if err := json.Unmarshal(r.body, &whole); err != nil {
		t.Fatal(err)
	}
	second := c.post(t, head+`,{"role":"assistant","content":`+string(whole.Content)+`}`+result).message(t)
	if text := second.Content[len(second.Content)-1].Text; !strings.Contains(text, "12 degrees") {
		t.Errorf("second answer %q does not quote the result", text)
	}
	var blocks []json.RawMessage
	if err := json.Unmarshal(whole.Content, &blocks); err != nil {
		t.Fatal(err)
	}
	got := c.post(t, head+`,{"role":"assistant","content":[`+string(blocks[1])+`]}`+result).refused(t, 400, invalid)
	if !strings.Contains(got, "Expected `thinking` or `redacted_thinking`, but found `tool_use`") {
		t.Errorf("without its thinking: %q", got)
	}
	tampered := strings.Replace(string(whole.Content), `"thinking":"E`, `"thinking":"e`, 1)
	got = c.post(t, head+`,{"role":"assistant","content":`+tampered+`}`+result).refused(t, 400, invalid)
	if !strings.Contains(got, "Invalid `signature`") {
		t.Errorf("with altered thinking: %q", got)
	}
}

func TestHiddenThinkingReplays(t *testing.T) {
	shown, hidden := "", "what was really thought"
	s := claude.Sign(shown, hidden)
	if !claude.Verify(shown, s) || claude.Verify(hidden, s) || claude.Verify(shown, s[1:]) || claude.VerifyRedacted(s) {
		t.Error("a signature must belong to exactly the text that was shown")
	}
	if d := claude.Redact(hidden); !claude.VerifyRedacted(d) || claude.VerifyRedacted("x"+d) || claude.Verify("", d) {
		t.Error("redacted data must be ours and must not pass for a signature")
	}
}

func TestCache(t *testing.T) {
	c := start(t, core.Config{})
	long := strings.Repeat("A stable fact about the world. ", 400)
	body := func(tail string) string {
		return `{"model":"claude-sonnet-4-5","max_tokens":100,"system":[{"type":"text","text":"` + long + `","cache_control":{"type":"ephemeral","ttl":"1h"}}],` +
			`"messages":[{"role":"user","content":[{"type":"text","text":"` + long + `","cache_control":{"type":"ephemeral"}},{"type":"text","text":"` + tail + `"}]}]}`
	}
	first := c.post(t, body("one")).message(t).Usage
	if first.CacheReadTokens != 0 || first.CacheCreation.OneHour == 0 || first.CacheCreation.FiveMinutes == 0 ||
		first.CacheCreationTokens != first.CacheCreation.OneHour+first.CacheCreation.FiveMinutes {
		t.Errorf("first %+v %+v", first, first.CacheCreation)
	}
	second := c.post(t, body("two")).message(t).Usage
	if second.CacheReadTokens != first.CacheCreationTokens || second.CacheCreationTokens != 0 {
		t.Errorf("second %+v, want to read the %d written", second, first.CacheCreationTokens)
	}
	if u := c.Bill.Rows("")[1].Usage; u.Input != second.InputTokens+second.CacheReadTokens || u.CacheRead != second.CacheReadTokens {
		t.Errorf("bill %+v, answered %+v", u, second)
	}
	short := c.post(t, ask(`"cache_control":{"type":"ephemeral"}`)).message(t).Usage
	if short.CacheCreationTokens != 0 {
		t.Errorf("a prefix below the minimum was cached: %+v", short)
	}
	warm := strings.Replace(body("three"), `"max_tokens":100`, `"max_tokens":0`, 1)
	if a := c.post(t, warm).message(t); len(a.Content) != 0 || a.Usage.OutputTokens != 0 || a.Usage.CacheReadTokens == 0 {
		t.Errorf("warming %+v", a)
	}
}

func TestCountTokens(t *testing.T) {
	c := start(t, core.Config{})
	r := c.do(t, http.MethodPost, "/v1/messages/count_tokens?beta=true", `{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"Hello there"}]}`)
	var got struct {
		Tokens int `json:"input_tokens"`
	}
	if err := json.Unmarshal(r.body, &got); err != nil {
		t.Fatal(err)
	}
	if want := c.post(t, ask("")).message(t).Usage.InputTokens; got.Tokens != want {
		t.Errorf("counted %d, billed %d", got.Tokens, want)
	}
	if n := len(c.Bill.Rows("")); n != 1 {
		t.Errorf("%d rows; counting is free", n)
	}
	c.do(t, http.MethodPost, "/v1/messages/count_tokens", ask("")).refused(t, 400, invalid) // max_tokens does not belong
}

func TestStopSequence(t *testing.T) {
	c := start(t, core.Config{})
	a := c.post(t, ask(`"stop_sequences":["emulated"]`)).message(t)
	if a.StopReason != "stop_sequence" || a.StopSeq != "emulated" {
		t.Errorf("stopped by %q %q", a.StopReason, a.StopSeq)
	}
}
