package openai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const flatTools = `"tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}},
	{"type":"function","name":"get_time"}]`

// responded is a response, or an event of a stream of one, as a client reads it.
type responded struct {
	ID, Object, Status, Model string
	Output                    []item
	Incomplete                *struct{ Reason string } `json:"incomplete_details"`
	Error                     *struct{ Code string }
	Previous                  *string `json:"previous_response_id"`
	Store                     bool
	Usage                     *spent
}

type spent struct {
	Input int `json:"input_tokens"`
	Read  struct {
		Cached int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	Output int `json:"output_tokens"`
	Said   struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int `json:"total_tokens"`
}

type item struct {
	ID, Type, Status, Role, Name, Arguments string
	CallID                                  string `json:"call_id"`
	Sealed                                  string `json:"encrypted_content"`
	Content, Summary                        []struct{ Type, Text string }
}

type event struct {
	Type, Delta, Text, Arguments, Code string
	Sequence                           int    `json:"sequence_number"`
	ItemID                             string `json:"item_id"`
	Index                              int    `json:"output_index"`
	Response                           *responded
	Item                               *item
}

func (r responded) text() string {
	var all strings.Builder
	for _, i := range r.Output {
		for _, c := range i.Content {
			all.WriteString(c.Text)
		}
	}
	return all.String()
}

// ask posts a request of Responses that must succeed.
func (s *site) ask(body string) responded {
	s.t.Helper()
	resp, got := s.post("/v1/responses", body)
	var r responded
	if err := json.Unmarshal(got, &r); err != nil || resp.StatusCode != 200 {
		s.t.Fatalf("status %d, %v: %s", resp.StatusCode, err, got)
	}
	return r
}

// events posts a streaming request and returns its events, whose names and
// numbers are checked.
func (s *site) events(body string) []event {
	s.t.Helper()
	_, got := s.post("/v1/responses", body)
	var all []event
	for frame := range bytes.SplitSeq(bytes.TrimSuffix(got, []byte("\n\n")), []byte("\n\n")) {
		name, data, _ := strings.Cut(string(frame), "\ndata: ")
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			s.t.Fatalf("frame %s: %v", frame, err)
		}
		if name != "event: "+e.Type || e.Sequence != len(all) {
			s.t.Fatalf("frame %d is %s", len(all), frame)
		}
		all = append(all, e)
	}
	return all
}

func TestResponse(t *testing.T) {
	s := newSite(t, core.Limits{})
	resp, _ := s.post("/v1/responses", `{"model":"gpt-4o","input":"hi"}`)
	if resp.Header.Get("X-Ratelimit-Remaining-Tokens") == "" || resp.Header.Get("X-Request-Id") == "" {
		t.Errorf("headers %v", resp.Header)
	}
	r := s.ask(`{"model":"gpt-4o","input":"What is the capital of France?"}`)
	if r.Object != "response" || r.Status != "completed" || r.Model != "gpt-4o-2024-11-20" || !r.Store || !strings.Contains(r.text(), "capital of France?") {
		t.Errorf("response %+v", r)
	}
	if r.Usage.Input != 14 || r.Usage.Output != core.CountTokens(r.text()) || r.Usage.Total != r.Usage.Input+r.Usage.Output {
		t.Errorf("usage %+v", r.Usage)
	}
	row := s.c.Bill.Rows("openai")[1]
	if row.Operation != "responses" || row.Usage.Input != 14 || row.Usage.Output != r.Usage.Output || row.Cut || row.Stream {
		t.Errorf("bill %+v", row)
	}
	cut := s.ask(`{"model":"gpt-4o","input":"write 100 words","max_output_tokens":16}`)
	if cut.Status != "incomplete" || cut.Incomplete.Reason != "max_output_tokens" || cut.Output[0].Status != "incomplete" || cut.Usage.Output > 16 {
		t.Errorf("cut %+v", cut)
	}
	_, counted := s.post("/v1/responses/input_tokens", `{"model":"gpt-4o","input":"What is the capital of France?"}`)
	if string(counted) != `{"input_tokens":14,"object":"response.input_tokens"}` {
		t.Errorf("count %s", counted)
	}
}

