package all

import (
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/embed"
)

// embedders are the languages in which clients may ask for vectors. Google's are
// those of Vertex AI, which has more members.
var embedders = map[string]protocol.Embedder{
	protocol.Embeddings:         embed.NewOpenAI(),
	protocol.Titan:              embed.NewTitan(),
	protocol.Cohere:             embed.NewCohere(),
	protocol.EmbedContent:       embed.NewVertexEmbedContent(),
	protocol.BatchEmbedContents: embed.NewBatchEmbedContents(),
	protocol.Predict:            embed.NewPredict(),
}

// Embedder returns the language for vectors of that name as clients speak it, or
// nil.
func Embedder(name string) protocol.Embedder { return embedders[name] }

// Invoked returns the language for vectors that a body of Bedrock's InvokeModel is
// in, by the members that only it has, or nil.
func Invoked(body []byte) protocol.Embedder { return embed.Invoked(body) }
