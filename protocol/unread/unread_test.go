package unread

import (
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/generatecontent"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/responses"
)

// However it comes in pieces, an answer's usage is the same.
func TestUsage(t *testing.T) {
	const sse = "text/event-stream"
	for name, tt := range map[string]struct {
		api, kind, body string
		want            interline.Usage
		found           bool
	}{
		"images":         {protocol.APIOpenAI, "application/json", `{"data":[{"b64_json":"x"}],"usage":{"input_tokens":9,"output_tokens":272,"total_tokens":281,"input_tokens_details":{"text_tokens":5,"image_tokens":4}}}`, interline.Usage{Input: 9, Output: 272, InputImage: 4}, true},
		"transcription":  {protocol.APIOpenAI, "application/json; charset=utf-8", `{"text":"t","usage":{"type":"tokens","input_tokens":14,"output_tokens":45,"input_token_details":{"audio_tokens":14,"text_tokens":0}}}`, interline.Usage{Input: 14, InputAudio: 14, Output: 45}, true},
		"seconds":        {protocol.APIOpenAI, "application/json", `{"text":"t","usage":{"type":"duration","seconds":9}}`, interline.Usage{}, false},
		"none":           {protocol.APIOpenAI, "application/json", `{"object":"file","bytes":7}`, interline.Usage{}, false},
		"a file of JSON": {protocol.APIOpenAI, "application/octet-stream", `{"usage":{"input_tokens":9}}`, interline.Usage{}, false},
		"not whole":      {protocol.APIOpenAI, "application/json", `{"usage":{"input_tokens":9}`, interline.Usage{}, false},
		"null":           {protocol.APIOpenAI, "application/json", `{"usage":null}`, interline.Usage{}, false},
		"zero":           {protocol.APIOpenAI, "application/json", `{"usage":{"prompt_tokens":0,"total_tokens":0}}`, interline.Usage{}, true},
		"picture events": {protocol.APIOpenAI, sse, "event: image_generation.partial_image\ndata: {\"b64_json\":\"" + strings.Repeat("A", 2*mostKept) + "\"}\n\ndata: {\"type\":\"image_generation.completed\",\"usage\":{\"input_tokens\":9,\"output_tokens\":2}}\r\n\r\n", interline.Usage{Input: 9, Output: 2}, true},
		"messages":       {protocol.APIAnthropic, sse, "data: {\"message\":{\"usage\":{\"input_tokens\":3,\"cache_read_input_tokens\":4,\"output_tokens\":1}}}\n\ndata: {\"usage\":{\"output_tokens\":8}}\n\n", interline.Usage{Input: 7, CacheRead: 4, Output: 8}, true},
		"google":         {protocol.APIVertex, "application/json", `{"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":6,"thoughtsTokenCount":7,"cachedContentTokenCount":2,"promptTokensDetails":[{"modality":"TEXT","tokenCount":5}]}}`, interline.Usage{Input: 5, CacheRead: 2, Output: 13, Reasoning: 7}, true},
		"bedrock":        {protocol.APIBedrock, "application/json", `{"usage":{"inputTokens":3,"outputTokens":2,"cacheReadInputTokens":4}}`, interline.Usage{Input: 7, CacheRead: 4, Output: 2}, true},
		"too long":       {protocol.APIOpenAI, "application/json", `{"x":"` + strings.Repeat("A", mostKept) + `","usage":{"input_tokens":9}}`, interline.Usage{}, false},
	} {
		for _, size := range []int{1, 7, 4096, len(tt.body)} {
			if size < 100 && len(tt.body) > mostKept {
				continue // long enough as it is
			}
			m := NewMeter(tt.api, http.Header{"Content-Type": {tt.kind}})
			for rest := tt.body; rest != ""; {
				n := min(size, len(rest))
				m.Read([]byte(rest[:n]))
				rest = rest[n:]
				if len(m.kept) > mostKept {
					t.Fatalf("%s: %d bytes are kept", name, len(m.kept))
				}
			}
			if got, found := m.Usage(); got != tt.want || found != tt.found {
				t.Errorf("%s in pieces of %d: %+v, %v", name, size, got, found)
			}
		}
	}
	m := NewMeter(protocol.APIBedrock, http.Header{"X-Amzn-Bedrock-Input-Token-Count": {"7"}, "X-Amzn-Bedrock-Output-Token-Count": {"2"}})
	m.Read([]byte("bytes"))
	if got, found := m.Usage(); !found || got.Input != 7 || got.Output != 2 {
		t.Errorf("headers: %+v, %v", got, found)
	}
}

// What the languages' own meters say of an answer is said here too.
func TestUsageAsTheLanguagesSay(t *testing.T) {
	for _, tt := range []struct {
		api  string
		lang protocol.Protocol
		body string
	}{
		{protocol.APIOpenAI, chatcompletions.New(chatcompletions.Dialect{}), `{"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":3},"completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":2}}}`},
		{protocol.APIOpenAI, responses.New(responses.Dialect{}), `{"id":"x","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"y","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hello","annotations":[]}]}],"usage":{"input_tokens":30,"output_tokens":20,"total_tokens":50,"input_tokens_details":{"cached_tokens":8},"output_tokens_details":{"reasoning_tokens":5}}}`},
		{protocol.APIAnthropic, messages.New(messages.Dialect{}), `{"id":"x","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2,"cache_read_input_tokens":8,"cache_creation_input_tokens":5}}`},
		{protocol.APIGemini, generatecontent.New(), `{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hello"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":30,"candidatesTokenCount":2,"thoughtsTokenCount":4,"cachedContentTokenCount":8,"toolUsePromptTokenCount":6,"totalTokenCount":42}}`},
	} {
		theirs := tt.lang.Meter(false)
		theirs.Read(protocol.Frame{Data: []byte(tt.body), Raw: []byte(tt.body)})
		ours := NewMeter(tt.api, http.Header{"Content-Type": {"application/json"}})
		ours.Read([]byte(tt.body))
		if got, found := ours.Usage(); !found || theirs.Usage() == nil || got != *theirs.Usage() {
			t.Errorf("%s: %+v, the language says %+v", tt.lang.Name(), got, theirs.Usage())
		}
	}
}

// FuzzOpen: whatever a body is, naming a model in it changes nothing but the name,
// and what was named is then read.
func FuzzOpen(f *testing.F) {
	f.Add("application/json", []byte(`{"a":1,"model":"m"}`))
	f.Add("", []byte(` {}`))
	f.Add("multipart/form-data; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n--B--\r\n"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		b, err := Open(kind, body)
		if err != nil || len(body) == 0 {
			return
		}
		if same, err := b.Naming(b.Model, false); err != nil || b.kind == form && string(same.Bytes()) != string(body) {
			t.Fatalf("%q becomes %q, %v", body, same.Bytes(), err)
		}
		named, err := b.Naming("another", true)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(kind, named.Bytes())
		if err != nil || b.kind != opaque && again.Model != "another" {
			t.Fatalf("%q becomes %q, which names %q, %v", body, named.Bytes(), again.Model, err)
		}
	})
}
