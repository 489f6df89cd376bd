package converse

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// TestMarksAsTheModelTakesThem: Bedrock refuses cache points for OpenAI's models,
// and those of an hour for Nova.
func TestMarksAsTheModelTakesThem(t *testing.T) {
	r := &interline.Request{Turns: []interline.Turn{{Role: interline.User, Blocks: []interline.Block{
		{Kind: interline.Text, Text: "Hi", Cache: &interline.CacheMark{TTL: "1h"}},
	}}}}
	for _, tt := range []struct{ model, point, kind string }{
		{"us.openai.gpt-5.6-sol", "", "cache-not"},
		{"openai.gpt-oss-120b-1:0", "", "cache-not"},
		{"amazon.nova-pro-v1:0", `{"cachePoint":{"type":"default","ttl":"5m"}}`, "cache-lifetime"},
		{"anthropic.claude-sonnet-5", `{"cachePoint":{"type":"default","ttl":"1h"}}`, ""},
	} {
		body, losses, err := New(Dialect{}).WriteRequest(r, protocol.Target{Model: tt.model, From: protocol.Messages})
		kind := ""
		for _, l := range losses {
			kind += l.Kind
		}
		if err != nil || kind != tt.kind || strings.Contains(string(body), "cachePoint") != (tt.point != "") || !strings.Contains(string(body), tt.point) {
			t.Errorf("%s: %s %v %v", tt.model, body, losses, err)
		}
	}
}
