package openai

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

// site is a place that listens, with the books of its core.
type site struct {
	t   *testing.T
	c   *core.Core
	url string
}

func newSite(t *testing.T, limits core.Limits) *site {
	t.Helper()
	c := core.New(core.Config{
		Names:  map[string]string{"openai": "openai"},
		Limits: map[string]core.Limits{"openai": limits},
	})
	s := httptest.NewServer(New(Options{}).Handler(c))
	t.Cleanup(func() {
		c.Release()
		s.Close()
	})
	return &site{t, c, s.URL}
}

// post sends a body with the key and returns the response and its body, read
// as far as it came.
func (s *site) post(path, body string) (*http.Response, []byte) {
	s.t.Helper()
	req, err := http.NewRequest("POST", s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+DefaultKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, _ := io.ReadAll(resp.Body) // some drills end it early
	return resp, got
}

// chat posts a chat request that must succeed.
func (s *site) chat(body string) reply {
	s.t.Helper()
	resp, got := s.post("/v1/chat/completions", body)
	if resp.StatusCode != 200 {
		s.t.Fatalf("status %d: %s", resp.StatusCode, got)
	}
	var r reply
	if err := json.Unmarshal(got, &r); err != nil {
		s.t.Fatalf("body %s: %v", got, err)
	}
	return r
}

// stream posts a streaming chat request and returns the data of its events.
func (s *site) stream(body string) []string {
	s.t.Helper()
	resp, got := s.post("/v1/chat/completions", body)
	if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		s.t.Fatalf("status %d, type %s: %s", resp.StatusCode, resp.Header.Get("Content-Type"), got)
	}
	var events []string
	for event := range bytes.SplitSeq(bytes.TrimSuffix(got, []byte("\n\n")), []byte("\n\n")) {
		data, ok := strings.CutPrefix(string(event), "data: ")
		if !ok {
			s.t.Fatalf("event %q is not a line of data", event)
		}
		events = append(events, data)
	}
	return events
}

func (s *site) drill(d core.Drill) {
	s.t.Helper()
	d.Target = "openai"
	if _, err := s.c.Drills.Add(d); err != nil {
		s.t.Fatal(err)
	}
}

// reply is a chat answer or a chunk of one, as a client reads it.
type reply struct {
	ID, Object, Model string
	Choices           []struct {
		Index          int
		Message, Delta struct {
			Role      string
			Content   *string
			ToolCalls []struct {
				Index    int
				ID, Type string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		FinishReason *string `json:"finish_reason"`
		Logprobs     *struct {
			Content []struct {
				Token string
				Top   []any `json:"top_logprobs"`
			}
		}
	}
	Usage *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
		Total      int `json:"total_tokens"`
		Read       struct {
			Cached int  `json:"cached_tokens"`
			Writes *int `json:"cache_write_tokens"`
		} `json:"prompt_tokens_details"`
		Said struct {
			Reasoning int `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
	}
	Fingerprint string `json:"system_fingerprint"`
	Tier        string `json:"service_tier"`
}

// failure is an error body.
type failure struct {
	Error struct {
		Message, Type string
		Param, Code   *string
	}
}

func readFailure(t *testing.T, body []byte) failure {
	t.Helper()
	var f failure
	if err := json.Unmarshal(body, &f); err != nil || f.Error.Message == "" {
		t.Fatalf("body %s is not an error in OpenAI's shape: %v", body, err)
	}
	return f
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
