package driver

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a wait that a vendor asks for.
const (
	minWait = 100 * time.Millisecond
	maxWait = 15 * time.Minute
)

// Header returns the header of a call that sends JSON and takes the given
// media type back.
func Header(accept string) http.Header {
	return http.Header{"Content-Type": {"application/json"}, "Accept": {accept}}
}

// Pass copies the named headers that the client sent. Names must be in
// canonical form. What is copied shares no memory with the client's header.
func Pass(to, from http.Header, names ...string) {
	for _, n := range names {
		if v := from[n]; len(v) > 0 {
			to[n] = slices.Clone(v)
		}
	}
}

// RetryAfter reads how long a vendor asks to wait, from retry-after-ms
// (milliseconds), retry-after (seconds or a date), or the reset headers named
// (durations such as 6m0s, seconds, or RFC 3339 times). It returns 0 when the
// vendor does not say, and otherwise a wait between 100 ms and 15 minutes.
//
// Moments are measured from the answer's own Date header, so that neither a
// clock of ours nor one that runs apart from the vendor's matters; without a
// Date they say nothing. Of several resets the longest counts, but one whose
// limit has something remaining counts only when all have: a throttled answer
// names every limit, not just the one that was reached.
func RetryAfter(h http.Header, resets ...string) time.Duration {
	if ms, ok := number(h.Get("Retry-After-Ms")); ok {
		return clamp(seconds(ms / 1000))
	}
	now, _ := http.ParseTime(h.Get("Date"))
	if d, ok := wait(h.Get("Retry-After"), now); ok {
		return clamp(d)
	}
	var reached, longest time.Duration
	for _, name := range resets {
		d, ok := wait(h.Get(name), now)
		if !ok || d <= 0 {
			continue
		}
		longest = max(longest, d)
		if left, said := number(h.Get(strings.Replace(name, "Reset", "Remaining", 1))); !said || left <= 0 {
			reached = max(reached, d)
		}
	}
	switch {
	case reached > 0:
		return clamp(reached)
	case longest > 0:
		return clamp(longest)
	}
	return 0
}

// wait reads one header value in any of the forms vendors use.
func wait(v string, now time.Time) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	if s, ok := number(v); ok {
		return seconds(s), true
	}
	if d, err := time.ParseDuration(v); err == nil {
		return d, true
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		t, err = http.ParseTime(v)
	}
	if err != nil || now.IsZero() {
		return 0, false
	}
	return t.Sub(now), true
}

func number(v string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	return f, err == nil && !math.IsNaN(f)
}

// seconds stops before a Duration overflows; no wait is that long anyway.
func seconds(s float64) time.Duration {
	limit := (maxWait + time.Minute).Seconds()
	return time.Duration(min(max(s, -limit), limit) * float64(time.Second))
}

func clamp(d time.Duration) time.Duration { return min(max(d, minWait), maxWait) }
