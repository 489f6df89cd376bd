// Package eventstream writes and reads the messages of AWS's binary event
// stream, media type application/vnd.amazon.eventstream, in which Bedrock's
// ConverseStream answers.
//
// A message is a prelude (two lengths and a checksum over them), headers, a
// payload, and a checksum over everything before it:
//
//	u32 total length   u32 headers length   u32 CRC of these eight bytes
//	headers            payload              u32 CRC of all the above
//
// All integers are big-endian and both checksums are CRC-32 as in IEEE 802.3.
// A header is a length-prefixed name, a type byte and a value; Bedrock sends
// only strings (type 7), so this package knows no other type: the emulators'
// own code must not lean on the library a client decodes with, and the less it
// knows the easier it is to check by eye. (Smithy "Amazon Event Stream"
// specification; bedrock docs, 2026-11.)
//
// The package never touches the network and keeps no state.
package eventstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// ContentType is the media type of a response made of these messages.
const ContentType = "application/vnd.amazon.eventstream"

const (
	preludeSize = 12 // two lengths and their checksum
	trailerSize = 4
	stringType  = 7
	maxMessage  = 24 << 20  // what AWS's own clients accept
	maxHeaders  = 128 << 10 // the same
)

// A Header is one string header of a message. A name has at most 255 bytes, a
// value at most 65,535.
type Header struct{ Name, Value string }

// A Message is one event, exception or error of a stream.
type Message struct {
	Headers []Header
	Payload []byte
}

// Header returns the value of the first header of that name, or "".
func (m Message) Header(name string) string {
	for _, h := range m.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// Event returns the message that carries one event: name as :event-type and
// payload as JSON. The headers stand in the order Bedrock was recorded to use.
func Event(name string, payload []byte) Message {
	return Message{Payload: payload, Headers: []Header{
		{":event-type", name},
		{":content-type", "application/json"},
		{":message-type", "event"},
	}}
}

// Exception returns the message that ends a stream with a modelled error: name
// as :exception-type and payload as JSON.
func Exception(name string, payload []byte) Message {
	return Message{Payload: payload, Headers: []Header{
		{":exception-type", name},
		{":content-type", "application/json"},
		{":message-type", "exception"},
	}}
}

// Append appends the encoded message to dst and returns it. It fails on a
// header that cannot be represented and on a message larger than AWS's clients
// accept.
func Append(dst []byte, m Message) ([]byte, error) {
	headers, err := appendHeaders(nil, m.Headers)
	if err != nil {
		return dst, err
	}
	total := preludeSize + len(headers) + len(m.Payload) + trailerSize
	if len(headers) > maxHeaders || total > maxMessage {
		return dst, fmt.Errorf("encode event-stream message: %d bytes with %d of headers is too large", total, len(headers))
	}
	start := len(dst)
	dst = binary.BigEndian.AppendUint32(dst, uint32(total))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(headers)))
	dst = binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
	dst = append(dst, headers...)
	dst = append(dst, m.Payload...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:])), nil
}

// Corrupt breaks the message checksum of one encoded message in place, as a
// faulty link would. The prelude stays sound, so that a reader finds the fault
// only once it has the whole message.
func Corrupt(encoded []byte) {
	if n := len(encoded); n > 0 {
		encoded[n-1] ^= 0xff
	}
}

func appendHeaders(dst []byte, headers []Header) ([]byte, error) {
	for _, h := range headers {
		if len(h.Name) == 0 || len(h.Name) > 255 || len(h.Value) > 65535 {
			return nil, fmt.Errorf("encode event-stream header %.40q: name of %d and value of %d bytes", h.Name, len(h.Name), len(h.Value))
		}
		dst = append(dst, byte(len(h.Name)))
		dst = append(dst, h.Name...)
		dst = append(dst, stringType)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(h.Value)))
		dst = append(dst, h.Value...)
	}
	return dst, nil
}

// ErrShort says that the bytes end before the message does.
var ErrShort = errors.New("event-stream message is incomplete")

// Decode reads the first message of b and returns the rest. The message's
// payload is a part of b. It returns ErrShort when b holds only a beginning and
// another error when b is not a message: a checksum that does not match,
// lengths that contradict each other, a header that is not a string.
func Decode(b []byte) (m Message, rest []byte, err error) {
	if len(b) < preludeSize {
		return m, b, ErrShort
	}
	total, headers := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if sum := crc32.ChecksumIEEE(b[:8]); sum != binary.BigEndian.Uint32(b[8:]) {
		return m, b, errors.New("decode event-stream message: prelude checksum does not match")
	}
	if total > maxMessage || headers > maxHeaders || uint64(total) < uint64(headers)+preludeSize+trailerSize {
		return m, b, fmt.Errorf("decode event-stream message: length %d with %d of headers", total, headers)
	}
	if uint64(len(b)) < uint64(total) {
		return m, b, ErrShort
	}
	end := total - trailerSize
	if crc32.ChecksumIEEE(b[:end]) != binary.BigEndian.Uint32(b[end:]) {
		return m, b, errors.New("decode event-stream message: message checksum does not match")
	}
	m.Payload = b[preludeSize+headers : end]
	m.Headers, err = decodeHeaders(b[preludeSize : preludeSize+headers])
	return m, b[total:], err
}

func decodeHeaders(b []byte) ([]Header, error) {
	var out []Header
	for len(b) > 0 {
		name, rest, ok := cut(b[1:], int(b[0]))
		if !ok || len(name) == 0 || len(rest) < 3 || rest[0] != stringType {
			return nil, fmt.Errorf("decode event-stream header %d: not a named string", len(out))
		}
		value, rest, ok := cut(rest[3:], int(binary.BigEndian.Uint16(rest[1:])))
		if !ok {
			return nil, fmt.Errorf("decode event-stream header %q: value is cut short", name)
		}
		out = append(out, Header{string(name), string(value)})
		b = rest
	}
	return out, nil
}

func cut(b []byte, n int) (head, tail []byte, ok bool) {
	if len(b) < n {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
