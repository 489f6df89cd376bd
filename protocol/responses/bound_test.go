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
		{
			`{"id":"rs_1","encrypted_content":"gAA"},{"encrypted_content":null},{"id":"resp_b","encrypted_content": "gBB"}`,
			`{"id":"rs_1","encrypted_content":"<gAA>"},{"encrypted_content":null},{"id":"RESP_B","encrypted_content": "<gBB>"}`,
		},
		{`{"text":"resp_a"}`, `{"text":"resp_a"}`},
		{`{"type":"container_file_citation","container_id":"cntr_a","file_id":"cfile_b"}`, `{"type":"container_file_citation","container_id":"CNTR_A","file_id":"CFILE_B"}`},
		{`{"id":"resp_a`, `{"id":"resp_a`},
		{`{"id":null}`, `{"id":null}`},
	} {
		if got := string(l.AppendNamed(nil, protocol.Frame{Raw: []byte(tt.raw)}, name)); got != tt.want {
			t.Errorf("%s\nbecame %s\nwant   %s", tt.raw, got, tt.want)
		}
	}
}

func TestKeeps(t *testing.T) {
	l := New(Dialect{})
	for body, keeps := range map[string]bool{
		`{"model":"m","input":"x"}`:               true,
		`{"model":"m","input":"x","store":false}`: false,
		`{"model":"m","input":"x","store":true}`:  true,
	} {
		if got := l.Keeps(open(t, l, body)); got != keeps {
			t.Errorf("%s: keeps %v", body, got)
		}
	}
}
