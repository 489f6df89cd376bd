package messages

import (
	"bytes"

	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Meter implements protocol.Protocol.
func (l *Language) Meter(stream bool) protocol.Meter {
	if !stream {
		return &bodyMeter{l: l}
	}
	return &streamMeter{l: l}
}

// streamMeter goes by the events' names, and reads only those that tell usage
// or an error; before the content has begun, the starts of blocks too.
type streamMeter struct {
	l       *Language
	content bool
	tally   tally
	usage   *interline.Usage
	fault   *interline.Fault
}

// Usage implements protocol.Meter.
func (m *streamMeter) Usage() *interline.Usage { return m.usage }

// Fault implements protocol.Meter.
func (m *streamMeter) Fault() *interline.Fault { return m.fault }

// Read implements protocol.Meter.
func (m *streamMeter) Read(f protocol.Frame) protocol.Seen {
	if len(f.Data) == 0 {
		return 0
	}
	switch eventType(f) {
	case typeContent:
		if m.content || shows(f.Data) {
			m.content = true
			return protocol.SawContent
		}
		return 0
	case typeCounts:
		return m.counts(f.Data)
	case typeStop:
		return protocol.SawTerminal
	case typePing:
		return 0
	case typeError:
		m.fault = m.l.ReadFault(0, nil, f.Data)
		return protocol.SawFault
	}
	m.content = true
	return protocol.SawContent
}

// counts reads a message_start or message_delta. The second may also say why
// the answer ended, which is content.
func (m *streamMeter) counts(data []byte) protocol.Seen {
	var e event
	if json.Unmarshal(data, &e, lenient) != nil {
		m.content = true
		return protocol.SawContent
	}
	u := e.Usage
	if e.Message != nil {
		u = e.Message.Usage
	}
	if u != nil {
		if m.usage == nil {
			m.usage = new(interline.Usage)
		}
		*m.usage = m.tally.add(u)
	}
	if e.Delta != nil && e.Delta.StopReason != "" {
		m.content = true
		return protocol.SawContent
	}
	return 0
}

// shows reports whether the start, delta or stop of a block shows the caller
// something. Empty starts do not; blocks and deltas of unknown kinds do, since
// who forwards them cannot take them back.
func shows(data []byte) bool {
	var e event
	if json.Unmarshal(data, &e, lenient) != nil {
		return true
	}
	switch {
	case e.ContentBlock != nil:
		b := e.ContentBlock
		return b.Type != "text" && b.Type != "thinking" || b.Text != "" || b.Thinking != "" || b.Signature != ""
	case e.Delta != nil:
		switch d := e.Delta; d.Type {
		case "text_delta", "thinking_delta", "input_json_delta":
			return d.Text != "" || d.Thinking != "" || d.PartialJSON != ""
		}
		return true
	}
	return false
}

// frameType is what a frame's type makes the meter do.
type frameType uint8

const (
	typeUnknown frameType = iota
	typeContent
	typeCounts
	typeStop
	typePing
	typeError
)

// eventType says what kind of event a frame is. Its data names the type, first
// as every place writes it; the event's name is not asked, since decoders do not.
func eventType(f protocol.Frame) frameType {
	if rest, ok := bytes.CutPrefix(f.Data, []byte(`{"type":"`)); ok {
		if i := bytes.IndexByte(rest, '"'); i >= 0 && bytes.IndexByte(rest[:i], '\\') < 0 {
			return typeOf(rest[:i])
		}
	}
	var e struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(f.Data, &e, lenient) != nil {
		return typeUnknown
	}
	return typeOf([]byte(e.Type))
}

func typeOf(name []byte) frameType {
	switch string(name) {
	case "content_block_delta", "content_block_start", "content_block_stop":
		return typeContent
	case "message_start", "message_delta":
		return typeCounts
	case "message_stop":
		return typeStop
	case "ping":
		return typePing
	case "error":
		return typeError
	}
	return typeUnknown
}

// bodyMeter looks at one whole body.
type bodyMeter struct {
	l     *Language
	usage *interline.Usage
	fault *interline.Fault
}

// Usage implements protocol.Meter.
func (m *bodyMeter) Usage() *interline.Usage { return m.usage }

// Fault implements protocol.Meter.
func (m *bodyMeter) Fault() *interline.Fault { return m.fault }

// Read implements protocol.Meter.
func (m *bodyMeter) Read(f protocol.Frame) protocol.Seen {
	obj, err := jsonscan.ScanAnswer(f.Data)
	if err != nil {
		return 0
	}
	if protocol.Kind(obj.Value("error")) == '{' {
		m.fault = m.l.ReadFault(0, nil, f.Data)
		return protocol.SawFault
	}
	if protocol.Kind(obj.Value("content")) != '[' {
		return 0
	}
	var u usage
	if v := obj.Value("usage"); protocol.Kind(v) == '{' && json.Unmarshal(v, &u, lenient) == nil {
		out := new(tally).add(&u)
		m.usage = &out
	}
	return protocol.SawContent | protocol.SawTerminal
}
