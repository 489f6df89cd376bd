package invoke

import (
	"bytes"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// Decoder implements protocol.Translator.
func (l *Language) Decoder(stream bool) protocol.Decoder {
	claude := l.claude.Decoder(stream)
	if !stream {
		return claude
	}
	return &decoder{claude: claude, aws: l.aws.Decoder(true)}
}

// decoder reads the events in the chunks, and exceptions as Converse has them.
// Events of other names give nothing.
type decoder struct{ claude, aws protocol.Decoder }

// Decode implements protocol.Decoder.
func (d *decoder) Decode(f protocol.Frame) ([]interline.Event, error) {
	switch {
	case f.Exception:
		return d.aws.Decode(f)
	case f.Name != chunkEvent || len(f.Data) == 0:
		return nil, nil
	}
	event, err := unwrap(f.Data)
	if err != nil {
		return nil, err
	}
	return d.claude.Decode(protocol.Frame{Data: event})
}

// Meter implements protocol.Protocol.
func (l *Language) Meter(stream bool) protocol.Meter {
	claude := l.claude.Meter(stream)
	if !stream {
		return claude
	}
	return &meter{claude: claude, aws: l.aws.Meter(true)}
}

// meter watches the events in the chunks.
type meter struct{ claude, aws protocol.Meter }

// Read implements protocol.Meter. A frame it cannot read counts as content, as
// one of an unknown kind does.
func (m *meter) Read(f protocol.Frame) protocol.Seen {
	switch {
	case f.Exception:
		return m.aws.Read(f)
	case len(f.Data) == 0:
		return 0
	case f.Name != chunkEvent:
		return protocol.SawContent
	}
	event, err := unwrap(f.Data)
	if err != nil {
		return protocol.SawContent
	}
	return m.claude.Read(protocol.Frame{Data: event})
}

// Usage implements protocol.Meter. The metrics in the last chunk say the same
// once more, without the lifetimes of what was cached.
func (m *meter) Usage() *interline.Usage { return m.claude.Usage() }

// Fault implements protocol.Meter.
func (m *meter) Fault() *interline.Fault {
	if f := m.aws.Fault(); f != nil {
		return f
	}
	return m.claude.Fault()
}

// Encoder implements protocol.Translator. Answers are named as Bedrock names
// Claude's.
func (l *Language) Encoder(a protocol.Answer) protocol.Encoder {
	a.ID = "bdrk_" + a.ID
	claude := l.claude.Encoder(a)
	if !a.Stream {
		return claude
	}
	return &encoder{claude: claude}
}

// encoder takes the events that Messages would send out of their envelope and
// puts them into chunks.
type encoder struct {
	claude protocol.Encoder
	said   []byte // by claude, as server-sent events
	last   jsonout.Text
	usage  interline.Usage
	wrapper
}

// Append implements protocol.Encoder.
func (e *encoder) Append(dst []byte, events []interline.Event) []byte {
	for i := range events {
		if events[i].Kind == interline.UsageEvent {
			e.usage = *events[i].Usage
		}
	}
	e.said = e.claude.Append(e.said[:0], events)
	return e.pass(dst)
}

// Finish implements protocol.Encoder.
func (e *encoder) Finish(dst []byte) []byte {
	e.said = e.claude.Finish(e.said[:0])
	return e.pass(dst)
}

// pass appends what was said as chunks. Pings are left out: Bedrock sends none,
// and the clients that filter them look for the name of a server-sent event.
func (e *encoder) pass(dst []byte) []byte {
	for rest := e.said; len(rest) > 0; {
		var event []byte
		event, rest, _ = bytes.Cut(rest, []byte("\n\n"))
		head, data, _ := bytes.Cut(event, []byte("\ndata: "))
		switch string(bytes.TrimPrefix(head, []byte("event: "))) {
		case "ping":
		case "message_stop":
			dst = e.wrap(dst, e.withMetrics(data))
		default:
			dst = e.wrap(dst, data)
		}
	}
	return dst
}

// withMetrics adds what Bedrock says in the last chunk of every stream. The
// latencies are Bedrock's own, in milliseconds; there is none to tell of here.
func (e *encoder) withMetrics(event []byte) []byte {
	out := e.last[:0]
	out = append(out, bytes.TrimSuffix(event, []byte("}"))...)
	out.Object("amazon-bedrock-invocationMetrics")
	out.Int("inputTokenCount", e.usage.Fresh())
	out.Int("outputTokenCount", e.usage.Output)
	out.Int("cacheReadInputTokenCount", e.usage.CacheRead)
	out.Int("cacheWriteInputTokenCount", e.usage.CacheWrite())
	out.Int("invocationLatency", 0)
	out.Int("firstByteLatency", 0)
	out.Close('}')
	out.Close('}')
	e.last = out
	return out
}
