package protocol

import (
	"net/http"

	"github.com/interline-ai/interline"
)

// The names of the languages for vectors, each that of its API or of the
// models whose it is.
const (
	Embeddings         = "embeddings"         // OpenAI
	Titan              = "titan"              // Amazon's models by InvokeModel
	Cohere             = "cohere"             // Cohere's models by InvokeModel
	EmbedContent       = "embedcontent"       // Google, one input
	BatchEmbedContents = "batchembedcontents" // Google, many
	Predict            = "predict"            // Vertex AI, models before Gemini Embedding 2
)

// Embedder is enough of a language for vectors to forward it and to interpret it
// in another. Its answers are never streamed.
type Embedder interface {
	Protocol
	// ReadEmbed reads a whole request. Errors are *interline.Fault of class C12
	// that name the field in the caller's language.
	ReadEmbed(o *Opened) (*interline.EmbedRequest, error)
	// WriteEmbed says the request in this language for the target. What cannot
	// be said is returned as losses; an error is returned for a request that
	// the language cannot take at all, as a *interline.Fault. Equal requests
	// give equal bytes.
	WriteEmbed(r *interline.EmbedRequest, t Target) ([]byte, []interline.Loss, error)
	// ReadVectors reads an answer. Some places tell its usage in a header. The
	// vectors may share memory with the body. An error means that it is no
	// answer of the language.
	ReadVectors(header http.Header, body []byte) (*interline.Vectors, error)
	// AppendVectors appends the answer to a request that this language has
	// read, whose inputs are as many as the vectors.
	AppendVectors(dst []byte, v *interline.Vectors, r *interline.EmbedRequest, a Answer) []byte
	// VectorsHeader is what the language says of an answer in headers, or nil.
	VectorsHeader(v *interline.Vectors) http.Header
}
