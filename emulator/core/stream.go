package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Stream is an answer sent event by event. It belongs to the goroutine that
// serves the request.
type Stream struct {
	// OnBreak, when set, is called just before a drill breaks the stream off,
	// while its caller cannot know yet.
	OnBreak func()

	x        *Exchange
	ctl      *http.ResponseController
	sent     int
	said     int
	reasoned int
}

// Stream waits for the first token, then sends status 200 and the headers. The
// error is the context's when the caller left meanwhile.
func (x *Exchange) Stream(contentType string) (*Stream, error) {
	if err := x.Beat.First(x.r.Context()); err != nil {
		return nil, err
	}
	x.w.Header().Set("Content-Type", contentType)
	x.writeHeader(http.StatusOK)
	s := &Stream{x: x, ctl: http.NewResponseController(x.w)}
	return s, s.ctl.Flush()
}

// Pace waits as long as the step's tokens take and counts them as said.
func (s *Stream) Pace(step Step, kind PartKind) error {
	if err := s.x.Beat.Tokens(s.x.r.Context(), step.Tokens); err != nil {
		return err
	}
	s.said += step.Tokens
	if kind == PartReasoning {
		s.reasoned += step.Tokens
	}
	return nil
}

// Said is the number of tokens paced so far, and how many were reasoning.
func (s *Stream) Said() (said, reasoned int) { return s.said, s.reasoned }

// Send writes one event, whole and already framed, and flushes it; before it
// does, it carries out the exchange's fault if its time has come. ErrBroken:
// return at once. ErrInStream: send the dialect's own error with Last and
// return. Any other error: the caller is gone.
func (s *Stream) Send(frame []byte) error {
	if s.due() {
		kind := s.x.Fault.Kind
		if s.OnBreak != nil && kind.breaks() {
			s.OnBreak()
		}
		switch kind {
		case Stall:
			await(s.x.r, s.x.release)
			return ErrBroken
		case Cut:
			Reset(s.x.w)
			return ErrBroken
		case EOF:
			return ErrBroken
		case InStream:
			return ErrInStream
		}
	}
	s.sent++
	return s.Last(frame)
}

// Corrupting says whether the event about to be sent is the one a drill wants
// damaged. Binary dialects break their checksum then; Event does its own.
func (s *Stream) Corrupting() bool {
	return s.x.Fault.Kind == Corrupt && s.sent == s.x.Fault.After
}

func (s *Stream) due() bool { return s.sent >= s.x.Fault.After }

// Last writes an event past any fault.
func (s *Stream) Last(frame []byte) error {
	if _, err := s.x.w.Write(frame); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	return s.ctl.Flush()
}

// Event sends a value as one server-sent event through Send. The name may be
// empty, for streams whose events have none.
func (s *Stream) Event(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode event %q: %w", name, err)
	}
	if s.Corrupting() {
		data = data[:len(data)-1]
	}
	return s.Send(SSE(name, data))
}

// SSE frames data as one server-sent event. Line ends within the data become
// further data lines, so that no content can forge a frame.
func SSE(name string, data []byte) []byte {
	var b bytes.Buffer
	if name != "" {
		b.WriteString("event: " + name + "\n")
	}
	for line := range bytes.SplitSeq(bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), []byte("\n")) {
		b.WriteString("data: ")
		b.Write(line)
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.Bytes()
}
