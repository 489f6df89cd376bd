package responses

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline/protocol"
)

func TestIDsOfResponsesAreNamed(t *testing.T) {
	l := New(Dialect{})
	name := protocol.Names{ID: strings.ToUpper, Seal: func(s string) string { return "<" + s + ">" }}
	for _, tt := range []struct{ raw, want string }{
		{`{"id":"resp_a1","object":"response","previous_response_id":"resp_b2"}`, `{"id":"RESP_A1","object":"response","previous_response_id":"RESP_B2"}`},
		{"event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\": \"resp_a\"}}\n\n", "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\": \"RESP_A\"}}\n\n"},
		{`{"delta":"say \"id\":\"resp_a\" back","item_id":"msg_1"}`, `{"delta":"say \"id\":\"resp_a\" back","item_id":"msg_1"}`},
		{`{"id":"rs_1","encrypted_content":"gAA"},{"encrypted_content":null},{"id":"resp_b","encrypted_content": "gBB"}`,
			`{"id":"rs_1","encrypted_content":"<gAA>"},{"encrypted_content":null},{"id":"RESP_B","encrypted_content": "<gBB>"}`},
		{`{"text":"resp_a"}`, `{"text":"resp_a"}`},
		{`{"id":"resp_a`, `{"id":"resp_a`},
		{`{"id":null}`, `{"id":null}`},
	} {
		if got := string(l.AppendNamed(nil, protocol.Frame{Raw: []byte(tt.raw)}, name)); got != tt.want {
			t.Errorf("%s\nbecame %s\nwant   %s", tt.raw, got, tt.want)
		}
	}
}

func TestReferences(t *testing.T) {
	l := New(Dialect{})
	for _, tt := range []struct {
		body, id string
		keeps    bool
	}{
		{`{"model":"m","input":"x"}`, "", true},
		{`{"model":"m","input":"x","store":false}`, "", false},
		{`{"model":"m","input":"x","previous_response_id":"resp_1","store":true}`, "resp_1", true},
		{`{"model":"m","input":"x","previous_response_id":null}`, "", true},
	} {
		o := open(t, l, tt.body)
		refs := l.References(o)
		if l.Keeps(o) != tt.keeps || len(refs) > 1 || (len(refs) == 1) != (tt.id != "") {
			t.Errorf("%s: keeps %v, refers to %+v", tt.body, l.Keeps(o), refs)
		}
		if len(refs) == 1 && (refs[0].ID != tt.id || tt.body[refs[0].Start:refs[0].End] != `"`+tt.id+`"`) {
			t.Errorf("%s refers to %+v", tt.body, refs[0])
		}
	}
}
