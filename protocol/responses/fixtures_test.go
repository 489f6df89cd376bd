package responses

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

var spoken = protocol.Spoken{Operation: interline.OperationChat}

// fixtures are written after openai-go v3.96.0 and the answers of OpenAI and
// Bedrock Mantle.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: spoken, Body: `{"model":"gpt-6-luna","input":"Hello","instructions":"Be brief.","max_output_tokens":100,"temperature":0.5,"stream":true}`},
		{Name: "items", Spoken: spoken, Body: itemsBody},
		{Name: "media", Spoken: spoken, Body: `{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?","prompt_cache_breakpoint":{"mode":"explicit","ttl":"30m"}},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"},{"type":"input_image","image_url":"https://example.com/a.jpg"},{"type":"input_image","file_id":"file-1"},{"type":"input_file","file_data":"data:application/pdf;base64,JVBERi0=","filename":"report.pdf"},{"type":"input_file","file_url":"https://example.com/a.pdf"},{"type":"input_file","file_id":"file-2"},{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"mp3"}},{"type":"input_novelty","x":1}]}],"model":"gpt-6-luna"}`},
		{Name: "everything", Spoken: spoken, Body: everythingBody},
		{Name: "state of the vendor's", Spoken: spoken, Body: `{"model":"m","previous_response_id":"resp_1","store":true,"background":true,"include":["reasoning.encrypted_content","message.output_text.logprobs"],"input":[{"type":"item_reference","id":"msg_1"},{"type":"reasoning","id":"rs_1","summary":[]},{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}},{"role":"user","content":"go on"}]}`},
	},
	Answers: []protocoltest.Answer{textAnswer, toolsAnswer, reasoningAnswer, envelopeAnswer, cutAnswer, refusalAnswer, oddsAnswer},
	Strange: strange,
	Misuses: []protocoltest.Misuse{
		{Name: "no model", Body: `{"input":"x"}`, Field: "model"},
		{Name: "a model that is a number", Body: `{"model":1,"input":"x"}`, Field: "model"},
		{Name: "no input", Body: `{"model":"m"}`, Field: "input"},
		{Name: "input that is an object", Body: `{"model":"m","input":{}}`, Field: "input"},
		{Name: "input that is empty", Body: `{"model":"m","input":[ ]}`, Field: "input"},
		{Name: "a body of Chat Completions", Body: `{"model":"m","messages":[{"role":"user","content":"x"}]}`, Field: "messages"},
		{Name: "a stream that is a text", Body: `{"model":"m","input":"x","stream":"yes"}`, Field: "stream"},
		{Name: "an item that is a text", Body: `{"model":"m","input":["x"]}`, Field: "input[0]"},
		{Name: "an item of no type", Body: `{"model":"m","input":[{"role":"user","content":"x"},{"text":"y"}]}`, Field: "input[1].type"},
		{Name: "a role nobody has", Body: `{"model":"m","input":[{"role":"tool","content":"x"}]}`, Field: "input[0].role"},
		{Name: "a message without content", Body: `{"model":"m","input":[{"role":"user"}]}`, Field: "input[0].content"},
		{Name: "a part of no type", Body: `{"model":"m","input":[{"role":"user","content":"x"},{"role":"user","content":[{"text":"x"}]}]}`, Field: "input[1].content[0].type"},
		{Name: "a type that is a number", Body: `{"model":"m","input":[{"role":"user","content":[{"type":1}]}]}`, Field: "input[0].content[0].type"},
		{Name: "a text that is a number", Body: `{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":1}]}]}`, Field: "input[0].content[0].text"},
		{Name: "an image of no place", Body: `{"model":"m","input":[{"role":"user","content":[{"type":"input_image"}]}]}`, Field: "input[0].content[0].image_url"},
		{Name: "a data URL that is none", Body: `{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_data":"JVBERi0="}]}]}`, Field: "input[0].content[0].file_data"},
		{Name: "a call without an id", Body: `{"model":"m","input":[{"type":"function_call","name":"f","arguments":"{}"}]}`, Field: "input[0].call_id"},
		{Name: "a result without an id", Body: `{"model":"m","input":[{"type":"function_call_output","output":"1"}]}`, Field: "input[0].call_id"},
		{Name: "a result without output", Body: `{"model":"m","input":[{"type":"function_call_output","call_id":"c"}]}`, Field: "input[0].output"},
		{Name: "a tool of Chat Completions", Body: `{"model":"m","input":"x","tools":[{"type":"function","function":{"name":"f"}}]}`, Field: "tools[0].name"},
		{Name: "a tool choice nobody knows", Body: `{"model":"m","input":"x","tool_choice":"any"}`, Field: "tool_choice"},
		{Name: "a format nobody knows", Body: `{"model":"m","input":"x","text":{"format":{"type":"xml"}}}`, Field: "text.format.type"},
		{Name: "a schema without a name", Body: `{"model":"m","input":"x","text":{"format":{"type":"json_schema","schema":{}}}}`, Field: "text.format.name"},
		{Name: "an effort that is a number", Body: `{"model":"m","input":"x","reasoning":{"effort":1}}`, Field: "reasoning.effort"},
		{Name: "labels that are numbers", Body: `{"model":"m","input":"x","metadata":{"a":1}}`, Field: "metadata.a"},
	},
}

