package config

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// watched runs a watcher and returns a channel that tells of changes.
func watched(t *testing.T, path string) <-chan struct{} {
	t.Helper()
	w, err := NewWatcher(path)
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.Run(ctx, func() { told <- struct{}{} }) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return told
}

func expect(t *testing.T, told <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: nothing is told", what)
	}
}

func quiet(t *testing.T, told <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-told:
		t.Errorf("%s: a change is told", what)
	case <-time.After(3 * settle):
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWatchWritesAndRenames(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "interline.yaml")
	put(t, path, "one")
	told := watched(t, path)
	quiet(t, told, "nothing happened")
	put(t, path, "two")
	expect(t, told, "written")
	put(t, path, "two")
	put(t, filepath.Join(dir, "other"), "x")
	quiet(t, told, "the same content, and another file")
	put(t, path+".new", "three")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	expect(t, told, "replaced by renaming")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	quiet(t, told, "gone")
	put(t, path, "four")
	expect(t, told, "back again")
	for i := range 20 {
		put(t, path, "many"+string(rune('a'+i)))
	}
	expect(t, told, "many writes")
	quiet(t, told, "many writes are one change")
}

// TestWatchKubernetes swaps the ..data link of a mounted ConfigMap.
func TestWatchKubernetes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "interline.yaml")
	version := func(name, text string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name, "interline.yaml"), text)
		if err := os.Symlink(name, filepath.Join(dir, "..tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	version("..v1", "one")
	if err := os.Symlink(filepath.Join("..data", "interline.yaml"), path); err != nil {
		t.Fatal(err)
	}
	told := watched(t, path)
	for _, name := range []string{"..v2", "..v3"} {
		version(name, name)
		expect(t, told, name)
	}
	if err := os.RemoveAll(filepath.Join(dir, "..v1")); err != nil {
		t.Fatal(err)
	}
	quiet(t, told, "the old version is removed")
}

func TestWatchFollowsALink(t *testing.T) {
	far, near := t.TempDir(), t.TempDir()
	put(t, filepath.Join(far, "real.yaml"), "one")
	path := filepath.Join(near, "interline.yaml")
	if err := os.Symlink(filepath.Join(far, "real.yaml"), path); err != nil {
		t.Fatal(err)
	}
	told := watched(t, path)
	put(t, filepath.Join(far, "real.yaml"), "two")
	expect(t, told, "the link's target is written")
}

func TestWatchNeedsADirectory(t *testing.T) {
	if err := Watch(t.Context(), filepath.Join(t.TempDir(), "no", "such.yaml"), func() {}); err == nil {
		t.Error("watching nothing is no error")
	}
}
