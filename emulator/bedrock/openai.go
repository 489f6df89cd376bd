package bedrock

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// openai serves the OpenAI-compatible path, whose refusals have OpenAI's shape.
func (k *call) openai(path string) {
	if f := k.admit(); f != nil {
		k.send(ofFault(f))
		return
	}
	switch {
	case path != "chat/completions":
		k.send(&chat.Error{Status: http.StatusNotFound, Message: "The emulator plays no /openai/v1/" + path + " here."})
	case k.r.Method != http.MethodPost:
		k.send(chat.WrongMethod(http.MethodPost))
	default:
		chat.Serve(k.core, k.Exchange, k.r, k.dialect(), k.key)
	}
}

func (k *call) dialect() chat.Dialect {
	return chat.Dialect{
		Find:  k.find,
		Send:  func(_ *core.Exchange, e *chat.Error) { k.send(e) },
		Fault: func(core.Fault) *chat.Error { return nil }, // admit saw to it
		Throttled: func(_ chat.Model, g core.Grant) *chat.Error {
			return ofFault(throttled(g.ByTokens))
		},
		Limits: func(http.Header, core.Grant) {}, // the runtime sends none
	}
}

// find resolves the model of a body. The model is known by the id it was called
// by, in answers, refusals and on the bill.
func (k *call) find(id string) (chat.Model, *chat.Error) {
	if strings.HasPrefix(id, "arn:") {
		return chat.Model{}, ofFault(invalid("The provided model identifier is invalid."))
	}
	m, f := k.place.callable(id)
	if f != nil {
		return chat.Model{}, ofFault(f)
	}
	if m.Chat == nil {
		return chat.Model{}, ofFault(invalid("The model '" + id + "' does not support the '/v1/chat/completions' API"))
	}
	c := *m.Chat
	c.ID, c.Snapshot = id, id
	return c, nil
}

// ofFault puts a native refusal into OpenAI's shape. The code of a 400 was
// recorded; those of the others are this emulator's reading of it.
func ofFault(f *fault) *chat.Error {
	e := &chat.Error{Status: f.status, Message: f.message}
	switch f.exception {
	case "ThrottlingException":
		e.Code = "throttling_error"
	case "InternalServerException", "ServiceUnavailableException":
		e.Type, e.Code = "server_error", "service_error"
	case "ValidationException":
	default:
		e.Code = "access_denied"
	}
	return e
}

// send writes a refusal as {"error":{"message","type","param":null,"code"}} with
// the words of Bedrock for type and code.
func (k *call) send(e *chat.Error) {
	e.Param, e.Whole = "", nil
	switch {
	case e.Status >= http.StatusInternalServerError:
		e.Type = "server_error"
	case e.Status == http.StatusBadRequest:
		e.Type, e.Code = "invalid_request_error", "validation_error"
	case e.Status == http.StatusNotFound:
		e.Type, e.Code = "invalid_request_error", "not_found_error"
	default:
		e.Type = "invalid_request_error"
	}
	e.Send(k.Exchange)
}
