package protocol

import (
	"strings"
	"testing"
)

func TestReferences(t *testing.T) {
	sealed := func(s string) bool { return strings.HasPrefix(s, "x-il1_") }
	for _, tt := range []struct {
		body string
		want string // fields
	}{
		{`{"a":"x-1"}`, ""},
		{`{"previous_response_id":"x-il1_1"}`, "previous_response_id"},
		{`{"input":[{"content":[{"file_id" : "x-il1_1"},{"text":"x-il1_2"},{"x-il1_3":1}]}],"ids":["x-il1_4"]}`, "input[0].content[0].file_id ids[0]"},
		{`{"text":"x-il1_1","content":"x-il1_1","source":{"file_id":"x-il1_1"}}`, "source.file_id"},
		{`{"a":"look at x-il1_1"}`, ""},
		{`{"a":"x-il1_1"`, "a"},
		{`{"a":}`, ""},
	} {
		var fields []string
		for _, ref := range References([]byte(tt.body), "il1_", sealed) {
			fields = append(fields, ref.Field)
			if got := tt.body[ref.Start:ref.End]; got != `"`+ref.ID+`"` {
				t.Errorf("%s: %s stands at %s", tt.body, ref.ID, got)
			}
		}
		if got := strings.Join(fields, " "); got != tt.want {
			t.Errorf("%s refers by %q, want %q", tt.body, got, tt.want)
		}
	}
}
