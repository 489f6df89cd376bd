package acceptance

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// Wire watches what a client sends and gets. It names each request, so that the
// gateway's record of it can be found. It is for one request at a time.
type Wire struct {
	ID     string      // of the last request, sent as x-request-id
	Header http.Header // of the last answer; nil when none came
	// Answered, when not nil, is closed when the head of an answer has come.
	// It is for a Wire that carries one request.
	Answered chan struct{}
}

var wires atomic.Int64

// carry sends a request on its way. A nil Wire watches nothing.
func (w *Wire) carry(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	if w == nil {
		return next(r)
	}
	w.ID, w.Header = fmt.Sprintf("judge-%d", wires.Add(1)), nil
	r.Header.Set("X-Request-Id", w.ID)
	res, err := next(r)
	if res != nil {
		w.Header = res.Header
		if w.Answered != nil {
			close(w.Answered)
		}
	}
	return res, err
}

// doer is what AWS's SDK calls an HTTP client.
type doer interface {
	Do(*http.Request) (*http.Response, error)
}

// watched is an HTTP client below AWS's SDK, after everything is signed.
//
// It sends a copy of the body. The SDK closes the body that it gave as soon as
// the head of an answer is there (smithy-go v1.28.8, transport/http/client.go),
// and if net/http has not seen the body's end by then, which happens with a
// server as quick as an emulated one, it takes that for a failed request and
// closes the connection under the answer.
type watched struct {
	wire *Wire
	next doer
}

func (w watched) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w.wire.carry(r, w.next.Do)
}
