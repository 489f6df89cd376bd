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
	for member, kept := range map[string]bool{
		`"previous_response_id":"resp_1"`: true, `"conversation":{"id":"c"}`: true, `"background":true`: true, `"prompt":{"id":"p"}`: true,
		`"previous_response_id":null`: false, `"background":false`: false, `"store":true`: false,
	} {
		h := newHouse("a")
		h.replies["a"] = []reply{jsonReply(200, wholeAnswer)}
		o, err := lang.Open(protocol.Spoken{Operation: interline.OperationChat}, []byte(`{"model":"m","input":"hi",`+member+`}`))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.Serve(w, httptest.NewRequest("POST", "/v1/responses", nil), &Ask{In: lang, Opened: o, ID: "r", Received: time.Now()})
		want := 200
		if kept {
			want = 400
		}
		if w.Code != want || len(h.asked) > 0 == kept {
			t.Errorf("%s: %d %s; asked %v", member, w.Code, w.Body, h.asked)
		}
		if name, _, _ := strings.Cut(member[1:], `"`); kept && !strings.Contains(w.Body.String(), `"param":"`+name+`"`) {
			t.Errorf("%s is not named: %s", name, w.Body)
		}
	}
}
