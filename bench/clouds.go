package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"time"
)

// The other languages' fixed answers, each as long as the one of Chat Completions.

var text = strings.Repeat("An answer of some length. ", 20)

// wire is a cloud language's answers.
type wire struct {
	kind                     string // of a stream
	unary, start, word, tail []byte
}

var converse = wire{
	kind:  "application/vnd.amazon.eventstream",
	unary: []byte(`{"metrics":{"latencyMs":100},"output":{"message":{"content":[{"text":"` + text + `"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":200,"outputTokens":110,"totalTokens":310}}`),
	start: frame("messageStart", `{"p":"abcdefgh","role":"assistant"}`),
	word:  frame("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":" word"},"p":"abcdefghijklmnop"}`),
	tail: concat(frame("contentBlockStop", `{"contentBlockIndex":0,"p":"abc"}`), frame("messageStop", `{"p":"abcdef","stopReason":"end_turn"}`),
		frame("metadata", `{"metrics":{"latencyMs":100},"p":"ab","usage":{"inputTokens":200,"outputTokens":200,"totalTokens":400}}`)),
}

const responseHead = `"id":"resp_bench","object":"response","created_at":1780000000,"model":"gpt-5.6-sol-2026-07-09"`

var responses = wire{
	kind: "text/event-stream; charset=utf-8",
	unary: []byte(`{` + responseHead + `,"status":"completed","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"` + text +
		`","annotations":[],"logprobs":[]}]}],"usage":{"input_tokens":200,"input_tokens_details":{"cached_tokens":0},"output_tokens":110,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":310}}`),
	start: concat(sse("response.created", `"response":{`+responseHead+`,"status":"in_progress","output":[]},"sequence_number":0`),
		sse("response.output_item.added", `"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]},"sequence_number":1`),
		sse("response.content_part.added", `"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]},"sequence_number":2`)),
	word: sse("response.output_text.delta", `"item_id":"msg_1","output_index":0,"content_index":0,"delta":" word","logprobs":[],"sequence_number":3,"obfuscation":"a1B2c3D4e5F6"`),
	tail: concat(sse("response.output_text.done", `"item_id":"msg_1","output_index":0,"content_index":0,"text":"","sequence_number":4`),
		sse("response.output_item.done", `"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"","annotations":[]}]},"sequence_number":5`),
		sse("response.completed", `"response":{`+responseHead+`,"status":"completed","output":[],"usage":{"input_tokens":200,"output_tokens":200,"total_tokens":400}},"sequence_number":6`)),
}

const googleEnd = `"usageMetadata":{"promptTokenCount":200,"candidatesTokenCount":200,"totalTokenCount":400,"promptTokensDetails":[{"modality":"TEXT","tokenCount":200}]},"modelVersion":"gemini-3.8-flash","responseId":"bench"}`

var generateContent = wire{
	kind:  "text/event-stream",
	unary: []byte(`{"candidates":[{"content":{"parts":[{"text":"` + text + `"}],"role":"model"},"finishReason":"STOP","index":0}],` + googleEnd),
	word:  []byte(`data: {"candidates":[{"content":{"parts":[{"text":" word"}],"role":"model"},"index":0}],` + googleEnd + "\r\n\r\n"),
	tail:  []byte(`data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],` + googleEnd + "\r\n\r\n"),
}

func sse(name, members string) []byte {
	return []byte("event: " + name + "\ndata: {\"type\":\"" + name + "\"," + members + "}\n\n")
}

func concat(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// frame is one message of an AWS event stream.
func frame(event, payload string) []byte {
	var headers []byte
	for _, h := range [][2]string{{":event-type", event}, {":content-type", "application/json"}, {":message-type", "event"}} {
		headers = append(append(headers, byte(len(h[0]))), h[0]...)
		headers = append(headers, 7) // a string
		headers = append(binary.BigEndian.AppendUint16(headers, uint16(len(h[1]))), h[1]...)
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(12+len(headers)+len(payload)+4))
	out = binary.BigEndian.AppendUint32(out, uint32(len(headers)))
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
	out = append(append(out, headers...), payload...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// others serves the answers of the other languages, at the paths of their clouds.
func others(mux *http.ServeMux) {
	for pattern, w := range map[string]wire{
		"/model/{model}/converse": converse, "/model/{model}/converse-stream": converse, "/v1/responses": responses, "/v1beta/models/{model}": generateContent,
	} {
		mux.HandleFunc("POST /unary"+pattern, func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write(w.unary)
		})
		mux.HandleFunc("POST /burst"+pattern, func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			rw.Header().Set("Content-Type", w.kind)
			flush := http.NewResponseController(rw)
			_, _ = rw.Write(w.start)
			for range burst {
				_, _ = rw.Write(w.word)
				_ = flush.Flush()
				time.Sleep(pace)
			}
			_, _ = rw.Write(w.tail)
		})
	}
}

// pair is a client's language and the one that the cloud is asked in.
type pair struct {
	name, path, model string
	body              func(model string, stream bool) string
}

// pairs are what is compared: a call that is forwarded first.
func pairs() []pair {
	question := strings.Repeat("Some words of a question. ", 32)
	return []pair{
		{"forwarded", "/v1/chat/completions", "%s", func(model string, stream bool) string { return small(stream)(model) }},
		{"chat→converse", "/v1/chat/completions", "%s-converse", func(model string, stream bool) string { return small(stream)(model) }},
		{"messages→responses", "/v1/messages", "%s-responses", func(model string, stream bool) string {
			return fmt.Sprintf(`{"system":"You are a helpful assistant.","messages":[{"role":"user","content":%q}],"model":%q,"max_tokens":512,"stream":%v}`, question, model, stream)
		}},
		{"responses→generatecontent", "/v1/responses", "%s-gemini", func(model string, stream bool) string {
			return fmt.Sprintf(`{"instructions":"You are a helpful assistant.","input":%q,"model":%q,"max_output_tokens":512,"stream":%v,"store":false}`, question, model, stream)
		}},
	}
}

// translations are the gateway once for each pair.
func translations(gateway *process) []*process {
	var out []*process
	for _, p := range pairs() {
		t := *gateway
		t.name = p.name
		t.path = func(kind string) (string, string) { return p.path, fmt.Sprintf(p.model, kind) }
		t.body = p.body
		out = append(out, &t)
	}
	return out
}
