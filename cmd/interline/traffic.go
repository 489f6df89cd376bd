package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/interline-ai/interline/protocol"
)

// Bounds of the demo's own load.
const (
	trafficPause = 400 * time.Millisecond // between two requests, on average
	trafficEnd   = 30 * time.Minute
)

var questions = []string{
	"What makes a good incident review?", "Write 40 words about rivers.", "Explain back-pressure to a newcomer.",
	"Name three uses of a ledger.", "Why do clouds differ in price?", "What is an interline ticket?",
}

// traffic sends a light load to the gateway until the context ends or half an
// hour is over: the same question now in one language and now in another.
func traffic(ctx context.Context, api, key string, models []string) {
	ctx, cancel := context.WithTimeout(ctx, trafficEnd)
	defer cancel()
	languages := []string{protocol.ChatCompletions, protocol.Messages, protocol.Converse}
	for n := 0; ctx.Err() == nil; n++ {
		model, question := models[n%len(models)], questions[n%len(questions)]
		askOnce(ctx, api, key, languages[n%len(languages)], model, question)
		select {
		case <-time.After(trafficPause/2 + rand.N(trafficPause)):
		case <-ctx.Done():
		}
	}
}

// askOnce asks and reads the answer; how it went is in the gateway's log.
func askOnce(ctx context.Context, api, key, language, model, question string) {
	body := fmt.Sprintf(`{"model":%q,"stream":true,"max_completion_tokens":200,"messages":[{"role":"user","content":%q}]}`, model, question)
	switch language {
	case protocol.Messages:
		body = strings.Replace(body, "max_completion_tokens", "max_tokens", 1)
	case protocol.Converse:
		body = fmt.Sprintf(`{"inferenceConfig":{"maxTokens":200},"messages":[{"role":"user","content":[{"text":%q}]}]}`, question)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, api+pathOf(language, model, true), strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
}
