package bedrock

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// embedding is what the emulator knows of a model that embeds.
type embedding struct {
	Cohere bool // else Titan
	Sizes  []int
	Size   int // when none is asked for
	Fixed  bool
	ByType bool // answers by type even when no types are asked for
	Ends   []string
}

// embedders lists the models that embed (Amazon's pages on Titan Text Embeddings V2
// and Cohere Embed v3 and v4, 2026-11).
func embedders() []model {
	v3 := embedding{Cohere: true, Size: 1024, Fixed: true, Ends: []string{"NONE", "START", "END"}}
	return []model{
		{ID: "amazon.titan-embed-text-v2:0", Bare: true, Context: 8192, Embeds: &embedding{Sizes: []int{256, 512, 1024}, Size: 1024}},
		{ID: "cohere.embed-english-v3", Bare: true, Context: 512, Embeds: &v3},
		{ID: "cohere.embed-multilingual-v3", Bare: true, Context: 512, Embeds: &v3},
		{ID: "cohere.embed-v4:0", Bare: true, Profiles: []string{"us", "eu", "global"}, Context: k128, Embeds: &embedding{
			Cohere: true, Sizes: []int{256, 512, 1024, 1536}, Size: 1536, ByType: true, Ends: []string{"NONE", "LEFT", "RIGHT"},
		}},
	}
}

// malformed is how Bedrock says that a model's schema does not fit.
func malformed(format string, args ...any) *fault {
	return invalid("Malformed input request: " + fmt.Sprintf(format, args...) + ", please reformat your input and try again.")
}

// wanted is a request for vectors after it was read.
type wanted struct {
	texts []string
	size  int
	// plain asks for vectors that are not of length one.
	plain, byType bool
	cut           string // which end may be left out; "" or NONE for neither
}

// embed serves InvokeModel for models that embed.
func (k *call) embed(m model, id string, stream bool) {
	begun := time.Now()
	if stream {
		k.refuse(invalid("The model is unsupported for streaming."))
		return
	}
	w, f := readWanted(*m.Embeds, k.body)
	if f != nil {
		k.refuse(f)
		return
	}
	all, tokens, f := m.encode(w)
	if f != nil {
		k.refuse(f)
		return
	}
	settle, f := k.charge(m, tokens, 0)
	if f != nil {
		k.refuse(f)
		return
	}
	used := core.Usage{Input: tokens}
	defer settle(used)
	answer := m.titan
	if m.Embeds.Cohere {
		answer = m.cohere
	}
	body, err := json.Marshal(answer(w, all, tokens, k.ID))
	if err != nil {
		k.core.Logger.Error("encode answer", "place", k.Place, "error", err)
		k.refuse(internal())
		return
	}
	k.OnHeader = func(h http.Header) {
		h.Set("X-Amzn-Bedrock-Input-Token-Count", strconv.Itoa(tokens))
		h.Set("X-Amzn-Bedrock-Invocation-Latency", strconv.FormatInt(time.Since(begun).Milliseconds(), 10))
	}
	if err := k.core.Deliver(k.Exchange, "application/json", body, k.row(id, "invoke", false, used)); errors.Is(err, core.ErrInStream) {
		k.OnHeader = nil
		k.refuse(internal())
	}
}

// encode counts the texts. One that is too long is refused, or cut where the
// caller said at which end.
func (m model) encode(w wanted) (all [][]uint, tokens int, f *fault) {
	for _, text := range w.texts {
		ids := core.Encode(text)
		switch {
		case len(ids) <= m.Context:
		case w.cut == "START" || w.cut == "LEFT":
			ids = ids[len(ids)-m.Context:]
		case w.cut == "END" || w.cut == "RIGHT":
			ids = ids[:m.Context]
		case m.Embeds.Cohere:
			return nil, 0, invalid(fmt.Sprintf("Input is too long: a text has %d tokens and the maximum is %d", len(ids), m.Context))
		default:
			return nil, 0, invalid(fmt.Sprintf("400 Bad Request: Too many input tokens. Max input tokens: %d, request input token count: %d ", m.Context, len(ids)))
		}
		all = append(all, ids)
		tokens += len(ids)
	}
	return all, tokens, nil
}

// titan is Titan's answer. It writes its numbers as doubles (recorded, 2026).
func (m model) titan(w wanted, all [][]uint, tokens int, _ string) any {
	v := core.Vector(m.ID, all[0], w.size)
	if !w.plain {
		for i, n := range core.Unit(v) {
			v[i] = float64(n)
		}
	}
	return map[string]any{"embedding": v, "embeddingsByType": map[string]any{"float": v}, "inputTextTokenCount": tokens}
}

