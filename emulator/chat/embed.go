package chat

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"

	"github.com/interline-ai/interline/emulator/core"
)

// limits of embeddings (openai docs, 2026-11): inputs, tokens of one, of all.
const (
	mostInputs     = 2048
	mostInput      = 8192
	mostInputTotal = 300_000
)

// embedFields are the members an embeddings request may have.
var embedFields = []string{"input", "model", "dimensions", "encoding_format", "user"}

// embedRequest is an embeddings request after it was read.
type embedRequest struct {
	model      string
	inputs     [][]uint // as tokens
	dimensions *int
	base64     bool
}

// Embed answers POST embeddings. Vectors have length one and depend on the
// input's tokens and the model only; inputs that share words are near each
// other.
func Embed(c *core.Core, x *core.Exchange, r *http.Request, d Dialect, credential string) {
	k := &call{c: c, x: x, r: r, d: d.withDefaults(), credential: credential}
	if e := k.embed(); e != nil {
		k.d.Send(x, e)
	}
}

func (k *call) embed() *Error {
	body, e := k.begin()
	if e != nil {
		return e
	}
	q, e := decodeEmbed(body, k.d.Extra)
	if e != nil {
		return e
	}
	m, e := k.find(q.model, "embeddings")
	if e != nil {
		return e
	}
	size, tokens := m.Dimensions, 0
	if q.dimensions != nil {
		if size = *q.dimensions; size > m.Dimensions {
			return Invalid("dimensions", "invalid_value", "Invalid value for 'dimensions' = %d. Must be less than or equal to %d.", size, m.Dimensions)
		}
	}
	for _, in := range q.inputs {
		tokens += len(in)
	}
	if e := k.charge(m, tokens); e != nil {
		return e
	}
	k.x.Header().Set("Openai-Model", m.Snapshot)
	return k.sendVectors(q, m, size, tokens)
}

func decodeEmbed(body []byte, extra []string) (*embedRequest, *Error) {
	top, e := readTop(body, embedFields, extra)
	if e != nil {
		return nil, e
	}
	r := &reader{}
	q := &embedRequest{model: r.text("model", top["model"])}
	q.base64 = r.word("encoding_format", top["encoding_format"], "float", "base64") == "base64"
	q.dimensions = r.whole("dimensions", top["dimensions"], 1, math.MaxInt32)
	r.text("user", top["user"])
	q.readInput(r, top["input"])
	if r.err != nil {
		return nil, r.err
	}
	return q, nil
}

// readInput accepts a text, texts, tokens, or lists of tokens.
func (q *embedRequest) readInput(r *reader, raw json.RawMessage) {
	var (
		text   string
		tokens []uint
		texts  []string
		lists  [][]uint
	)
	switch {
	case absent(raw):
		r.missing("input")
	case json.Unmarshal(raw, &text) == nil:
		q.inputs = [][]uint{core.Encode(text)}
	case json.Unmarshal(raw, &texts) == nil:
		for _, t := range texts {
			q.inputs = append(q.inputs, core.Encode(t))
		}
	case json.Unmarshal(raw, &tokens) == nil:
		q.inputs = [][]uint{tokens}
	case json.Unmarshal(raw, &lists) == nil:
		q.inputs = lists
	default:
		r.fail(Invalid("", "", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."))
	}
	q.checkInput(r)
}

func (q *embedRequest) checkInput(r *reader) {
	total := 0
	for _, in := range q.inputs {
		total += len(in)
		if len(in) == 0 {
			r.fail(Invalid("input", "", "'$.input' is invalid: an input must not be empty."))
		}
		if len(in) > mostInput {
			r.fail(Invalid("", "", "This model's maximum context length is %d tokens, however you requested %d tokens (%d in your prompt; 0 for the completion). Please reduce your prompt; or completion length.", mostInput, len(in), len(in)))
		}
	}
	switch {
	case r.err == nil && len(q.inputs) == 0:
		r.fail(Invalid("input", "", "'$.input' is invalid: it must not be empty."))
	case len(q.inputs) > mostInputs:
		r.fail(Invalid("input", "array_above_max_length", "Invalid 'input': array too long. Expected an array with maximum length %d, but got an array with length %d instead.", mostInputs, len(q.inputs)))
	case total > mostInputTotal:
		r.fail(Invalid("", "max_tokens_per_request", "Requested %d tokens, max %d tokens per request", total, mostInputTotal))
	}
}

func (k *call) sendVectors(q *embedRequest, m Model, size, tokens int) *Error {
	type item struct {
		Object    string `json:"object"`
		Index     int    `json:"index"`
		Embedding any    `json:"embedding"`
	}
	data := make([]item, len(q.inputs))
	for i, in := range q.inputs {
		v := core.Unit(core.Vector(m.ID, in, size))
		data[i] = item{"embedding", i, v}
		if q.base64 {
			data[i].Embedding = packed(v)
		}
	}
	body, _ := json.Marshal(map[string]any{ // finite numbers always encode
		"object": "list", "data": data, "model": m.Snapshot,
		"usage": map[string]int{"prompt_tokens": tokens, "total_tokens": tokens},
	})
	return k.respond(body, k.row(m, "embeddings", false, core.Usage{Input: tokens}))
}

// packed is little-endian float32 in base64, which official SDKs ask for.
func packed(v []float32) string {
	b := make([]byte, 0, 4*len(v))
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(n))
	}
	return base64.StdEncoding.EncodeToString(b)
}
