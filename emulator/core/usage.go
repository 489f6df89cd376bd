package core

// Usage counts the tokens of one request, or of many. Input is everything read
// and includes cache reads and writes; Output is everything said and includes
// reasoning. Dialects whose cloud counts otherwise subtract.
type Usage struct {
	Input         int `json:"input"`
	CacheRead     int `json:"cache_read"`
	CacheWrite5m  int `json:"cache_write_5m"`
	CacheWrite30m int `json:"cache_write_30m"`
	CacheWrite1h  int `json:"cache_write_1h"`
	Output        int `json:"output"`
	Reasoning     int `json:"reasoning"`
}

// Add returns the sum of two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Input:         u.Input + v.Input,
		CacheRead:     u.CacheRead + v.CacheRead,
		CacheWrite5m:  u.CacheWrite5m + v.CacheWrite5m,
		CacheWrite30m: u.CacheWrite30m + v.CacheWrite30m,
		CacheWrite1h:  u.CacheWrite1h + v.CacheWrite1h,
		Output:        u.Output + v.Output,
		Reasoning:     u.Reasoning + v.Reasoning,
	}
}

// CacheWrite is what was written to caches, over all lifetimes.
func (u Usage) CacheWrite() int { return u.CacheWrite5m + u.CacheWrite30m + u.CacheWrite1h }

// Uncached is the input that was neither read from a cache nor written to one.
func (u Usage) Uncached() int { return u.Input - u.CacheRead - u.CacheWrite() }

// Total is input and output together.
func (u Usage) Total() int { return u.Input + u.Output }