// cohere is Cohere's answer (recorded, 2026).
func (m model) cohere(w wanted, all [][]uint, _ int, id string) any {
	vectors := make([][]float32, len(all))
	for i, ids := range all {
		vectors[i] = core.Unit(core.Vector(m.ID, ids, w.size))
	}
	a := map[string]any{"id": id, "texts": w.texts, "response_type": "embeddings_floats", "embeddings": vectors}
	if w.byType || m.Embeds.ByType {
		a["response_type"], a["embeddings"] = "embeddings_by_type", map[string]any{"float": vectors}
	}
	return a
}

func readWanted(rules embedding, body []byte) (wanted, *fault) {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil || top == nil {
		return wanted{}, malformed("#: expected type: JSONObject")
	}
	r := &bodyReader{top: top}
	w := wanted{size: rules.Size}
	if rules.Cohere {
		r.only("texts", "input_type", "truncate", "embedding_types", "output_dimension", "images", "inputs", "max_tokens")
		readCohere(r, rules, &w)
	} else {
		r.only("inputText", "dimensions", "normalize", "embeddingTypes")
		readTitan(r, rules, &w)
	}
	return w, r.fault
}

func readTitan(r *bodyReader, rules embedding, w *wanted) {
	r.need("inputText")
	var text string
	if r.read("inputText", &text, "String") && text == "" {
		r.fail("expected minLength: 1, actual: 0")
	}
	w.texts = []string{text}
	r.size("dimensions", rules, w)
	unit := true
	r.read("normalize", &unit, "Boolean")
	w.plain = !unit
	var types []string
	r.read("embeddingTypes", &types, "JSONArray")
	r.floats(types)
}

func readCohere(r *bodyReader, rules embedding, w *wanted) {
	r.need("input_type")
	for _, name := range []string{"images", "inputs", "max_tokens"} {
		if r.top[name] != nil && r.fault == nil {
			r.fault = invalid("The emulator embeds texts only: " + name + " is refused.")
		}
	}
	r.need("texts")
	if r.read("texts", &w.texts, "JSONArray") {
		switch n := len(w.texts); {
		case n == 0:
			r.fail("#/texts: expected minimum item count: 1, found: 0")
		case n > 96:
			r.fail("#/texts: expected maximum item count: 96, found: %d", n)
		}
	}
	if i := slices.Index(w.texts, ""); i >= 0 {
		r.fail("#/texts/%d: expected minLength: 1, actual: 0", i)
	}
	r.word("input_type", []string{"search_document", "search_query", "classification", "clustering", "image"})
	w.cut = r.word("truncate", rules.Ends)
	var types []string
	w.byType = r.read("embedding_types", &types, "JSONArray")
	r.floats(types)
	r.size("output_dimension", rules, w)
}

// bodyReader reads a model's body and keeps the first thing that is wrong.
type bodyReader struct {
	top   map[string]json.RawMessage
	fault *fault
}

func (r *bodyReader) fail(format string, args ...any) {
	if r.fault == nil {
		r.fault = malformed(format, args...)
	}
}

func (r *bodyReader) only(names ...string) {
	var others []string
	for name := range r.top {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	if slices.Sort(others); len(others) > 0 {
		r.fail("#: extraneous key [%s] is not permitted", others[0])
	}
}

func (r *bodyReader) need(name string) {
	if r.top[name] == nil {
		r.fail("#: required key [%s] not found", name)
	}
}

// read reads a member that may be absent and reports whether it was there.
func (r *bodyReader) read(name string, into any, kind string) bool {
	raw := r.top[name]
	if raw == nil {
		return false
	}
	if string(raw) == "null" || json.Unmarshal(raw, into) != nil {
		r.fail("#/%s: expected type: %s, found: %s", name, kind, found(raw))
		return false
	}
	return true
}

// found names the type of a value as the validator of schemas does.
func found(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "String"
	case '{':
		return "JSONObject"
	case '[':
		return "JSONArray"
	case 't', 'f':
		return "Boolean"
	case 'n':
		return "Null"
	}
	if strings.ContainsAny(string(raw), ".eE") {
		return "BigDecimal"
	}
	return "Integer"
}

func (r *bodyReader) word(name string, allowed []string) string {
	var s string
	if r.read(name, &s, "String") && !slices.Contains(allowed, s) {
		r.fail("#/%s: %s is not a valid enum value", name, s)
	}
	return s
}

func (r *bodyReader) size(name string, rules embedding, w *wanted) {
	switch {
	case !r.read(name, &w.size, "Integer"):
	case rules.Fixed:
		r.fail("#: extraneous key [%s] is not permitted", name)
	case !slices.Contains(rules.Sizes, w.size):
		r.fail("#/%s: %d is not a valid enum value", name, w.size)
	}
}

// floats refuses the other types of vectors, which are not emulated.
func (r *bodyReader) floats(types []string) {
	for _, t := range types {
		if t != "float" && r.fault == nil {
			r.fault = invalid("The emulator embeds as float only, not as " + t + ".")
		}
	}
}