func TestResponseCache(t *testing.T) {
	s := newSite(t, core.Limits{})
	body := `{"model":"gpt-4.1","input":"` + strings.Repeat("all of this is worth keeping ", 400) + `"}`
	first, second := s.ask(body), s.ask(body)
	if first.Usage.Read.Cached != 0 || second.Usage.Read.Cached < 1024 || second.Usage.Input != first.Usage.Input {
		t.Errorf("usage %+v, then %+v", first.Usage, second.Usage)
	}
}

func TestResponseStreamIsTheResponseInPieces(t *testing.T) {
	s := newSite(t, core.Limits{})
	for _, ask := range []string{
		`"model":"gpt-4.1","input":"write 40 words"`,
		`"model":"gpt-4.1","input":"get_weather(Bern) get_time",` + flatTools,
		`"model":"gpt-5.5","input":"hi","reasoning":{"effort":"low","summary":"auto"}`,
		`"model":"gpt-5.5","input":"hi"`,
		`"model":"gpt-4.1","input":"write 40 words","max_output_tokens":16`,
	} {
		whole := s.ask("{" + ask + "}")
		all := s.events("{" + ask + `,"stream":true}`)
		said := make([]string, len(whole.Output))
		for _, e := range all {
			said[max(0, min(e.Index, len(said)-1))] += e.Delta
		}
		last := all[len(all)-1]
		if all[0].Type != "response.created" || all[0].Response.Status != "in_progress" || all[1].Type != "response.in_progress" || last.Type != "response."+whole.Status {
			t.Errorf("%s: first %+v, last %+v", ask, all[0], last)
		}
		for i, w := range whole.Output {
			want := w.Arguments
			for _, part := range append(w.Content, w.Summary...) {
				want += part.Text
			}
			if said[i] != want {
				t.Errorf("%s: item %d streams %q, want %q", ask, i, said[i], want)
			}
			got := last.Response.Output[i]
			got.ID, w.ID = "", ""
			if fmt.Sprint(got) != fmt.Sprint(w) {
				t.Errorf("%s: item %d ends as %+v, want %+v", ask, i, got, w)
			}
		}
		if *last.Response.Usage != *whole.Usage {
			t.Errorf("%s: usage %+v, want %+v", ask, last.Response.Usage, whole.Usage)
		}
	}
}

