package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// mint is a source of tokens that live an hour.
type mint struct {
	made  atomic.Int64
	takes time.Duration
	fails atomic.Bool
}

var errMint = errors.New("the mint is closed")

func (m *mint) fetch(ctx context.Context) (string, time.Time, error) {
	n := m.made.Add(1)
	select {
	case <-time.After(m.takes):
	case <-ctx.Done():
		return "", time.Time{}, ctx.Err()
	}
	if m.fails.Load() {
		return "", time.Time{}, errMint
	}
	return fmt.Sprint("token-", n), time.Now().Add(time.Hour), nil
}

func want(t *testing.T, tok *tokens, value string) {
	t.Helper()
	if got, err := tok.get(t.Context()); err != nil || got != value {
		t.Errorf("got %q, %v; want %q", got, err, value)
	}
}

func TestTokenIsReplacedAtFourFifths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tok := newTokens(m.fetch)
		want(t, tok, "token-1")
		time.Sleep(47 * time.Minute)
		want(t, tok, "token-1")
		time.Sleep(2 * time.Minute)
		want(t, tok, "token-2")
		want(t, tok, "token-2")
	})
}

func TestOneCallerFetchesForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{takes: time.Second}
		tok := newTokens(m.fetch)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { want(t, tok, "token-1") })
		}
		wg.Wait()
		time.Sleep(50 * time.Minute) // due, still good: one replaces, the rest do not wait
		var waited atomic.Int64
		for range 50 {
			wg.Go(func() {
				began := time.Now()
				if _, err := tok.get(t.Context()); err != nil {
					t.Error(err)
				}
				if time.Since(began) > 0 {
					waited.Add(1)
				}
			})
		}
		wg.Wait()
		if m.made.Load() != 2 || waited.Load() != 1 {
			t.Errorf("%d fetches, %d callers waited", m.made.Load(), waited.Load())
		}
	})
}

func TestOldTokenOutlivesAFailingMint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tok := newTokens(m.fetch)
		want(t, tok, "token-1")
		m.fails.Store(true)
		time.Sleep(50 * time.Minute)
		for range 100 {
			want(t, tok, "token-1")
		}
		if n := m.made.Load(); n != 2 {
			t.Errorf("a closed mint was asked %d times in a row", n-1)
		}
		time.Sleep(11 * time.Minute) // now it has ended
		if v, err := tok.get(t.Context()); !errors.Is(err, errMint) {
			t.Errorf("an ended token %q, %v", v, err)
		}
		m.fails.Store(false)
		if v, err := tok.get(t.Context()); err != nil || v == "token-1" {
			t.Errorf("after the mint opened: %q, %v", v, err)
		}
	})
}

func TestWaitersShareAFailureButNotACancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{takes: 2 * time.Second}
		tok := newTokens(m.fetch)
		leaving, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := tok.get(leaving); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the caller that left: %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { want(t, tok, "token-2") })
		}
		wg.Wait()
		if m.made.Load() != 2 {
			t.Errorf("%d fetches", m.made.Load())
		}
		time.Sleep(2 * time.Hour)
		m.fails.Store(true)
		m.made.Store(0)
		for range 10 {
			wg.Go(func() {
				if _, err := tok.get(t.Context()); !errors.Is(err, errMint) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := m.made.Load(); n != 1 {
			t.Errorf("ten callers asked a closed mint %d times", n)
		}
	})
}

func TestRenewIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		tok := newTokens(m.fetch)
		want(t, tok, "token-1")
		time.Sleep(time.Minute)
		if !tok.forget() {
			t.Error("an old token is kept")
		}
		if !tok.forget() { // a second call with the old token comes back
			t.Error("the second caller is told that nothing changed")
		}
		want(t, tok, "token-2")
		time.Sleep(time.Second)
		if !tok.forget() {
			t.Error("a late caller is told that nothing changed")
		}
		want(t, tok, "token-2")
		time.Sleep(10 * time.Second)
		if tok.forget() {
			t.Error("a fresh token that was refused is tried again")
		}
		want(t, tok, "token-2")
	})
}
