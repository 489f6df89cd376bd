package core

import (
	"sync"
	"time"
)

// Limits are what one pool may use in a minute. A value of 0 or less means the
// default of [DefaultLimits].
type Limits struct {
	Requests int `json:"requests_per_minute"`
	Tokens   int `json:"tokens_per_minute"`
}

// DefaultLimits is generous enough for a load test on one machine.
var DefaultLimits = Limits{Requests: 10_000, Tokens: 10_000_000}

func (l Limits) orDefault() Limits {
	if l.Requests <= 0 {
		l.Requests = DefaultLimits.Requests
	}
	if l.Tokens <= 0 {
		l.Tokens = DefaultLimits.Tokens
	}
	return l
}

// Pool names what is limited together: one credential's use of one model at
// one place. A dialect with finer limits (such as input and output apart) adds
// its own word to Model and asks once for each.
type Pool struct{ Place, Credential, Model string }

// Quota enforces requests and tokens per minute. Both fill up continuously, as
// OpenAI's do: a pool with 60 requests a minute gets one back every second.
type Quota struct {
	mu     sync.Mutex
	limits map[string]Limits
	levels map[Pool]*level
}

type level struct {
	limits           Limits
	requests, tokens float64 // what is left
	at               time.Time
}

// NewQuota takes the limits of each place; a place without gets [DefaultLimits].
func NewQuota(limits map[string]Limits) *Quota {
	q := &Quota{limits: make(map[string]Limits, len(limits)), levels: make(map[Pool]*level)}
	for place, l := range limits {
		q.limits[place] = l
	}
	return q
}

// Grant is the outcome of an admission and the state of the pool after it.
// The Reset durations say how long the pool needs to be full again.
type Grant struct {
	OK         bool
	RetryAfter time.Duration // when not OK: how long until the request would fit
	ByTokens   bool          // when not OK: tokens were short, not requests

	LimitRequests, RemainingRequests int
	LimitTokens, RemainingTokens     int
	ResetRequests, ResetTokens       time.Duration
}

// Admit takes one request and an estimate of tokens (prompt and the longest
// possible answer) from the pool, or refuses and takes nothing. A request
// larger than the whole limit is always refused.
func (q *Quota) Admit(pool Pool, tokens int) Grant {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.levelOf(pool)
	short := max(0, 1-l.requests) * float64(time.Minute) / float64(l.limits.Requests)
	shortTokens := max(0, float64(tokens)-l.tokens) * float64(time.Minute) / float64(l.limits.Tokens)
	ok := short == 0 && shortTokens == 0
	if ok {
		l.requests--
		l.tokens -= float64(tokens)
	}
	g := l.grant()
	g.OK = ok
	g.RetryAfter = time.Duration(max(short, shortTokens))
	g.ByTokens = !ok && shortTokens > short
	return g
}

// Return gives back tokens that were estimated at admission and not used, for
// clouds that settle on what was really used. It never fills beyond the limit.
func (q *Quota) Return(pool Pool, tokens int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.levelOf(pool)
	l.tokens = min(float64(l.limits.Tokens), l.tokens+float64(max(0, tokens)))
}

// Settle replaces an estimate taken at admission by what was really used, for
// clouds that weigh what was used. The level may fall below nothing.
func (q *Quota) Settle(pool Pool, estimated, used int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.levelOf(pool)
	l.tokens = min(float64(l.limits.Tokens), l.tokens+float64(estimated-used))
}

// levelOf finds the pool's level and lets flow in what time has earned.
func (q *Quota) levelOf(pool Pool) *level {
	now := time.Now()
	l, ok := q.levels[pool]
	if !ok {
		limits := q.limits[pool.Place].orDefault()
		l = &level{limits: limits, requests: float64(limits.Requests), tokens: float64(limits.Tokens), at: now}
		q.levels[pool] = l
	}
	minutes := now.Sub(l.at).Minutes()
	l.at = now
	l.requests = min(float64(l.limits.Requests), l.requests+minutes*float64(l.limits.Requests))
	l.tokens = min(float64(l.limits.Tokens), l.tokens+minutes*float64(l.limits.Tokens))
	return l
}

func (l *level) grant() Grant {
	full := func(left float64, limit int) time.Duration {
		return time.Duration((float64(limit) - left) / float64(limit) * float64(time.Minute))
	}
	return Grant{
		LimitRequests: l.limits.Requests, RemainingRequests: int(l.requests),
		LimitTokens: l.limits.Tokens, RemainingTokens: max(0, int(l.tokens)),
		ResetRequests: full(l.requests, l.limits.Requests),
		ResetTokens:   full(l.tokens, l.limits.Tokens),
	}
}