const itemsBody = `{"model":"m","input":[{"role":"developer","content":"Use the tools."},{"role":"user","content":[{"type":"input_text","text":"Rome and Oslo?"}]},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Two"},{"type":"summary_text","text":"calls."}],"encrypted_content":"gAAAAA"},{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Looking.","annotations":[]}]},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{\"z\": 1.0, \"city\":\"Rome\"}","status":"completed"},{"type":"function_call","call_id":"call_2","name":"weather","arguments":""},{"type":"function_call_output","call_id":"call_1","output":"20"},{"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]},{"role":"assistant","content":[{"type":"output_text","text":"Half."},{"type":"refusal","refusal":"No more."}]},{"role":"user","content":"Why?"}],"tools":[{"type":"function","name":"weather","description":"The weather.","parameters":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}}}},{"type":"function","name":"now","parameters":null},{"type":"web_search"}],"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"weather"}]},"parallel_tool_calls":false,"reasoning":{"effort":"low"},"store":false,"include":["reasoning.encrypted_content"]}`

const everythingBody = `{"model":"m","input":[{"role":"system","content":"x"},{"type":"message","role":"user","content":"y","phase":"commentary"}],"instructions":"z","max_output_tokens":5,"max_tool_calls":3,"temperature":0.2,"top_p":0.9,"top_logprobs":2,"reasoning":{"effort":"high","summary":"detailed","mode":"pro"},"text":{"format":{"type":"json_schema","name":"city","description":"d","schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}},"strict":true},"verbosity":"low"},"service_tier":"flex","user":"u-0","safety_identifier":"u-1","prompt_cache_key":"k","metadata":{"z":"1","a":"2"},"truncation":"auto","tool_choice":{"type":"web_search"},"stream":false,"stream_options":{"include_obfuscation":false},"previous_response_id":null}`

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"id":"resp_1","object":"response","created_at":1764000000.5,"status":"completed","error":null,"incomplete_details":null,"model":"gpt-6-luna-2026","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello there.","annotations":[{"type":"url_citation","start_index":6,"end_index":11,"title":"There","url":"https://example.com/there"}],"logprobs":[]}]}],"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":10,"cache_write_tokens":5},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":33}}`,
	Stream: `event: response.created
data: {"type":"response.created","response":{"id":"resp_1","object":"response","created_at":1764000000,"status":"in_progress","error":null,"model":"gpt-6-luna-2026","output":[],"usage":null},"sequence_number":0}

event: response.in_progress
data: {"type":"response.in_progress","response":{"id":"resp_1","object":"response","status":"in_progress","error":null,"model":"gpt-6-luna-2026","output":[],"usage":null},"sequence_number":1}

event: response.output_item.added
data: {"type":"response.output_item.added","item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"},"output_index":0,"sequence_number":2}

event: response.content_part.added
data: {"type":"response.content_part.added","content_index":0,"item_id":"msg_1","output_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""},"sequence_number":3}

event: response.output_text.delta
data: {"type":"response.output_text.delta","content_index":0,"delta":"Hello","item_id":"msg_1","logprobs":[],"obfuscation":"RvoJ43","output_index":0,"sequence_number":4}

event: response.output_text.delta
data: {"type":"response.output_text.delta","content_index":0,"delta":" there.","item_id":"msg_1","logprobs":[],"obfuscation":"x","output_index":0,"sequence_number":5}

event: response.output_text.annotation.added
data: {"type":"response.output_text.annotation.added","content_index":0,"item_id":"msg_1","output_index":0,"annotation_index":0,"annotation":{"type":"url_citation","start_index":6,"end_index":11,"title":"There","url":"https://example.com/there"},"sequence_number":6}

event: response.output_text.done
data: {"type":"response.output_text.done","content_index":0,"item_id":"msg_1","logprobs":[],"output_index":0,"sequence_number":7,"text":"Hello there."}

event: response.content_part.done
data: {"type":"response.content_part.done","content_index":0,"item_id":"msg_1","output_index":0,"part":{"type":"output_text","annotations":[{"type":"url_citation","start_index":6,"end_index":11,"title":"There","url":"https://example.com/there"}],"logprobs":[],"text":"Hello there."},"sequence_number":8}

event: response.output_item.done
data: {"type":"response.output_item.done","item":{"id":"msg_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[{"type":"url_citation","start_index":6,"end_index":11,"title":"There","url":"https://example.com/there"}],"logprobs":[],"text":"Hello there."}],"role":"assistant"},"output_index":0,"sequence_number":9}

event: response.completed
data: {"type":"response.completed","response":{"id":"resp_1","object":"response","status":"completed","error":null,"incomplete_details":null,"model":"gpt-6-luna-2026","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello there.","annotations":[{"type":"url_citation","start_index":6,"end_index":11,"title":"There","url":"https://example.com/there"}],"logprobs":[]}]}],"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":10,"cache_write_tokens":5},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":33}},"sequence_number":10}

`,
	Usage: interline.Usage{Input: 30, CacheRead: 10, CacheWrite1h: 5, Output: 3},
}

