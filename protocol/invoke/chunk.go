package invoke

import (
	"encoding/base64"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/protocol/envelope"
)

// chunkEvent is the name of the only kind of event there is.
const chunkEvent = "chunk"

// chunk is the payload of an event. Bedrock adds a member p, whose length hides
// that of the others; it is not written here.
type chunk struct {
	Bytes []byte `json:"bytes"` // one event of Messages, base64 on the wire
}

// lenient lets pass what does not matter.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// unwrap takes the event out of a payload.
func unwrap(payload []byte) ([]byte, error) {
	var c chunk
	if err := json.Unmarshal(payload, &c, lenient); err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	return c.Bytes, nil
}

// wrapper puts events into chunks. Its memory is used again.
type wrapper struct{ payload []byte }

// wrap appends the frame that holds the event.
func (w *wrapper) wrap(dst, event []byte) []byte {
	p := w.payload[:0]
	p = append(p, `{"bytes":"`...)
	p = base64.StdEncoding.AppendEncode(p, event)
	p = append(p, `"}`...)
	w.payload = p
	return envelope.AppendMessage(dst, []envelope.Header{
		{Name: ":event-type", Value: chunkEvent},
		{Name: ":content-type", Value: "application/json"},
		{Name: ":message-type", Value: "event"},
	}, p)
}
