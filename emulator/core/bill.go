package core

import (
	"slices"
	"sync"
	"time"
)

// Row is one line of the bill: a request the cloud would charge for.
type Row struct {
	Place     string    `json:"place"`
	RequestID string    `json:"request_id"`
	Model     string    `json:"model"`
	Operation string    `json:"operation"` // chat, responses, embeddings, messages, converse
	Stream    bool      `json:"stream"`
	Status    int       `json:"status"` // HTTP status the caller was given
	Usage     Usage     `json:"usage"`
	Cut       bool      `json:"cut"` // the answer did not reach its end; Usage holds what was generated
	At        time.Time `json:"at"`
}

// Bill is what the emulated clouds would charge for, in the order of the
// requests' ends. A request that was refused has no row; one that broke off
// after generation began has a row with Cut set. The zero value is ready.
//
// A caller that has its whole answer may look at the bill at once, so a place
// adds the row before it sends the last of the answer, and calls MarkCut if
// that then fails.
type Bill struct {
	mu   sync.Mutex
	rows []Row
}

// Add appends a row. A zero At becomes the present time.
func (b *Bill) Add(row Row) {
	if row.At.IsZero() {
		row.At = time.Now()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = append(b.rows, row)
}

// MarkCut sets Cut on the row of a request, if there is one.
func (b *Bill) MarkCut(requestID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.rows) - 1; i >= 0; i-- {
		if b.rows[i].RequestID == requestID {
			b.rows[i].Cut = true
			return
		}
	}
}

// Rows returns a copy of the rows of one place, or of all when place is empty.
// It is never nil.
func (b *Bill) Rows(place string) []Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make([]Row, 0, len(b.rows))
	for _, r := range b.rows {
		if place == "" || r.Place == place {
			rows = append(rows, r)
		}
	}
	return slices.Clip(rows)
}

// Total sums the usage of one place, or of all when place is empty.
func (b *Bill) Total(place string) Usage {
	var sum Usage
	for _, r := range b.Rows(place) {
		sum = sum.Add(r.Usage)
	}
	return sum
}

// Clear tears the bill up.
func (b *Bill) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = nil
}
