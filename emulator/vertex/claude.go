package vertex

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// The version a body must name, and the one the shared reader of hosted Claude
// knows.
const (
	version       = "vertex-2023-10-16"
	hostedVersion = "bedrock-2023-05-31"
)

// counter is the model whose rawPredict counts tokens for the model in the body.
const counter = "count-tokens"

// dates are those a model's id may end with, after an @ (anthropic docs, "Claude
// on Vertex AI", 2026-10).
var dates = map[string]string{
	"claude-sonnet-4-5": "20250929", "claude-haiku-4-5": "20251001",
}

// find resolves a model's id, plain or with its date.
func find(id string) (claude.Rules, bool) {
	name, date, dated := strings.Cut(id, "@")
	if dated && date != dates[name] && date != "default" {
		return claude.Rules{}, false
	}
	return claude.Find(name)
}

// claude serves rawPredict and streamRawPredict, whose body is that of
// Anthropic's Messages with anthropic_version and without model.
func (k *call) claude() {
	stream := k.method == "streamRawPredict"
	if k.r.Method != http.MethodPost || (k.method != "rawPredict" && !stream) {
		k.unrouted()
		return
	}
	if e := k.predictClaude(stream); e != nil {
		e.Send(k.Exchange)
	}
}

func (k *call) predictClaude(stream bool) *rpc.Error {
	raw, e := gemini.Body(k.r)
	if e != nil {
		return e
	}
	body, named, streams, e := hostedBody(raw)
	if e != nil {
		return e
	}
	counting := k.model == counter
	if counting {
		k.model = named
	} else if named != "" {
		return words("model: Extra inputs are not permitted")
	}
	m, ok := find(k.model)
	if !ok {
		return k.missing()
	}
	// What Vertex AI makes of a body that disagrees with the method is not
	// documented; the emulator refuses it, so that nobody relies on either.
	if streams != stream {
		return words("stream: must be true with streamRawPredict, and false or absent with rawPredict")
	}
	if counting {
		return k.countClaude(m, body)
	}
	j, err := anthropic.Accept(k.core, anthropic.Hosting{Place: k.Place, Model: m}, body)
	if err != nil {
		return words(err.Error())
	}
	return k.speak(j, m, stream)
}

// hostedBody takes from a body what only Vertex AI has: its version, the model
// that counting names, and whether to stream.
func hostedBody(raw []byte) (body []byte, model string, stream bool, e *rpc.Error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil || all == nil {
		return nil, "", false, words("The request body is not valid JSON.")
	}
	var given string
	if v, ok := all["anthropic_version"]; !ok {
		return nil, "", false, words("anthropic_version: Field required")
	} else if json.Unmarshal(v, &given) != nil || given != version {
		return nil, "", false, words("anthropic_version: Input should be '" + version + "'")
	}
	if v, ok := all["stream"]; ok && json.Unmarshal(v, &stream) != nil {
		return nil, "", false, words("stream: Input should be a valid boolean")
	}
	if v, ok := all["model"]; ok && json.Unmarshal(v, &model) != nil {
		return nil, "", false, words("model: Input should be a valid string")
	}
	delete(all, "stream")
	delete(all, "model")
	all["anthropic_version"] = json.RawMessage(`"` + hostedVersion + `"`)
	body, err := json.Marshal(all)
	if err != nil {
		return nil, "", false, words("The request body is not valid JSON.")
	}
	return body, model, stream, nil
}

// words are a refusal in Anthropic's words within the cloud's own error body.
func words(message string) *rpc.Error { return rpc.Invalid("%s", message) }

// countClaude answers with the length of the prompt. The shared reader wants
// max_tokens, which counting does without.
func (k *call) countClaude(m claude.Rules, body []byte) *rpc.Error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return words("The request body is not valid JSON.")
	}
	if all["max_tokens"] != nil {
		return words("max_tokens: Extra inputs are not permitted")
	}
	all["max_tokens"] = json.RawMessage("0")
	body, _ = json.Marshal(all) // it was JSON
	j, err := anthropic.Accept(k.core, anthropic.Hosting{Place: k.Place, Model: m}, body)
	if err != nil {
		return words(err.Error())
	}
	answer, _ := json.Marshal(map[string]int{"input_tokens": j.Tokens()}) // a number always encodes
	k.Refuse(http.StatusOK, "application/json", answer)                   // without pace: no model spoke
	return nil
}

// speak lets Claude answer.
func (k *call) speak(j *anthropic.Job, m claude.Rules, stream bool) *rpc.Error {
	pool := core.Pool{Place: k.Place, Credential: k.credential, Model: m.Name}
	estimate := j.Tokens() + j.MaxTokens
	if g := k.core.Quota.Admit(pool, estimate); !g.OK {
		return gemini.Exhausted()
	}
	j.Answer(k.core, k.Place+"\x00"+k.credential+"\x00"+m.Name, k.Fault)
	used := j.Usage()
	defer func() { k.core.Quota.Settle(pool, estimate, used.Total()) }()
	id := "msg_vrtx_01" + k.ID[:22]
	row := core.Row{
		Place: k.Place, RequestID: k.ID, Model: k.model, Operation: "raw_predict",
		Stream: stream, Status: http.StatusOK, Usage: used,
	}
	if stream {
		used = k.tell(j, row, id)
		return nil
	}
	body, err := j.Body(id)
	if err == nil {
		err = k.core.Deliver(k.Exchange, "application/json", body, row)
	} else {
		k.core.Logger.Error("encode message", "place", k.Place, "error", err)
		err = core.ErrInStream
	}
	if errors.Is(err, core.ErrInStream) {
		return gemini.Internal()
	}
	return nil
}

// tell streams the answer as Anthropic's own server-sent events.
func (k *call) tell(j *anthropic.Job, row core.Row, id string) core.Usage {
	tab := k.core.Open(row)
	s, err := k.Stream("text/event-stream")
	if err != nil {
		tab.Break(j.Partial(0, 0))
		return j.Partial(0, 0)
	}
	s.OnBreak = func() { tab.Break(j.Partial(s.Said())) }
	err = core.ErrBroken // what stands if a drill leaves by a panic
	defer func() {
		if err != nil {
			s.OnBreak()
		}
	}()
	err = j.Tell(s, id, tab.Book, func(name string, data []byte) error {
		if s.Corrupting() {
			data = data[:len(data)-1]
		}
		return s.Send(core.SSE(name, data))
	})
	if errors.Is(err, core.ErrInStream) {
		_ = s.Last(core.SSE("error", []byte(`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`))) // the caller may be gone; it is billed either way
	}
	if err != nil {
		return j.Partial(s.Said())
	}
	return row.Usage
}
