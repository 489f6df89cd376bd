package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"interline": main})
}

// TestScripts runs the program as a person would: each file is a session.
func TestScripts(t *testing.T) {
	procs := &processes{running: map[string]*running{}}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Defer(procs.killAll(e.WorkDir))
			e.Setenv("NO_PROXY", "127.0.0.1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": procs.serve, "signal": procs.signal, "ended": procs.ended,
		},
		RequireExplicitExec: true,
	})
}

// processes are the servers that scripts started, by script and name.
type processes struct {
	mu      sync.Mutex
	running map[string]*running
}

type running struct {
	cmd  *exec.Cmd
	done chan error
	errs *strings.Builder
}

// serve starts a server in the background and waits until it is ready:
//
//	serve NAME ARGS...
//
// What its line of JSON says is then in the variables NAME_API, NAME_KEY,
// NAME_CONTROL and NAME_<place>.
func (p *processes) serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve NAME ARGS...")
	}
	name := args[0]
	path, err := exec.LookPath("interline")
	ts.Check(err)
	r := &running{cmd: exec.CommandContext(context.Background(), path, args[1:]...), done: make(chan error, 1), errs: &strings.Builder{}}
	r.cmd.Dir = ts.MkAbs(".")
	for _, v := range os.Environ() {
		if n, _, _ := strings.Cut(v, "="); n == "PATH" || strings.HasPrefix(n, "TESTSCRIPT") || n == "GOCOVERDIR" {
			r.cmd.Env = append(r.cmd.Env, v)
		}
	}
	for _, n := range []string{"HOME", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "CLIENT_KEY"} {
		r.cmd.Env = append(r.cmd.Env, n+"="+ts.Getenv(n))
	}
	r.cmd.Stderr = r.errs
	out, err := r.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(r.cmd.Start())
	p.mu.Lock()
	p.running[ts.Getenv("WORK")+" "+name] = r
	p.mu.Unlock()
	line := make(chan string, 1)
	go func() {
		in := bufio.NewScanner(out)
		if in.Scan() {
			line <- in.Text()
		}
		close(line)
		for in.Scan() { // the rest is not of interest
		}
		r.done <- r.cmd.Wait()
	}()
	select {
	case text := <-line:
		said := ready{}
		if err := json.Unmarshal([]byte(text), &said); err != nil {
			ts.Fatalf("%s did not become ready: %q %s", name, text, r.errs)
		}
		ts.Setenv(name+"_API", said.API)
		ts.Setenv(name+"_KEY", said.Key)
		ts.Setenv(name+"_CONTROL", said.Control)
		for place, url := range said.Places {
			ts.Setenv(name+"_"+place, url)
		}
	case <-time.After(20 * time.Second):
		ts.Fatalf("%s did not become ready in time", name)
	}
}

func (p *processes) find(ts *testscript.TestScript, name string) *running {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.running[ts.Getenv("WORK")+" "+name]
	if r == nil {
		ts.Fatalf("no server %q was started", name)
	}
	return r
}

// signal sends a signal to a server: signal NAME HUP|TERM|INT.
func (p *processes) signal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: signal NAME HUP|TERM|INT")
	}
	s := map[string]os.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": os.Interrupt}[args[1]]
	ts.Check(p.find(ts, args[0]).cmd.Process.Signal(s))
	time.Sleep(300 * time.Millisecond) // for what the signal asks for
}

// ended waits until a server has ended well; what it said on standard error is
// then in the file NAME.stderr.
func (p *processes) ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ended NAME")
	}
	r := p.find(ts, args[0])
	select {
	case err := <-r.done:
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+".stderr"), []byte(r.errs.String()), 0o600))
		if err != nil {
			ts.Fatalf("%s ended with %v: %s", args[0], err, r.errs)
		}
	case <-time.After(20 * time.Second):
		ts.Fatalf("%s did not end in time", args[0])
	}
}

// killAll ends what a script left running.
func (p *processes) killAll(work string) func() {
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for name, r := range p.running {
			if strings.HasPrefix(name, work+" ") {
				_ = r.cmd.Process.Kill()
			}
		}
	}
}
