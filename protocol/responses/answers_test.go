package responses

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// reasoningAnswer thinks in a summary of two parts, in secret, and in the open
// as models of open weights do.
var reasoningAnswer = protocoltest.Answer{
	Name: "reasoning",
	Body: `{"id":"resp_3","status":"completed","model":"m","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"**One**"},{"type":"summary_text","text":"Two."}],"encrypted_content":"gAAAAAend"},{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAAAAtwo"},{"type":"reasoning","id":"rs_3","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"42"},{"type":"output_text","text":"43"}]}],"usage":{"input_tokens":5,"output_tokens":20,"output_tokens_details":{"reasoning_tokens":18},"total_tokens":25}}`,
	Stream: `event: response.created
data: {"type":"response.created","response":{"id":"resp_3","model":"m"}}

event: response.output_item.added
data: {"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAAbegin"}}

event: response.reasoning_summary_part.added
data: {"type":"response.reasoning_summary_part.added","item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}

event: response.reasoning_summary_text.delta
data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"**One"}

event: response.reasoning_summary_text.delta
data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"**"}

event: response.reasoning_summary_text.done
data: {"type":"response.reasoning_summary_text.done","item_id":"rs_1","output_index":0,"summary_index":0,"text":"**One**"}

event: response.reasoning_summary_part.done
data: {"type":"response.reasoning_summary_part.done","item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"**One**"}}

event: response.reasoning_summary_text.done
data: {"type":"response.reasoning_summary_text.done","item_id":"rs_1","output_index":0,"summary_index":1,"text":"Two."}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"**One**"},{"type":"summary_text","text":"Two."}],"encrypted_content":"gAAAAAend"}}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":1,"item":{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAAAAtwo"}}

event: response.reasoning_part.added
data: {"type":"response.reasoning_part.added","item_id":"rs_3","output_index":2,"content_index":0,"part":{"type":"reasoning_text","text":""}}

event: response.reasoning_text.delta
data: {"type":"response.reasoning_text.delta","item_id":"rs_3","output_index":2,"content_index":0,"delta":"Hm."}

event: response.content_part.done
data: {"type":"response.content_part.done","item_id":"rs_3","output_index":2,"content_index":0,"part":{"type":"reasoning_text","text":"Hm."}}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":2,"item":{"type":"reasoning","id":"rs_3","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","item_id":"msg_1","output_index":3,"content_index":0,"delta":"42"}

event: response.content_part.done
data: {"type":"response.content_part.done","item_id":"msg_1","output_index":3,"content_index":0,"part":{"type":"output_text","text":"42"}}

event: response.output_text.done
data: {"type":"response.output_text.done","item_id":"msg_1","output_index":3,"content_index":1,"text":"43"}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":3,"item":{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"42"},{"type":"output_text","text":"43"}]}}

event: response.completed
data: {"type":"response.completed","response":{"id":"resp_3","status":"completed","model":"m","usage":{"input_tokens":5,"output_tokens":20,"output_tokens_details":{"reasoning_tokens":18},"total_tokens":25}}}

`,
	Usage: interline.Usage{Input: 5, Output: 20, Reasoning: 18},
}

// envelopeAnswer holds Claude's signature, as this gateway gives it to clients.
var envelopeAnswer = protocoltest.Answer{
	Name: "reasoning of Claude's",
	Body: `{"id":"resp_4","status":"completed","model":"m","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"` + claudes + `"}],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}`,
	Stream: `event: response.in_progress
data: {"type":"response.in_progress","response":{"id":"resp_4","model":"m"}}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"` + claudes + `"}}

event: response.completed
data: {"type":"response.completed","response":{"id":"resp_4","status":"completed","usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}}

`,
	Usage: interline.Usage{Input: 5, Output: 2},
}

// claudes is {"issuer":"anthropic","signature":"c2ln"} in the envelope.
const claudes = "interline.1.eyJpc3N1ZXIiOiJhbnRocm9waWMiLCJzaWduYXR1cmUiOiJjMmxuIn0"

// cutAnswer is told by its last event only.
var cutAnswer = protocoltest.Answer{
	Name: "cut at the limit",
	Body: `{"id":"resp_5","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"model":"m","output":[{"type":"message","status":"incomplete","content":[{"type":"output_text","text":"Hello th"}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}`,
	Stream: `event: response.incomplete
data: {"type":"response.incomplete","response":{"id":"resp_5","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"model":"m","output":[{"type":"message","status":"incomplete","content":[{"type":"output_text","text":"Hello th"}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}}

`,
	Usage: interline.Usage{Input: 1, Output: 2},
}

var refusalAnswer = protocoltest.Answer{
	Name: "refusal",
	Body: `{"id":"resp_6","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"refusal","refusal":"I will not."}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}`,
	Stream: `event: response.created
data: {"type":"response.created","response":{"id":"resp_6","model":"m"}}

event: response.content_part.added
data: {"type":"response.content_part.added","output_index":0,"content_index":0,"part":{"type":"refusal","refusal":""}}

event: response.refusal.delta
data: {"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":"I will"}

event: response.refusal.delta
data: {"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":" not."}

event: response.refusal.done
data: {"type":"response.refusal.done","output_index":0,"content_index":0,"refusal":"I will not."}

event: response.completed
data: {"type":"response.completed","response":{"id":"resp_6","status":"completed","model":"m","usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}}

`,
	Usage: interline.Usage{Input: 1, Output: 2},
}

var strange = []protocoltest.Strange{
	{Name: "events, items and parts nobody knows", Stop: interline.StopOther, Body: `{"id":"r","status":"incomplete","incomplete_details":{"reason":"steered"},"novel":{},"output":[{"type":"novelty","content":7},{"type":"message","content":[{"type":"novel_part"},{"type":"output_text","text":"Hi"}]}],"usage":null}`, Stream: `: comment

event: response.created
data: {"type":"response.created","response":{"id":"r","novel":[1]}}

event: response.novelty.delta
data: {"type":"response.novelty.delta","delta":{"a":1}}

event: novelty
data: {"type":"novelty"}

event: response.output_item.added
data: {"type":"response.output_item.added","output_index":0,"item":{"type":"novelty","content":7}}

event: response.function_call_arguments.delta
data: {"type":"response.function_call_arguments.delta","output_index":9,"delta":"{"}

event: response.output_item.done
data: {"type":"response.output_item.done","output_index":0,"item":{"type":"novelty","content":7}}

event: response.content_part.added
data: {"type":"response.content_part.added","output_index":1,"content_index":0,"part":{"type":"novel_part"}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","output_index":1,"content_index":1,"delta":"Hi"}

event: response.incomplete
data: {"type":"response.incomplete","response":{"id":"r","status":"incomplete","incomplete_details":{"reason":"steered"},"output":[]}}

`},
	{Name: "the last event twice, and a [DONE] that is not of the language", Stop: interline.StopEnd, Stream: `data: {"type":"response.completed","response":{"id":"r","status":"completed"}}

data: {"type":"response.completed","response":{"id":"r","status":"completed"}}

data: [DONE]

`},
}
