package messages

import (
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// TestVersionInTheBody: where the path names the model the body says the version
// instead, and where the body names the model it never does.
func TestVersionInTheBody(t *testing.T) {
	const vertex = "vertex-2023-10-16"
	const rest = `"max_tokens":5,"messages":[{"role":"user","content":"x"}]}`
	inPath := protocol.Spoken{Operation: interline.OperationChat, Model: "m"}
	inBody := protocol.Spoken{Operation: interline.OperationChat}
	counted := protocol.Spoken{Operation: interline.OperationCount}
	for _, tt := range []struct {
		version    string
		spoken     protocol.Spoken
		body, want string
	}{
		{vertex, inBody, `{"model":"a",` + rest, `{"anthropic_version":"vertex-2023-10-16",` + rest},
		{vertex, inPath, `{"anthropic_version":"vertex-2023-10-16",` + rest, `{"anthropic_version":"vertex-2023-10-16",` + rest},
		{vertex, inPath, `{"anthropic_version":"other",` + rest, `{"anthropic_version":"vertex-2023-10-16",` + rest},
		{vertex, counted, `{"model":"a",` + rest, `{"anthropic_version":"vertex-2023-10-16","model":"cloud's",` + rest},
		{"", inPath, `{"anthropic_version":"vertex-2023-10-16",` + rest, `{"model":"cloud's",` + rest},
		{"", inBody, `{"model":"a",` + rest, `{"model":"cloud's",` + rest},
	} {
		l := New(Dialect{Version: tt.version})
		o, err := l.Open(tt.spoken, []byte(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		out, losses := l.Patch(o, protocol.Edits{Model: "cloud's"})
		if got := string(out.Bytes()); got != tt.want || len(losses) > 0 {
			t.Errorf("%s\nbecame %s\nwant   %s (%v)", tt.body, got, tt.want, losses)
		}
		r, err := l.ReadRequest(o)
		if err != nil || len(r.Extra) > 0 {
			t.Errorf("%s reads with %+v (%v)", tt.body, r.Extra, err)
		}
	}
}
