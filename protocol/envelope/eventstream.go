package envelope

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/protocol"
)

// EventStream reads messages of AWS's binary event stream. A message is
//
//	u32 total length   u32 headers length   u32 CRC of these eight bytes
//	headers            payload              u32 CRC of all the above
//
// with big-endian integers and CRC-32 as in IEEE 802.3; a header is a name, a
// type and a value. Both checksums are verified before anything is believed.
// (Smithy "Amazon Event Stream"; bedrock docs, 2026-11.)
//
// An event's frame is named by its :event-type, an exception's by its
// :exception-type. A message of type error has no payload: its frame is named
// by :error-code and its data is made up as {"message":…}.
type EventStream struct {
	r    io.Reader
	buf  []byte // what was read and not yet returned starts at from
	from int
	err  error // the reader's error, after which nothing more comes

	names []string // names seen, so that a frame's name costs nothing
	data  []byte   // the made-up payload of an error
}

// Header is a string header of a message. A name has 1 to 255 bytes, a value at
// most 65,535.
type Header struct{ Name, Value string }

// Sizes of a message's fixed parts, the bound on its headers (that of AWS's own
// clients), and how many frame names are remembered.
const (
	preludeSize     = 12
	trailerSize     = 4
	maxHeaders      = 128 << 10
	maxEmptyReads   = 100
	rememberedNames = 32
)

// The types of a header's value.
const (
	headerTrue = iota
	headerFalse
	headerInt8
	headerInt16
	headerInt32
	headerInt64
	headerBytes
	headerString
	headerTime
	headerUUID
)

// eventStreamBuffer is the first size of a stream's buffer; the messages of a
// chat are a few hundred bytes.
const eventStreamBuffer = 4 << 10

// NewEventStream returns a reader of the messages in r.
func NewEventStream(r io.Reader) *EventStream {
	return &EventStream{r: r, buf: make([]byte, 0, eventStreamBuffer)}
}

// Ready implements Reader.
func (s *EventStream) Ready() bool {
	b := s.buf[s.from:]
	if len(b) < preludeSize {
		return false
	}
	return uint64(len(b)) >= uint64(binary.BigEndian.Uint32(b))
}

// Next implements Reader.
func (s *EventStream) Next() (protocol.Frame, error) {
	for {
		total, err := s.total()
		if err != nil {
			return protocol.Frame{}, err
		}
		if total > 0 && len(s.buf)-s.from >= total {
			raw := s.buf[s.from : s.from+total]
			s.from += total
			return s.parse(raw)
		}
		if err := s.fill(); err != nil {
			return protocol.Frame{}, err
		}
	}
}

// total returns the length of the message at from, or 0 when its prelude is not
// there yet.
func (s *EventStream) total() (int, error) {
	b := s.buf[s.from:]
	if len(b) < preludeSize {
		return 0, nil
	}
	total, headers := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if crc32.ChecksumIEEE(b[:8]) != binary.BigEndian.Uint32(b[8:]) {
		return 0, fmt.Errorf("%w: the checksum of a message's lengths does not match", ErrFrame)
	}
	if total > MaxEventStreamFrame || headers > maxHeaders || total < headers+preludeSize+trailerSize {
		return 0, fmt.Errorf("%w: a message of %d bytes with %d of headers", ErrFrame, total, headers)
	}
	return int(total), nil
}

// fill reads once more.
func (s *EventStream) fill() error {
	if s.err != nil {
		if errors.Is(s.err, io.EOF) && len(s.buf) > s.from {
			return io.ErrUnexpectedEOF
		}
		return s.err
	}
	if s.from > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.from:])]
		s.from = 0
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)[:len(s.buf)]
	}
	n := 0
	for i := 0; n == 0 && s.err == nil; i++ {
		if i == maxEmptyReads {
			s.err = io.ErrNoProgress
			break
		}
		n, s.err = s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
	}
	return nil // an error is told when what came with it has been read
}

