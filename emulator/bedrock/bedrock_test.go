package bedrock

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/bedrock/eventstream"
	"github.com/interline-ai/interline/emulator/core"
)

const (
	sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
	sol    = "us.openai.gpt-5.6-sol"
	oss120 = "openai.gpt-oss-120b-1:0"
	micro  = "amazon.nova-micro-v1:0"
)

// cloud is an emulated Bedrock under test.
type cloud struct {
	*core.Core
	url string
}

func start(t *testing.T, cfg core.Config) cloud {
	t.Helper()
	cfg.Names = map[string]string{"bedrock": "bedrock"}
	c := core.New(cfg)
	s := httptest.NewServer(New(Options{}).Handler(c))
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return cloud{c, s.URL}
}

// reply is a response read to its end.
type reply struct {
	*http.Response
	body []byte
	err  error // of reading the body
}

func (c cloud) post(t *testing.T, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer emulated-bedrock-key")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return reply{res, data, err}
}

func (c cloud) model(t *testing.T, id, operation, body string) reply {
	t.Helper()
	return c.post(t, "/model/"+url.PathEscape(id)+"/"+operation, body)
}

// told is a Converse answer as the tests look at it.
type told struct {
	Output struct {
		Message struct {
			Role    string
			Content []content
		}
	}
	StopReason string
	Usage      map[string]any
	Metrics    struct{ LatencyMs *int }

	AdditionalModelResponseFields map[string]any
}

type content struct {
	Text    *string
	ToolUse *struct {
		ToolUseID, Name string
		Input           json.RawMessage
	}
	ReasoningContent *struct {
		ReasoningText   *struct{ Text, Signature string }
		RedactedContent []byte
	}
}

func (c cloud) converse(t *testing.T, id, body string) told {
	t.Helper()
	r := c.model(t, id, "converse", body)
	var a told
	if err := json.Unmarshal(r.body, &a); err != nil || r.StatusCode != 200 {
		t.Fatalf("status %d, %v: %s", r.StatusCode, err, r.body)
	}
	return a
}

func (u told) count(t *testing.T, name string) int {
	t.Helper()
	n, ok := u.Usage[name].(float64)
	if !ok {
		t.Fatalf("no %s in usage %v", name, u.Usage)
	}
	return int(n)
}

// event is one message of a stream.
type event struct {
	kind, name string // :message-type, and :event-type or :exception-type
	data       map[string]any
}

// decode reads an event stream as far as it is sound.
func decode(t *testing.T, b []byte) ([]event, error) {
	t.Helper()
	var list []event
	for len(b) > 0 {
		m, rest, err := eventstream.Decode(b)
		if err != nil {
			return list, err
		}
		e := event{kind: m.Header(":message-type"), name: m.Header(":event-type") + m.Header(":exception-type")}
		if err := json.Unmarshal(m.Payload, &e.data); err != nil {
			t.Fatalf("payload %q: %v", m.Payload, err)
		}
		list, b = append(list, e), rest
	}
	return list, nil
}

func names(list []event) string {
	var b strings.Builder
	for _, e := range list {
		b.WriteString(e.name + " ")
	}
	return b.String()
}

func user(text string) string {
	quoted, _ := json.Marshal(text)
	return `{"messages":[{"role":"user","content":[{"text":` + string(quoted) + `}]}]}`
}

func TestConverse(t *testing.T) {
	c := start(t, core.Config{})
	r := c.model(t, sonnet, "converse", user("hello"))
	a := c.converse(t, sonnet, user("hello"))
	if r.Header.Get("X-Amzn-Requestid") == "" || r.Header.Get("X-Emulated-By") != "interline" {
		t.Errorf("headers %v", r.Header)
	}
	msg := a.Output.Message
	if msg.Role != "assistant" || len(msg.Content) != 1 || !strings.Contains(*msg.Content[0].Text, "emulated answer by bedrock") || a.StopReason != "end_turn" || a.Metrics.LatencyMs == nil {
		t.Errorf("answer %+v", a)
	}
	row := c.Bill.Rows("")[1]
	if a.count(t, "inputTokens") != row.Usage.Input || a.count(t, "outputTokens") != row.Usage.Output ||
		a.count(t, "totalTokens") != row.Usage.Total() || row.Model != sonnet || row.Operation != "converse" || row.Stream {
		t.Errorf("usage %v, bill %+v", a.Usage, row)
	}
}

