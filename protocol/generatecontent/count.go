package generatecontent

import "github.com/interline-ai/interline/protocol"

var _ protocol.Counter = (*Language)(nil)

// counted are the members of a question for the number of tokens (aiplatform v1, CountTokensRequest of 2026-10-28).
var counted = []string{"contents", "systemInstruction", "tools"}

// Counted implements protocol.Counter.
func (*Language) Counted() []string { return counted }

// ReadCount implements protocol.Counter.
func (*Language) ReadCount(body []byte) (int64, bool) {
	return protocol.ReadTokens(body, "totalTokens")
}
