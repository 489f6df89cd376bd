package config

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Times of watching.
const (
	settle     = 200 * time.Millisecond // of quiet before a change is told
	settleMost = 2 * time.Second        // even without quiet
	rewatch    = time.Second            // when the directory is gone
)

// Watcher tells when a file's content has changed. It watches the directory,
// not the file, so it sees a file that is replaced by renaming, and a Kubernetes
// volume whose ..data link is swapped; a file that is a link to another
// directory is watched there too. What counts is the content: touching a file
// changes nothing, and a file that is gone for a moment has not changed yet.
type Watcher struct {
	path   string
	events *fsnotify.Watcher
	last   [sha256.Size]byte
}

// NewWatcher begins to watch. What changes from now on is told by Run, so a
// watcher that is made before the file is loaded misses nothing.
func NewWatcher(path string) (*Watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", path, err)
	}
	w := &Watcher{path: path, events: events}
	if err := w.follow(); err != nil {
		_ = events.Close() // it never ran
		return nil, fmt.Errorf("watch %s: %w", path, err)
	}
	w.changed()
	return w, nil
}

// Watch calls onChange after every change of the file's content until the
// context ends. Its error is that of beginning to watch.
func Watch(ctx context.Context, path string, onChange func()) error {
	w, err := NewWatcher(path)
	if err != nil {
		return err
	}
	w.Run(ctx, onChange)
	return nil
}

// follow watches the directories that the path leads through now.
func (w *Watcher) follow() error {
	dir := filepath.Dir(w.path)
	if err := w.events.Add(dir); err != nil {
		return fmt.Errorf("watch the directory %s: %w", dir, err)
	}
	if target, err := filepath.EvalSymlinks(w.path); err == nil && filepath.Dir(target) != dir {
		// best effort: the link itself is watched already
		_ = w.events.Add(filepath.Dir(target))
	}
	return nil
}

// changed reports whether the content differs from when it was last asked.
func (w *Watcher) changed() bool {
	data, err := readFile(w.path)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(data)
	if sum == w.last {
		return false
	}
	w.last = sum
	return true
}

// Run calls onChange after every change until the context ends, one call at a
// time. It may be called once.
func (w *Watcher) Run(ctx context.Context, onChange func()) {
	defer func() { _ = w.events.Close() }() // nothing is lost with it
	timer := time.NewTimer(0)               // what changed before Run
	defer timer.Stop()
	var since time.Time // of the first event not told yet
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-w.events.Events:
			if !ok {
				return
			}
		case _, ok := <-w.events.Errors: // such as lost events: look for oneself
			if !ok {
				return
			}
		case <-timer.C:
			since = time.Time{}
			if w.follow() != nil {
				timer.Reset(rewatch)
			}
			if w.changed() {
				onChange()
			}
			continue
		}
		if since.IsZero() {
			since = time.Now()
		}
		timer.Reset(min(settle, max(0, settleMost-time.Since(since))))
	}
}
