package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAgents sends what command-line agents send, byte by byte as they do, to
// every place. Each story is a file: a request with its headers, and what must be
// heard of the answer, which is read strictly by the rules of its protocol.
func TestAgents(t *testing.T) {
	stories := agentStories(t)
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	all := stands()
	_, g := up(t, dir, emulateStands(t, all, certificate), "SSL_CERT_FILE="+certificate)
	for _, s := range all {
		t.Run(s.Model, func(t *testing.T) {
			t.Parallel()
			for _, story := range stories {
				t.Run(story.name, func(t *testing.T) {
					err := story.tell(t.Context(), g, s.Routed)
					reason := agentGap(story.name, s.Routed)
					if reason != "" && err != nil {
						t.Logf("known gap, %s: %v", reason, err)
					}
					if err := verdict(err, reason != ""); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

// agentGap is why a story cannot go well at a place, or empty.
func agentGap(story string, m Routed) string {
	for _, g := range agentGaps {
		if slices.Contains(g.stories, story) && slices.Contains(g.models, m.Model) {
			return g.reason
		}
	}
	return ""
}

// agentGaps are the stories that cannot go well at some places.
var agentGaps = []struct {
	stories, models []string
	reason          string
}{
	{
		[]string{"codex-patch"},
		[]string{"bedrock-chat", "mantle-gpt"},
		"the request is forwarded as it is, and Bedrock has none of the vendor's own tools",
	},
	{
		[]string{"claude-code"},
		[]string{"anthropic"},
		"the request is forwarded as it is, and the model takes neither adaptive thinking nor efforts",
	},
	{
		[]string{"claude-code-budget"},
		[]string{"anthropic-adaptive", "anthropic-aws", "foundry"},
		"the request is forwarded as it is, and the model takes no thinking budget",
	},
}

// agentStory is one request of an agent and what must come of it.
type agentStory struct {
	name         string
	method, path string
	header       http.Header
	body         string
	want         []expectation
}

// expectation is a line below "-- answer --": what to look at, and what for.
type expectation struct{ of, what string }

func agentStories(t *testing.T) []agentStory {
	t.Helper()
	files, err := filepath.Glob("testdata/agents/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	var out []agentStory
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		story, err := readStory(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		story.name = strings.TrimSuffix(filepath.Base(file), ".txtar")
		out = append(out, story)
	}
	return out
}

func readStory(text string) (agentStory, error) {
	_, rest, ok := strings.Cut(text, "\n-- request --\n")
	request, answer, ok2 := strings.Cut(rest, "\n-- answer --\n")
	head, body, ok3 := strings.Cut(request, "\n\n")
	if !ok || !ok2 || !ok3 {
		return agentStory{}, errors.New("want a request, with an empty line before its body, and an answer")
	}
	s := agentStory{header: http.Header{}, body: body}
	lines := strings.Split(head, "\n")
	s.method, s.path, _ = strings.Cut(lines[0], " ")
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return s, fmt.Errorf("%q is no header", line)
		}
		s.header.Set(name, value)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(answer), "\n") {
		of, what, ok := strings.Cut(line, ": ")
		if !ok {
			return s, fmt.Errorf("%q is no expectation", line)
		}
		s.want = append(s.want, expectation{of, what})
	}
	return s, nil
}

// tell sends the story's request for a model and judges the answer.
func (s agentStory) tell(ctx context.Context, g Gateway, m Routed) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	m.Emulators.Bill().Clear()
	fill := strings.NewReplacer("$MODEL", m.Model, "$KEY", g.Key)
	req, err := http.NewRequestWithContext(ctx, s.method, g.URL+fill.Replace(s.path), strings.NewReader(fill.Replace(s.body)))
	if err != nil {
		return err
	}
	for name := range s.header {
		req.Header.Set(name, fill.Replace(s.header.Get(name)))
	}
	var wire Wire
	res, err := wire.carry(req, http.DefaultClient.Do)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %s", res.StatusCode, body)
	}
	a, err := s.read(res.Header.Get("Content-Type"), body)
	if err != nil {
		return fmt.Errorf("%w, in\n%.4000s", err, body)
	}
	a.losses = strings.Split(res.Header.Get("X-Interline-Losses"), ", ")
	for _, want := range s.want {
		if err := a.meets(want, m); err != nil {
			return fmt.Errorf("%s: %s: %w: %+v", want.of, want.what, err, a)
		}
	}
	return s.settle(ctx, g, m, wire.ID, a)
}

// settle holds the usage that was told and the one on the record against the bill.
func (s agentStory) settle(ctx context.Context, g Gateway, m Routed, id string, a agentHeard) error {
	if a.counted != nil {
		return nil // nothing is billed for it
	}
	rows := m.Emulators.Bill().Rows("")
	if len(rows) != 1 || rows[0].Cut {
		return fmt.Errorf("bill %+v, want one row", rows)
	}
	r, err := g.Records.Find(ctx, id)
	switch {
	case err != nil:
		return err
	case r.Usage == nil || !agree(r.Usage.usage(), rows[0].Usage):
		return fmt.Errorf("usage on the record %+v, on the bill %+v", r.Usage, rows[0].Usage)
	case a.output != rows[0].Usage.Output:
		return fmt.Errorf("%d tokens of output told, on the bill %+v", a.output, rows[0].Usage)
	}
	return nil
}

// read reads an answer in the protocol of the story.
func (s agentStory) read(contentType string, body []byte) (agentHeard, error) {
	if strings.HasPrefix(s.want[0].of, "count") {
		return readCount(body)
	}
	if !strings.HasPrefix(contentType, "text/event-stream") {
		return agentHeard{}, fmt.Errorf("content type %q", contentType)
	}
	events, err := readEvents(body)
	if err != nil {
		return agentHeard{}, err
	}
	switch {
	case strings.HasPrefix(s.path, "/v1/messages"):
		return readMessageEvents(events)
	case strings.HasPrefix(s.path, "/v1/responses"):
		return readResponseEvents(events)
	}
	return readGeminiEvents(events)
}

// agentHeard is what a strict reader made of an answer.
type agentHeard struct {
	text    string
	thought string
	calls   []Call
	free    []Call // of custom tools; Arguments is the text
	output  int    // tokens
	ended   Stop
	counted map[string]any
	losses  []string
}

func (a agentHeard) meets(want expectation, m Routed) error {
	wrong := errors.New("not met")
	switch want.of {
	case "call":
		name, args, _ := strings.Cut(want.what, " ")
		if len(a.calls) == 1 && len(a.free) == 0 && a.calls[0].Name == name && sameJSON(a.calls[0].Arguments, args) && a.calls[0].ID != "" && a.ended == StopCalls {
			return nil
		}
	case "free":
		name, text, _ := strings.Cut(want.what, " ")
		if len(a.free) == 1 && len(a.calls) == 0 && a.free[0].Name == name && a.free[0].Arguments == text && a.ended == StopCalls {
			return nil
		}
	case "text":
		// Where a picture has to follow in a message of the user, the emulated
		// model answers that one.
		for what := range strings.SplitSeq(want.what, " | ") {
			if strings.Contains(a.text, what) && a.ended == StopEnd {
				return nil
			}
		}
	case "words":
		if n := len(strings.Fields(a.text)); fmt.Sprint(n) == want.what && a.ended == StopEnd {
			return nil
		}
	case "json":
		var got map[string]any
		if json.Unmarshal([]byte(a.text), &got) == nil && got[want.what] != nil && a.ended == StopEnd {
			return nil
		}
	case "loss":
		return a.lost(want.what, m)
	case "count":
		if n, ok := a.counted[want.what].(float64); ok && n > 10 {
			return nil
		}
	default:
		return errors.New("nobody knows how to look at that")
	}
	return wrong
}

// lost looks for a loss, which places of the client's own language do not have.
func (a agentHeard) lost(what string, m Routed) error {
	for _, said := range a.losses {
		if said == what {
			return nil
		}
	}
	for _, language := range m.Speaks {
		if language == responsesAPI {
			return nil
		}
	}
	return errors.New("it is not in the header")
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

func readCount(body []byte) (agentHeard, error) {
	a := agentHeard{counted: map[string]any{}}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&a.counted); err != nil {
		return a, fmt.Errorf("read the count: %w", err)
	}
	return a, nil
}
