package unread

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// mostKept bounds what is kept of an answer to find its usage, in bytes: of the
// whole body where it is JSON, of a line where it is a stream of events. What is
// longer passes unmetered.
const mostKept = 1 << 20

// Meter watches an answer pass and finds what it says it used. It belongs to one
// answer.
type Meter struct {
	api    string
	events bool // a line at a time; else the whole
	over   bool // too long, or no JSON at all
	kept   []byte
	used   interline.Usage
	found  bool
}

// NewMeter returns a meter for an answer of the API with that head.
func NewMeter(api string, h http.Header) *Meter {
	m := &Meter{api: api}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == protocol.SSE.ContentType():
		m.events = true
	case !strings.HasSuffix(kind, "json"):
		m.over = true
	}
	m.counted(h)
	return m
}

// counted reads the headers in which Bedrock says what InvokeModel used, whatever
// the model's own body is (Bedrock user guide, "InvokeModel", 2026-11).
func (m *Meter) counted(h http.Header) {
	in, err1 := strconv.ParseInt(h.Get("X-Amzn-Bedrock-Input-Token-Count"), 10, 64)
	out, err2 := strconv.ParseInt(h.Get("X-Amzn-Bedrock-Output-Token-Count"), 10, 64)
	if m.api == protocol.APIBedrock && (err1 == nil || err2 == nil) {
		m.used, m.found, m.over = interline.Usage{Input: in, Output: out}, true, true
	}
}

// Read looks at the next piece of the answer, which may begin and end anywhere.
func (m *Meter) Read(piece []byte) {
	for m.events {
		line, rest, whole := bytes.Cut(piece, []byte("\n"))
		m.keep(line)
		if !whole {
			return
		}
		if data, ok := bytes.CutPrefix(m.kept, []byte("data:")); ok {
			m.look(data)
		}
		m.kept, m.over, piece = m.kept[:0], false, rest // after a line that was too long comes another
	}
	m.keep(piece)
}

func (m *Meter) keep(b []byte) {
	m.over = m.over || len(m.kept)+len(b) > mostKept
	if m.over {
		m.kept = nil
		return
	}
	m.kept = append(m.kept, b...)
}

// Usage is what the answer said it used, after all of it was read, and whether it
// said so at all.
func (m *Meter) Usage() (interline.Usage, bool) {
	if !m.events && len(m.kept) > 0 {
		m.look(m.kept)
		m.kept = nil
	}
	return m.used, m.found
}

// look reads one JSON value. In a stream a later count replaces an earlier one,
// and what is not said again stays.
func (m *Meter) look(data []byte) {
	if !bytes.Contains(data, []byte(`"usage`)) {
		return
	}
	var a answer
	if json.Unmarshal(data, &a, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return
	}
	for _, c := range []*counts{a.Usage, a.Metadata, a.Message.Usage, a.Response.Usage} {
		if c == nil {
			continue
		}
		if u := c.usage(m.api); u != (interline.Usage{}) || c.said() {
			m.used, m.found = later(m.used, u), true
		}
	}
}
