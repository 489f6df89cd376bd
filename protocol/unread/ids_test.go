package unread

import (
	"strings"
	"testing"
)

// told lets a text pass in pieces of a size.
func told(text string, size int, tell func(string) string) string {
	r := &IDs{Tell: tell}
	var out []byte
	for len(text) > 0 {
		n := min(size, len(text))
		out = r.Append(out, []byte(text[:n]))
		text = text[n:]
	}
	return string(r.Flush(out))
}

func TestIDsAreToldOtherwise(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"id":"a-1"}`, `{"id":"A-1"}`},
		{
			`{"object":"list","data":[{"id" : "a"},{"id":"b","x":["id","c"]}],"first_id":"a","last_id":null}`,
			`{"object":"list","data":[{"id" : "A"},{"id":"B","x":["id","c"]}],"first_id":"A","last_id":null}`,
		},
		{`{"file_ids":["a","b"],"names":["c"],"file_ids":[],"d":"e"}`, `{"file_ids":["A","B"],"names":["c"],"file_ids":[],"d":"e"}`},
		{`{"file_ids":[{"name":"a"}],"file_id":{"name":"b"},"id":["c"]}`, `{"file_ids":[{"name":"a"}],"file_id":{"name":"b"},"id":["C"]}`},
		{`{"text":"say \"id\":\"a\" back","id":"b"}`, `{"text":"say \"id\":\"a\" back","id":"B"}`},
		{`{"id":"a\"b","id":"","xid":"c","id":1,"e":"f"}`, `{"id":"a\"b","id":"","xid":"c","id":1,"e":"f"}`},
		{"event: x\ndata: {\"id\":\"a\"}\n\n: it's a \"quote\ndata: {\"id\":\"b\"}\n\n", "event: x\ndata: {\"id\":\"A\"}\n\n: it's a \"quote\ndata: {\"id\":\"B\"}\n\n"},
		{`{"id":"abc`, `{"id":"abc`},
		{`{"id":"` + strings.Repeat("a", 600) + `","id":"b"}`, `{"id":"` + strings.Repeat("a", 600) + `","id":"B"}`},
		{`{"` + strings.Repeat("a", 60) + `_id":"b"}`, `{"` + strings.Repeat("a", 60) + `_id":"b"}`},
	} {
		for _, size := range []int{1, 2, 3, 7, 10_000} {
			if got := told(tt.text, size, strings.ToUpper); got != tt.want {
				t.Errorf("in pieces of %d %s\nbecomes %s\nwant    %s", size, tt.text, got, tt.want)
			}
		}
	}
}

func FuzzIDs(f *testing.F) {
	f.Add([]byte(`{"id":"a\"b","file_ids":["x","y"]}`), uint8(3))
	f.Add([]byte("data: {\"id\":\"a\"}\n\n: \"\n"), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		n := int(size)%64 + 1
		if got := told(string(text), n, func(s string) string { return s }); got != string(text) {
			t.Fatalf("%q passes as %q", text, got)
		}
		if a, b := told(string(text), n, strings.ToUpper), told(string(text), 1<<20, strings.ToUpper); a != b {
			t.Fatalf("%q in pieces of %d is %q, whole %q", text, n, a, b)
		}
	})
}
