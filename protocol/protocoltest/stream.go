package protocoltest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// Stream returns the bytes of a stream that is written down as text:
// server-sent events as they are, an AWS event stream as one frame a line,
//
//	event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Hi"}}
//	exception throttlingException {"message":"Too many requests"}
//	chunk {"type":"ping"}
//
// where a chunk is an event of that name whose payload holds the bytes that are
// written here in base64. A JSON array is written down as it is, like
// server-sent events.
func Stream(e protocol.Envelope, text string) ([]byte, error) {
	if e != protocol.EventStream {
		return []byte(strings.TrimLeft(text, "\n")), nil
	}
	var out []byte
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		kind, rest, _ := strings.Cut(line, " ")
		if kind == "chunk" {
			kind, rest = "event", "chunk "+chunk(rest)
		}
		name, payload, ok := strings.Cut(rest, " ")
		if !ok || kind != "event" && kind != "exception" {
			return nil, fmt.Errorf("read a frame of an event stream: %q", line)
		}
		out = envelope.AppendMessage(out, []envelope.Header{
			{Name: ":" + kind + "-type", Value: name}, {Name: ":message-type", Value: kind},
		}, []byte(payload))
	}
	return out, nil
}

// Text is the reverse of [Stream].
func Text(e protocol.Envelope, stream []byte) (string, error) {
	if e != protocol.EventStream {
		return string(stream), nil
	}
	var out strings.Builder
	r := envelope.NewReader(e, bytes.NewReader(stream))
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), fmt.Errorf("write down an event stream: %w", err)
		}
		kind := "event"
		if f.Exception {
			kind = "exception"
		}
		line := fmt.Sprintf("%s %s %s", kind, f.Name, f.Data)
		if inner, ok := inChunk(f); ok {
			line = "chunk " + inner
		}
		out.WriteString(line + "\n")
	}
}

// chunk is the payload of a chunk.
func chunk(text string) string {
	return `{"bytes":"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"}`
}

// inChunk returns what a chunk's payload holds, if chunk makes it so.
func inChunk(f protocol.Frame) (string, bool) {
	data, begins := bytes.CutPrefix(f.Data, []byte(`{"bytes":"`))
	data, ends := bytes.CutSuffix(data, []byte(`"}`))
	inner, err := base64.StdEncoding.DecodeString(string(data))
	return string(inner), f.Name == "chunk" && !f.Exception && begins && ends && err == nil
}

// bytesOf is Stream for a test.
func bytesOf(t testing.TB, lang protocol.Protocol, text string) []byte {
	t.Helper()
	b, err := Stream(lang.Envelope(), text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frames reads a stream into frames that last.
func frames(t testing.TB, lang protocol.Protocol, r io.Reader) []protocol.Frame {
	t.Helper()
	var out []protocol.Frame
	reader := envelope.NewReader(lang.Envelope(), r)
	for {
		f, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("after %d frames: %v", len(out), err)
		}
		f.Data, f.Raw = bytes.Clone(f.Data), bytes.Clone(f.Raw)
		out = append(out, f)
	}
}

// decode reads frames into events that last.
func decode(t testing.TB, d protocol.Decoder, in []protocol.Frame) []interline.Event {
	t.Helper()
	var out []interline.Event
	for _, f := range in {
		events, err := d.Decode(f)
		if err != nil {
			t.Fatalf("decode %s %s: %v", f.Name, f.Data, err)
		}
		out = append(out, clone(events)...)
	}
	return out
}

// DecodeStream reads a whole stream, in its own bytes, into events.
func DecodeStream(t testing.TB, lang protocol.Translator, stream []byte) []interline.Event {
	t.Helper()
	return decode(t, lang.Decoder(true), frames(t, lang, bytes.NewReader(stream)))
}

// DecodeBody reads a whole body into events.
func DecodeBody(t testing.TB, lang protocol.Translator, body []byte) []interline.Event {
	t.Helper()
	return decode(t, lang.Decoder(false), []protocol.Frame{{Data: body, Raw: body}})
}

// Encode says events in the language, in one body or as a stream, a few events
// at a time.
func Encode(lang protocol.Translator, head interline.Head, events []interline.Event) []byte {
	e := lang.Encoder(protocol.Answer{Head: head, ID: "01test", Created: 1764000000})
	var out []byte
	for len(events) > 0 {
		n := min(len(events), 2)
		out = e.Append(out, events[:n])
		events = events[n:]
	}
	return e.Finish(out)
}
