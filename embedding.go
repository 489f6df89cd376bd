package interline

import "encoding/json"

// EmbedRequest is what was asked to be turned into vectors, in no vendor's
// language.
type EmbedRequest struct {
	Head
	Inputs []EmbedInput
	// Batch says that the caller's question was for a list, so that one vector
	// is answered as a list too. Languages that have only one form ignore it.
	Batch bool
	// Dimensions is how long the vectors shall be; 0 is the model's own length.
	Dimensions int
	// Purpose is what the vectors are for; empty when the caller did not say.
	Purpose Purpose
	// Encoding is how the caller wants numbers written.
	Encoding VectorEncoding
	// Truncate says what to do with an input that is too long.
	Truncate Truncation
	// ByType says that the caller asked for vectors by their type, and so is
	// answered with such.
	ByType bool
	// Normalize, when not nil, says whether vectors shall have length one.
	Normalize *bool
	// User is the caller's name of its end user.
	User string
	// Extra is what the caller said that is not modelled.
	Extra []Member
}

// EmbedInput is one thing to embed: a text, or a text as token ids, or an image,
// or, for models that take both at once, a text and an image.
type EmbedInput struct {
	Text string
	// Title is that of the document, which Google's models take beside the text.
	Title string
	// Tokens are the ids as the caller wrote them, a JSON array; they mean
	// something to one vendor's tokenizer only.
	Tokens json.RawMessage
	// Image is a picture as a data URI.
	Image string
}

// Purpose is what a vector is for. Models that are told make the vectors of
// questions and of what is searched fit each other.
type Purpose string

// The purposes.
const (
	PurposeQuery          Purpose = "query"
	PurposeDocument       Purpose = "document"
	PurposeSimilarity     Purpose = "similarity"
	PurposeClassification Purpose = "classification"
	PurposeClustering     Purpose = "clustering"
	PurposeQuestion       Purpose = "question" // a query that asks something
	PurposeFact           Purpose = "fact"     // a query that is to be verified
	PurposeCode           Purpose = "code"     // a query for code
)

// VectorEncoding is how the numbers of vectors are written.
type VectorEncoding string

// The encodings.
const (
	EncodingFloat  VectorEncoding = ""       // JSON numbers
	EncodingBase64 VectorEncoding = "base64" // float32, little-endian, as OpenAI's SDKs ask for
)

// Truncation is what to do with an input that is longer than the model takes.
type Truncation string

// The truncations.
const (
	TruncateUnsaid Truncation = ""      // as the model does
	TruncateNone   Truncation = "none"  // refuse it
	TruncateStart  Truncation = "start" // leave its beginning out
	TruncateEnd    Truncation = "end"   // leave its end out
)

// Vectors are the answer to an EmbedRequest: one vector for each input, in
// their order.
type Vectors struct {
	// Model is the model as the place says it; empty where it does not.
	Model string
	// Values are JSON arrays of numbers, or JSON strings that are float32 in
	// base64. They are kept as the place wrote them: what comes out where numbers
	// are wanted is equal to the last digit.
	Values []json.RawMessage
	// Each is the number of tokens of each input, where the place says so; else
	// empty.
	Each []int64
	// Usage is what all inputs used, if Reported.
	Usage    Usage
	Reported bool
}
