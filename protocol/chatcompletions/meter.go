package chatcompletions

import (
	"bytes"

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
	return &streamMeter{l: l, first: decoder{l: l, stream: true}}
}

// streamMeter decodes frames until the content begins, and after that only
// those that say usage or an error.
type streamMeter struct {
	l       *Language
	first   decoder
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
	switch {
	case len(f.Data) == 0:
		return 0
	case string(f.Data) == "[DONE]":
		return protocol.SawTerminal
	case m.content:
		return m.pass(f.Data)
	}
	events, err := m.first.Decode(f)
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
			m.keep(*ev.Usage)
		case ev.Kind == interline.End:
			seen |= protocol.SawTerminal
		case ev.IsContent():
			m.content = true
			seen |= protocol.SawContent
		}
	}
	return seen | usageOnly(f.Data, m.usage != nil)
}

// pass looks at a frame after the content has begun.
func (m *streamMeter) pass(data []byte) protocol.Seen {
	seen := protocol.SawContent
	if m.l.dialect.NoDone && memberFollows(data, `"finish_reason"`, '"') {
		seen |= protocol.SawTerminal
	}
	said, failed := memberFollows(data, `"usage"`, '{'), memberFollows(data, `"error"`, '{')
	if !said && !failed && !spelledOut(data) {
		return seen
	}
	var a answer
	if json.Unmarshal(data, &a, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) != nil {
		return seen
	}
	if len(a.Error) > 0 && a.Error.Kind() != 'n' {
		m.fault = m.l.ReadFault(0, nil, data)
		return protocol.SawFault
	}
	if u := a.tokens(); u != nil {
		m.keep(m.l.usage(u))
		if len(a.Choices) == 0 {
			seen = seen&^protocol.SawContent | protocol.SawUsageOnly
		}
	}
	return seen
}

func (m *streamMeter) keep(u interline.Usage) {
	if m.usage == nil {
		m.usage = new(interline.Usage)
	}
	*m.usage = u
}

// spelledOut reports whether a letter of plain English is written as an escape, which
// no vendor does: then a name may be in the data that is not found in its bytes.
func spelledOut(data []byte) bool {
	for {
		i := bytes.Index(data, []byte(`\u00`))
		if i < 0 || i+4 >= len(data) {
			return false
		}
		if c := data[i+4]; c >= '5' && c <= '7' {
			return true
		}
		data = data[i+4:]
	}
}

// usageOnly reports whether a frame holds usage and no choice.
func usageOnly(data []byte, used bool) protocol.Seen {
	if used && memberFollows(data, `"usage"`, '{') && bytes.Contains(data, []byte(`"choices":[]`)) {
		return protocol.SawUsageOnly
	}
	return 0
}

// memberFollows reports whether the quoted name stands in data with a value
// that begins with that byte. A text that merely talks of the name has its
// quotes escaped and does not match.
func memberFollows(data []byte, name string, value byte) bool {
	for {
		i := bytes.Index(data, []byte(name))
		if i < 0 {
			return false
		}
		data = data[i+len(name):]
		rest := bytes.TrimLeft(data, " \t\r\n")
		if len(rest) > 0 && rest[0] == ':' {
			rest = bytes.TrimLeft(rest[1:], " \t\r\n")
			if len(rest) > 0 && rest[0] == value {
				return true
			}
		}
	}
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
	if v := obj.Value("error"); v != nil && protocol.Kind(v) != 'n' {
		m.fault = m.l.ReadFault(0, nil, f.Data)
		return protocol.SawFault
	}
	if protocol.Kind(obj.Value("choices")) != '[' {
		return 0
	}
	var u usage
	if v := obj.Value("usage"); protocol.Kind(v) == '{' && json.Unmarshal(v, &u) == nil {
		out := m.l.usage(&u)
		m.usage = &out
	}
	return protocol.SawContent | protocol.SawTerminal
}
