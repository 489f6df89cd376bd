package anthropic

import (
	"net/http"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// grants are the two admissions of a request: the API limits tokens read and
// tokens said apart.
type grants struct{ input, output core.Pool }

// charge takes a request from both pools, or refuses it. Both estimates are the
// largest possible; what was not used is given back when the answer has ended.
func (k *call) charge(j *Job) (grants, *fault) {
	pool := func(what string) core.Pool {
		return core.Pool{Place: k.Place, Credential: k.key, Model: j.name + " " + what}
	}
	g := grants{pool("input"), pool("output")}
	in := k.core.Quota.Admit(g.input, j.reading.Tokens)
	if !in.OK {
		what := "input tokens"
		if !in.ByTokens {
			what = "requests"
		}
		k.limits(in, k.core.Quota.Admit(g.output, 0))
		return g, limited(what, in)
	}
	out := k.core.Quota.Admit(g.output, j.MaxTokens)
	k.limits(in, out)
	if !out.OK {
		k.core.Quota.Return(g.input, j.reading.Tokens)
		return g, limited("output tokens", out)
	}
	return g, nil
}

func limited(what string, g core.Grant) *fault {
	limit := g.LimitTokens
	if what == "requests" {
		limit = g.LimitRequests
	}
	f := failed(rateLimit, "This request would exceed your organization's rate limit of %d %s per minute. "+
		"For details, refer to: https://docs.claude.com/en/api/rate-limits.", limit, what)
	f.retry = max(time.Second, g.RetryAfter)
	return f
}

// settle gives back what was estimated too high. Tokens read from the cache do
// not count.
func (g grants) settle(q *core.Quota, u core.Usage, j *Job) {
	q.Return(g.input, u.CacheRead)
	q.Return(g.output, j.MaxTokens-u.Output)
}

// limits tells the state of both pools, where the host does.
func (k *call) limits(in, out core.Grant) {
	if k.host.Limits {
		limitHeaders(k.Header(), in, out)
	}
}

// limitHeaders sets the rate-limit headers. The plain token headers repeat
// whichever of the two limits is nearer; resets are points in time.
func limitHeaders(h http.Header, in, out core.Grant) {
	set := func(what string, limit, left int, reset time.Duration) {
		name := "Anthropic-Ratelimit-" + what
		h.Set(name+"-Limit", strconv.Itoa(limit))
		h.Set(name+"-Remaining", strconv.Itoa(left))
		h.Set(name+"-Reset", time.Now().Add(reset).UTC().Truncate(time.Second).Format(time.RFC3339))
	}
	set("Requests", in.LimitRequests, in.RemainingRequests, in.ResetRequests)
	set("Input-Tokens", in.LimitTokens, in.RemainingTokens, in.ResetTokens)
	set("Output-Tokens", out.LimitTokens, out.RemainingTokens, out.ResetTokens)
	nearer := in
	if out.RemainingTokens < in.RemainingTokens {
		nearer = out
	}
	set("Tokens", nearer.LimitTokens, nearer.RemainingTokens, nearer.ResetTokens)
}
