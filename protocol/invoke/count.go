package invoke

import "github.com/interline-ai/interline/protocol"

var _ protocol.Counter = (*Language)(nil)

// counted are the members of a question for the number of tokens (bedrockruntime v1.63.12, InvokeModelTokensRequest: the body as it is).
var counted = []string{"anthropic_version", "anthropic_beta", "messages", "system", "tools", "tool_choice", "thinking", "max_tokens", "output_config", "cache_control"}

// Counted implements protocol.Counter.
func (*Language) Counted() []string { return counted }

// ReadCount implements protocol.Counter.
func (*Language) ReadCount(body []byte) (int64, bool) {
	return protocol.ReadTokens(body, "inputTokens")
}

// AppendCount implements protocol.Counter.
func (*Language) AppendCount(dst []byte, tokens int64) []byte {
	return protocol.AppendTokens(dst, "inputTokens", tokens)
}
