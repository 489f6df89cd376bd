package dialogue

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// maxMarks is how many cache marks one request may have (Anthropic and Bedrock
// documents, 2026-11).
const maxMarks = 4

// Marks counts the cache marks of one request.
type Marks int

// Take returns the lifetime to say with a mark; ok is false when there is no
// mark, or there were four already.
func (m *Marks) Take(mark *interline.CacheMark, field string, losses *Losses) (ttl string, ok bool) {
	if mark == nil {
		return "", false
	}
	if *m++; *m > maxMarks {
		losses.Note(loss.CacheFour, "cache_control")
		return "", false
	}
	switch mark.TTL {
	case "", "5m", "1h":
		return mark.TTL, true
	}
	losses.Note(loss.CacheLifetime, field+".ttl", "1h", mark.TTL)
	return "1h", true
}
