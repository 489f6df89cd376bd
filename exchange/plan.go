package exchange

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
)

// Bounds of asking again.
const (
	unsentRetries = 2                      // of a call that was provably not processed
	quickFailure  = 2 * time.Second        // a slower failure is not worth another wait
	leastTime     = 2 * time.Second        // an attempt needs at least that much of the deadline
	meanBackoff   = 200 * time.Millisecond // before the same deployment is asked again
)

// permits is what a class of fault permits (reliability table, classes C0 to
// C12): to ask another deployment, and how often to ask the same one again when
// there is no other.
var permits = [...]struct {
	other bool
	same  int
}{
	interline.C0Client:      {false, 0},
	interline.C1Policy:      {false, 0},
	interline.C2Capability:  {true, 0},
	interline.C3Credential:  {true, 1}, // once, and only with another credential
	interline.C4Quota:       {true, 0},
	interline.C5Throttle:    {true, 1},
	interline.C6Overload:    {true, 1},
	interline.C7Server:      {true, 1},
	interline.C8Unsent:      {true, unsentRetries},
	interline.C9Ambiguous:   {true, 0},
	interline.C10StreamPre:  {true, 0},
	interline.C11StreamPost: {false, 0},
	interline.C12Local:      {false, 0},
}

// plan decides who is asked next.
type plan struct {
	limits     *Limits
	candidates []*cloud.Deployment
	at         int // the candidate that was asked last
	repeated   int // how often it was asked again
	attempts   int
	wait       time.Duration
	again      bool
	over       bool
	last       interline.Class  // of the fault that the last attempt ended with
	best       *interline.Fault // the most useful one to tell the client
	bestAt     int              // which attempt it ended
}

func (p *plan) first() *cloud.Deployment {
	p.attempts = 1
	return p.candidates[0]
}

// failed takes note of how the attempt under way went.
func (p *plan) failed(f *interline.Fault, r *Record) {
	if p.best == nil || weight(f) >= weight(p.best) {
		p.best, p.bestAt = f, len(r.Attempts)-1
	}
	p.last = f.Class
	rule := permits[f.Class]
	if f.Code == interline.CodeLosses {
		rule.other = true // another deployment may lose nothing
		p.attempts--      // and this one was not called
	}
	switch {
	case f.Class == interline.C3Credential && p.repeated == 0 && p.candidates[p.at].Signer.Renew():
		p.again, p.wait = true, 0
	case rule.other && p.at+1 < len(p.candidates):
		p.again = false
	case rule.same > p.repeated && p.worthwhile(f, r):
		p.again = true
	default:
		p.over = true
	}
}

// worthwhile decides whether the only deployment left is asked again, and when.
func (p *plan) worthwhile(f *interline.Fault, r *Record) bool {
	p.wait = meanBackoff/2 + rand.N(meanBackoff)
	switch f.Class {
	case interline.C3Credential:
		return false
	case interline.C5Throttle:
		p.wait = max(p.wait, f.RetryAfter)
		return p.wait <= p.limits.Patience
	case interline.C7Server:
		return r.last().Took < quickFailure
	}
	return true
}

// next returns the deployment to ask next, after the wait it takes, or nil.
func (p *plan) next(ctx context.Context) *cloud.Deployment {
	if p.over {
		return nil
	}
	if p.again {
		p.repeated++
	} else {
		p.at, p.repeated, p.wait = p.at+1, 0, 0
	}
	if p.last != interline.C8Unsent || !p.again {
		p.attempts++
	}
	if limit := p.limits.Attempts; limit > 0 && p.attempts > limit {
		return nil
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < p.wait+leastTime {
		return nil
	}
	if p.wait > 0 {
		select {
		case <-time.After(p.wait):
		case <-ctx.Done():
			return nil
		}
	}
	return p.candidates[p.at]
}

// weight says how useful a fault is to the client: what passes by itself is
// worth more than what the operator must mend, since the client may come again;
// and what the caller must mend is worth most.
func weight(f *interline.Fault) int {
	if f.Code == interline.CodeLosses {
		return -1 // a deployment that loses nothing was asked, and knows better
	}
	switch f.Class {
	case interline.C0Client, interline.C1Policy, interline.C12Local:
		return 4
	case interline.C5Throttle, interline.C6Overload:
		return 3
	case interline.C2Capability:
		return 2
	case interline.C7Server, interline.C8Unsent, interline.C9Ambiguous, interline.C10StreamPre:
		return 1
	}
	return 0
}
