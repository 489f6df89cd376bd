package responses

import (
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

const (
	oddsOfH   = `{"token":"H","logprob":-0.5,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.5,"bytes":[72]},{"token":"J","logprob":-1.25,"bytes":[74]}]}`
	oddsOfI   = `{"token":"i","logprob":-9999.0,"bytes":[105],"top_logprobs":[]}`
	oddsItem  = `{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[` + oddsOfH + `,` + oddsOfI + `]}]}`
	oddsUsage = `"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}`
)

// oddsAnswer is as the API streams it: pieces without bytes, and all of it again.
var oddsAnswer = protocoltest.Answer{
	Name: "log-probabilities",
	Body: `{"id":"resp_3","status":"completed","model":"m","output":[` + oddsItem + `],` + oddsUsage + `}`,
	Stream: `data: {"type":"response.created","response":{"id":"resp_3","model":"m","output":[]}}

data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"H","logprobs":[{"token":"H","logprob":-0.5,"top_logprobs":[{"token":"H","logprob":-0.5},{"token":"J","logprob":-1.25}]}]}

data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"i","logprobs":[{"token":"i","logprob":-9999.0,"top_logprobs":[]}]}

data: {"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi","logprobs":[` + oddsOfH + `,` + oddsOfI + `]}

data: {"type":"response.output_item.done","output_index":0,"item":` + oddsItem + `}

data: {"type":"response.completed","response":{"id":"resp_3","status":"completed","model":"m","output":[` + oddsItem + `],` + oddsUsage + `}}

`,
	Usage: interline.Usage{Input: 3, Output: 2},
}

// TestLogProbsToldAtTheEnd: some servers tell them only where they tell the text
// again.
func TestLogProbsToldAtTheEnd(t *testing.T) {
	late := oddsAnswer.Stream
	for _, piece := range strings.Split(late, "\n") {
		if strings.Contains(piece, "output_text.delta") {
			before, after, _ := strings.Cut(piece, `"logprobs":`)
			late = strings.Replace(late, before+`"logprobs":`+after, before+`"logprobs":[]}`, 1)
		}
	}
	told := protocoltest.Fold(protocoltest.DecodeStream(t, New(Dialect{}), []byte(late)))
	if b := told.Choices[0].Blocks; len(b) != 1 || b[0].Text != "Hi" || len(b[0].LogProbs) != 2 || len(b[0].LogProbs[0].Top) != 2 {
		t.Errorf("told %+v in\n%s", told, late)
	}
}

// TestLogProbsAreTakenOut: a vendor that refuses them is not asked for them, in
// include no more than by name.
func TestLogProbsAreTakenOut(t *testing.T) {
	l := New(Dialect{Refuses: []string{"top_logprobs"}})
	for body, want := range map[string]string{
		`{"model":"m","input":"x","include":["reasoning.encrypted_content","message.output_text.logprobs"],"store":false}`: `{"model":"m","input":"x","include":["reasoning.encrypted_content"],"store":false}`,
		`{"model":"m","input":"x","top_logprobs":2,"include":["message.output_text.logprobs"]}`:                            `{"model":"m","input":"x","include":[]}`,
		`{"model":"m","input":"x","include":["reasoning.encrypted_content"]}`:                                              `{"model":"m","input":"x","include":["reasoning.encrypted_content"]}`,
	} {
		o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Header: http.Header{}}, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got, losses := l.Patch(o, protocol.Edits{})
		if string(got.Bytes()) != want || (len(losses) > 0) != (body != want) {
			t.Errorf("%s becomes %s, lost %+v", body, got.Bytes(), losses)
		}
	}
}
