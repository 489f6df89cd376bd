package exchange

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/responses"
)

// What refers to what only another place keeps is not asked anew, since the
// answer would be to another question.
func TestStoredStateIsNotDropped(t *testing.T) {
	lang := responses.New(responses.Dialect{})
	for member, want := range map[string]int{
		`"previous_response_id":"resp_1"`: 400, `"conversation":{"id":"c"}`: 400, `"background":true`: 400, `"prompt":{"id":"p"}`: 400,
		`"previous_response_id":null`: 200, `"background":false`: 200, `"store":true`: 200,
	} {
		h := newHouse("a")
		h.replies["a"] = []reply{jsonReply(200, wholeAnswer)}
		o, err := lang.Open(protocol.Spoken{Operation: interline.OperationChat}, []byte(`{"model":"m","input":"hi",`+member+`}`))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.Serve(w, httptest.NewRequest("POST", "/v1/responses", nil), &Ask{In: lang, Opened: o, ID: "r", Received: time.Now()})
		if w.Code != want || len(h.asked) != want/200%2 {
			t.Errorf("%s: %d %s; asked %v", member, w.Code, w.Body, h.asked)
		}
		if name, _, _ := strings.Cut(member[1:], `"`); want == 400 && !strings.Contains(w.Body.String(), `"param":"`+name+`"`) {
			t.Errorf("%s is not named: %s", name, w.Body)
		}
	}
}
