package azure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const respond = "/openai/v1/responses"

func TestResponses(t *testing.T) {
	s := newSite(t, Options{})
	key := []string{"api-key", DefaultKey}
	resp, body := s.do("POST", respond, `{"model":"gpt-5.5","input":"hi"}`, key...)
	var r struct {
		ID, Status, Model string
		Filters           []struct {
			Source  string         `json:"source_type"`
			Results map[string]any `json:"content_filter_results"`
		} `json:"content_filters"`
	}
	if err := json.Unmarshal(body, &r); err != nil || resp.StatusCode != 200 {
		t.Fatalf("status %d, %v: %s", resp.StatusCode, err, body)
	}
	if r.Status != "completed" || r.Model != "gpt-5.5-2026-04-24" || len(r.Filters) != 2 || r.Filters[0].Source != "prompt" || r.Filters[0].Results["hate"] == nil {
		t.Errorf("response %s", body)
	}
	foundry := []string{"Authorization", "Bearer " + s.token(audienceFoundry+"/.default")}
	if resp, got := s.do("GET", respond+"/"+r.ID, "", foundry...); resp.StatusCode != 200 || string(got) != string(body) {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	if resp, got := s.do("POST", respond, `{"model":"gpt-5.5","input":"and now?","previous_response_id":"`+r.ID+`","stream":true}`, foundry...); resp.StatusCode != 200 || !strings.Contains(string(got), "event: response.completed") {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	if resp, got := s.do("POST", respond+"/input_tokens", `{"model":"gpt-5.5","input":"hi"}`, key...); resp.StatusCode != 200 || !strings.Contains(string(got), `"response.input_tokens"`) {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
	if resp, _ := s.do("DELETE", respond+"/"+r.ID, "", key...); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestResponseRefusals(t *testing.T) {
	s := newSite(t, Options{})
	key := []string{"api-key", DefaultKey}
	tests := []struct {
		name, method, path, body string
		auth                     []string
		status                   int
		code                     string
	}{
		{"bad key", "POST", respond, `{}`, []string{"api-key", "wrong"}, 401, "401"},
		{"no deployment", "POST", respond, `{"model":"gpt-9","input":"hi"}`, key, 404, "DeploymentNotFound"},
		{"embedding model", "POST", respond, `{"model":"text-embedding-3-small","input":"hi"}`, key, 400, "OperationNotSupported"},
		{"filtered", "POST", respond, `{"model":"gpt-5.5","input":"[[content filter]]"}`, key, 400, "content_filter"},
		{"previous unknown", "POST", respond, `{"model":"gpt-5.5","input":"hi","previous_response_id":"resp_1"}`, key, 400, "previous_response_not_found"},
		{"dated surface", "POST", "/openai/responses?api-version=2024-10-21", `{"model":"gpt-5.5","input":"hi"}`, key, 404, "404"},
		{"wrong method", "PUT", respond, `{}`, key, 404, "404"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, body := s.do(test.method, test.path, test.body, test.auth...)
			if got := read(t, body).Error.Code; resp.StatusCode != test.status || got != test.code {
				t.Errorf("status %d: %s", resp.StatusCode, body)
			}
		})
	}
}

func TestResponsesShareTheQuotaOfChat(t *testing.T) {
	s := newSite(t, Options{})
	key := []string{"api-key", DefaultKey}
	left := func(path, body string) string {
		resp, _ := s.do("POST", path, body, key...)
		return resp.Header.Get("X-Ratelimit-Remaining-Requests")
	}
	first, second := left(v1, hiV1), left(respond, `{"model":"gpt-5.5","input":"hi"}`)
	if first == "" || first == second {
		t.Errorf("%q requests were left, then %q", first, second)
	}
	if rows := s.c.Bill.Rows("azure"); len(rows) != 2 || rows[1].Operation != "responses" || rows[1].Usage == (core.Usage{}) {
		t.Errorf("bill %+v", rows)
	}
}
