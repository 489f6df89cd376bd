package chat

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Message is one message of a request.
type Message struct {
	Role   string
	Name   string
	Parts  []Part
	Calls  []Call // of an assistant
	CallID string // of a tool
}

// Part is a piece of a message's content.
type Part struct {
	Text  string
	Image *core.Image
	Bytes int           // size of a file given inline
	Salt  string        // tells pictures and files apart for caches
	Mark  time.Duration // lifetime of a cache breakpoint after the part; 0 for none
}

// Call is a tool call an assistant made earlier.
type Call struct{ ID, Name, Arguments string }

// Text joins the message's text parts with line ends.
func (m Message) Text() string {
	var texts []string
	for _, p := range m.Parts {
		if p.Text != "" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

var roles = []string{"system", "assistant", "user", "function", "tool", "developer"}

func readMessages(r *reader, raw json.RawMessage) []Message {
	if absent(raw) {
		r.missing("messages")
		return nil
	}
	items := r.list("messages", raw)
	if r.err == nil && len(items) == 0 {
		r.fail(Invalid("messages", "empty_array",
			"Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."))
	}
	var messages []Message
	for i, item := range items {
		messages = append(messages, readMessage(r, at("messages", i), item))
	}
	checkOrder(r, messages)
	return messages
}

func readMessage(r *reader, path string, raw json.RawMessage) Message {
	m := r.object(path, raw, "role", "content", "name", "refusal", "tool_calls", "tool_call_id", "audio", "annotations", "function_call", "reasoning", "reasoning_content")
	if m == nil {
		if r.err == nil {
			r.wrongType(path, "an object", raw)
		}
		return Message{}
	}
	msg := Message{Role: r.need(path+".role", m["role"]), Name: r.text(path+".name", m["name"])}
	r.word(path+".role", m["role"], roles...)
	if msg.Role == "function" || !absent(m["function_call"]) || !absent(m["audio"]) {
		r.fail(Invalid(path, "unsupported_value", "Unsupported value: messages of the functions API and audio are not emulated."))
	}
	msg.Calls = readCalls(r, path+".tool_calls", m["tool_calls"])
	if len(msg.Calls) > 0 && msg.Role != "assistant" {
		r.fail(Invalid(path+".tool_calls", "unknown_parameter", "Unknown parameter: '%s.tool_calls'.", path))
	}
	if msg.Role == "tool" {
		msg.CallID = r.need(path+".tool_call_id", m["tool_call_id"])
	}
	bare := msg.Role == "assistant" && (len(msg.Calls) > 0 || !absent(m["refusal"]))
	if absent(m["content"]) {
		if !bare && r.err == nil {
			r.fail(Invalid(path+".content", "invalid_type", "Invalid value for 'content': expected a string, got null."))
		}
		return msg
	}
	msg.Parts = readContent(r, path+".content", m["content"], msg.Role)
	return msg
}

func readCalls(r *reader, path string, raw json.RawMessage) []Call {
	if absent(raw) {
		return nil
	}
	items := r.list(path, raw)
	if r.err == nil && len(items) == 0 {
		r.fail(Invalid(path, "empty_array",
			"Invalid '%s': empty array. Expected an array with minimum length 1, but got an empty array instead.", path))
	}
	var calls []Call
	for i, item := range items {
		p := at(path, i)
		m := r.object(p, item, "id", "type", "function", "index")
		r.word(p+".type", m["type"], "function")
		f := r.object(p+".function", m["function"], "name", "arguments")
		if f == nil {
			r.missing(p + ".function")
		}
		calls = append(calls, Call{
			ID:        r.need(p+".id", m["id"]),
			Name:      r.need(p+".function.name", f["name"]),
			Arguments: r.text(p+".function.arguments", f["arguments"]),
		})
	}
	return calls
}

// partTypes lists the content parts each role may have.
var partTypes = map[string][]string{
	"user":      {"text", "image_url", "input_audio", "file"},
	"assistant": {"text", "refusal"},
	"system":    {"text"},
	"developer": {"text"},
	"tool":      {"text"},
}

func readContent(r *reader, path string, raw json.RawMessage, role string) []Part {
	if kindOf(raw) == "a string" {
		return []Part{{Text: r.text(path, raw)}}
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		r.fail(Invalid(path, "invalid_type",
			"Invalid type for '%s': expected one of a string or array of objects, but got %s instead.", path, kindOf(raw)))
	}
	var parts []Part
	for i, item := range items {
		parts = append(parts, readPart(r, at(path, i), item, role))
	}
	return parts
}

func readPart(r *reader, path string, raw json.RawMessage, role string) Part {
	m := r.object(path, raw, "type", "text", "refusal", "image_url", "input_audio", "file", "prompt_cache_breakpoint")
	if m == nil && r.err == nil {
		r.wrongType(path, "an object", raw)
	}
	kind := r.need(path+".type", m["type"])
	r.word(path+".type", m["type"], partTypes[role]...)
	var p Part
	switch kind {
	case "text":
		if p.Text = r.text(path+".text", m["text"]); absent(m["text"]) {
			r.missing(path + ".text")
		}
	case "refusal":
		p.Text = r.need(path+".refusal", m["refusal"])
	case "image_url":
		p = readImagePart(r, path+".image_url", m["image_url"])
	case "input_audio":
		r.fail(Invalid(path, "unsupported_value", "Unsupported value: this model does not support audio input."))
	case "file":
		p = readFile(r, path+".file", m["file"])
	}
	p.Mark = readMark(r, path+".prompt_cache_breakpoint", m["prompt_cache_breakpoint"])
	return p
}

// readMark reads a breakpoint of the cache; 0 when there is none.
func readMark(r *reader, path string, raw json.RawMessage) time.Duration {
	m := r.object(path, raw, "mode", "ttl")
	if m == nil {
		return 0
	}
	r.word(path+".mode", m["mode"], "explicit")
	r.word(path+".ttl", m["ttl"], "30m")
	return 30 * time.Minute
}

// readImagePart reads a picture: a data: URL is decoded, an https: URL noted.
func readImagePart(r *reader, path string, raw json.RawMessage) Part {
	m := r.object(path, raw, "url", "detail")
	r.word(path+".detail", m["detail"], "auto", "low", "high", "original")
	return readImageURL(r, path+".url", m["url"])
}

// readImageURL reads the URL of a picture, the one at path.
func readImageURL(r *reader, path string, raw json.RawMessage) Part {
	url := r.need(path, raw)
	if r.err != nil {
		return Part{}
	}
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return Part{Image: &core.Image{URL: url}, Salt: url}
	}
	mediaType, data, ok := readDataURL(url)
	if !ok {
		r.fail(Invalid(path, "invalid_value",
			"Invalid '%s'. Expected a valid URL, or a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').", path))
		return Part{}
	}
	return readPicture(r, mediaType, data)
}

// readImage reads a picture whose type nobody has said.
func readImage(r *reader, data []byte) Part {
	if r.err != nil {
		return Part{}
	}
	return readPicture(r, http.DetectContentType(data), data)
}

func readPicture(r *reader, mediaType string, data []byte) Part {
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, mediaType) {
		r.fail(Invalid("", "invalid_image_format", "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp']."))
	}
	img, ok := core.ReadImage(mediaType, data)
	if !ok && mediaType != "image/webp" {
		r.fail(Invalid("", "invalid_image_format", "The image data you provided does not represent a valid image. Please check your input and try again."))
	}
	return Part{Image: &img, Salt: string(data)}
}

