package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// process is a server under test, or the mock cloud.
type process struct {
	name string
	url  string
	// path maps a kind of answer to where and how it is asked for.
	path func(kind string) (path, model string)
	// body, when not nil, is what is asked instead of the scenario's own.
	body func(model string, stream bool) string
	cmd  *exec.Cmd
	in   io.Closer
}

// The cores: the one of the target, and those of everything else. Empty where
// taskset is not installed or there is one core only.
func targetCore() string { return cores("0") }

func loadCores() string { return cores("1-" + strconv.Itoa(runtime.NumCPU()-1)) }

func cores(list string) string {
	if _, err := exec.LookPath("taskset"); err != nil || runtime.NumCPU() < 2 {
		return ""
	}
	return list
}

// start starts a process that prints its address, on the cores given.
func start(ctx context.Context, name, on string, argv ...string) (*process, error) {
	if on != "" {
		argv = append([]string{"taskset", "-c", on}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, in: in}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not say where it listens: %w", name, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	p.url = strings.TrimSpace(line)
	if strings.HasPrefix(p.url, "{") {
		var ready struct{ API string }
		if err := json.Unmarshal([]byte(line), &ready); err != nil {
			p.stop()
			return nil, fmt.Errorf("read what %s says when it is ready: %w", name, err)
		}
		p.url = ready.API
	}
	return p, nil
}

func (p *process) stop() {
	_ = p.in.Close()
	_ = p.cmd.Process.Signal(os.Interrupt)
	done := make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-done
	}
}

// startTargets starts what is compared. Those that were started are returned
// even with an error.
func startTargets(ctx context.Context, gateway, cloud, dir string) ([]*process, error) {
	var all []*process
	proxy, err := start(ctx, "reverseproxy", targetCore(), os.Args[0], "proxy", cloud)
	if err != nil {
		return all, err
	}
	proxy.path = func(kind string) (string, string) { return "/" + kind + "/v1/chat/completions", kind }
	all = append(all, proxy)
	file := filepath.Join(dir, "interline.yaml")
	if err := os.WriteFile(file, []byte(gatewayConfig(cloud)), 0o600); err != nil {
		return all, err
	}
	gw, err := start(ctx, "gateway", targetCore(), gateway, "up", "--config", file, "--listen", "127.0.0.1:0", "--json", "--log-requests", os.DevNull)
	if err != nil {
		return all, err
	}
	gw.path = func(kind string) (string, string) { return "/v1/chat/completions", kind }
	all = append(all, gw)
	ngx, err := startNginx(ctx, cloud, dir)
	if err != nil || ngx == nil {
		return all, err
	}
	return append(all, ngx), nil
}

// gatewayConfig has a key, since nobody runs a gateway without one, and one
// model for each kind of answer.
func gatewayConfig(cloud string) string {
	var b strings.Builder
	b.WriteString("keys:\n  - {name: bench, key: il-bench-key}\nplaces:\n")
	kinds := []string{"unary", "burst", "ticks", "idle"}
	for _, k := range kinds {
		fmt.Fprintf(&b, "  %s: {kind: openai, endpoint: %s/%s/v1, api_key: sk-bench}\n", k, cloud, k)
		fmt.Fprintf(&b, "  %s-aws: {kind: bedrock, region: us-east-1, endpoint: %s/%s, api_key: bench}\n", k, cloud, k)
		fmt.Fprintf(&b, "  %s-google: {kind: gemini, endpoint: %s/%s/v1beta, api_key: bench}\n", k, cloud, k)
	}
	b.WriteString("models:\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "  %s: {deployments: [{place: %s, model: gpt-4.1}]}\n", k, k)
		fmt.Fprintf(&b, "  %s-converse: {deployments: [{place: %s-aws, model: us.anthropic.claude-sonnet-5}]}\n", k, k)
		fmt.Fprintf(&b, "  %s-responses: {deployments: [{place: %s, model: gpt-5.6-sol}]}\n", k, k)
		fmt.Fprintf(&b, "  %s-gemini: {deployments: [{place: %s-google, model: gemini-3.8-flash}]}\n", k, k)
	}
	return b.String()
}

// ticksPerSecond is the unit of /proc's CPU times; Linux has it fixed for
// programs.
const ticksPerSecond = 100

// usage is the CPU time of a process and its children so far, and its memory.
func (p *process) usage() (cpu time.Duration, rss int64, err error) {
	for _, pid := range family(p.cmd.Process.Pid) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, 0, fmt.Errorf("read CPU time (Linux only): %w", err)
		}
		_, rest, ok := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 22 {
			return 0, 0, errors.New("read CPU time: unknown form of /proc")
		}
		user, _ := strconv.ParseInt(f[11], 10, 64)
		system, _ := strconv.ParseInt(f[12], 10, 64)
		pages, _ := strconv.ParseInt(f[21], 10, 64)
		cpu += time.Duration(user+system) * time.Second / ticksPerSecond
		rss += pages * int64(os.Getpagesize())
	}
	return cpu, rss, nil
}

// family is a process and its children; kernels that do not tell of children
// have none to tell of.
func family(pid int) []int {
	pids := []int{pid}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return pids
	}
	for _, f := range strings.Fields(string(raw)) {
		if child, err := strconv.Atoi(f); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}
