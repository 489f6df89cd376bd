package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/config"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

const open1 = `listen: 127.0.0.1:0
places: {openai: {kind: openai, api_key: x}}
models: {m: {deployments: [{place: openai, model: gpt-4.1}]}}
`

// The keys of a door that others can reach cannot be taken away, whatever
// address the new document says.
func TestReloadKeepsKeys(t *testing.T) {
	g := &gateway{log: slog.New(slog.DiscardHandler), address: "http://192.0.2.1:7171", bound: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7171}}
	if err := g.reload(parse(t, open1)); err == nil || !strings.Contains(err.Error(), "keys are needed") {
		t.Errorf("err = %v", err)
	}
}

// A gateway steps into a new world and says when it listens elsewhere than the
// document says; one that drains ends.
func TestOpenReloadClose(t *testing.T) {
	var said bytes.Buffer
	g, err := open(context.Background(), parse(t, open1), nil, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.reload(parse(t, strings.Replace(open1, "127.0.0.1:0", "127.0.0.1:1", 1))); err != nil {
		t.Error(err)
	}
	if !strings.Contains(said.String(), "listen is read at start only") {
		t.Errorf("log: %s", said.String())
	}
	self := strings.Replace(open1, "api_key: x", "api_key: x, endpoint: \""+g.address+"/v1\"", 1)
	if err := g.reload(parse(t, self)); err == nil || !strings.Contains(err.Error(), "this gateway itself") {
		t.Errorf("a gateway became its own cloud: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- g.close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-ctx.Done():
		t.Error("it did not end")
	}
}
