package responses

import (
	"testing"

	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// TestStories runs whole exchanges of clients that speak this language with
// clouds that speak another, and the other way round.
func TestStories(t *testing.T) {
	protocoltest.Stories(t, "testdata", map[string]protocol.Translator{
		protocol.Responses:       New(Dialect{}),
		protocol.ChatCompletions: chatcompletions.New(chatcompletions.Dialect{}),
		protocol.Converse:        converse.New(converse.Dialect{}),
		protocol.Messages:        messages.New(messages.Dialect{}),
	})
}
