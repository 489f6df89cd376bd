package bedrock

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/core"
)

// invoke serves InvokeModel and InvokeModelWithResponseStream for Claude, whose
// body is that of Anthropic's Messages without model and stream, and for models
// that embed.
func (k *call) invoke(id string, stream bool) {
	begun := time.Now()
	if m, _, f := k.place.resolve(id); f == nil && m.Embeds != nil {
		k.embed(m, id, stream)
		return
	}
	m, f := k.place.callable(id)
	if f == nil && m.Family != claudeFamily {
		f = invalid("The emulator plays InvokeModel for Claude only. Use Converse for " + id + ".")
	}
	if f != nil {
		k.refuse(f)
		return
	}
	j, err := k.acceptInvoke(m, k.body)
	if err != nil {
		k.refuse(invalid(err.Error()))
		return
	}
	settle, f := k.charge(m, j.Tokens(), j.MaxTokens)
	if f != nil {
		k.refuse(f)
		return
	}
	j.Answer(k.core, k.scope(m), k.Fault)
	used := j.Usage()
	defer func() { settle(used) }()
	row := k.row(id, "invoke", stream, used)
	if stream {
		used = k.streamInvoke(j, row, begun)
	} else {
		k.respondInvoke(j, row, begun)
	}
}

func (k *call) acceptInvoke(m model, body []byte) (*anthropic.Job, error) {
	return anthropic.Accept(k.core, anthropic.Hosting{Place: k.Place, Model: m.Claude, NoFormat: !m.Schema}, body)
}

func (k *call) countInvoke(m model, body []byte) (int, *fault) {
	if m.Family != claudeFamily {
		return 0, invalid("The emulator counts bodies of InvokeModel for Claude only.")
	}
	j, err := k.acceptInvoke(m, body)
	if err != nil {
		return 0, invalid(err.Error())
	}
	return j.Tokens(), nil
}

func (k *call) messageID() string { return "msg_bdrk_" + k.ID }

// respondInvoke sends the whole answer; its counts go along as headers
// (recorded, 2026).
func (k *call) respondInvoke(j *anthropic.Job, row core.Row, begun time.Time) {
	body, err := j.Body(k.messageID())
	if err != nil {
		k.core.Logger.Error("encode answer", "place", k.Place, "error", err)
		k.refuse(internal())
		return
	}
	k.OnHeader = func(h http.Header) {
		u := row.Usage
		h.Set("X-Amzn-Bedrock-Input-Token-Count", strconv.Itoa(u.Uncached()))
		h.Set("X-Amzn-Bedrock-Output-Token-Count", strconv.Itoa(u.Output))
		h.Set("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", strconv.Itoa(u.CacheRead))
		h.Set("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", strconv.Itoa(u.CacheWrite()))
		h.Set("X-Amzn-Bedrock-Invocation-Latency", strconv.FormatInt(time.Since(begun).Milliseconds(), 10))
	}
	if err := k.core.Deliver(k.Exchange, "application/json", body, row); errors.Is(err, core.ErrInStream) {
		k.OnHeader = nil
		k.refuse(internal())
	}
}

// invocation is what Bedrock adds to the last event of a stream.
type invocation struct {
	Input      int   `json:"inputTokenCount"`
	Output     int   `json:"outputTokenCount"`
	CacheRead  int   `json:"cacheReadInputTokenCount"`
	CacheWrite int   `json:"cacheWriteInputTokenCount"`
	Latency    int64 `json:"invocationLatency"` // milliseconds
	FirstByte  int64 `json:"firstByteLatency"`  // milliseconds
}

// streamInvoke sends each event of the Messages API as a chunk. Bedrock passes
// no pings on.
func (k *call) streamInvoke(j *anthropic.Job, row core.Row, begun time.Time) core.Usage {
	return k.stream(row, j, func(s *core.Stream, book func()) error {
		first := time.Since(begun).Milliseconds()
		w := k.wire(s)
		return j.Tell(s, k.messageID(), book, func(name string, data []byte) error {
			switch name {
			case "ping":
				return nil
			case "message_stop":
				u := row.Usage
				var err error
				if data, err = json.Marshal(map[string]any{"type": name, "amazon-bedrock-invocationMetrics": invocation{
					u.Uncached(), u.Output, u.CacheRead, u.CacheWrite(), time.Since(begun).Milliseconds(), first,
				}}); err != nil {
					return fmt.Errorf("encode event %s: %w", name, err)
				}
			}
			return w.event("chunk", map[string]any{"bytes": data})
		})
	})
}
