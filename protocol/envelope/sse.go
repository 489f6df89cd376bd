package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/protocol"
)

// SSE reads server-sent events as the WHATWG standard defines them: lines may
// end in LF, CRLF or CR, data lines of one event are joined with LF, event and
// data lines may stand in any order, a byte order mark is skipped. A comment or
// an empty event is a frame without Data, so that it can be passed on.
//
// A stream that ends without its last blank line still gives its last event
// when that is whole; otherwise Next returns io.ErrUnexpectedEOF.
type SSE struct {
	r     io.Reader
	buf   []byte // what was read and not yet returned starts at from
	from  int
	end   int  // end of the frame at from, or 0 when it is not known
	cr    bool // a CR was seen: lines need the slow search
	look  int  // how far after from the search for the frame's end has come
	start int  // where after from the line under way begins
	begun bool
	err   error // the reader's error, after which nothing more comes
	join  []byte
	name  string // the last event's name, so that a repeated one costs nothing
	// room is where buf begins: beside what is looked at with it.
	room [sseBuffer]byte
}

// sseBuffer is the first size of a stream's buffer. Frames of chat are well
// under it, and a thousand idle streams must stay small: with the rest of SSE it
// takes 4 KiB.
const sseBuffer = 4<<10 - 256

// NewSSE returns a reader of the events in r.
func NewSSE(r io.Reader) *SSE {
	s := &SSE{r: r}
	s.buf = s.room[:0]
	return s
}

// Ready implements Reader.
func (s *SSE) Ready() bool {
	if s.end == 0 {
		s.end = s.find()
	}
	return s.end > 0
}

// Next implements Reader.
func (s *SSE) Next() (protocol.Frame, error) {
	for !s.Ready() {
		if s.err != nil {
			return s.last()
		}
		if err := s.fill(); err != nil {
			return protocol.Frame{}, err
		}
	}
	raw := s.buf[s.from:s.end]
	s.from, s.end, s.look, s.start = s.end, 0, 0, 0
	s.begun = true // a mark of byte order stands at the very beginning or nowhere
	return s.parse(raw), nil
}

// find returns the end of the frame that starts at from, or 0. It never looks at
// a byte twice, however long an event is and in whatever pieces it comes.
func (s *SSE) find() int {
	b := s.buf[s.from:]
	if !s.cr {
		if i := bytes.Index(b[s.look:], []byte("\n\n")); i >= 0 {
			return s.from + s.look + i + 2
		}
		s.look = max(0, len(b)-1) // the last byte may be the first of two
		return 0
	}
	for {
		end, next := lineEnd(b[s.look:], s.err != nil)
		if next == 0 {
			s.look += end
			return 0
		}
		empty := s.look+end == s.start
		s.look += next
		s.start = s.look
		if empty {
			return s.from + s.look
		}
	}
}

// lineEnd returns where the first line of b ends and where the next begins. next
// is 0 when the end is not there yet: then nothing before end needs another
// look. A CR at the very end of b may be half of a CRLF, so it only ends a line
// when no more can come.
func lineEnd(b []byte, final bool) (end, next int) {
	end = bytes.IndexByte(b, '\n')
	if end < 0 {
		end = len(b)
	} else {
		next = end + 1
	}
	cr := bytes.IndexByte(b[:end], '\r')
	switch {
	case cr < 0:
		return end, next
	case cr+1 == end && next > 0:
		return cr, next
	case cr+1 < len(b) || final:
		return cr, cr + 1
	}
	return cr, 0
}

// fill reads once more.
func (s *SSE) fill() error {
	if s.from > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.from:])]
		s.from = 0
	}
	if len(s.buf) == cap(s.buf) {
		if len(s.buf) >= MaxSSEFrame {
			return fmt.Errorf("%w: an event of more than %d bytes", ErrFrame, MaxSSEFrame)
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)[:len(s.buf)]
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	fresh := s.buf[len(s.buf) : len(s.buf)+n]
	s.buf = s.buf[:len(s.buf)+n]
	if !s.cr && bytes.IndexByte(fresh, '\r') >= 0 {
		s.cr, s.look, s.start = true, 0, 0
	}
	s.err = err
	if !s.begun && len(s.buf) >= 3 {
		s.begun = true
		if bytes.HasPrefix(s.buf, []byte("\xef\xbb\xbf")) {
			s.from, s.look, s.start = 3, 0, 0
		}
	}
	return nil
}

// last returns what stands between the last blank line and the end.
func (s *SSE) last() (protocol.Frame, error) {
	raw := s.buf[s.from:]
	s.from, s.look, s.start = len(s.buf), 0, 0
	if !errors.Is(s.err, io.EOF) {
		return protocol.Frame{}, s.err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return protocol.Frame{}, io.EOF
	}
	f := s.parse(raw)
	if len(f.Data) == 0 || string(f.Data) != "[DONE]" && !jsontext.Value(f.Data).IsValid() {
		return protocol.Frame{}, io.ErrUnexpectedEOF
	}
	f.Raw = closed(raw)
	return f, nil
}

// closed gives an event the blank line that ends it, so that more can follow.
func closed(raw []byte) []byte {
	text := bytes.TrimRight(raw, "\r\n")
	return append(append(make([]byte, 0, len(text)+2), text...), "\n\n"...)
}

// parse reads the fields of one event.
func (s *SSE) parse(raw []byte) protocol.Frame {
	f := protocol.Frame{Raw: raw}
	lines := 0
	for rest := raw; len(rest) > 0; {
		var line []byte
		line, rest = s.line(rest)
		name, value, _ := bytes.Cut(line, []byte(":"))
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
		switch string(name) {
		case "data":
			f.Data = s.joined(lines, f.Data, value)
			lines++
		case "event":
			f.Name = s.named(value)
		}
	}
	return f
}

func (s *SSE) line(b []byte) (line, rest []byte) {
	if s.cr {
		end, next := lineEnd(b, true)
		if next == 0 {
			return b, nil
		}
		return b[:end], b[next:]
	}
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return line, rest
}

// joined adds a data line to those before it.
func (s *SSE) joined(lines int, data, value []byte) []byte {
	if lines == 0 {
		return value
	}
	if lines == 1 {
		s.join = append(s.join[:0], data...)
	}
	s.join = append(append(s.join, '\n'), value...)
	return s.join
}

// named returns an event's name as a string.
func (s *SSE) named(name []byte) string {
	if string(name) != s.name {
		s.name = string(name)
	}
	return s.name
}

// AppendSSE appends one event. name may be empty; data must not hold line
// ends, as no JSON text does.
func AppendSSE(dst []byte, name string, data []byte) []byte {
	if name != "" {
		dst = append(dst, "event: "...)
		dst = append(dst, name...)
		dst = append(dst, '\n')
	}
	dst = append(dst, "data: "...)
	dst = append(dst, data...)
	return append(dst, "\n\n"...)
}
