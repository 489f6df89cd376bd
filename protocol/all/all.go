// Package all is the list of the languages that clients may speak.
package all

import (
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/generatecontent"
	"github.com/interline-ai/interline/protocol/invoke"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/responses"
)

// clients are the languages as their inventors speak them, which is how clients
// do.
var clients = map[string]protocol.Translator{
	protocol.ChatCompletions: chatcompletions.New(chatcompletions.Dialect{}),
	protocol.Messages:        messages.New(messages.Dialect{}),
	protocol.Converse:        converse.New(converse.Dialect{}),
	protocol.Invoke:          invoke.New(messages.Dialect{}),
	protocol.Responses:       responses.New(responses.Dialect{}),
	protocol.GenerateContent: generatecontent.New(),
}

// Client returns the language of that name as clients speak it, or nil.
func Client(name string) protocol.Translator { return clients[name] }

// array is generateContent whose stream is one JSON array.
var array = generatecontent.Array()

// Array returns generateContent as clients speak it that do not ask for
// server-sent events.
func Array() protocol.Translator { return array }
