// Package envelope is how the frames of an answer travel: as server-sent
// events, as an AWS event stream, as the elements of a JSON array, or as one
// whole body.
//
// A [Reader] takes frames out of the bytes of an upstream answer; the Append
// functions put frames into bytes for a client. Readers bound what they hold:
// a frame beyond the limit is an error, never an allocation without end.
package envelope

import (
	"errors"
	"io"

	"github.com/interline-ai/interline/protocol"
)

// Limits of one frame in bytes, framing included.
const (
	MaxSSEFrame         = 32 << 20
	MaxEventStreamFrame = 16 << 20
)

// ErrFrame marks bytes that are not of the envelope: a bad checksum, a frame
// beyond the limit, a stream that ends within a frame. Test with errors.Is.
var ErrFrame = errors.New("broken frame")

// Reader takes frames out of a streamed answer.
type Reader interface {
	// Next returns the next frame, which is valid until the next call. At the
	// end of the stream it returns io.EOF; a frame that the stream breaks off
	// in is io.ErrUnexpectedEOF or an error that wraps ErrFrame.
	Next() (protocol.Frame, error)
	// Ready reports whether another frame can be had without reading on, so
	// that the frames of one read can be written as one.
	Ready() bool
}

// NewReader returns a reader of the envelope's frames from r.
func NewReader(e protocol.Envelope, r io.Reader) Reader {
	switch e {
	case protocol.EventStream:
		return NewEventStream(r)
	case protocol.JSONArray:
		return NewArray(r)
	case protocol.SSE:
	}
	return NewSSE(r)
}