// parse reads one whole message.
func (s *EventStream) parse(raw []byte) (protocol.Frame, error) {
	end := len(raw) - trailerSize
	if crc32.ChecksumIEEE(raw[:end]) != binary.BigEndian.Uint32(raw[end:]) {
		return protocol.Frame{}, fmt.Errorf("%w: the checksum of a message does not match", ErrFrame)
	}
	payload := preludeSize + int(binary.BigEndian.Uint32(raw[4:]))
	h, err := readHeaders(raw[preludeSize:payload])
	if err != nil {
		return protocol.Frame{}, err
	}
	f := protocol.Frame{Raw: raw, Data: raw[payload:end:end]}
	switch string(h.messageType) {
	case "event":
		f.Name = s.name(h.eventType)
	case "exception":
		f.Name, f.Exception = s.name(h.exceptionType), true
	case "error":
		f.Name, f.Exception = s.name(h.errorCode), true
		f.Data = s.errorData(h.errorMessage)
	default:
		return protocol.Frame{}, fmt.Errorf("%w: a message of type %.40q", ErrFrame, h.messageType)
	}
	return f, nil
}

// name returns b as a string, the same one for the same bytes.
func (s *EventStream) name(b []byte) string {
	for _, n := range s.names {
		if n == string(b) {
			return n
		}
	}
	n := string(b)
	if len(s.names) < rememberedNames {
		s.names = append(s.names, n)
	}
	return n
}

// errorData makes the payload that a message of type error lacks.
func (s *EventStream) errorData(message []byte) []byte {
	s.data = append(s.data[:0], `{"message":`...)
	// Invalid UTF-8 is replaced, which the returned error only remarks on.
	s.data, _ = jsontext.AppendQuote(s.data, message)
	s.data = append(s.data, '}')
	return s.data
}

// frameHeaders are the headers that say what a message is.
type frameHeaders struct {
	messageType, eventType, exceptionType, errorCode, errorMessage []byte
}

// keep remembers a string header.
func (h *frameHeaders) keep(name, value []byte) {
	switch string(name) {
	case ":message-type":
		h.messageType = value
	case ":event-type":
		h.eventType = value
	case ":exception-type":
		h.exceptionType = value
	case ":error-code":
		h.errorCode = value
	case ":error-message":
		h.errorMessage = value
	}
}

// readHeaders reads all headers of a message; the ones it does not know are
// still checked to be well formed.
func readHeaders(b []byte) (h frameHeaders, err error) {
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 || len(b) < n+2 {
			return h, fmt.Errorf("%w: a header without a whole name", ErrFrame)
		}
		name, kind := b[1:n+1], b[n+1]
		size, length, ok := valueSize(kind, b[n+2:])
		if !ok || len(b)-(n+2) < size {
			return h, fmt.Errorf("%w: header %.40q has no whole value of type %d", ErrFrame, name, kind)
		}
		value := b[n+2+length : n+2+size]
		if kind == headerString {
			h.keep(name, value)
		}
		b = b[n+2+size:]
	}
	return h, nil
}

// valueSize returns how many bytes the value at the start of b takes, and how
// many of those are its length prefix.
func valueSize(kind byte, b []byte) (size, length int, ok bool) {
	switch kind {
	case headerTrue, headerFalse:
		return 0, 0, true
	case headerInt8:
		return 1, 0, true
	case headerInt16:
		return 2, 0, true
	case headerInt32:
		return 4, 0, true
	case headerInt64, headerTime:
		return 8, 0, true
	case headerUUID:
		return 16, 0, true
	case headerBytes, headerString:
		if len(b) < 2 {
			return 0, 0, false
		}
		return 2 + int(binary.BigEndian.Uint16(b)), 2, true
	}
	return 0, 0, false
}

// AppendMessage appends one message. Names and values longer than a header can
// hold are cut short, so that the message is whole in any case; payload must
// leave the message within MaxEventStreamFrame.
func AppendMessage(dst []byte, headers []Header, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, preludeSize)...)
	for _, h := range headers {
		name, value := h.Name[:min(len(h.Name), 0xff)], h.Value[:min(len(h.Value), 0xffff)]
		dst = append(dst, byte(len(name)))
		dst = append(dst, name...)
		dst = append(dst, headerString)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)))
		dst = append(dst, value...)
	}
	m := dst[start:]
	binary.BigEndian.PutUint32(m, uint32(len(m)+len(payload)+trailerSize))
	binary.BigEndian.PutUint32(m[4:], uint32(len(m)-preludeSize))
	binary.BigEndian.PutUint32(m[8:], crc32.ChecksumIEEE(m[:8]))
	dst = append(dst, payload...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
}