func TestConverseStream(t *testing.T) {
	c := start(t, core.Config{})
	whole := c.converse(t, sonnet, user("hello"))
	r := c.model(t, sonnet, "converse-stream", user("hello"))
	if r.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" {
		t.Errorf("content type %q", r.Header.Get("Content-Type"))
	}
	list, err := decode(t, r.body)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i, e := range list {
		if p, _ := e.data["p"].(string); p == "" || e.kind != "event" {
			t.Errorf("event %d %+v has no padding", i, e)
		}
		if d, ok := e.data["delta"].(map[string]any); ok {
			text.WriteString(d["text"].(string))
		}
	}
	if got := names(list); !strings.HasPrefix(got, "messageStart contentBlockDelta ") ||
		!strings.HasSuffix(got, "contentBlockDelta contentBlockStop messageStop metadata ") {
		t.Errorf("events %s", got)
	}
	if text.String() != *whole.Output.Message.Content[0].Text {
		t.Errorf("streamed %q", text.String())
	}
	end := list[len(list)-1].data["usage"].(map[string]any)
	if end["outputTokens"] != whole.Usage["outputTokens"] || end["inputTokens"] != whole.Usage["inputTokens"] {
		t.Errorf("usage %v and %v", end, whole.Usage)
	}
}

const weather = `"toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","description":"weather","inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}}]}`

func TestTools(t *testing.T) {
	for _, id := range []string{sonnet, sol, micro} {
		t.Run(id, func(t *testing.T) {
			c := start(t, core.Config{})
			ask := `{"role":"user","content":[{"text":"call get_weather(\"Bern\") and get_weather(\"Oslo\")"}]}`
			a := c.converse(t, id, `{"messages":[`+ask+`],`+weather+`}`)
			var uses, results []string
			for _, b := range a.Output.Message.Content {
				use, err := json.Marshal(map[string]any{"toolUse": map[string]any{"toolUseId": b.ToolUse.ToolUseID, "name": b.ToolUse.Name, "input": b.ToolUse.Input}})
				if err != nil {
					t.Fatal(err)
				}
				uses = append(uses, string(use))
				results = append(results, `{"toolResult":{"toolUseId":"`+b.ToolUse.ToolUseID+`","content":[{"json":{"degrees":7}}]}}`)
			}
			if a.StopReason != "tool_use" || len(uses) != 2 || !strings.Contains(uses[1], `"city":"Oslo"`) {
				t.Fatalf("stop %s, calls %s", a.StopReason, uses)
			}
			list, err := decode(t, c.model(t, id, "converse-stream", `{"messages":[`+ask+`],`+weather+`}`).body)
			if err != nil || strings.Count(names(list), "contentBlockStart") != 2 || list[1].name != "contentBlockStart" {
				t.Errorf("streamed %s, %v", names(list), err)
			}
			history := ask + `,{"role":"assistant","content":[` + strings.Join(uses, ",") + `]},{"role":"user","content":[` + strings.Join(results, ",") + `]}`
			end := c.converse(t, id, `{"messages":[`+history+`],`+weather+`}`)
			if got := end.Output.Message.Content; len(got) != 1 || strings.Count(*got[0].Text, `get_weather returned: {"degrees":7}`) != 2 {
				t.Errorf("answer %+v", got)
			}
		})
	}
}