// toolsAnswer comes as Bedrock Mantle sends it: without event names; and one
// call is told by its end only.
var toolsAnswer = protocoltest.Answer{
	Name: "parallel calls",
	Body: `{"id":"resp_2","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"output_text","text":"Looking."}]},{"type":"function_call","id":"fc_1","call_id":"call_0","name":"f","arguments":"{\"x\":1}"},{"type":"web_search_call","id":"ws_1"},{"type":"function_call","id":"fc_2","call_id":"call_1","name":"g","arguments":"{\"y\":2}"},{"type":"function_call","id":"fc_3","call_id":"call_2","name":"h","arguments":""}],"usage":{"input_tokens":7,"output_tokens":9,"total_tokens":16}}`,
	Stream: `data: {"type":"response.created","response":{"id":"resp_2","model":"m","output":[]}}

data: {"type":"response.output_item.added","output_index":0,"item":{"type":"message","content":[]}}

data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Looking."}

data: {"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Looking."}]}}

data: {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"call_0","name":"f","arguments":""}}

data: {"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","id":"fc_2","call_id":"call_1","name":"g","arguments":""}}

data: {"type":"response.function_call_arguments.delta","output_index":1,"item_id":"fc_1","delta":"{\"x\""}

data: {"type":"response.function_call_arguments.delta","output_index":3,"item_id":"fc_2","delta":"{\"y\""}

data: {"type":"response.function_call_arguments.delta","output_index":1,"item_id":"fc_1","delta":":1}"}

data: {"type":"response.web_search_call.searching","output_index":2,"item_id":"ws_1"}

data: {"type":"response.function_call_arguments.done","output_index":1,"item_id":"fc_1","arguments":"{\"x\":1}"}

data: {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"call_0","name":"f","arguments":"{\"x\":1}"}}

data: {"type":"response.function_call_arguments.delta","output_index":3,"item_id":"fc_2","delta":":2}"}

data: {"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","id":"fc_2","call_id":"call_1","name":"g","arguments":"{\"y\":2}"}}

data: {"type":"response.output_item.done","output_index":4,"item":{"type":"function_call","id":"fc_3","call_id":"call_2","name":"h","arguments":"{}"}}

data: {"type":"response.completed","response":{"id":"resp_2","status":"completed","model":"m","output":[],"usage":{"input_tokens":7,"output_tokens":9,"total_tokens":16}}}

`,
	Usage: interline.Usage{Input: 7, Output: 9},
}
