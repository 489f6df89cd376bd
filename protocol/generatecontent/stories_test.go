package generatecontent

import (
	"testing"

	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// TestStories runs whole exchanges of clients that speak this language with
// clouds that speak another, and the other way round.
func TestStories(t *testing.T) {
	protocoltest.Stories(t, "testdata", map[string]protocol.Translator{
		protocol.ChatCompletions:   chatcompletions.New(chatcompletions.Dialect{}),
		protocol.GenerateContent:   New(),
		protocol.Messages:          messages.New(messages.Dialect{}),
		"generatecontent-in-array": Array(),
	})
}
