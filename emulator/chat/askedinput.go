package chat

import (
	"encoding/json"
	"net/http"
	"slices"
)

// inputs reads the input of a Responses request into messages.
type inputs struct {
	*reader
	shelf    *Shelf
	messages []Message
	thought  string // id of a reasoning item whose following item has not come yet
}

// itemTypes are the input items that are played; otherItems are known to the
// cloud and refused here (openai-go v3.96.0).
var (
	itemTypes = []string{
		"message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "reasoning", "item_reference",
	}
	otherItems = []string{
		"additional_tools", "apply_patch_call", "apply_patch_call_output", "code_interpreter_call", "compaction",
		"compaction_trigger", "computer_call", "computer_call_output",
		"file_search_call", "image_generation_call", "local_shell_call", "local_shell_call_output", "mcp_approval_request",
		"mcp_approval_response", "mcp_call", "mcp_list_tools", "shell_call", "shell_call_output", "tool_search_call",
		"tool_search_output", "web_search_call",
	}
)

func (in *inputs) read(raw json.RawMessage) {
	switch {
	case absent(raw):
		in.missing("input")
	case kindOf(raw) == "a string":
		in.messages = append(in.messages, Message{Role: "user", Parts: []Part{{Text: in.text("input", raw)}}})
		return
	case kindOf(raw) != "an array":
		in.fail(Invalid("input", "invalid_type",
			"Invalid type for 'input': expected one of a string or array of objects, but got %s instead.", kindOf(raw)))
	}
	items := in.list("input", raw)
	if in.err == nil && len(items) == 0 {
		in.fail(Invalid("input", "empty_array",
			"Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead."))
	}
	for i, item := range items {
		in.item(at("input", i), item)
	}
	in.settle(false)
}

// item reads one item, whose members depend on its type.
func (in *inputs) item(path string, raw json.RawMessage) {
	m := in.object(path, raw)
	if m == nil && in.err == nil {
		in.wrongType(path, "an object", raw)
	}
	kind := in.text(path+".type", m["type"])
	if slices.Contains(otherItems, kind) {
		in.fail(Invalid(path+".type", "unsupported_value", "Unsupported value: items of type '%s' are not emulated.", kind))
	}
	if kind == "" {
		kind = "message"
	} else {
		in.word(path+".type", m["type"], itemTypes...)
	}
	if in.err != nil {
		return
	}
	switch kind {
	case "message":
		in.message(path, raw)
	case "function_call":
		in.call(path, raw)
	case "custom_tool_call":
		in.freeCall(path, raw)
	case "function_call_output", "custom_tool_call_output":
		in.output(path, raw)
	case "reasoning":
		in.reasoning(path, raw)
	case "item_reference":
		in.reference(path, raw)
	}
}

// settle sees that reasoning is followed by what it led to. The text was
// recorded from the cloud (2025-09).
func (in *inputs) settle(follows bool) {
	if in.thought != "" && !follows {
		in.fail(Invalid("input", "", "Item '%s' of type 'reasoning' was provided without its required following item.", in.thought))
	}
	in.thought = ""
}

// add appends a message. Calls that follow one another are one message, as
// they were one answer.
func (in *inputs) add(msg Message) { in.messages = joined(in.messages, msg) }

func joined(messages []Message, msg Message) []Message {
	if n := len(messages); n > 0 && len(msg.Calls) > 0 && len(messages[n-1].Calls) > 0 {
		last := messages[n-1]
		last.Calls = append(slices.Clip(last.Calls), msg.Calls...)
		messages[n-1] = last
		return messages
	}
	return append(messages, msg)
}

func (in *inputs) message(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "role", "content", "id", "status", "phase")
	role := in.need(path+".role", m["role"])
	in.word(path+".role", m["role"], "assistant", "system", "developer", "user")
	in.word(path+".phase", m["phase"], "commentary", "final_answer")
	if absent(m["content"]) {
		in.missing(path + ".content")
		return
	}
	in.settle(role == "assistant")
	in.add(Message{Role: role, Parts: in.content(path+".content", m["content"], role)})
}

// content reads text or a list of parts.
func (in *inputs) content(path string, raw json.RawMessage, role string) []Part {
	if kindOf(raw) == "a string" {
		return []Part{{Text: in.text(path, raw)}}
	}
	if kindOf(raw) != "an array" {
		in.fail(Invalid(path, "invalid_type",
			"Invalid type for '%s': expected one of a string or array of objects, but got %s instead.", path, kindOf(raw)))
	}
	known := []string{"input_text", "input_image", "input_file"}
	if role == "assistant" {
		known = []string{"output_text", "refusal"}
	}
	var parts []Part
	for i, item := range in.list(path, raw) {
		parts = append(parts, in.part(at(path, i), item, known))
	}
	return parts
}

