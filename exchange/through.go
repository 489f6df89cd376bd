package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/unread"
	"github.com/interline-ai/interline/upstream"
)

// passedHeaders are the headers of an answer that is forwarded which the client
// gets: what its body is, and what OpenAI and Bedrock say of it. None of them
// names an account or sets anything in a browser.
var passedHeaders = []string{
	"Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Range", "Accept-Ranges",
	"Etag", "Last-Modified", "Openai-Processing-Ms", "Openai-Version", "Openai-Model",
	"X-Amzn-Bedrock-Input-Token-Count", "X-Amzn-Bedrock-Output-Token-Count", "X-Amzn-Bedrock-Invocation-Latency",
}

// pieces are buffers for answers that are forwarded, each of which is in memory
// only a piece at a time.
var pieces = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// through brings one answer to the client as it comes.
type through struct {
	k      *walk
	a      *Attempt
	watch  *watch
	answer *upstream.Answer
	meter  *unread.Meter
	live   bool        // each piece goes out at once
	ids    *unread.IDs // nil: as they are
	named  []byte      // the piece with the ids as they are told
}

// run copies the answer. Nothing is read before the client took what came before.
func (t *through) run(ctx context.Context) *interline.Fault {
	buf := pieces.Get().(*[32 << 10]byte)
	defer pieces.Put(buf)
	defer t.unbound()
	silence := t.k.x.Limits.IdleBytes
	var idle *time.Timer
	for {
		if idle != nil {
			idle.Reset(silence)
		} else if silence > 0 {
			idle = time.AfterFunc(silence, func() { t.watch.cancel(timeout("the answer was silent for %s", silence)) })
		}
		n, err := t.answer.Body.Read(buf[:])
		if idle != nil {
			idle.Stop()
		}
		if err != nil && err != io.EOF {
			return t.broken(ctx, err)
		}
		if gone := t.show(buf[:n], err == io.EOF); gone != nil {
			return gone
		}
		if err == io.EOF {
			return nil
		}
	}
}

// show gives the client a piece, and before the first one the head.
func (t *through) show(piece []byte, last bool) *interline.Fault {
	c := &t.k.client
	if !c.begun() && (len(piece) > 0 || last) {
		t.begin()
	}
	t.meter.Read(piece)
	if t.ids != nil {
		t.named = t.ids.Append(t.named[:0], piece)
		if last {
			t.named = t.ids.Flush(t.named)
		}
		piece = t.named
	}
	if len(piece) == 0 {
		return nil
	}
	if stall := t.k.x.Limits.ClientStall; stall > 0 {
		// A server that cannot bound a write cannot be held up by one either.
		_ = c.push.SetWriteDeadline(time.Now().Add(stall))
	}
	_, err := c.w.Write(piece)
	if err == nil && t.live {
		err = c.push.Flush()
	}
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return goneFault(fmt.Errorf("%w: %w", errGone, err))
	}
	return nil
}

func (t *through) begin() {
	k, h := t.k, t.k.client.w.Header()
	k.ownHeader(h)
	for _, name := range passedHeaders {
		if v := t.answer.Header[name]; len(v) > 0 {
			h[name] = slices.Clone(v)
		}
	}
	h["X-Content-Type-Options"] = []string{"nosniff"} // it may be anybody's file
	kind := strings.Join(t.answer.Header["Content-Type"], "")
	t.live = t.answer.Length < 0 || strings.Contains(kind, "stream")
	if t.live {
		h["X-Accel-Buffering"] = noBuffering
	}
	bodied := t.answer.Status != http.StatusNoContent && t.answer.Status != http.StatusNotModified
	if t.answer.Length >= 0 && bodied && t.ids == nil {
		h["Content-Length"] = []string{strconv.FormatInt(t.answer.Length, 10)}
	}
	t.a.FirstContent = time.Since(t.a.Started)
	k.release()
	k.client.status = t.answer.Status
	k.client.w.WriteHeader(t.answer.Status)
	k.client.shown.Store(true)
}

// unbound: the next answer on the connection has a time of its own.
func (t *through) unbound() {
	if t.k.x.Limits.ClientStall > 0 {
		_ = t.k.client.push.SetWriteDeadline(time.Time{})
	}
}

// broken is an answer that ends before it is whole.
func (t *through) broken(ctx context.Context, err error) *interline.Fault {
	f := ended(ctx)
	if f == nil {
		f = t.k.cut(ctx, t.a, err)
	}
	if !t.k.client.begun() || errors.Is(f, errGone) {
		return f
	}
	cut := *f
	cut.Class = interline.C11StreamPost
	return &cut
}