func TestCacheStandsBesideInput(t *testing.T) {
	c := start(t, core.Config{})
	long := strings.Repeat("the same words again and again, ", 400)
	body := `{"system":[{"text":"` + long + `"},{"cachePoint":{"type":"default","ttl":"1h"}}],"messages":[{"role":"user","content":[{"text":"hi"}]}]}`
	first, second := c.converse(t, sonnet, body), c.converse(t, sonnet, body)
	written, read := first.count(t, "cacheWriteInputTokens"), second.count(t, "cacheReadInputTokens")
	if written < 1024 || written != read || second.count(t, "cacheWriteInputTokens") != 0 || first.count(t, "cacheReadInputTokens") != 0 {
		t.Errorf("usage %v then %v", first.Usage, second.Usage)
	}
	sum := second.count(t, "inputTokens") + read + second.count(t, "outputTokens")
	if second.count(t, "totalTokens") != sum || second.count(t, "inputTokens") >= 50 {
		t.Errorf("usage %v", second.Usage)
	}
	if d, ok := first.Usage["cacheDetails"].([]any); !ok || d[0].(map[string]any)["ttl"] != "1h" {
		t.Errorf("details %v", first.Usage["cacheDetails"])
	}
}

func TestStopsAndFields(t *testing.T) {
	c := start(t, core.Config{})
	a := c.converse(t, sonnet, `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"stopSequences":["answer"]},"additionalModelResponseFieldPaths":["/stop_sequence","/nothing"]}`)
	if a.StopReason != "stop_sequence" || a.AdditionalModelResponseFields["stop_sequence"] != "answer" || len(a.AdditionalModelResponseFields) != 1 {
		t.Errorf("answer %+v", a)
	}
	a = c.converse(t, sonnet, `{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":5}}`)
	if a.StopReason != "max_tokens" || a.count(t, "outputTokens") != 5 {
		t.Errorf("answer %+v", a)
	}
}

func TestTierAndLatencyComeBack(t *testing.T) {
	c := start(t, core.Config{})
	body := strings.TrimSuffix(user("hi"), "}") + `,"serviceTier":{"type":"flex"},"performanceConfig":{"latency":"optimized"}}`
	whole := c.model(t, "amazon.nova-pro-v1:0", "converse", body)
	list, err := decode(t, c.model(t, "amazon.nova-pro-v1:0", "converse-stream", body).body)
	if err != nil {
		t.Fatal(err)
	}
	last, err := json.Marshal(list[len(list)-1].data)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range [][]byte{whole.body, last} {
		if !bytes.Contains(got, []byte(`"serviceTier":{"type":"flex"}`)) || !bytes.Contains(got, []byte(`"performanceConfig":{"latency":"optimized"}`)) {
			t.Errorf("answer %s", got)
		}
	}
}

func TestSchema(t *testing.T) {
	c := start(t, core.Config{})
	format := `"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"x","schema":"{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}"}}}}`
	body := `{"messages":[{"role":"user","content":[{"text":"hi"}]}],` + format + `}`
	for id, wants := range map[string]bool{sonnet: true, sol: true, oss120: false} {
		content := c.converse(t, id, body).Output.Message.Content
		var got struct{ N *int }
		err := json.Unmarshal([]byte(*content[len(content)-1].Text), &got)
		if (err == nil && got.N != nil) != wants {
			t.Errorf("%s answers %+v, %v", id, content, err)
		}
	}
}

func TestCorruptFrame(t *testing.T) {
	c := start(t, core.Config{})
	c.drill(t, core.Drill{Kind: core.Corrupt, After: 3})
	list, err := decode(t, c.model(t, sonnet, "converse-stream", user("hi")).body)
	if err == nil || errors.Is(err, eventstream.ErrShort) || len(list) != 3 {
		t.Errorf("%d events, then %v", len(list), err)
	}
}

func (c cloud) drill(t *testing.T, d core.Drill) {
	t.Helper()
	d.Target, d.Count = "bedrock", 1
	if _, err := c.Drills.Add(d); err != nil {
		t.Fatal(err)
	}
}

func TestWrongEndpoint(t *testing.T) {
	r := start(t, core.Config{}).post(t, "/v1/chat/completions", "{}")
	if r.StatusCode != 200 || !bytes.Contains(r.body, []byte("UnknownOperationException")) {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
	}
}
