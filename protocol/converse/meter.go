package converse

import (
	"github.com/go-json-experiment/json"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Meter implements protocol.Protocol.
func (l *Language) Meter(stream bool) protocol.Meter {
	if !stream {
		return &bodyMeter{}
	}
	return &streamMeter{}
}

// streamMeter goes by the frames' names, and reads only the metadata and
// exceptions; before the content has begun, deltas too.
type streamMeter struct {
	content bool
	stopped bool // the answer said why it ended
	usage   *interline.Usage
	fault   *interline.Fault
}

// Usage implements protocol.Meter.
func (m *streamMeter) Usage() *interline.Usage { return m.usage }

// Fault implements protocol.Meter.
func (m *streamMeter) Fault() *interline.Fault { return m.fault }

// Read implements protocol.Meter.
func (m *streamMeter) Read(f protocol.Frame) protocol.Seen {
	switch {
	case f.Exception:
		m.fault = exception(&f)
		return protocol.SawFault
	case f.Name == "metadata" && !m.stopped:
		// An answer that did not say why it ended is not whole.
		return protocol.SawContent
	case f.Name == "metadata":
		var e event
		if json.Unmarshal(f.Data, &e, lenient) == nil && e.Usage != nil {
			u := e.Usage.canonical()
			m.usage = &u
		}
		return protocol.SawTerminal
	case f.Name == "messageStart", len(f.Data) == 0:
		return 0
	case !m.content && f.Name == "contentBlockDelta" && !shows(f.Data):
		return 0
	case !m.content && f.Name == "contentBlockStop":
		return 0
	}
	m.content = true
	m.stopped = m.stopped || f.Name == "messageStop"
	return protocol.SawContent
}

// shows reports whether a delta shows the caller something; one of an unknown
// kind does, since who forwards it cannot take it back.
func shows(data []byte) bool {
	var e event
	if json.Unmarshal(data, &e, lenient) != nil || e.Delta == nil {
		return true
	}
	d := e.Delta
	if r := d.Reasoning; r != nil {
		return r.Text != "" || r.Signature != "" || r.RedactedContent != ""
	}
	if d.ToolUse != nil {
		return d.ToolUse.Input != ""
	}
	return d.Text == nil || *d.Text != ""
}

// bodyMeter looks at one whole body.
type bodyMeter struct{ usage *interline.Usage }

// Usage implements protocol.Meter.
func (m *bodyMeter) Usage() *interline.Usage { return m.usage }

// Fault implements protocol.Meter: a body of success holds no error here.
func (m *bodyMeter) Fault() *interline.Fault { return nil }

// Read implements protocol.Meter.
func (m *bodyMeter) Read(f protocol.Frame) protocol.Seen {
	obj, err := jsonscan.ScanAnswer(f.Data)
	if err != nil || protocol.Kind(obj.Value("output")) != '{' {
		return 0
	}
	var u usage
	if v := obj.Value("usage"); protocol.Kind(v) == '{' && json.Unmarshal(v, &u, lenient) == nil {
		out := u.canonical()
		m.usage = &out
	}
	return protocol.SawContent | protocol.SawTerminal
}
