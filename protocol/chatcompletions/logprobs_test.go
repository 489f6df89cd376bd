package chatcompletions

import (
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// oddsAnswer has a letter of two tokens, and numbers at the end of the chunk that
// finishes.
var oddsAnswer = protocoltest.Answer{
	Name: "log-probabilities",
	Body: `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hé!","refusal":null},"logprobs":{"content":[{"token":"H","logprob":-0.5,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.5,"bytes":[72]},{"token":"J","logprob":-1.25,"bytes":[74]}]},{"token":"bytes:\\xc3","logprob":-9999.0,"bytes":[195],"top_logprobs":[]},{"token":"bytes:\\xa9","logprob":0,"bytes":[169],"top_logprobs":[]},{"token":"!","logprob":-1,"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
	Stream: `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":{"content":[],"refusal":null},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"H"},"logprobs":{"content":[{"token":"H","logprob":-0.5,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.5,"bytes":[72]},{"token":"J","logprob":-1.25,"bytes":[74]}]}],"refusal":null},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":""},"logprobs":{"content":[{"token":"bytes:\\xc3","logprob":-9999.0,"bytes":[195],"top_logprobs":[]}],"refusal":null},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"é"},"logprobs":{"content":[{"token":"bytes:\\xa9","logprob":0,"bytes":[169],"top_logprobs":[]}],"refusal":null},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"!"},"logprobs":{"content":[{"token":"!","logprob":-1,"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":"stop"}]}

data: {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

// TestLogProbsThatTellNothing: what cannot be read, and what is of no text, leaves
// the answer as it is.
func TestLogProbsThatTellNothing(t *testing.T) {
	for name, choice := range map[string]string{
		"of a call":       `"message":{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":{"content":[{"token":"x","logprob":-1}]}`,
		"of a thought":    `"message":{"reasoning_content":"Hm."},"logprobs":{"content":[{"token":"Hm.","logprob":-1}]}`,
		"a huge number":   `"message":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":-1e999}]}`,
		"a text":          `"message":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":"likely"}]}`,
		"in another form": `"message":{"content":"x"},"logprobs":{"tokens":["x"],"token_logprobs":[-1]}`,
		"no object":       `"message":{"content":"x"},"logprobs":[[]]`,
	} {
		body := `{"id":"c","model":"m","choices":[{"index":0,` + choice + `,"finish_reason":"stop"}]}`
		told := protocoltest.Fold(protocoltest.DecodeBody(t, New(Dialect{}), []byte(body)))
		if !told.Ended || len(told.Choices) != 1 || len(told.Choices[0].Blocks) != 1 || told.Choices[0].Blocks[0].LogProbs != nil {
			t.Errorf("%s: %+v", name, told)
		}
	}
}
