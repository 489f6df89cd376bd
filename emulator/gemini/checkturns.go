package gemini

import (
	"slices"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// checkContents holds the turns against the rules that need no model, then the
// parts, then the order of calls and their responses.
func (k *Call) checkContents(q *request) *rpc.Error {
	if len(q.Contents) == 0 {
		return k.refuse(refusals{
			"* GenerateContentRequest.contents: contents is not specified\n",
			"Unable to submit request because at least one contents field is required." + learn,
		})
	}
	for i, c := range q.Contents {
		if !slices.Contains(k.roles(), c.Role) {
			return rpc.Invalid("Please use a valid role: user, model.")
		}
		if e := k.checkParts(i, c); e != nil {
			return e
		}
	}
	if q.System != nil {
		for i, p := range q.System.Parts {
			if p.Text == nil {
				return k.refuse(refusals{
					"* GenerateContentRequest.system_instruction.parts[%d]: only text is supported\n",
					"Unable to submit request because system_instruction.parts[%d] is not text. Only text is supported." + learn,
				}, i)
			}
		}
	}
	turns := merged(q.Contents)
	if e := k.checkCalls(turns); e != nil {
		return e
	}
	return k.checkSignatures(turns)
}

// roles are those a turn may have. The Gemini API still takes none, and the
// role of the past for function responses.
func (k *Call) roles() []string {
	if k.Vertex {
		return []string{"user", "model"}
	}
	return []string{"", "user", "model", "function"}
}

func (k *Call) checkParts(i int, c content) *rpc.Error {
	if len(c.Parts) == 0 {
		return k.refuse(refusals{
			"* GenerateContentRequest.contents[%d].parts: contents.parts must not be empty.\n",
			"Unable to submit request because it must include at least one parts field, which describes the prompt input (contents[%d])." + learn,
		}, i)
	}
	for j, p := range c.Parts {
		if p.empty() {
			return k.refuse(refusals{
				"* GenerateContentRequest.contents[%d].parts[%d].data: required oneof field 'data' must have one initialized field\n",
				"Unable to submit request because contents[%d].parts[%d] must have one initialized field." + learn,
			}, i, j)
		}
		if e := k.checkPart(i, j, c.Role, p); e != nil {
			return e
		}
	}
	return nil
}

func (k *Call) checkPart(i, j int, role string, p part) *rpc.Error {
	switch {
	case p.ToolCall != nil || p.ToolReply != nil:
		return rpc.Invalid("The emulator plays no tools of the server's own: tool_call and tool_response are refused.")
	case p.Call != nil && role != "model":
		return rpc.Invalid("Please ensure that function call parts are in a content with role 'model'.")
	case p.Response != nil && role == "model":
		return rpc.Invalid("Please ensure that function response parts are in a content with role 'user'.")
	case p.Call != nil && p.Call.Name == "":
		return rpc.Invalid("* GenerateContentRequest.contents[%d].parts[%d].function_call.name: Name cannot be empty.\n", i, j)
	case p.Call != nil && len(p.Call.Partial) > 0:
		return rpc.Invalid("The emulator streams no arguments: partial_args are refused.")
	case p.Response != nil && p.Response.Name == "":
		return rpc.Invalid("* GenerateContentRequest.contents[%d].parts[%d].function_response.name: Name cannot be empty.\n", i, j)
	case p.Response != nil:
		for _, inner := range p.Response.Parts {
			if e := k.checkMedia(inner); e != nil {
				return e
			}
		}
		return nil
	}
	return k.checkMedia(p)
}

// checkCalls sees that every turn with calls is followed at once by one with
// as many responses, and that no responses come otherwise.
func (k *Call) checkCalls(turns []content) *rpc.Error {
	for i, t := range turns {
		asked, answered := callsOf(t), responsesOf(t)
		if len(asked) > 0 && i == 0 {
			return rpc.Invalid("Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
		}
		if len(answered) > 0 && (i == 0 || len(callsOf(turns[i-1])) == 0) {
			return rpc.Invalid("Please ensure that function response turn comes immediately after a function call turn.")
		}
		if len(asked) == 0 {
			continue
		}
		var got []functionResponse
		if i+1 < len(turns) {
			got = responsesOf(turns[i+1])
		}
		if len(got) != len(asked) {
			return rpc.Invalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
		}
		if e := checkIDs(asked, got); e != nil {
			return e
		}
	}
	return nil
}

// checkIDs sees that a response which names a call names one of the turn's.
// Google publishes no sentence for it; this one is the emulator's.
func checkIDs(asked []functionCall, got []functionResponse) *rpc.Error {
	for _, r := range got {
		known := slices.ContainsFunc(asked, func(c functionCall) bool { return c.ID == r.ID || c.ID == "" })
		if r.ID != "" && !known {
			return rpc.Invalid("Please ensure that function response id %q is the id of a function call of the function call turn.", r.ID)
		}
	}
	return nil
}

func callsOf(t content) []functionCall {
	var all []functionCall
	for _, p := range t.Parts {
		if p.Call != nil {
			all = append(all, *p.Call)
		}
	}
	return all
}

func responsesOf(t content) []functionResponse {
	var all []functionResponse
	for _, p := range t.Parts {
		if p.Response != nil {
			all = append(all, *p.Response)
		}
	}
	return all
}

// checkSignatures sees that signatures are ours, and, for models that sign,
// that the first call of every turn since the user last spoke has one
// (ai.google.dev, "Thought signatures", 2026-10).
func (k *Call) checkSignatures(turns []content) *rpc.Error {
	current := 0
	for i, t := range turns {
		if t.Role == "user" && len(responsesOf(t)) < len(t.Parts) {
			current = i
		}
	}
	for i, t := range turns {
		first := true
		for _, p := range t.Parts {
			if e := k.checkSignature(p); e != nil {
				return e
			}
			if p.Call == nil {
				continue
			}
			if first && i > current && k.model.Signs() && len(p.Signature) == 0 {
				return k.unsigned(p.Call.Name, i+1)
			}
			first = false
		}
	}
	return nil
}

func (k *Call) checkSignature(p part) *rpc.Error {
	if len(p.Signature) == 0 || bypasses(p.Signature) || sealed(k.Vertex, p.Signature, p.Call) {
		return nil
	}
	return rpc.Invalid("Corrupted thought signature.")
}

func (k *Call) unsigned(name string, position int) *rpc.Error {
	return k.refuse(refusals{
		"Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature " +
			"may lead to degraded model performance. Additional data, function call `default_api:%s` , position %d. " +
			"Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
		"Unable to submit request because function call `default_api:%s` in the %d. content block is missing a `thought_signature`. " +
			"Learn more: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures",
	}, name, position)
}
