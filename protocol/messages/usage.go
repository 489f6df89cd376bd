package messages

import "github.com/interline-ai/interline"

// tally is the usage of one answer so far. The events of a stream report it
// cumulatively: what message_delta says replaces what message_start said.
type tally struct {
	fresh, creation, read, output, thinking int64
	creation1h                              int64 // of creation: written to live an hour
}

// add takes in a report and returns the usage it makes.
func (t *tally) add(u *usage) interline.Usage {
	set(&t.fresh, u.Input)
	set(&t.read, u.CacheRead)
	set(&t.output, u.Output)
	set(&t.creation, u.CacheCreation)
	if u.Creation != nil {
		t.creation1h = u.Creation.OneHour
	}
	if u.Details != nil {
		t.thinking = u.Details.Thinking
	}
	return t.usage()
}

func set(into, from *int64) {
	if from != nil {
		*into = *from
	}
}

// usage is the canonical vector: input_tokens is only what no cache was read or
// written for, so the three counts add up to the input (anthropic docs,
// 2026-11). Writes whose lifetime is not told live five minutes.
func (t *tally) usage() interline.Usage {
	long := min(t.creation1h, t.creation)
	return interline.Usage{
		Input:        t.fresh + t.read + t.creation,
		CacheRead:    t.read,
		CacheWrite5m: t.creation - long,
		CacheWrite1h: long,
		Output:       t.output,
		Reasoning:    t.thinking,
	}
}
