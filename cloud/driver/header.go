package driver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of a wait that a vendor asks for.
const (
	minWait = 100 * time.Millisecond
	maxWait = 15 * time.Minute
)

// Pass copies the named headers that the client sent. Names must be in
// canonical form.
func Pass(to, from http.Header, names ...string) {
	for _, n := range names {
		if v := from[n]; len(v) > 0 {
			to[n] = v
		}
	}
}

// RetryAfter reads how long a vendor asks to wait, from retry-after-ms
// (milliseconds), retry-after (seconds or a date), or the reset headers named
// (durations such as 6m0s, seconds, or RFC 3339 times). It returns 0 when the
// vendor does not say, and otherwise a wait between 100 ms and 15 minutes.
func RetryAfter(h http.Header, now time.Time, resets ...string) time.Duration {
	if v := h.Get("Retry-After-Ms"); v != "" {
		if ms, err := strconv.ParseFloat(v, 64); err == nil {
			return clamp(time.Duration(ms * float64(time.Millisecond)))
		}
	}
	if d, ok := wait(h.Get("Retry-After"), now); ok {
		return clamp(d)
	}
	var longest time.Duration
	for _, name := range resets {
		if d, ok := wait(h.Get(name), now); ok {
			longest = max(longest, d)
		}
	}
	if longest == 0 {
		return 0
	}
	return clamp(longest)
}

// wait reads one header value in any of the forms vendors use.
func wait(v string, now time.Time) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	if v == "" {
		return 0, false
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		return time.Duration(s * float64(time.Second)), true
	}
	if d, err := time.ParseDuration(v); err == nil {
		return d, true
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		return t.Sub(now), true
	}
	if t, err := http.ParseTime(v); err == nil {
		return t.Sub(now), true
	}
	return 0, false
}

func clamp(d time.Duration) time.Duration { return min(max(d, minWait), maxWait) }
