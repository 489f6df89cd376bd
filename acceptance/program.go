package acceptance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// How long a gateway may take to begin and to end.
const (
	startLimit = 20 * time.Second
	stopLimit  = 15 * time.Second
)

// Program is a gateway as its users run it: the binary, one configuration file,
// signals.
type Program struct {
	URL     string   // of its API, http://host:port
	Records *Records // what it tells of its requests

	config string
	cmd    *exec.Cmd
	log    *log
	ended  chan struct{} // closed when it has ended, after err is set
	err    error
}

// Build builds the gateway into dir. The variable INTERLINE_BIN names one that
// is built already.
func Build(dir string) (string, error) {
	if bin := os.Getenv("INTERLINE_BIN"); bin != "" {
		return filepath.Abs(bin)
	}
	bin := filepath.Join(dir, "interline")
	build := exec.Command("go", "build", "-o", bin, "./cmd/interline")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the gateway: %w\n%s", err, out)
	}
	return bin, nil
}

// Up starts a gateway with a configuration and waits until it is ready. dir is
// for its files. It has nothing of the environment but env, so that no variable
// of whoever tests changes what is tested.
func Up(binary, dir, document string, env ...string) (*Program, error) {
	p := &Program{config: filepath.Join(dir, "interline.yaml"), log: &log{}, ended: make(chan struct{})}
	requests := filepath.Join(dir, "requests.jsonl")
	p.Records = NewRecords(requests)
	if err := p.Configure(document); err != nil {
		return nil, err
	}
	p.cmd = exec.Command(binary, "up", "--config", p.config, "--listen", "127.0.0.1:0", "--json", "--log-requests", requests)
	p.cmd.Env = append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	line := make(chan []byte, 1)
	go p.await(out, line)
	select {
	case text := <-line:
		var ready struct{ API string }
		if err := json.Unmarshal(text, &ready); err == nil && ready.API != "" {
			p.URL = ready.API
			return p, nil
		}
		err = fmt.Errorf("start the gateway: it said %q", text)
	case <-time.After(startLimit):
		err = errors.New("start the gateway: it did not get ready")
	}
	return nil, errors.Join(err, p.Stop(), errors.New(p.log.String()))
}

// await hands over the first line of output and waits for the program's end.
func (p *Program) await(out io.Reader, line chan<- []byte) {
	r := bufio.NewReader(out)
	first, _ := r.ReadBytes('\n') // a line without an end is no ready line either
	line <- first
	_, _ = io.Copy(io.Discard, r)
	p.err = p.cmd.Wait()
	close(p.ended)
}

// Configure puts another configuration in place, by renaming, as deployments do.
func (p *Program) Configure(document string) error {
	next := p.config + ".next"
	if err := os.WriteFile(next, []byte(document), 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := os.Rename(next, p.config); err != nil {
		return fmt.Errorf("put the configuration in place: %w", err)
	}
	return nil
}

// Signal sends a signal to the program.
func (p *Program) Signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// Stop ends the program as an operator does and returns what it ended with. One
// that does not end in time is killed, which is an error too.
func (p *Program) Stop() error {
	select {
	case <-p.ended:
		return p.err
	default:
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the gateway: %w", err)
	}
	return p.Ended()
}

// Ended waits for the program to end by itself, as after a signal.
func (p *Program) Ended() error {
	select {
	case <-p.ended:
		return p.err
	case <-time.After(stopLimit):
		err := p.cmd.Process.Kill()
		<-p.ended
		return errors.Join(fmt.Errorf("the gateway did not end within %s", stopLimit), err)
	}
}

// Log is what the program has said on standard error.
func (p *Program) Log() string { return p.log.String() }

// log keeps what is written to it. It may be used by many goroutines.
type log struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
