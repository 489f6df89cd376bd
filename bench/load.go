package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// scenario is one kind of load.
type scenario struct {
	name    string
	kind    string // of answer
	body    func(model string) string
	clients int
	events  int // of one answer
}

// sample is one measurement.
type sample struct {
	cpu float64 // microseconds per request
	rss float64 // MiB
}

// translated are those that are compared in several languages.
func translated(only string) []scenario {
	return named(only, []scenario{
		{"1 KB chat, translated", "unary", nil, 16, 0},
		{"200-event stream, translated", "burst", nil, 16, burst},
	})
}

func scenarios(only string) []scenario {
	return named(only, []scenario{
		{"1 KB chat", "unary", small(false), 16, 0},
		{"100 KB prompt", "unary", prompt, 8, 0},
		{"1 MB with an image", "unary", image, 4, 0},
		{"200-event stream", "burst", small(true), 16, burst},
		{"1,000 streams", "ticks", small(true), 1000, ticks},
	})
}

// named are the scenarios whose name contains a text.
func named(only string, all []scenario) []scenario {
	var out []scenario
	for _, s := range all {
		if strings.Contains(s.name, only) {
			out = append(out, s)
		}
	}
	return out
}

// Bodies have their members in the order that the official SDKs write them:
// messages first, so that whoever looks for the model must walk all of them.

func small(stream bool) func(string) string {
	return func(model string) string {
		b := `{"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"` + strings.Repeat("Some words of a question. ", 32) + `"}],"model":"` + model + `","max_completion_tokens":512`
		if stream {
			b += `,"stream":true,"stream_options":{"include_usage":true}`
		}
		return b + "}"
	}
}

func prompt(model string) string {
	var b strings.Builder
	b.WriteString(`{"messages":[`)
	for b.Len() < 100<<10 {
		b.WriteString(`{"role":"user","content":"` + strings.Repeat(`A line with \"quotes\", a\ttab and\na new line, as code has. `, 12) + `"},{"role":"assistant","content":"` + strings.Repeat("An answer in plain words. ", 20) + `"},`)
	}
	b.WriteString(`{"role":"user","content":"go on"}],"model":"` + model + `","max_completion_tokens":512}`)
	return b.String()
}

func image(model string) string {
	return `{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,` + strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 43690) + `"}}]}],"model":"` + model + `"}`
}

// request is the bytes of one request to a target.
func (s *scenario) request(t *process) []byte {
	path, model := t.path(s.kind)
	var body string
	if t.body != nil {
		body = t.body(model, s.events > 0)
	} else {
		body = s.body(model)
	}
	return []byte("POST " + path + " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer il-bench-key\r\nContent-Type: application/json\r\nUser-Agent: bench\r\nAccept: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// run loads a target for the window and measures it.
func (s *scenario) run(ctx context.Context, t *process, window time.Duration) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req := s.request(t)
	var got tally
	var failed atomic.Int64
	var clients sync.WaitGroup
	for range s.clients {
		clients.Go(func() {
			for ctx.Err() == nil {
				err := client(ctx, t.url, req, &got)
				if n := failed.Add(1); err != nil && ctx.Err() == nil && n > max(3, got.answers.Load()/100) {
					cancel(fmt.Errorf("%d requests failed: %w", n, err))
				}
			}
		})
	}
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	wait(window / 6)
	before, _, err := t.usage()
	if err != nil {
		return sample{}, err
	}
	from := got.bytes.Load()
	wait(window)
	after, rss, err := t.usage()
	n := float64(got.bytes.Load()-from) / float64(max(got.size.Load(), 1))
	if cause := context.Cause(ctx); cause != nil {
		return sample{}, cause
	}
	cancel(nil)
	clients.Wait()
	if err != nil {
		return sample{}, err
	}
	if n == 0 {
		return sample{}, errors.New("no request was answered")
	}
	return sample{cpu: float64((after - before).Microseconds()) / n, rss: float64(rss) / (1 << 20)}, nil
}

// tally counts what was answered: in bytes, since a thousand streams that began
// together also end together, and a window would see all of them or none.
type tally struct{ answers, bytes, size atomic.Int64 }

// Write implements io.Writer for the body of an answer.
func (t *tally) Write(p []byte) (int, error) {
	t.bytes.Add(int64(len(p)))
	return len(p), nil
}

// client sends the request again and again over one connection.
func client(ctx context.Context, url string, req []byte, got *tally) error {
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer func() { _ = c.Close() }()
	in := bufio.NewReaderSize(c, 16<<10)
	for {
		size, err := one(c, in, req, got)
		if err != nil {
			return err
		}
		got.size.Store(size)
		got.answers.Add(1)
	}
}

// one sends the request, reads its whole answer, and returns how long it was.
func one(c net.Conn, in *bufio.Reader, req []byte, got *tally) (int64, error) {
	if _, err := c.Write(req); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		return 0, fmt.Errorf("status %d: %.300s", res.StatusCode, text)
	}
	return io.Copy(got, res.Body)
}

// idleMemory holds idle streams open at each target and returns what each of
// them takes, in KiB.
func idleMemory(ctx context.Context, targets []*process, streams int) (map[string]float64, error) {
	s := scenario{kind: "idle", body: small(true)}
	out := map[string]float64{}
	for _, t := range targets {
		_, before, err := t.usage()
		if err != nil {
			return nil, err
		}
		held, cancel := context.WithCancel(ctx)
		req := s.request(t)
		var all sync.WaitGroup
		var got tally
		for range streams {
			all.Go(func() { _ = client(held, t.url, req, &got) }) // ended below
		}
		time.Sleep(5 * time.Second)
		_, after, err := t.usage()
		cancel()
		all.Wait()
		if err != nil {
			return nil, err
		}
		out[t.name] = float64(after-before) / 1024 / float64(streams)
	}
	return out, nil
}