// readFile reads a file given inline. It counts one token for four bytes;
// nothing is extracted from it.
func readFile(r *reader, path string, raw json.RawMessage) Part {
	m := r.object(path, raw, "file_data", "file_id", "filename")
	if id := r.text(path+".file_id", m["file_id"]); id != "" {
		r.fail(Invalid(path+".file_id", "invalid_value", "The file '%s' does not exist: the emulator stores no files.", id))
	}
	return readFileData(r, path+".file_data", m["file_data"])
}

// readFileData reads the data: URL of a file, the one at path.
func readFileData(r *reader, path string, raw json.RawMessage) Part {
	url := r.need(path, raw)
	_, data, ok := readDataURL(url)
	if r.err == nil && !ok {
		r.fail(Invalid(path, "invalid_value", "Invalid '%s'. Expected a base64-encoded data URL.", path))
	}
	return Part{Bytes: len(data), Salt: string(data)}
}

func readDataURL(url string) (mediaType string, data []byte, ok bool) {
	rest, isData := strings.CutPrefix(url, "data:")
	mediaType, encoded, isBase64 := strings.Cut(rest, ";base64,")
	if !isData || !isBase64 {
		return "", nil, false
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	return strings.ToLower(mediaType), data, err == nil && len(data) > 0
}

// checkOrder enforces that tool calls are answered, each by one tool message,
// before anything else is said, and that nothing else is a tool message. The
// spelling of the first text is the cloud's own.
func checkOrder(r *reader, messages []Message) {
	var open []string
	for i, m := range messages {
		if m.Role == "tool" {
			k := slices.Index(open, m.CallID)
			if k < 0 {
				r.fail(Invalid(at("messages.", i)+".role", "",
					"Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."))
				return
			}
			open = slices.Delete(open, k, k+1)
			continue
		}
		if failUnanswered(r, open, i); r.err != nil {
			return
		}
		open = nil
		for _, c := range m.Calls {
			open = append(open, c.ID)
		}
	}
	failUnanswered(r, open, len(messages))
}

func failUnanswered(r *reader, open []string, i int) {
	if len(open) > 0 {
		r.fail(Invalid(at("messages.", i)+".role", "",
			"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "+
				"The following tool_call_ids did not have response messages: %s", strings.Join(open, ", ")))
	}
}
