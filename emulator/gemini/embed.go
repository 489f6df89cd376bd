package gemini

import (
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// mostEmbedded is how many texts one batch may hold (ai.google.dev, 2026-10).
const mostEmbedded = 100

type embedRequest struct {
	Model   string   `json:"model"`
	Content *content `json:"content"`
	Size    *int     `json:"outputDimensionality"`
	// Config is where Vertex AI's own clients say it (genai v1.77.0).
	Config struct {
		Size *int `json:"outputDimensionality"`
	} `json:"embedContentConfig"`
}

type values struct {
	Values []float32 `json:"values"`
}

// embedOne serves embedContent.
func (k *Call) embedOne(body []byte) *rpc.Error {
	var q embedRequest
	if e := k.read(k.forms.Embed, body, &q); e != nil {
		return e
	}
	if q.Config.Size != nil {
		q.Size = q.Config.Size
	}
	v, e := k.embed([]embedRequest{q}, "EmbedContentRequest")
	if e != nil {
		return e
	}
	answer := map[string]any{"embedding": values{v.vectors[0]}}
	if k.Vertex {
		answer["usageMetadata"] = usage{Prompt: v.tokens, Total: v.tokens, Details: details(nil, v.tokens)}
		answer["truncated"] = false
	}
	row := k.row("embeddings", false, core.Usage{Input: v.tokens})
	return k.answer(answer, &row)
}

// embedMany serves batchEmbedContents.
func (k *Call) embedMany(body []byte) *rpc.Error {
	var q struct {
		Requests []embedRequest `json:"requests"`
	}
	if e := k.read(k.forms.BatchEmbed, body, &q); e != nil {
		return e
	}
	for i, r := range q.Requests {
		if r.Model != "models/"+k.model.ID {
			return rpc.Invalid("* BatchEmbedContentsRequest.requests[%d].model: models must match the model of the batch: models/%s\n", i, k.model.ID)
		}
	}
	v, e := k.embed(q.Requests, "BatchEmbedContentsRequest")
	if e != nil {
		return e
	}
	all := make([]values, len(v.vectors))
	for i := range all {
		all[i].Values = v.vectors[i]
	}
	row := k.row("embeddings", false, core.Usage{Input: v.tokens})
	return k.answer(map[string]any{"embeddings": all}, &row)
}

// embedded are the vectors of a request.
type embedded struct {
	vectors [][]float32
	each    []int // tokens of each text
	tokens  int
}

// embed checks texts, takes their tokens from the quota and makes the vectors.
func (k *Call) embed(all []embedRequest, name string) (embedded, *rpc.Error) {
	var out embedded
	if len(all) == 0 || len(all) > mostEmbedded {
		return out, rpc.Invalid("* %s.requests: at least one and at most %d requests can be in one batch\n", name, mostEmbedded)
	}
	var read [][]uint
	for _, q := range all {
		text := ""
		if q.Content != nil {
			text = words(q.Content.Parts)
		}
		if text == "" {
			return out, rpc.Invalid("* %s.content: contents is not specified\n", name)
		}
		if q.Size != nil && (*q.Size < 1 || *q.Size > k.model.Dimensions) {
			return out, rpc.Invalid("* %s.output_dimensionality: must be in the range [1, %d], got %d\n", name, k.model.Dimensions, *q.Size)
		}
		ids := core.Encode(text)
		if len(ids) > k.model.Context {
			return out, rpc.Invalid("The input token count (%d) exceeds the maximum number of tokens allowed (%d).", len(ids), k.model.Context)
		}
		read = append(read, ids)
		out.each = append(out.each, len(ids))
		out.tokens += len(ids)
	}
	if e := k.charge(out.tokens); e != nil {
		return out, e
	}
	for i, ids := range read {
		size := k.model.Dimensions
		if all[i].Size != nil {
			size = *all[i].Size
		}
		out.vectors = append(out.vectors, core.Unit(core.Vector(k.model.ID, ids, size)))
	}
	return out, nil
}

// prediction is one embedding as Vertex AI's predict answers it.
type prediction struct {
	Embeddings struct {
		Values     []float32 `json:"values"`
		Statistics struct {
			Tokens    int  `json:"token_count"`
			Truncated bool `json:"truncated"`
		} `json:"statistics"`
	} `json:"embeddings"`
}

// predict serves predict, for models that embed.
func (k *Call) predict(body []byte) *rpc.Error {
	var q struct {
		Instances []struct {
			Content string `json:"content"`
		} `json:"instances"`
		Parameters struct {
			Size *int `json:"outputDimensionality"`
		} `json:"parameters"`
	}
	if e := k.read(k.forms.Predict, body, &q); e != nil {
		return e
	}
	all := make([]embedRequest, len(q.Instances))
	for i, in := range q.Instances {
		all[i] = embedRequest{Content: &content{Parts: []part{{Text: &in.Content}}}, Size: q.Parameters.Size}
	}
	v, e := k.embed(all, "PredictRequest")
	if e != nil {
		return e
	}
	out := make([]prediction, len(all))
	for i := range out {
		out[i].Embeddings.Values = v.vectors[i]
		out[i].Embeddings.Statistics.Tokens = v.each[i]
	}
	row := k.row("embeddings", false, core.Usage{Input: v.tokens})
	return k.answer(map[string]any{
		"predictions": out,
		"metadata":    map[string]int{"billableCharacterCount": billable(all)},
	}, &row)
}

func billable(all []embedRequest) int {
	n := 0
	for _, q := range all {
		n += len(words(q.Content.Parts))
	}
	return n
}
