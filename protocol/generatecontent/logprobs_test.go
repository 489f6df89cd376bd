package generatecontent

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// oddsAnswer has a chunk without text, and tokens of the last text beside the
// signature that ends it.
var oddsAnswer = protocoltest.Answer{
	Name: "log-probabilities",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Hi!","thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP","index":0,"avgLogprobs":-0.75,"logprobsResult":{"chosenCandidates":[{"token":"H","tokenId":7,"logProbability":-0.5},{"token":"i","tokenId":8},{"token":"!","tokenId":9,"logProbability":-1.75}],"topCandidates":[{"candidates":[{"token":"H","tokenId":7,"logProbability":-0.5},{"token":"J","tokenId":6,"logProbability":-1.25}]},{},{"candidates":[{"token":"?","logProbability":-0.25}]}],"logProbabilitySum":-2.25}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":3,"totalTokenCount":6},"modelVersion":"m","responseId":"r6"}`,
	Stream: `
data: {"candidates":[{"content":{"parts":[{"text":"H"}],"role":"model"},"index":0,"logprobsResult":{"chosenCandidates":[{"token":"H","tokenId":7,"logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"H","tokenId":7,"logProbability":-0.5},{"token":"J","tokenId":6,"logProbability":-1.25}]}]}}],"modelVersion":"m","responseId":"r6"}

data: {"candidates":[{"content":{"parts":[{"text":"i!"}],"role":"model"},"index":0,"logprobsResult":{"chosenCandidates":[{"token":"i","tokenId":8}]}}],"modelVersion":"m","responseId":"r6"}

data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP","index":0,"avgLogprobs":-0.75,"logprobsResult":{"chosenCandidates":[{"token":"!","tokenId":9,"logProbability":-1.75}],"topCandidates":[{"candidates":[{"token":"?","logProbability":-0.25}]}]}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":3,"totalTokenCount":6},"modelVersion":"m","responseId":"r6"}

`,
	Usage: interline.Usage{Input: 3, Output: 3},
}

// TestAverageOfLogProbs: an answer that tells likelihoods tells their average.
func TestAverageOfLogProbs(t *testing.T) {
	for _, stream := range []bool{false, true} {
		out := string(protocoltest.Encode(New(), interline.Head{Model: "m", Stream: stream}, protocoltest.DecodeBody(t, New(), []byte(oddsAnswer.Body))))
		if strings.Count(out, `"avgLogprobs":-0.75`) != 1 || !strings.Contains(out, `"finishReason":"STOP","avgLogprobs"`) {
			t.Errorf("stream %v: %s", stream, out)
		}
		if chosen := strings.Count(out, `"chosenCandidates":[`); chosen != 1 {
			t.Errorf("stream %v: %d lists in %s", stream, chosen, out)
		}
	}
}

// TestLogProbsThatTellNothing: what cannot be read, and what is of no text, leaves
// the answer as it is.
func TestLogProbsThatTellNothing(t *testing.T) {
	for name, candidate := range map[string]string{
		"of a call":     `"content":{"parts":[{"functionCall":{"name":"f"}}]},"logprobsResult":{"chosenCandidates":[{"token":"x"}]}`,
		"of a thought":  `"content":{"parts":[{"text":"x","thought":true}]},"logprobsResult":{"chosenCandidates":[{"token":"x"}]}`,
		"a huge number": `"content":{"parts":[{"text":"x"}]},"logprobsResult":{"chosenCandidates":[{"token":"x","logProbability":-1e999}]}`,
		"no object":     `"content":{"parts":[{"text":"x"}]},"logprobsResult":[]`,
	} {
		told := protocoltest.Fold(protocoltest.DecodeBody(t, New(), []byte(`{"candidates":[{`+candidate+`,"finishReason":"STOP"}]}`)))
		if !told.Ended || len(told.Choices) != 1 || len(told.Choices[0].Blocks) != 1 || told.Choices[0].Blocks[0].LogProbs != nil {
			t.Errorf("%s: %+v", name, told)
		}
	}
}