func TestResponseStreamOrder(t *testing.T) {
	s := newSite(t, core.Limits{})
	var got []string
	for _, e := range s.events(`{"model":"gpt-5.5","input":"get_time","stream":true,"reasoning":{"summary":"auto"},` + flatTools + `}`) {
		if len(got) == 0 || got[len(got)-1] != e.Type {
			got = append(got, e.Type)
		}
	}
	want := []string{
		"response.created", "response.in_progress", "response.output_item.added",
		"response.reasoning_summary_part.added", "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
		"response.reasoning_summary_part.done", "response.output_item.done",
		"response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done",
		"response.output_item.done", "response.completed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
	got = nil
	for _, e := range s.events(`{"model":"gpt-4o","input":"hi","stream":true}`) {
		if len(got) == 0 || got[len(got)-1] != e.Type {
			got = append(got, e.Type)
		}
	}
	want = []string{
		"response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
		"response.output_text.delta", "response.output_text.done", "response.content_part.done",
		"response.output_item.done", "response.completed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

func TestResponseToolsAndPrevious(t *testing.T) {
	s := newSite(t, core.Limits{})
	first := s.ask(`{"model":"gpt-4.1","input":"use get_weather(Bern) and get_time",` + flatTools + `}`)
	if len(first.Output) != 2 || first.Output[0].Arguments != `{"city":"Bern"}` || first.Output[1].Name != "get_time" {
		t.Fatalf("calls %+v", first.Output)
	}
	results := `[{"type":"function_call_output","call_id":"` + first.Output[0].CallID + `","output":"snow"},
		{"type":"function_call_output","call_id":"` + first.Output[1].CallID + `","output":[{"type":"input_text","text":"noon"}]}]`
	second := s.ask(`{"model":"gpt-4.1","previous_response_id":"` + first.ID + `","input":` + results + `,` + flatTools + `}`)
	for _, want := range []string{"Tool get_weather returned: snow", "Tool get_time returned: noon"} {
		if !strings.Contains(second.text(), want) {
			t.Errorf("after the results %q, want %q", second.text(), want)
		}
	}
	if second.Previous == nil || *second.Previous != first.ID || second.Usage.Input <= first.Usage.Input {
		t.Errorf("second %+v", second)
	}
	if one := s.ask(`{"model":"gpt-4.1","input":"get_weather get_time","parallel_tool_calls":false,` + flatTools + `}`); len(one.Output) != 1 {
		t.Errorf("without parallel calls %+v", one.Output)
	}
}

func TestResponsesAreKeptUntilDeleted(t *testing.T) {
	s := newSite(t, core.Limits{})
	call := func(method, path string) (int, string) {
		req, _ := http.NewRequest(method, s.url+path, nil)
		req.Header.Set("Authorization", "Bearer "+DefaultKey)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		_, _ = b.ReadFrom(resp.Body)
		return resp.StatusCode, b.String()
	}
	_, body := s.post("/v1/responses", `{"model":"gpt-4.1","input":"hi","metadata":{"a":"b"}}`)
	var r responded
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	if status, got := call("GET", "/v1/responses/"+r.ID); status != 200 || got != string(body) {
		t.Errorf("status %d: %s, want %s", status, got, body)
	}
	if status, got := call("DELETE", "/v1/responses/"+r.ID); status != 200 || !strings.Contains(got, `"deleted":true`) {
		t.Errorf("status %d: %s", status, got)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if status, got := call(method, "/v1/responses/"+r.ID); status != 404 || !strings.Contains(got, "not found") {
			t.Errorf("%s after the deletion: status %d: %s", method, status, got)
		}
	}
	passing := s.ask(`{"model":"gpt-4.1","input":"hi","store":false}`)
	if status, _ := call("GET", "/v1/responses/"+passing.ID); status != 404 {
		t.Errorf("what was not to be stored: status %d", status)
	}
	streamed := s.events(`{"model":"gpt-4.1","input":"hi","stream":true}`)
	if status, _ := call("GET", "/v1/responses/"+streamed[0].Response.ID); status != 200 {
		t.Errorf("a streamed response: status %d", status)
	}
}

func TestResponseSeesPictures(t *testing.T) {
	s := newSite(t, core.Limits{})
	const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	r := s.ask(`{"model":"gpt-4.1","input":[{"role":"user","content":[{"type":"input_text","text":"what is it?"},{"type":"input_image","detail":"auto","image_url":"` + dot + `"}]}]}`)
	if !strings.Contains(r.text(), "image/png") || !strings.Contains(r.text(), "1x1 pixels") || r.Usage.Input < 255 {
		t.Errorf("%d tokens: %s", r.Usage.Input, r.text())
	}
}

func TestResponseLogprobs(t *testing.T) {
	s := newSite(t, core.Limits{})
	_, body := s.post("/v1/responses", `{"model":"gpt-4.1","input":"hi","include":["message.output_text.logprobs"],"top_logprobs":2}`)
	var r struct {
		Output []struct {
			Content []struct {
				Text     string
				Logprobs []struct {
					Token string
					Top   []any `json:"top_logprobs"`
				}
			}
		}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	var joined strings.Builder
	part := r.Output[0].Content[0]
	for _, l := range part.Logprobs {
		joined.WriteString(l.Token)
		if len(l.Top) != 2 {
			t.Errorf("token %q has %d rivals", l.Token, len(l.Top))
		}
	}
	if joined.String() != part.Text {
		t.Errorf("tokens make %q, want %q", joined.String(), part.Text)
	}
}
