package responses

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Meter implements protocol.Protocol.
func (l *Language) Meter(stream bool) protocol.Meter {
	if !stream {
		return &bodyMeter{l: l}
	}
	return &streamMeter{decoder: newDecoder(l, true)}
}

// streamMeter decodes frames until the content begins, and after that only
// those that can end the answer: no other tells usage.
type streamMeter struct {
	decoder *decoder
	content bool
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
	if m.content && !final(f) {
		return protocol.SawContent
	}
	events, err := m.decoder.Decode(f)
	if err != nil {
		m.content = true
		return protocol.SawContent
	}
	seen := protocol.Seen(0)
	for i := range events {
		switch ev := &events[i]; {
		case ev.Kind == interline.FaultEvent:
			m.fault = ev.Fault
			return protocol.SawFault
		case ev.Kind == interline.UsageEvent:
			u := *ev.Usage
			m.usage = &u
		case ev.Kind == interline.End:
			seen |= protocol.SawTerminal
		case ev.IsContent():
			m.content = true
			seen |= protocol.SawContent
		}
	}
	return seen
}

// final reports whether a frame can end an answer.
func final(f protocol.Frame) bool {
	kind, err := kindOf(f)
	if err != nil {
		return false
	}
	switch kind {
	case "response.completed", "response.incomplete", "response.failed", "error":
		return true
	}
	return false
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

// Read implements protocol.Meter. A response that goes on in the background is
// whole as a body too.
func (m *bodyMeter) Read(f protocol.Frame) protocol.Seen {
	obj, err := jsonscan.ScanAnswer(f.Data)
	if err != nil {
		return 0
	}
	var u usage
	if v := obj.Value("usage"); protocol.Kind(v) == '{' && json.Unmarshal(v, &u, lenient) == nil {
		out := u.canonical()
		m.usage = &out
	}
	status, _ := obj.String("status")
	if v := jsontext.Value(obj.Value("error")); v.Kind() == '{' || status == "failed" {
		m.fault = failed(v, f.Data)
		return protocol.SawFault
	}
	if protocol.Kind(obj.Value("output")) != '[' {
		return 0
	}
	return protocol.SawContent | protocol.SawTerminal
}
