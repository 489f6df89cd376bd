package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	messageoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"

	"github.com/interline-ai/interline/emulator/core"
)

// TestModels lists the gateway's models with every SDK that can.
func TestModels(t *testing.T) {
	c := newChain(t)
	want := []string{"chain", "alone"}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, tt := range []struct {
		name   string
		client openai.Client
	}{
		{"openai", openai.NewClient(option.WithBaseURL(c.gateway.URL+"/v1"), option.WithAPIKey(keyText), once())},
		{"azure v1", openai.NewClient(option.WithBaseURL(c.gateway.URL+"/openai/v1"), option.WithAPIKey(keyText), once())},
		{"azure dated", openai.NewClient(azure.WithEndpoint(c.gateway.URL, azureVersion), azure.WithAPIKey(keyText), azure.WithUnsafeAllowHTTP(), once())},
	} {
		var got []string
		pages := tt.client.Models.ListAutoPaging(ctx)
		for pages.Next() {
			got = append(got, pages.Current().ID)
		}
		if err := pages.Err(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
	client := anthropic.NewClient(messageoption.WithBaseURL(c.gateway.URL), messageoption.WithAPIKey(keyText), messageoption.WithMaxRetries(0))
	var got []string
	pages := client.Models.ListAutoPaging(ctx, anthropic.ModelListParams{})
	for pages.Next() {
		got = append(got, pages.Current().ID)
	}
	if err := pages.Err(); err != nil || !slices.Equal(got, want) {
		t.Errorf("anthropic: %v, %v", got, err)
	}
	if m, err := client.Models.Get(ctx, "chain", anthropic.ModelGetParams{}); err != nil || m.ID != "chain" {
		t.Errorf("anthropic, one: %+v, %v", m, err)
	}
}

// TestRetriesDoNotMultiply leaves the SDKs their own retries: what the gateway
// has tried again in vain, they must not.
func TestRetriesDoNotMultiply(t *testing.T) {
	c := newChain(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	chat := openai.NewClient(option.WithBaseURL(c.gateway.URL+"/v1"), option.WithAPIKey(keyText))
	messages := anthropic.NewClient(messageoption.WithBaseURL(c.gateway.URL), messageoption.WithAPIKey(keyText))
	for name, ask := range map[string]func() error{
		"openai": func() error {
			_, err := chat.Chat.Completions.New(ctx, chatParams(Question{Model: "alone", Effort: "none", Max: 10, Turns: []Turn{{Text: "hello"}}}))
			return err
		},
		"anthropic": func() error {
			_, err := messages.Messages.New(ctx, messageParams(Question{Model: "alone", Effort: "none", Max: 10, Turns: []Turn{{Text: "hello"}}}))
			return err
		},
	} {
		c.run.Drills().Clear()
		if _, err := c.run.Drills().Add(core.Drill{Target: "openai", Kind: core.StatusCode, Status: 500}); err != nil {
			t.Fatal(err)
		}
		err := ask()
		if hits := c.run.Drills().List()[0].Hits; err == nil || hits != 2 {
			t.Errorf("%s: the cloud was asked %d times, want twice: %v", name, hits, err)
		}
	}
}

// TestClientLeaves goes away in the middle of an answer. The cloud is told at
// once, so that no more is paid for, and the record says why it ended.
func TestClientLeaves(t *testing.T) {
	l := live(t, "")
	for _, s := range l.seats("main") {
		ctx, leave := context.WithTimeout(t.Context(), patience)
		trial := &Trial{Seat: s, Stream: true, ctx: ctx, wire: Wire{Answered: make(chan struct{})}}
		l.run.Bill().Clear()
		done := make(chan error, 1)
		go func() {
			_, err := trial.ask(asking(trial, 2000))
			done <- err
		}()
		<-trial.wire.Answered
		time.AfterFunc(100*time.Millisecond, leave)
		if err := <-done; err == nil {
			t.Errorf("%s: a client that left has its answer", s.Kind.Name)
		}
		l.until("the cloud is told that the client left", func() bool { return len(l.run.Bill().Rows("")) == 1 })
		if row := l.run.Bill().Rows("")[0]; !row.Cut || row.Usage.Output > 500 {
			t.Errorf("%s: bill %+v", s.Kind.Name, row)
		}
		r, err := l.gateway.Records.Find(t.Context(), trial.wire.ID)
		if err != nil || r.Status != 499 || r.Error == nil {
			t.Errorf("%s: record %+v, %v", s.Kind.Name, r, err)
		}
		leave()
	}
}

// TestLossIsSaid asks for what a cloud cannot do. The answer's header says what
// was left out.
func TestLossIsSaid(t *testing.T) {
	run := emulate(t, emulatorOf(t, "bedrock"))
	b := run.Place("bedrock")
	_, g := up(t, t.TempDir(), fmt.Sprintf(`keys: [{name: %s, key: %s}]
places: {bedrock: {kind: bedrock, endpoint: %q, region: %s, api_key: %q}}
models: {sol: {deployments: [{place: bedrock, model: us.openai.gpt-5.6-sol}]}}
`, keyName, keyText, b.URL, b.Credentials["region"], b.Credentials["api_key"]))
	for kind, field := range map[string]string{"openai-go": "stop=dropped", "anthropic-sdk-go": "stop_sequences=dropped"} {
		s := kinds(g.Seats(Routed{Model: "sol", Place: "bedrock", Effort: "none", Speaks: []string{chatCompletions, converseAPI}, Emulators: run}), kind)[0]
		for _, stream := range []bool{false, true} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			trial := &Trial{Seat: s, Stream: stream, ctx: ctx}
			q := trial.question("hello")
			q.Stop = []string{"answer"}
			_, err := trial.hear(q)
			cancel()
			if said := trial.wire.Header.Get("X-Interline-Losses"); err != nil || !strings.Contains(said, field) {
				t.Errorf("%s, %s: losses %q, %v", kind, mode(stream), said, err)
			}
		}
	}
}
