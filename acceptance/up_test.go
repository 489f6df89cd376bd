package acceptance

import (
	"context"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator"
)

// The gateway's own key.
const (
	keyName = "judge"
	keyText = "il-judge-0123456789abcdef"
)

// buildDir is where the gateway is built, once for all tests of a run.
var buildDir string

var binary = sync.OnceValues(func() (string, error) { return Build(buildDir) })

func TestMain(m *testing.M) {
	flag.Parse()
	// What is judged at once mostly waits, for the gateway's own retries.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	var err error
	if buildDir, err = os.MkdirTemp("", "interline-acceptance-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(buildDir) // what is left of a temporary directory harms nobody
	os.Exit(code)
}

// emulatorOf is one emulated cloud alone.
func emulatorOf(t *testing.T, name string) emulator.Options {
	t.Helper()
	places, err := emulator.Places(name)
	if err != nil {
		t.Fatal(err)
	}
	return emulator.Options{Places: places}
}

// emulate runs emulated clouds until the test ends.
func emulate(t *testing.T, o emulator.Options) *emulator.Running {
	t.Helper()
	run, err := emulator.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := run.Close(ctx); err != nil {
			t.Errorf("close the emulators: %v", err)
		}
	})
	return run
}

// up runs a gateway until the test ends, and shows what it said if that failed.
func up(t *testing.T, dir, config string, env ...string) (*Program, Gateway) {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Up(bin, dir, config, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop the gateway: %v", err)
		}
		if t.Failed() {
			t.Logf("the gateway said:\n%s", p.Log())
		}
	})
	return p, Gateway{URL: p.URL, Key: keyText, KeyName: keyName, Records: p.Records}
}
