package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

// burst and ticks are how many events the streams have.
const (
	burst = 200
	ticks = 50
	tick  = 20 * time.Millisecond
	pace  = time.Millisecond
)

// serve listens on a port of the kernel's choice, prints the address, and serves
// until the process is ended.
func serve(h http.Handler) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", l.Addr())
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { // ends with whoever started it
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(s.Serve(l))
}

// reverseProxy is what a newcomer writes.
func reverseProxy(to string) http.Handler {
	target, err := url.Parse(to)
	if err != nil {
		log.Fatal(err)
	}
	p := httputil.NewSingleHostReverseProxy(target)
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 2048
	t.MaxIdleConns = 4096
	p.Transport = t
	p.ErrorLog = log.New(io.Discard, "", 0) // the load hangs up in the middle of answers
	return p
}

var (
	unaryAnswer = []byte(`{"id":"chatcmpl-bench","object":"chat.completion","created":1780000000,"model":"gpt-4.1-2025-04-14","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("An answer of some length. ", 20) + `","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":200,"completion_tokens":110,"total_tokens":310,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_bench"}`)
	event = []byte(`data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1780000000,"model":"gpt-4.1-2025-04-14","service_tier":"default","system_fingerprint":"fp_bench","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"a1B2c3D4e5F6"}` + "\n\n")
	tail  = []byte(`data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1780000000,"model":"gpt-4.1-2025-04-14","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}` + "\n\n" +
		`data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1780000000,"model":"gpt-4.1-2025-04-14","choices":[],"usage":{"prompt_tokens":200,"completion_tokens":200,"total_tokens":400}}` + "\n\n" + "data: [DONE]\n\n")
)

// mock is a cloud that does the least work a cloud can do: it reads the request
// and says a fixed answer, of the kind that the path asks for.
func mock() http.Handler {
	mux := http.NewServeMux()
	answer := func(kind string, h func(w http.ResponseWriter, flush func())) {
		mux.HandleFunc("POST /"+kind+"/v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			h(w, func() { _ = http.NewResponseController(w).Flush() })
		})
	}
	answer("unary", func(w http.ResponseWriter, _ func()) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(unaryAnswer)
	})
	stream := func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/event-stream; charset=utf-8") }
	answer("burst", func(w http.ResponseWriter, flush func()) {
		stream(w)
		for range burst {
			_, _ = w.Write(event)
			flush()
			time.Sleep(pace)
		}
		_, _ = w.Write(tail)
	})
	answer("ticks", func(w http.ResponseWriter, flush func()) {
		stream(w)
		for range ticks {
			_, _ = w.Write(event)
			flush()
			time.Sleep(tick)
		}
		_, _ = w.Write(tail)
	})
	answer("idle", func(w http.ResponseWriter, flush func()) {
		stream(w)
		_, _ = w.Write(event)
		flush()
		time.Sleep(20 * time.Second)
		_, _ = w.Write(tail)
	})
	others(mux)
	return mux
}
