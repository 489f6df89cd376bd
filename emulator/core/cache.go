package core

import (
	"encoding/binary"
	"hash"
	"hash/fnv"
	"sync"
	"time"
)

// CacheMode says how a cloud decides what to cache.
type CacheMode int

// The ways of caching.
const (
	CacheOff       CacheMode = iota
	CacheAutomatic           // any common prefix, in whole steps (OpenAI up to gpt-5.5)
	CacheMarked              // up to the breakpoints the caller set (Anthropic, Bedrock, gpt-5.6)
)

// CacheRule is a model's way of caching.
type CacheRule struct {
	Mode    CacheMode
	Minimum int           // tokens; a shorter prefix is neither read nor written
	Step    int           // automatic: hits are the minimum plus whole steps of this size
	Life    time.Duration // automatic: how long a prefix lives after its last use
	// Implicit, when not 0, is the lifetime of a breakpoint that the cloud
	// itself sets at the end of the prompt (gpt-5.6 in implicit mode: 30m).
	Implicit time.Duration
	LookBack int // marked: segments looked back from a breakpoint; 0 for all
	MaxMarks int // marked: breakpoints honoured, counted from the last; 0 for all
}

// Hit is how many of a prompt's tokens came from a cache and went into one.
// Reads and writes never overlap, and together never exceed the prompt.
type Hit struct{ Read, Write5m, Write30m, Write1h int }

// Cache remembers prefixes of prompts, as hashes.
type Cache struct {
	mu      sync.Mutex
	entries map[prefix]entry
	swept   time.Time
}

type prefix struct {
	scope string
	sum   uint64
	size  int // tokens, which makes a chance equality of sums harmless
}

type entry struct {
	life time.Duration
	ends time.Time
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	return &Cache{entries: make(map[prefix]entry), swept: time.Now()}
}

// Look reports what a prompt reads and writes under a rule, and remembers it.
func (c *Cache) Look(scope string, r *Reading, rule CacheRule) Hit {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.sweep(now)
	switch rule.Mode {
	case CacheAutomatic:
		return c.automatic(scope, r, rule, now)
	case CacheMarked:
		return c.marked(scope, r, rule, now)
	default:
		return Hit{}
	}
}

// automatic hashes the prompt at its minimum and at every step after it.
func (c *Cache) automatic(scope string, r *Reading, rule CacheRule, now time.Time) Hit {
	var hit Hit
	for p := range stepPrefixes(scope, r, rule) {
		if c.alive(p, now) {
			hit.Read = p.size
		}
		c.entries[p] = entry{life: rule.Life, ends: now.Add(rule.Life)}
	}
	return hit
}

func stepPrefixes(scope string, r *Reading, rule CacheRule) func(yield func(prefix) bool) {
	return func(yield func(prefix) bool) {
		h, size := fnv.New64a(), 0
		step := max(1, rule.Step)
		for i, s := range r.Prompt.Segments {
			h.Write([]byte(s.Salt))
			for j := range len(r.ids[i]) + s.Extra {
				id := uint(0)
				if j < len(r.ids[i]) {
					id = r.ids[i][j] + 1
				}
				writeNumber(h, uint64(id))
				size++
				if size < rule.Minimum || (size-rule.Minimum)%step != 0 {
					continue
				}
				if !yield(prefix{scope, h.Sum64(), size}) {
					return
				}
			}
		}
	}
}

// boundary is the prompt up to the end of one segment.
type boundary struct {
	prefix
	mark time.Duration
}

// marked reads up to the longest remembered prefix that ends at or before a
// breakpoint, and writes from there to the last breakpoint.
func (c *Cache) marked(scope string, r *Reading, rule CacheRule, now time.Time) Hit {
	bounds := boundaries(scope, r, rule)
	var hit Hit
	for i, b := range bounds {
		if b.mark == 0 {
			continue
		}
		for j := i; j >= 0 && (rule.LookBack == 0 || i-j <= rule.LookBack); j-- {
			if p := bounds[j].prefix; c.alive(p, now) {
				hit.Read = max(hit.Read, p.size)
				e := c.entries[p]
				c.entries[p] = entry{life: e.life, ends: now.Add(e.life)}
				break
			}
		}
	}
	from := hit.Read
	for _, b := range bounds {
		if b.mark == 0 || b.size <= from {
			continue
		}
		hit.write(b.mark, b.size-from)
		from = b.size
		c.entries[b.prefix] = entry{life: b.mark, ends: now.Add(b.mark)}
	}
	return hit
}

// boundaries lists the ends of the segments, with the marks that count.
func boundaries(scope string, r *Reading, rule CacheRule) []boundary {
	h, size := fnv.New64a(), 0
	bounds := make([]boundary, len(r.Prompt.Segments))
	for i, s := range r.Prompt.Segments {
		h.Write([]byte(s.Salt))
		for _, id := range r.ids[i] {
			writeNumber(h, uint64(id)+1)
		}
		writeNumber(h, uint64(s.Extra))
		size += len(r.ids[i]) + s.Extra
		bounds[i] = boundary{prefix{scope, h.Sum64(), size}, s.Mark}
	}
	if n := len(bounds); n > 0 && rule.Implicit > 0 && bounds[n-1].mark == 0 {
		bounds[n-1].mark = rule.Implicit
	}
	marks := 0
	for i := len(bounds) - 1; i >= 0; i-- {
		if bounds[i].mark == 0 {
			continue
		}
		if marks++; bounds[i].size < rule.Minimum || (rule.MaxMarks > 0 && marks > rule.MaxMarks) {
			bounds[i].mark = 0
		}
	}
	return bounds
}

// write books tokens under the lifetime the mark asked for.
func (h *Hit) write(life time.Duration, tokens int) {
	switch {
	case life >= time.Hour:
		h.Write1h += tokens
	case life >= 30*time.Minute:
		h.Write30m += tokens
	default:
		h.Write5m += tokens
	}
}

func (c *Cache) alive(p prefix, now time.Time) bool {
	e, ok := c.entries[p]
	return ok && now.Before(e.ends)
}

// sweep forgets, once a minute, what has ended.
func (c *Cache) sweep(now time.Time) {
	if now.Sub(c.swept) < time.Minute {
		return
	}
	c.swept = now
	for p, e := range c.entries {
		if !now.Before(e.ends) {
			delete(c.entries, p)
		}
	}
}

func writeNumber(h hash.Hash, n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	h.Write(b[:])
}
