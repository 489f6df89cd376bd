package anthropic

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

func (c cloud) drill(t *testing.T, d core.Drill) {
	t.Helper()
	d.Target, d.Count = "anthropic", 1
	if _, err := c.Drills.Add(d); err != nil {
		t.Fatal(err)
	}
}

func TestRefusingDrills(t *testing.T) {
	c := start(t, core.Config{})
	for _, tc := range []struct {
		drill  core.Drill
		status int
		kind   string
		retry  string
	}{
		{core.Drill{Kind: core.Throttle, Delay: core.Span(1500 * time.Millisecond)}, 429, rateLimit, "2"},
		{core.Drill{Kind: core.Overload}, 529, overloaded, ""},
		{core.Drill{Kind: core.Auth}, 401, authentication, ""},
		{core.Drill{Kind: core.StatusCode, Status: 500}, 500, apiError, ""},
		{core.Drill{Kind: core.StatusCode, Status: 402}, 402, "billing_error", ""},
		{core.Drill{Kind: core.StatusCode, Status: 503}, 503, apiError, ""},
		{core.Drill{Kind: core.InStream}, 500, apiError, ""},
	} {
		t.Run(fmt.Sprint(tc.drill.Kind, tc.drill.Status), func(t *testing.T) {
			c.drill(t, tc.drill)
			r := c.post(t, ask(""))
			r.refused(t, tc.status, tc.kind)
			if got := r.Header.Get("Retry-After"); got != tc.retry {
				t.Errorf("retry-after %q, want %q", got, tc.retry)
			}
			c.post(t, ask("")).message(t) // the drill is over
		})
	}
}

func TestStreamDrills(t *testing.T) {
	long := `{"model":"claude-sonnet-4-5","max_tokens":2000,"stream":true,"messages":[{"role":"user","content":"write 100 words"}]}`
	for _, tc := range []struct {
		kind   core.Kind
		broken bool   // the body does not end cleanly
		last   string // name of the last whole event
	}{
		{core.InStream, false, "error"},
		{core.EOF, false, "content_block_delta"},
		{core.Cut, true, "content_block_delta"},
	} {
		t.Run(string(tc.kind), func(t *testing.T) {
			c := start(t, core.Config{})
			c.drill(t, core.Drill{Kind: tc.kind, After: 10})
			r := c.post(t, long)
			list := events(r.body)
			if (r.err != nil) != tc.broken || list[len(list)-1].name != tc.last {
				t.Errorf("read error %v, events %s", r.err, names(list))
			}
			row := c.Bill.Rows("")[0]
			if !row.Cut || row.Usage.Output == 0 || row.Usage.Output > 9 {
				t.Errorf("bill %+v, want what was said of ten events", row)
			}
		})
	}
}

func TestErrorEvent(t *testing.T) {
	c := start(t, core.Config{})
	c.drill(t, core.Drill{Kind: core.InStream, After: 4})
	list := events(c.post(t, ask(`"stream":true`)).body)
	e := list[len(list)-1].data["error"].(map[string]any)
	if len(list) != 5 || e["type"] != overloaded {
		t.Errorf("%d events, last %v", len(list), list[len(list)-1])
	}
}

func TestCorruptEvent(t *testing.T) {
	c := start(t, core.Config{})
	c.drill(t, core.Drill{Kind: core.Corrupt, After: 3})
	list := events(c.post(t, ask(`"stream":true`)).body)
	for i, e := range list {
		if (e.data == nil) != (i == 3) {
			t.Errorf("event %d (%s) readable: %v", i, e.name, e.data != nil)
		}
	}
}

func TestRefusal(t *testing.T) {
	c := start(t, core.Config{})
	c.drill(t, core.Drill{Kind: core.ContentFilter, After: 2})
	a := c.post(t, ask("")).message(t)
	if a.StopReason != "refusal" || a.StopDetail == nil || a.Usage.OutputTokens != 2 {
		t.Errorf("whole: %+v", a)
	}
	c.drill(t, core.Drill{Kind: core.ContentFilter})
	list := events(c.post(t, ask(`"stream":true`)).body)
	if n := names(list); n != "message_start message_delta message_stop" {
		t.Errorf("streamed: %s", n)
	}
	if d := list[1].data["delta"].(map[string]any); d["stop_reason"] != "refusal" || d["stop_details"] == nil {
		t.Errorf("streamed: %v", d)
	}
}

func TestQuota(t *testing.T) {
	c := start(t, core.Config{Limits: map[string]core.Limits{"anthropic": {Requests: 2}}})
	for left := 1; left >= 0; left-- {
		r := c.post(t, ask(""))
		r.message(t)
		if got := r.Header.Get("Anthropic-Ratelimit-Requests-Remaining"); got != fmt.Sprint(left) {
			t.Errorf("remaining %s, want %d", got, left)
		}
		if _, err := time.Parse(time.RFC3339, r.Header.Get("Anthropic-Ratelimit-Requests-Reset")); err != nil {
			t.Error(err)
		}
	}
	r := c.post(t, ask(""))
	if got := r.refused(t, 429, rateLimit); !strings.Contains(got, "2 requests per minute") {
		t.Errorf("message %q", got)
	}
	if r.Header.Get("Retry-After") == "" {
		t.Error("no retry-after")
	}
}

func TestOutputQuotaIsSettled(t *testing.T) {
	c := start(t, core.Config{Limits: map[string]core.Limits{"anthropic": {Tokens: 2500}}})
	for range 5 { // each may say 2000 tokens but says few
		c.post(t, ask("")).message(t)
	}
	tooMuch := strings.Replace(ask(""), "2000", "2501", 1)
	if got := c.post(t, tooMuch).refused(t, 429, rateLimit); !strings.Contains(got, "output tokens per minute") {
		t.Errorf("message %q", got)
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte(ask("")))
	f.Add([]byte(ask(`"system":[{"type":"text","text":"s"}],"thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":"f","input_schema":{"type":"object"}}]`)))
	f.Add([]byte(`{"model":"claude-opus-4-8","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}]}]}`))
	f.Add([]byte(`{"messages":[null,1,{"role":[],"content":{}}],"tools":{},"system":5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, shape := range []form{messageForm, countForm, hostedForm} {
			shape.beta = true
			r, refused := readRequest(body, shape)
			if (r == nil) == (refused == nil) {
				t.Fatalf("neither read nor refused: %q", body)
			}
			if refused != nil {
				if refused.message == "" || refused.status != 400 {
					t.Fatalf("refused without saying why: %+v", refused)
				}
				continue
			}
			m, notFound := find(cmp.Or(r.Model, "claude-sonnet-4-5"))
			if notFound != nil {
				continue
			}
			mode, refused := r.check(m, len(shape.fields) == len(sharedFields))
			if refused == nil && len(r.prompt("p", m, mode).Segments) == 0 {
				t.Fatalf("accepted without a prompt: %q", body)
			}
		}
	})
}