func (in *inputs) part(path string, raw json.RawMessage, known []string) Part {
	m := in.object(path, raw)
	if m == nil && in.err == nil {
		in.wrongType(path, "an object", raw)
	}
	in.need(path+".type", m["type"])
	var p Part
	switch in.word(path+".type", m["type"], known...) {
	case "input_text":
		in.object(path, raw, "type", "text", "prompt_cache_breakpoint")
		p.Text = in.need(path+".text", m["text"])
	case "output_text":
		in.object(path, raw, "type", "text", "annotations", "logprobs")
		p.Text = in.need(path+".text", m["text"])
	case "refusal":
		in.object(path, raw, "type", "refusal")
		p.Text = in.need(path+".refusal", m["refusal"])
	case "input_image":
		in.object(path, raw, "type", "image_url", "file_id", "detail", "prompt_cache_breakpoint")
		in.word(path+".detail", m["detail"], "auto", "low", "high", "original")
		if id := in.text(path+".file_id", m["file_id"]); id != "" {
			p = readImage(in.reader, in.uploaded(path+".file_id", id))
			break
		}
		p = readImageURL(in.reader, path+".image_url", m["image_url"])
	case "input_file":
		in.object(path, raw, "type", "file_data", "file_id", "file_url", "filename", "detail", "prompt_cache_breakpoint")
		if id := in.text(path+".file_id", m["file_id"]); id != "" {
			content := in.uploaded(path+".file_id", id)
			p = Part{Bytes: len(content), Salt: string(content)}
			break
		}
		if url := in.text(path+".file_url", m["file_url"]); url != "" {
			in.fail(Invalid(path+".file_url", "invalid_value", "The file at '%s' cannot be had: the emulator fetches nothing.", url))
		}
		p = readFileData(in.reader, path+".file_data", m["file_data"])
	}
	p.Mark = readMark(in.reader, path+".prompt_cache_breakpoint", m["prompt_cache_breakpoint"])
	return p
}

// uploaded is the content of an uploaded file.
func (in *inputs) uploaded(path, id string) []byte {
	if in.file != nil {
		if content, ok := in.file(id); ok {
			return content
		}
	}
	in.fail(Invalid(path, "invalid_value", "The file '%s' does not exist.", id))
	return nil
}

func (in *inputs) call(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "id", "call_id", "name", "arguments", "status", "namespace", "async", "caller")
	c := Call{
		ID: in.need(path+".call_id", m["call_id"]), Name: in.need(path+".name", m["name"]),
		Arguments: in.need(path+".arguments", m["arguments"]),
	}
	in.settle(true)
	in.add(Message{Role: "assistant", Calls: []Call{c}})
}

func (in *inputs) freeCall(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "id", "call_id", "name", "input", "status", "namespace", "caller")
	arguments, _ := json.Marshal(map[string]string{"input": in.text(path+".input", m["input"])}) // a string always encodes
	c := Call{ID: in.need(path+".call_id", m["call_id"]), Name: in.need(path+".name", m["name"]), Arguments: string(arguments)}
	in.settle(true)
	in.add(Message{Role: "assistant", Calls: []Call{c}})
}

func (in *inputs) output(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "id", "call_id", "output", "status", "caller")
	id := in.need(path+".call_id", m["call_id"])
	if absent(m["output"]) {
		in.missing(path + ".output")
		return
	}
	in.settle(false)
	in.add(Message{Role: "tool", CallID: id, Parts: in.content(path+".output", m["output"], "tool")})
}

// reasoning reads what the model thought earlier: sealed, or by the id of an
// item that is stored. The summary alone is nobody's proof and is not read.
func (in *inputs) reasoning(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "id", "summary", "content", "encrypted_content", "status")
	id := in.need(path+".id", m["id"])
	if absent(m["summary"]) {
		in.missing(path + ".summary")
	}
	sealed := in.text(path+".encrypted_content", m["encrypted_content"])
	if in.err != nil {
		return
	}
	if sealed == "" {
		in.stored(id)
	} else if text, ok := in.shelf.open(sealed); ok {
		in.add(thought(text))
	} else {
		in.fail(Invalid("", "invalid_encrypted_content",
			"The encrypted content %s could not be verified. Reason: Encrypted content could not be decrypted or parsed.", abridged(sealed)))
	}
	in.thought = id
}

// thought is earlier reasoning as a message.
func thought(text string) Message { return Message{Role: "assistant", Parts: []Part{{Text: text}}} }

// abridged shows the two ends of a seal, as the cloud does.
func abridged(s string) string {
	const ends = 4
	if len(s) <= 2*ends {
		return s
	}
	return s[:ends] + "..." + s[len(s)-ends:]
}

func (in *inputs) reference(path string, raw json.RawMessage) {
	m := in.object(path, raw, "type", "id")
	id := in.need(path+".id", m["id"])
	if in.err == nil {
		in.settle(true)
		in.stored(id)
	}
}

// stored adds an output item of a stored response.
func (in *inputs) stored(id string) {
	msg, ok := in.shelf.item(id)
	if !ok {
		e := Invalid("input", "", "Item with id '%s' not found. Items are not persisted when `store` is set to false. "+
			"Try again with `store` set to true, or remove this item from your input.", id)
		e.Status = http.StatusNotFound
		in.fail(e)
		return
	}
	in.add(msg)
}

// checkPairs sees that every call of a conversation has its output and every
// output its call before it.
func checkPairs(r *reader, messages []Message) {
	answered := make(map[string]bool) // by id of a call that was met
	for _, m := range messages {
		for _, c := range m.Calls {
			answered[c.ID] = false
		}
		if m.Role != "tool" {
			continue
		}
		if _, met := answered[m.CallID]; !met {
			r.fail(Invalid("input", "", "No tool call found for function call output with call_id %s.", m.CallID))
		}
		answered[m.CallID] = true
	}
	for _, m := range messages {
		for _, c := range m.Calls {
			if !answered[c.ID] {
				r.fail(Invalid("input", "", "No tool output found for function call %s.", c.ID))
			}
		}
	}
}
