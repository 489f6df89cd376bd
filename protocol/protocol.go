// Package protocol is what it takes to speak a wire language, to clients and
// to clouds alike.
//
// A language that can be forwarded is a [Protocol]: it opens a request just far
// enough to route it, patches named fields of it in place, watches an answer
// pass, and says errors in its own shape. A language that can also be read and
// written is a [Translator]: it turns requests and answers into the words of
// package interline and back. Both the client's side and the cloud's side of a
// language are the same value, so whatever one side can write the other can
// read.
//
// Values of these types are immutable after they are made and may be used by
// many requests at once. What they return ([Opened], [Meter], [Decoder],
// [Encoder]) belongs to one request and is used by one goroutine at a time.
// Nothing here does I/O.
package protocol

import (
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
)

// The names of the languages, each that of its API.
const (
	ChatCompletions = "chatcompletions"
	Messages        = "messages"
	Converse        = "converse"
	Invoke          = "invoke"
	Responses       = "responses"
	GenerateContent = "generatecontent"
)

// Envelope is how the frames of a streamed answer travel.
type Envelope uint8

// The envelopes.
const (
	SSE         Envelope = iota + 1 // text/event-stream
	EventStream                     // application/vnd.amazon.eventstream
	JSONArray                       // application/json: one array, an element per frame
)

// ContentType is the media type of the envelope.
func (e Envelope) ContentType() string {
	switch e {
	case EventStream:
		return "application/vnd.amazon.eventstream"
	case JSONArray:
		return "application/json"
	case SSE:
	}
	return "text/event-stream"
}

// Frame is one message of an answer, out of its envelope. A unary answer is
// one frame that holds the whole body.
type Frame struct {
	// Name is the SSE event name, or the event type (or exception type) of an
	// AWS event stream; empty where there is none.
	Name string
	// Exception marks a frame of an AWS event stream that carries an error.
	Exception bool
	// Data is the payload.
	Data []byte
	// Raw is everything that travelled for this frame, comments and framing
	// included: the bytes to forward. Data and Raw are valid until the next
	// frame is read.
	Raw []byte
}

// Spoken is what the path and the headers said of a request before its body.
type Spoken struct {
	Operation string      // gen_ai.operation.name
	Model     string      // the model in the path, unescaped; "" when the body names it
	Stream    bool        // the path asks for a stream (Converse, Invoke)
	Header    http.Header // the client's headers; not to be changed
}

// Opened is a request, read just far enough to route, meter and patch it.
type Opened struct {
	interline.Head
	Spoken
	Body    []byte
	Members jsonscan.Object
}

// Edits are the few named changes a forwarded request may need. The zero value
// changes nothing.
type Edits struct {
	// Model replaces the model's name in the body, for languages that have it
	// there.
	Model string
	// StreamUsage asks the cloud to tell the usage of a streamed answer, for
	// languages that tell it only on request.
	StreamUsage bool
	// Rename gives members another name, old to new, where a vendor knows only
	// the other (max_completion_tokens, max_tokens).
	Rename map[string]string
	// Remove leaves members out.
	Remove []string
	// Place is who is asked: seals in an envelope that were made for it are taken
	// out of the envelope, all others out of the body.
	Place string
}

// Segments are the parts of a body, in order. Parts that were not edited share
// memory with the caller's body.
type Segments [][]byte

// Len is the length of the whole body in bytes.
func (s Segments) Len() int {
	n := 0
	for _, p := range s {
		n += len(p)
	}
	return n
}

// Bytes returns the whole body. It copies unless there is only one part.
func (s Segments) Bytes() []byte {
	if len(s) == 1 {
		return s[0]
	}
	b := make([]byte, 0, s.Len())
	for _, p := range s {
		b = append(b, p...)
	}
	return b
}

// Seen is what a Meter understood of a frame.
type Seen uint8

// The things to know of a passing frame.
const (
	SawContent   Seen = 1 << iota // part of the answer itself
	SawTerminal                   // the language's last frame: the answer is whole
	SawFault                      // the vendor's error in the stream
	SawUsageOnly                  // the frame exists only because we asked for usage
)

// Meter watches a forwarded answer pass, closely enough to know when its
// content begins, whether it is whole, and what it used. What it says of usage
// equals what the language's Decoder says.
type Meter interface {
	// Read looks at the next frame. It never fails: a frame it cannot read
	// counts as content.
	Read(Frame) Seen
	// Usage is the last usage seen, or nil.
	Usage() *interline.Usage
	// Fault is the error seen in the stream, or nil.
	Fault() *interline.Fault
}

