package gemini

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/protocol"
)

// question is the body of countTokens. The Gemini API takes the contents alone, or
// a whole request beside nothing (genai v1.77.0, countTokensConfigToMldev); what
// Vertex AI takes beside the contents is put into such a request.
func question(model string, body protocol.Segments) protocol.Segments {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body.Bytes(), &members); err != nil || members["generateContentRequest"] != nil ||
		members["generate_content_request"] != nil || members["contents"] == nil || len(members) == 1 {
		return body // wrong or right, it is the caller's
	}
	whole := append([]byte(`{"generateContentRequest":{"model":`), protocol.Quote("models/"+model)...)
	whole = append(whole, ',')
	trimmed := body.Bytes()
	for trimmed[0] != '{' { // there is one: it was read as an object
		trimmed = trimmed[1:]
	}
	return protocol.Segments{whole, trimmed[1:], []byte("}")}
}
