package chatcompletions

import (
	"testing"

	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// TestStories runs whole exchanges of clients that speak this language with
// clouds that speak another.
func TestStories(t *testing.T) {
	protocoltest.Stories(t, "testdata", map[string]protocol.Translator{
		protocol.ChatCompletions:  New(Dialect{}),
		protocol.Converse:         converse.New(converse.Dialect{}),
		protocol.Messages:         messages.New(messages.Dialect{}),
		"converse-without-schema": converse.New(converse.Dialect{NoSchema: true}),
	})
}
