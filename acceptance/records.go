package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Record is what a gateway tells of one request, as far as it is judged.
type Record struct {
	ID        string    `json:"interline.request.id"`
	Model     string    `json:"gen_ai.request.model"`
	Operation string    `json:"gen_ai.operation.name"`
	Language  string    `json:"interline.language"`
	Status    int       `json:"http.response.status_code"`
	Error     *Told     `json:"error"`
	Usage     *Tokens   `json:"gen_ai.usage"`
	Attempts  []Attempt `json:"interline.attempts"`
}

// Attempt is one call to one cloud.
type Attempt struct {
	Place    string   `json:"place"`
	Language string   `json:"language"`
	Grade    string   `json:"grade"` // forward or translate
	Status   int      `json:"status"`
	Error    *Told    `json:"error"`
	Losses   []string `json:"losses"`
	Usage    *Tokens  `json:"usage"`
}

// Told is a fault as it is told.
type Told struct{ Class, Code, Message, Cause string }

// Tokens is a usage as it is told.
type Tokens struct {
	Input      int `json:"input_tokens"`
	Output     int `json:"output_tokens"`
	CacheRead  int `json:"cache_read.input_tokens"`
	CacheWrite int `json:"cache_creation.input_tokens"`
	Reasoning  int `json:"reasoning.output_tokens"`
}

// usage is the tokens in the emulators' words. All cache writes count as one
// kind, which is how they are compared.
func (t Tokens) usage() core.Usage {
	return core.Usage{Input: t.Input, Output: t.Output, CacheRead: t.CacheRead, CacheWrite5m: t.CacheWrite, Reasoning: t.Reasoning}
}

// Records reads a gateway's file of requests, a line of JSON for each. It may be
// used by many goroutines.
type Records struct {
	path string

	mu     sync.Mutex
	read   int64 // of the file, in bytes
	begun  []byte
	byID   map[string]Record
	broken error
}

// NewRecords reads from a file that need not be there yet.
func NewRecords(path string) *Records { return &Records{path: path, byID: make(map[string]Record)} }

// Find waits for the record of a request, which a gateway may write after the
// answer has ended.
func (r *Records) Find(ctx context.Context, id string) (Record, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		rec, ok, err := r.look(id)
		if ok || err != nil {
			return rec, err
		}
		select {
		case <-ctx.Done():
			return rec, fmt.Errorf("no record of the request %s: %w", id, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// look reads what is new in the file.
func (r *Records) look(id string) (Record, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil {
		r.broken = r.more()
	}
	rec, ok := r.byID[id]
	return rec, ok, r.broken
}

func (r *Records) more() error {
	f, err := os.Open(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the records: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.NewSectionReader(f, r.read, 1<<40))
	if err != nil {
		return fmt.Errorf("read the records: %w", err)
	}
	r.read += int64(len(text))
	r.begun = append(r.begun, text...)
	for {
		line, rest, whole := bytes.Cut(r.begun, []byte("\n"))
		if !whole {
			return nil
		}
		r.begun = rest
		var rec Record
		if err := json.Unmarshal(line, &rec); err != nil {
			return fmt.Errorf("read the record %q: %w", line, err)
		}
		r.byID[rec.ID] = rec
	}
}
