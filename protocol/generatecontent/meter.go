package generatecontent

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// Meter implements protocol.Protocol.
func (l *Language) Meter(stream bool) protocol.Meter {
	if !stream {
		return &bodyMeter{}
	}
	return &streamMeter{array: l.array}
}

// glance is as much of a chunk as a meter reads.
type glance struct {
	Candidates []struct {
		Index        count          `json:"index"`
		Content      jsontext.Value `json:"content"`
		FinishReason string         `json:"finishReason"`
	} `json:"candidates"`
	PromptFeedback *promptFeedback `json:"promptFeedback"`
	Usage          *usageMetadata  `json:"usageMetadata"`
	Error          jsontext.Value  `json:"error"`
}

// streamMeter reads of every chunk who ended and what was used, since Gemini
// tells the usage in each; before the content has begun, parts too.
type streamMeter struct {
	array   bool
	content bool
	whole   bool
	left    outstanding
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
		if m.array && f.Name == envelope.ArrayEnd && m.left.whole() && !m.whole {
			m.whole = true
			return protocol.SawTerminal
		}
		return 0
	}
	if m.whole {
		return 0
	}
	var g glance
	if json.Unmarshal(f.Data, &g, lenient) != nil {
		m.content = true
		return protocol.SawContent
	}
	if g.Error.Kind() == '{' {
		m.fault = readFault(0, f.Data)
		return protocol.SawFault
	}
	return m.look(&g)
}

func (m *streamMeter) look(g *glance) protocol.Seen {
	seen := protocol.Seen(0)
	for i := range g.Candidates {
		c := &g.Candidates[i]
		at, ok := place(c.Index)
		if !ok || m.left.ended(at) {
			continue
		}
		m.left.begin(at)
		if m.content || ends(c.FinishReason) || shows(c.Content) {
			seen |= protocol.SawContent
		}
		if ends(c.FinishReason) {
			m.left.finish(at)
		}
	}
	if blocked(g.PromptFeedback, &m.left) {
		m.left.finish(0)
		seen |= protocol.SawContent
	}
	if g.Usage != nil {
		u := g.Usage.canonical()
		m.usage = &u
	}
	m.content = m.content || seen != 0
	if m.left.whole() && !m.array {
		m.whole = true
		seen |= protocol.SawTerminal
	}
	return seen
}

// shows reports whether a content shows the caller something; one that cannot
// be read, or a part of an unknown kind, does, since who forwards it cannot
// take it back.
func shows(v jsontext.Value) bool {
	if v.Kind() != '{' {
		return false
	}
	var c struct {
		Parts []part `json:"parts"`
	}
	if json.Unmarshal(v, &c, lenient) != nil {
		return true
	}
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Text == nil || *p.Text != "" || p.ThoughtSignature != "" {
			return true
		}
	}
	return false
}

// bodyMeter looks at one whole body.
type bodyMeter struct {
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
		m.fault = readFault(0, f.Data)
		return protocol.SawFault
	}
	var u usageMetadata
	if v := obj.Value("usageMetadata"); protocol.Kind(v) == '{' && json.Unmarshal(v, &u, lenient) == nil {
		out := u.canonical()
		m.usage = &out
	}
	var p promptFeedback
	if v := obj.Value("promptFeedback"); protocol.Kind(v) == '{' && json.Unmarshal(v, &p, lenient) == nil && p.BlockReason != "" {
		return protocol.SawContent | protocol.SawTerminal
	}
	if len(elements(obj.Value("candidates"))) == 0 {
		return 0
	}
	return protocol.SawContent | protocol.SawTerminal
}
