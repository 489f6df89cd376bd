package responses

import (
	"strconv"

	"github.com/interline-ai/interline/protocol"
)

var _ protocol.Counter = (*Language)(nil)

// counted are the members of a question for the number of tokens (openai-go v3.96.0, InputTokenCountParams).
var counted = []string{"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "text", "truncation"}

// Counted implements protocol.Counter.
func (*Language) Counted() []string { return counted }

// ReadCount implements protocol.Counter.
func (*Language) ReadCount(body []byte) (int64, bool) {
	return protocol.ReadTokens(body, "input_tokens")
}

// AppendCount implements protocol.Counter.
func (*Language) AppendCount(dst []byte, tokens int64) []byte {
	dst = append(dst, `{"object":"response.input_tokens","input_tokens":`...)
	return append(strconv.AppendInt(dst, tokens, 10), '}')
}
