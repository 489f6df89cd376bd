package exchange

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/messages"
)

// counter is a place that counts in the languages of counts, and answers in
// those of testDriver.
type counter struct {
	testDriver
	counts []protocol.Translator
}

func (c counter) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	if operation == interline.OperationCount {
		return c.counts
	}
	return c.testDriver.Speaks(d, operation)
}

// Tokens are counted by a deployment that can, whichever it is; where none can
// they are estimated, and marked as that.
func TestCount(t *testing.T) {
	claude := messages.New(messages.Dialect{})
	const body = `{"model":"m","messages":[{"role":"user","content":"hi"}],"new":1}`
	for name, tt := range map[string]struct {
		counts   [2][]protocol.Translator
		reply    reply
		estimate bool // there is one
		status   int
		want     string
		asked    string
	}{
		"the first":       {[2][]protocol.Translator{{claude}, nil}, jsonReply(200, `{"input_tokens": 7}`), true, 200, `{"input_tokens": 7}`, "a"},
		"the second":      {[2][]protocol.Translator{nil, {claude}}, jsonReply(200, `{"input_tokens":7}`), true, 200, `{"input_tokens":7}`, "b"},
		"another's words": {[2][]protocol.Translator{{chat}, nil}, reply{}, true, 200, `{"input_tokens":42}`, ""},
		"nobody":          {[2][]protocol.Translator{}, reply{}, true, 200, `{"input_tokens":42}`, ""},
		"nobody at all":   {[2][]protocol.Translator{}, reply{}, false, 400, "", ""},
		"refused":         {[2][]protocol.Translator{{claude}, nil}, jsonReply(400, `{"type":"error","error":{"type":"invalid_request_error","message":"x"}}`), true, 400, "", "a"},
		"a page":          {[2][]protocol.Translator{{claude}, nil}, reply{status: 200, kind: "text/html", body: nil}, true, 502, "", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse("a", "b")
			for i, d := range h.Candidates(&interline.Head{Model: "m"}) {
				d.Driver = counter{testDriver{[]protocol.Translator{claude}}, tt.counts[i]}
			}
			if tt.reply.status > 0 {
				if tt.reply.body == nil {
					tt.reply.body = &slow{pieces: []string{"<html>"}, waits: []time.Duration{0}}
				}
				h.replies[tt.asked] = []reply{tt.reply}
			}
			if tt.estimate {
				h.Estimate = func(r *interline.Request) int64 { return int64(len(r.Turns)) + 41 }
			}
			o, err := claude.Open(protocol.Spoken{Operation: interline.OperationCount}, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			h.Serve(w, httptest.NewRequest("POST", "/v1/messages/count_tokens", nil), &Ask{In: claude, Opened: o, ID: "r", Received: time.Now()})
			if w.Code != tt.status || tt.want != "" && w.Body.String() != tt.want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if estimated := w.Header().Get(HeaderEstimate) == "true"; estimated != (tt.want == `{"input_tokens":42}`) {
				t.Errorf("marked as an estimate: %v", estimated)
			}
			if len(h.asked) > 1 || len(h.asked) == 1 && h.asked[0] != tt.asked {
				t.Errorf("asked %v", h.asked)
			}
			if h.record == nil || h.record.Status != tt.status {
				t.Errorf("record %+v", h.record)
			}
		})
	}
}
