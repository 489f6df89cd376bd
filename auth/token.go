package auth

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Times in the life of a token.
const (
	refreshAfter = 0.8              // of its life a token is replaced
	refreshLimit = 5 * time.Second  // for a replacement, while the old one still works
	fetchLimit   = 20 * time.Second // for a token without which nothing works
	refreshPause = 30 * time.Second // after a replacement that failed
	renewPause   = 30 * time.Second // between tokens thrown away because they were refused
	renewEcho    = 5 * time.Second  // how long calls with the old token may still come back refused
)

// token is a credential with an end.
type token struct {
	value   string
	fetched time.Time
	refresh time.Time // when to replace it
	expires time.Time
}

// tokens keeps one token fresh. The first caller after 80 % of its life
// replaces it while the others go on with the old one, which is used until it
// ends; with none that works, one caller fetches and the others wait for what
// comes of it. It starts no goroutine.
type tokens struct {
	fetch func(context.Context) (value string, expires time.Time, err error)

	turn chan struct{} // holds one value while somebody fetches

	mu       sync.Mutex
	current  token
	failed   error // of the last fetch
	failedAt time.Time
}

func newTokens(fetch func(context.Context) (string, time.Time, error)) *tokens {
	return &tokens{fetch: fetch, turn: make(chan struct{}, 1)}
}

// get returns a token that works now.
func (t *tokens) get(ctx context.Context) (string, error) {
	began := time.Now()
	have := t.peek()
	if began.Before(have.refresh) {
		return have.value, nil
	}
	if began.Before(have.expires) {
		return t.replace(ctx, have), nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer t.pass()
	if have = t.peek(); time.Now().Before(have.expires) {
		return have.value, nil
	}
	if err := t.failedSince(began); err != nil {
		return "", err
	}
	return t.renewed(ctx, fetchLimit)
}

// replace tries to bring another token and settles for the one there is.
func (t *tokens) replace(ctx context.Context, have token) string {
	select {
	case t.turn <- struct{}{}:
	default:
		return have.value
	}
	defer t.pass()
	if value, err := t.renewed(ctx, refreshLimit); err == nil {
		return value
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.value == have.value {
		t.current.refresh = time.Now().Add(refreshPause)
	}
	return have.value
}

func (t *tokens) pass() { <-t.turn }

func (t *tokens) peek() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// failedSince returns the error of a fetch that ended after the time given, so
// that those who waited for it do not each wait for one of their own.
func (t *tokens) failedSince(began time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil && t.failedAt.After(began) {
		return t.failed
	}
	return nil
}

// renewed fetches a token and keeps it. Whose turn it is calls it.
func (t *tokens) renewed(ctx context.Context, limit time.Duration) (string, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	value, expires, err := t.fetch(bounded)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if err != nil {
		if ctx.Err() == nil || !errors.Is(err, ctx.Err()) { // not only because this caller left
			t.failed, t.failedAt = err, now
		}
		return "", err
	}
	life := time.Duration(float64(expires.Sub(now)) * refreshAfter)
	t.current = token{value: value, fetched: now, refresh: now.Add(life), expires: expires}
	t.failed = nil
	return value, nil
}

// forget drops a token that was refused. It reports whether the next get may
// bring another one: not when the refused one was itself just fetched for that
// reason, except for calls that were on their way with its predecessor.
func (t *tokens) forget() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.value == "" {
		return true
	}
	if age := time.Since(t.current.fetched); age < renewPause {
		return age < renewEcho
	}
	t.current = token{}
	return true
}
