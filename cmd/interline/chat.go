package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
	"github.com/interline-ai/interline/protocol/envelope"
)

// chatFlags say what to ask, in which language, and whom.
type chatFlags struct {
	api, key, model, language string
	unary                     bool
	maxTokens                 int64
	timeout                   time.Duration
}

// spoken are the names that --as takes.
const spoken = "chatcompletions, responses, messages, converse, invoke, generatecontent"

func newChat() *cobra.Command {
	var f chatFlags
	c := &cobra.Command{
		Use:   "chat PROMPT",
		Short: "Ask a model through a running gateway and print the answer as it comes",
		Example: `  interline chat "Where do you run?" --model gpt-5.6-sol
  interline chat "Where do you run?" --model claude-sonnet-5 --as converse`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, strings.Join(args, " ")) },
	}
	fl := c.Flags()
	fl.StringVar(&f.api, "api", "", "address of the gateway (default $INTERLINE_API, or http://127.0.0.1:7171)")
	fl.StringVar(&f.key, "key", "", "key of the gateway (default $INTERLINE_KEY)")
	fl.StringVar(&f.model, "model", "", "the model to ask (default the first that the gateway lists)")
	fl.StringVar(&f.language, "as", protocol.ChatCompletions, "the language to ask in: "+spoken)
	fl.BoolVar(&f.unary, "no-stream", false, "wait for the whole answer")
	fl.Int64Var(&f.maxTokens, "max-tokens", 1024, "bound on the answer")
	fl.DurationVar(&f.timeout, "timeout", 5*time.Minute, "bound on the whole call")
	return c
}

func (f *chatFlags) run(c *cobra.Command, prompt string) error {
	lang := all.Client(f.language)
	if lang == nil {
		return invalid{fmt.Errorf("unknown language %q; it is one of %s", f.language, spoken)}
	}
	orEnv(&f.api, "INTERLINE_API", "http://127.0.0.1:7171")
	orEnv(&f.key, "INTERLINE_KEY", "")
	f.api = strings.TrimRight(f.api, "/")
	ctx, cancel := context.WithTimeout(c.Context(), f.timeout)
	defer cancel()
	if f.model == "" {
		var err error
		if f.model, err = f.firstModel(ctx); err != nil {
			return err
		}
	}
	res, err := f.ask(ctx, lang, prompt)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return f.print(c, lang, res)
}

func orEnv(v *string, name, otherwise string) {
	if *v == "" {
		*v = os.Getenv(name)
	}
	if *v == "" {
		*v = otherwise
	}
}

// do sends one request to the gateway.
func (f *chatFlags) do(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, f.api+path, strings.NewReader(string(body)))
	if err != nil {
		return nil, invalid{fmt.Errorf("read the gateway's address: %w", err)}
	}
	req.Header.Set("Content-Type", "application/json")
	if f.key != "" {
		req.Header.Set("Authorization", "Bearer "+f.key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w\n  is the gateway running? --api says where", err)
	}
	return res, nil
}

// firstModel asks for the list of models.
func (f *chatFlags) firstModel(ctx context.Context) (string, error) {
	res, err := f.do(ctx, http.MethodGet, "/v1/models", nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	var list struct{ Data []struct{ ID string } }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list.Data) == 0 {
		return "", errors.New("the gateway lists no models: name one with --model, and check --key")
	}
	return list.Data[0].ID, nil
}

// ask writes the question in the language and sends it.
func (f *chatFlags) ask(ctx context.Context, lang protocol.Translator, prompt string) (*http.Response, error) {
	r := &interline.Request{
		Head:      interline.Head{Operation: interline.OperationChat, Model: f.model, Stream: !f.unary},
		Turns:     []interline.Turn{{Role: interline.User, Blocks: []interline.Block{{Kind: interline.Text, Text: prompt}}}},
		MaxOutput: f.maxTokens,
	}
	body, _, err := lang.WriteRequest(r, protocol.Target{Model: f.model, Traits: interline.Traits{CompletionTokens: true}})
	if err != nil {
		return nil, err
	}
	return f.do(ctx, http.MethodPost, pathOf(lang.Name(), f.model, !f.unary), body)
}

// pathOf is where a language's requests go.
func pathOf(language, model string, stream bool) string {
	switch language {
	case protocol.Responses:
		return "/v1/responses"
	case protocol.GenerateContent:
		if stream {
			return "/v1beta/models/" + escapeSegment(model) + ":streamGenerateContent?alt=sse"
		}
		return "/v1beta/models/" + escapeSegment(model) + ":generateContent"
	case protocol.Messages:
		return "/v1/messages"
	case protocol.Converse:
		if stream {
			return "/model/" + escapeSegment(model) + "/converse-stream"
		}
		return "/model/" + escapeSegment(model) + "/converse"
	case protocol.Invoke:
		if stream {
			return "/model/" + escapeSegment(model) + "/invoke-with-response-stream"
		}
		return "/model/" + escapeSegment(model) + "/invoke"
	}
	return "/v1/chat/completions"
}

// escapeSegment escapes a model's name for a path, colon included, as AWS's SDKs
// do.
func escapeSegment(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune("-._~", rune(c)):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// print prints the answer as it comes, and who gave it.
func (f *chatFlags) print(c *cobra.Command, lang protocol.Translator, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		if err != nil {
			return fmt.Errorf("read the gateway's error: %w", err)
		}
		return fmt.Errorf("%s: %s", res.Status, lang.ReadFault(res.StatusCode, res.Header, body).Message)
	}
	err := f.printEvents(c.OutOrStdout(), lang, res)
	say(c.OutOrStdout(), "\n")
	h := res.Header
	say(c.ErrOrStderr(), "  answered by %s at %s, attempts: %s", h.Get(exchange.HeaderDeployment), h.Get(exchange.HeaderPlace), h.Get(exchange.HeaderAttempts))
	if losses := h.Get(exchange.HeaderLosses); losses != "" {
		say(c.ErrOrStderr(), ", losses: %s", losses)
	}
	say(c.ErrOrStderr(), "\n")
	return err
}

func (f *chatFlags) printEvents(out io.Writer, lang protocol.Translator, res *http.Response) error {
	decoder := lang.Decoder(!f.unary)
	if f.unary {
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		_, err = printFrame(out, decoder, protocol.Frame{Data: body, Raw: body})
		return err
	}
	frames, whole := envelope.NewReader(lang.Envelope(), res.Body), false
	for {
		frame, err := frames.Next()
		switch {
		case errors.Is(err, io.EOF) && whole:
			return nil
		case err != nil:
			return fmt.Errorf("the answer broke off: %w", err)
		}
		ended, err := printFrame(out, decoder, frame)
		if err != nil {
			return err
		}
		whole = whole || ended
	}
}

// printFrame prints the text of one frame and reports whether it was the last.
func printFrame(out io.Writer, decoder protocol.Decoder, frame protocol.Frame) (ended bool, err error) {
	events, err := decoder.Decode(frame)
	if err != nil {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	for i := range events {
		switch e := &events[i]; e.Kind {
		case interline.Delta:
			if e.Block == interline.Text || e.Block == interline.Refusal {
				say(out, "%s", e.Text)
			}
		case interline.FaultEvent:
			return false, fmt.Errorf("the answer broke off: %s", e.Fault.Message)
		case interline.End:
			ended = true
		}
	}
	return ended, nil
}
