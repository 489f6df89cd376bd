package bedrock

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// The APIs of the OpenAI-compatible path.
const (
	completions = "chat/completions"
	responses   = "responses"
)

// openai serves the OpenAI-compatible path, whose refusals have OpenAI's shape.
func (k *call) openai(path string) {
	if f := k.admit(); f != nil {
		k.send(ofFault(f))
		return
	}
	id, stored := strings.CutPrefix(path, responses+"/")
	switch {
	case stored && id != "" && !strings.Contains(id, "/"):
		if e := k.stored(id); e != nil {
			k.send(e)
		}
	case path != completions && path != responses:
		k.send(&chat.Error{Status: http.StatusNotFound, Message: "The emulator plays no /openai/v1/" + path + " here."})
	case k.r.Method != http.MethodPost:
		k.send(chat.WrongMethod(http.MethodPost))
	case path == completions:
		chat.Serve(k.core, k.Exchange, k.r, k.dialect(k.findChat), k.key)
	default:
		if e := k.unhosted(); e != nil {
			k.send(e)
			return
		}
		chat.Respond(k.core, k.Exchange, k.r, k.dialect(k.findResponses), k.key, k.place.shelf)
	}
}

// stored serves what was kept of a response.
func (k *call) stored(id string) *chat.Error {
	switch k.r.Method {
	case http.MethodGet:
		return chat.Recall(k.Exchange, k.r, k.place.shelf, id)
	case http.MethodDelete:
		return chat.Forget(k.Exchange, k.place.shelf, id)
	}
	return chat.WrongMethod(http.MethodGet, http.MethodDelete)
}

// unhosted refuses what the runtime leaves to the other endpoint: responses in
// the background and tools that a cloud runs (probed, 2026-08; the words for
// tools are this emulator's).
func (k *call) unhosted() *chat.Error {
	var asked struct {
		Background bool                    `json:"background"`
		Tools      []struct{ Type string } `json:"tools"`
	}
	_ = json.Unmarshal(k.body, &asked) // what cannot be read is refused by the reader
	if asked.Background {
		return chat.Invalid("", "", "The background parameter is not supported.")
	}
	for _, t := range asked.Tools {
		if t.Type != "" && t.Type != "function" {
			return chat.Invalid("", "", "Tools of type '%s' are not supported.", t.Type)
		}
	}
	return nil
}

func (k *call) dialect(find func(string) (chat.Model, *chat.Error)) chat.Dialect {
	return chat.Dialect{
		Find:  find,
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
func (k *call) find(id, api string) (model, *chat.Error) {
	if strings.HasPrefix(id, "arn:") {
		return model{}, ofFault(invalid("The provided model identifier is invalid."))
	}
	m, f := k.place.callable(id)
	if f != nil {
		return model{}, ofFault(f)
	}
	if m.Chat == nil {
		return model{}, ofFault(invalid("The model '" + id + "' does not support the '/v1/" + api + "' API"))
	}
	c := *m.Chat
	c.ID, c.Snapshot = id, id
	m.Chat = &c
	return m, nil
}

func (k *call) findChat(id string) (chat.Model, *chat.Error) {
	m, e := k.find(id, completions)
	if e != nil {
		return chat.Model{}, e
	}
	return *m.Chat, nil
}

// findResponses resolves a model for Responses, where OpenAI's models have their
// prompt caching (probed, 2026-08). The open ones are not there.
func (k *call) findResponses(id string) (chat.Model, *chat.Error) {
	m, e := k.find(id, responses)
	switch {
	case e != nil:
		return chat.Model{}, e
	case !m.Responds:
		return chat.Model{}, &chat.Error{
			Status: http.StatusNotFound, Message: "The model '" + id + "' does not support the '/v1/responses' API",
		}
	case m.NoSampling:
		m.Chat.Cache, m.Chat.CacheWrites = chat.ExplicitCache(), true
	}
	return *m.Chat, nil
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
	if e.Code == "previous_response_not_found" {
		e.Status = http.StatusNotFound
	}
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