// Protocol is enough of a language to forward it.
type Protocol interface {
	// Name is the language's name, one of the constants of this package.
	Name() string
	// Envelope is how its streamed answers travel.
	Envelope() Envelope
	// Open reads a request far enough to route it. It refuses what is not
	// strict JSON, what lacks a required member or has one of the wrong type,
	// as a *interline.Fault of class C12 that names the field.
	Open(s Spoken, body []byte) (*Opened, error)
	// Patch returns the request's body with the edits made and every other
	// byte as it was. With no edits it returns the same bytes. A cloud's
	// dialect of the language also renames or takes out the members that this
	// cloud is documented to refuse; what was taken out is returned as losses.
	Patch(o *Opened, e Edits) (Segments, []interline.Loss)
	// Meter returns a new meter for one answer.
	Meter(stream bool) Meter
	// ReadFault reads the error of a cloud that speaks this language: its
	// code, message, parameter and the class they permit, before the place's
	// driver looks at it. The result always has Status and Body set.
	ReadFault(status int, header http.Header, body []byte) *interline.Fault
	// WriteFault says a fault in the language's own shape: HTTP status, the
	// headers that belong to it (content-type, and the language's own error
	// headers), and body. requestID is put where the language has a place for it.
	WriteFault(f *interline.Fault, requestID string) (status int, header http.Header, body []byte)
	// AppendFault appends the language's in-stream error, framed for its
	// envelope, after which the stream ends. An official SDK must raise on it.
	AppendFault(dst []byte, f *interline.Fault, requestID string) []byte
	// AppendPing appends a frame that means nothing and keeps a connection
	// alive; it may append nothing if the language has none.
	AppendPing(dst []byte) []byte
}

// Translator is enough of a language to interpret it in another.
type Translator interface {
	Protocol
	// ReadRequest reads a whole request. Errors are *interline.Fault of class
	// C12 that name the field in the caller's language.
	ReadRequest(o *Opened) (*interline.Request, error)
	// WriteRequest says the request in this language for the target. What
	// cannot be said is returned as losses; an error is returned only for a
	// request that makes no sense in this language at all, as a
	// *interline.Fault. Equal requests give equal bytes.
	WriteRequest(r *interline.Request, t Target) ([]byte, []interline.Loss, error)
	// Decoder returns a new decoder for one answer.
	Decoder(stream bool) Decoder
	// Encoder returns a new encoder for one answer to the given request.
	Encoder(a Answer) Encoder
}

// Picky is implemented by languages in a place's dialect that cannot take every
// request of the same language as it is: one that Takes refuses is written anew,
// so that what the place lacks is made to work another way.
type Picky interface {
	// Takes reports whether the request can be patched and forwarded.
	Takes(o *Opened) bool
}

// Target is what a writer of requests must know of where the request goes.
type Target struct {
	// Model is the name of the model at the place; languages that carry the
	// model in the path do not write it.
	Model string
	// Traits are the model's habits, as far as they shape a request.
	Traits interline.Traits
	// From is the name of the language that the request was read from, in
	// whose words the losses name their fields; "" names them in the words of
	// Chat Completions.
	From string
}

// Answer is what an encoder must know of the request it answers.
type Answer struct {
	interline.Head
	// ID is the request's id, from which languages make their answer ids. The
	// cloud's own id is of another form, and names nothing at this door.
	ID string
	// Created is the time of the answer in seconds since 1970.
	Created int64
	// Sound is the format that the answer should be spoken in, as in
	// interline.Sound; "" is not at all.
	Sound string
}

// Decoder reads an answer into events. A unary answer is read as one frame and
// gives all its events at once.
type Decoder interface {
	// Decode returns the events of one frame. Events and what they point to are
	// valid until the next call. Unknown kinds of frames, deltas and stop
	// reasons are no errors: they give no event, or StopOther. An error means
	// that the frame is not of the language at all.
	Decode(Frame) ([]interline.Event, error)
}

// Encoder writes an answer from events.
type Encoder interface {
	// Append appends what can be said so far: frames of a streamed answer,
	// nothing yet of a unary one. It never blocks and never fails: an event it
	// has no word for is left out.
	Append(dst []byte, events []interline.Event) []byte
	// Finish appends the rest: what was held back, the terminal frame, or the
	// whole body of a unary answer. It is called once, and only after an End
	// event; a broken answer is ended with AppendFault instead.
	Finish(dst []byte) []byte
}

// Counter is implemented by languages that have a question of their own for how
// many tokens a request is.
type Counter interface {
	// AppendCount appends the answer to that question, given in tokens.
	AppendCount(dst []byte, tokens int64) []byte
	// ReadCount reads that answer; ok is false where it is none.
	ReadCount(body []byte) (tokens int64, ok bool)
	// Counted are the members of a request that the question may have.
	Counted() []string
}
