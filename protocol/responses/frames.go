package responses

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// frame appends one event of a stream; of a unary answer, nothing.
func (e *encoder) frame(dst []byte, kind string, members func(*jsonout.Text)) []byte {
	if !e.stream {
		return dst
	}
	dst = append(dst, "event: "...)
	dst = append(dst, kind...)
	t := jsonout.Text(append(dst, "\ndata: "...))
	t.Open('{')
	t.String("type", kind)
	t.Int("sequence_number", e.seq)
	e.seq++
	members(&t)
	t.Close('}')
	return append(t, "\n\n"...)
}

// begin says that the answer has begun.
func (e *encoder) begin(dst []byte) []byte {
	if e.begun {
		return dst
	}
	e.begun = true
	for _, kind := range []string{"response.created", "response.in_progress"} {
		dst = e.frame(dst, kind, func(t *jsonout.Text) {
			t.Name("response")
			e.response(t, "in_progress")
		})
	}
	return dst
}

// response appends the response object. What it should repeat of the request an
// encoder does not know; those members have the values of a request that left
// them out, which the official SDKs demand to be there.
func (e *encoder) response(t *jsonout.Text, status string) {
	t.Open('{')
	t.String("id", "resp_"+e.answer.ID)
	t.String("object", "response")
	t.Int("created_at", e.answer.Created)
	t.String("status", status)
	if status == "failed" {
		t.Raw("error", []byte(`{"code":"server_error","message":"the model wrote a tool call that cannot be read"}`))
	} else {
		t.Null("error")
	}
	if status == "incomplete" {
		t.Raw("incomplete_details", []byte(`{"reason":"`+e.incomplete()+`"}`))
	} else {
		t.Null("incomplete_details")
	}
	t.Null("instructions")
	t.Null("max_output_tokens")
	t.String("model", e.model)
	t.Array("output")
	if status != "in_progress" {
		for i, it := range e.items {
			if i == len(e.items)-1 && status == "incomplete" {
				it.append(t, status) // it was the last one that was cut
			} else {
				it.append(t, "completed")
			}
		}
	}
	t.Close(']')
	t.Bool("parallel_tool_calls", true)
	t.Null("previous_response_id")
	t.Bool("store", false)
	t.Null("temperature")
	t.Raw("text", []byte(`{"format":{"type":"text"}}`))
	t.String("tool_choice", "auto")
	t.Raw("tools", []byte("[]"))
	t.Null("top_p")
	t.String("truncation", "disabled")
	if e.used && status != "in_progress" {
		appendUsage(t, e.usage)
	} else {
		t.Null("usage")
	}
	t.Raw("metadata", []byte("{}"))
	t.Close('}')
}

func appendUsage(t *jsonout.Text, u interline.Usage) {
	t.Object("usage")
	t.Int("input_tokens", u.Input)
	t.Object("input_tokens_details")
	t.Int("cached_tokens", u.CacheRead)
	t.Int("cache_write_tokens", u.CacheWrite())
	t.Close('}')
	t.Int("output_tokens", u.Output)
	t.Object("output_tokens_details")
	t.Int("reasoning_tokens", u.Reasoning)
	t.Close('}')
	t.Int("total_tokens", u.Total())
	t.Close('}')
}

// append appends the item as it stands: what is in progress has said nothing.
func (it *item) append(t *jsonout.Text, status string) {
	done := status != "in_progress"
	t.Open('{')
	t.String("id", it.id)
	switch {
	case it.form == freeform:
		t.String("type", "custom_tool_call")
		t.String("status", status)
		t.String("call_id", it.callID)
		t.String("name", it.name)
		if done {
			t.String("input", string(it.text))
		} else {
			t.String("input", "")
		}
	case it.kind == interline.ToolCallBlock:
		t.String("type", "function_call")
		t.String("status", status)
		t.String("call_id", it.callID)
		t.String("name", it.name)
		if done {
			t.String("arguments", string(it.text))
		} else {
			t.String("arguments", "")
		}
	case it.kind == interline.ReasoningBlock:
		t.String("type", "reasoning")
		t.Array("summary")
		if done && len(it.text) > 0 {
			it.appendPart(t, string(it.text))
		}
		t.Close(']')
		if done && it.seal != nil {
			t.Said("encrypted_content", encrypted(it.seal, it.id))
		}
	default:
		t.String("type", "message")
		t.String("status", status)
		t.String("role", "assistant")
		t.Array("content")
		if done {
			it.appendPart(t, string(it.text))
		}
		t.Close(']')
	}
	t.Close('}')
}

// appendPart appends the one part that an item has.
func (it *item) appendPart(t *jsonout.Text, text string) {
	t.Open('{')
	switch it.kind {
	case interline.Refusal:
		t.String("type", "refusal")
		t.String("refusal", text)
	case interline.ReasoningBlock:
		t.String("type", "summary_text")
		t.String("text", text)
	default:
		t.String("type", "output_text")
		t.String("text", text)
		it.notes.append(t)
		appendOdds(t, it.odds.all)
	}
	t.Close('}')
}

// where appends the place of the item's part.
func (it *item) where(t *jsonout.Text) {
	t.String("item_id", it.id)
	t.Int("output_index", int64(it.at))
	switch it.kind {
	case interline.ToolCallBlock:
	case interline.ReasoningBlock:
		t.Int("summary_index", 0)
	default:
		t.Int("content_index", 0)
	}
}

// partFrame says that the part of an item begins or ends; calls have none.
func (e *encoder) partFrame(dst []byte, it *item, event, text string) []byte {
	kind := "response.content_part."
	switch it.kind {
	case interline.ToolCallBlock:
		return dst
	case interline.ReasoningBlock:
		kind = "response.reasoning_summary_part."
	}
	return e.frame(dst, kind+event, func(t *jsonout.Text) {
		it.where(t)
		t.Name("part")
		it.appendPart(t, text)
	})
}

// textFrame says a piece of an item's text, or all of it again.
func (e *encoder) textFrame(dst []byte, it *item, event, member, text string) []byte {
	kind := "response.output_text."
	switch {
	case it.form == freeform:
		kind = "response.custom_tool_call_input."
	case it.kind == interline.ToolCallBlock:
		kind = "response.function_call_arguments."
	case it.kind == interline.ReasoningBlock:
		kind = "response.reasoning_summary_text."
	case it.kind == interline.Refusal:
		kind = "response.refusal."
	}
	return e.frame(dst, kind+event, func(t *jsonout.Text) {
		it.where(t)
		if it.form == function && event == "done" {
			t.String("name", it.name)
		}
		t.String(member, text)
		if it.kind == interline.Text {
			appendOdds(t, it.odds.of(event))
		}
	})
}

// member is what the whole text is called in the event that repeats it.
func (it *item) member() string {
	switch {
	case it.form == freeform:
		return "input"
	case it.kind == interline.ToolCallBlock:
		return "arguments"
	case it.kind == interline.Refusal:
		return "refusal"
	}
	return "text"
}
