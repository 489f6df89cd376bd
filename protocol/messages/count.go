package messages

import "github.com/interline-ai/interline/protocol"

var _ protocol.Counter = (*Language)(nil)

// counted are the members of a question for the number of tokens (anthropic-sdk-go v1.84.0, MessageCountTokensParams).
var counted = []string{"model", "anthropic_version", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control"}

// Counted implements protocol.Counter.
func (*Language) Counted() []string { return counted }

// ReadCount implements protocol.Counter.
func (*Language) ReadCount(body []byte) (int64, bool) {
	return protocol.ReadTokens(body, "input_tokens")
}
