package invoke

import (
	"net/http"
	"strings"

	"github.com/interline-ai/interline"
)

// tooLong are the words by which Anthropic's clients, and so Claude Code, know
// a prompt that is too long. Bedrock passes them on within its exception.
const tooLong = "prompt is too long"

// worded is a fault in words that the clients of this language know.
func worded(f *interline.Fault) *interline.Fault {
	if f.Code != interline.CodeContext || strings.Contains(strings.ToLower(f.Message), tooLong) {
		return f
	}
	g := *f
	g.Message = tooLong + ": " + f.Message
	return &g
}

// ReadFault implements protocol.Protocol.
func (l *Language) ReadFault(status int, header http.Header, body []byte) *interline.Fault {
	return l.aws.ReadFault(status, header, body)
}

// WriteFault implements protocol.Protocol.
func (l *Language) WriteFault(f *interline.Fault, requestID string) (int, http.Header, []byte) {
	return l.aws.WriteFault(worded(f), requestID)
}

// AppendFault implements protocol.Protocol with an exception frame, from which
// Anthropic's clients make the error event that they raise on.
func (l *Language) AppendFault(dst []byte, f *interline.Fault, requestID string) []byte {
	return l.aws.AppendFault(dst, worded(f), requestID)
}

// AppendPing implements protocol.Protocol: Bedrock sends no pings, and a chunk
// that holds one is an event out of order to some clients. Nothing is appended.
func (l *Language) AppendPing(dst []byte) []byte { return dst }
