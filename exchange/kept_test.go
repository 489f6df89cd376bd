package exchange

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// spelling seals by saying for whom and where.
type spelling struct{}

func (spelling) Mark() string          { return "il1_" }
func (spelling) Sealed(id string) bool { return strings.Contains(id, "il1_") }
func (spelling) Seal(tenant, place, id string) string {
	return "il1_" + tenant + "_" + place + "_" + id
}

func (spelling) Open(string, string) (string, string, error) {
	return "", "", nil
}

// Ids of what is kept are told sealed, and nothing else is changed.
func TestIDsOfForwardedAnswers(t *testing.T) {
	d := &cloud.Deployment{Deployment: driver.Deployment{Place: "west"}}
	k := &walk{ask: &Ask{Key: "app", Seals: spelling{}}}
	for _, tt := range []struct{ path, kind, body, want string }{
		{"/files/file-1", "application/json", `{"id":"file-1","object":"file"}`, `{"id":"il1_app_west_file-1","object":"file"}`},
		{"/files/file-1/content", "application/json", `{"id":"file-1"}`, `{"id":"file-1"}`},
		{"/files/file-1", "application/octet-stream", `{"id":"file-1"}`, `{"id":"file-1"}`},
		{"/x", "application/json; charset=utf-8", `{"id":"call_1","item_id":"msg_1","file_id":null,"output_file_id":"file-2"}`, `{"id":"call_1","item_id":"msg_1","file_id":null,"output_file_id":"il1_app_west_file-2"}`},
		{
			"/messages/batches/msgbatch_1", "application/json", `{"id":"msgbatch_1","results_url":"https://vendor.example/v1/messages/batches/msgbatch_1/results"}`,
			`{"id":"il1_app_west_msgbatch_1","results_url":"/v1/messages/batches/il1_app_west_msgbatch_1/results"}`,
		},
		{"/x", "application/json", `{"results_url":"https://vendor.example/other"}`, `{"results_url":"https://vendor.example/other"}`},
	} {
		ids := k.telling(&Passing{API: protocol.APIOpenAI, Before: tt.path}, d, tt.kind)
		got := tt.body
		if ids != nil {
			got = string(ids.Flush(ids.Append(nil, []byte(tt.body))))
		}
		if got != tt.want {
			t.Errorf("%s is told as %s, want %s", tt.path, got, tt.want)
		}
	}
	if k.telling(&Passing{API: protocol.APIGemini}, d, "application/json") != nil {
		t.Error("Google's names are told otherwise")
	}
}
