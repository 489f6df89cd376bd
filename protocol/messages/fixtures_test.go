package messages

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

var chat = protocol.Spoken{Operation: interline.OperationChat}

// fixtures are written after anthropic-sdk-go v1.84.0 and the answers of
// Anthropic's API in 2026.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: chat, Body: `{"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}],"system":"Be brief.","stream":true}`},
		{Name: "tools", Spoken: chat, Body: `{"model":"claude-opus-4-8","max_tokens":2048,"tools":[{"name":"weather","description":"The weather.","input_schema":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}},"required":["city"]},"strict":true,"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"web_search_20260318","name":"web_search","max_uses":3}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Weather in Rome and Oslo?"},{"role":"assistant","content":[{"type":"thinking","thinking":"Two calls.","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="},{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"weather","input":{"z": 1.0, "city":"Rome"}},{"type":"tool_use","id":"toolu_2","name":"weather","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"20"},{"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"No such city."},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}],"is_error":true},{"type":"text","text":"And now?","cache_control":{"type":"ephemeral","ttl":"5m"}}]}],"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"xhigh"}}`},
		{Name: "media", Spoken: chat, Body: `{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.jpg"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"report.pdf"},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},{"type":"text","text":"What is this?"}]}]}`},
		{Name: "everything", Spoken: chat, Body: `{"model":"claude-haiku-4-5","max_tokens":5000,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"system","content":"d"}],"temperature":0.5,"top_p":0.9,"top_k":40,"stop_sequences":["END"],"metadata":{"user_id":"u-1"},"service_tier":"standard_only","cache_control":{"type":"ephemeral"},"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}}}},"inference_geo":"eu","container":"c"}`},
		{Name: "a thinking budget", Spoken: chat, Body: `{"model":"claude-haiku-4-5","max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2048},"messages":[{"role":"user","content":"a"}],"tool_choice":{"type":"none"},"tools":[{"name":"f","input_schema":{"type":"object"}}]}`},
		{Name: "server tools", Spoken: chat, Body: `{"model":"claude-haiku-4-5","max_tokens":5000,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]}`},
	},
	Answers: []protocoltest.Answer{textAnswer, toolsAnswer, redactedAnswer, refusalAnswer, citedAnswer},
	Strange: []protocoltest.Strange{
		{Name: "events, blocks and deltas nobody knows", Stop: interline.StopOther, Body: `{"id":"msg_1","model":"m","type":"message","content":[{"type":"novelty","novel":{"type":"text"}},{"type":"text","text":"Hi","citations":[{"type":"novel_location"}]}],"stop_reason":"novel_reason","novel":1,"usage":{"novel_tokens":1}}`, Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}    }

event: novelty
data: {"type":"novelty","novel":[1]}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"novel_delta","novel":1}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"novel_reason","stop_sequence":null},"usage":{"output_tokens":3}}

event: message_stop
data: {"type":"message_stop"}

`},
		{Name: "data before event, no names, end_turn with a call", Stop: interline.StopTools, Stream: `data: {"message":{"id":"msg_1","model":"m","usage":{"input_tokens":1,"output_tokens":1}},"type":"message_start"}
event: message_start

data: {"index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}},"type":"content_block_start"}

data: {"index":0,"type":"content_block_stop"}

data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}

data: {"type":"message_stop"}

`},
	},
	Misuses: []protocoltest.Misuse{
		{Name: "no model", Body: `{"max_tokens":5,"messages":[{"role":"user","content":"x"}]}`, Field: "model"},
		{Name: "an empty model", Body: `{"model":"","max_tokens":5,"messages":[{"role":"user","content":"x"}]}`, Field: "model"},
		{Name: "a model that is a number", Body: `{"model":1,"max_tokens":5,"messages":[{"role":"user","content":"x"}]}`, Field: "model"},
		{Name: "no limit", Body: `{"model":"m","messages":[{"role":"user","content":"x"}]}`, Field: "max_tokens"},
		{Name: "a limit below nothing", Body: `{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}`, Field: "max_tokens"},
		{Name: "no messages", Body: `{"model":"m","max_tokens":5}`, Field: "messages"},
		{Name: "messages that are an object", Body: `{"model":"m","max_tokens":5,"messages":{}}`, Field: "messages"},
		{Name: "empty messages", Body: `{"model":"m","max_tokens":5,"messages":[]}`, Field: "messages"},
		{Name: "a stream that is null", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"stream":null}`, Field: "stream"},
		{Name: "an unknown role", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"tool","content":"x"}]}`, Field: "messages[0].role"},
		{Name: "no content", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user"}]}`, Field: "messages[0].content"},
		{Name: "content that is a number", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":1}]}`, Field: "messages[0].content"},
		{Name: "a block that is a text", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":["x"]}]}`, Field: "messages[0].content[0]"},
		{Name: "a block without a type", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"text":"x"}]}]}`, Field: "messages[0].content[0].type"},
		{Name: "a text that is a number", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":1}]}]}`, Field: "messages[0].content[0].text"},
		{Name: "an image without a source", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image"}]}]}`, Field: "messages[0].content[0].source"},
		{Name: "a call without an id", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}]}`, Field: "messages[0].content[0].id"},
		{Name: "a result of no call", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}`, Field: "messages[0].content[0].tool_use_id"},
		{Name: "a tool without a name", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tools":[{"input_schema":{}}]}`, Field: "tools[0].name"},
		{Name: "an unknown tool choice", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"maybe"}}`, Field: "tool_choice.type"},
		{Name: "a tool choice that names nothing", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"tool"}}`, Field: "tool_choice.name"},
		{Name: "a format without its schema", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"output_config":{"format":{"type":"json_schema"}}}`, Field: "output_config.format.schema"},
		{Name: "a temperature that is a text", Body: `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"temperature":"hot"}`, Field: "temperature"},
	},
}

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{"type":"text","text":"Hi there"}],"stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":5,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":7,"service_tier":"standard"}}`,
	Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1,"service_tier":"standard"}}   }

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}  }

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}   }

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"output_tokens":7}}

event: message_stop
data: {"type":"message_stop"}

`,
	Usage: interline.Usage{Input: 135, CacheRead: 100, CacheWrite5m: 10, CacheWrite1h: 20, Output: 7},
}

var toolsAnswer = protocoltest.Answer{
	Name: "thinking and parallel tools",
	Body: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"Two calls.","signature":"c2ln"},{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":40,"output_tokens_details":{"thinking_tokens":12}}}`,
	Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":6,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Two "}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"calls."}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Looking."}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: content_block_start
data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"g","input":{}}}

event: content_block_stop
data: {"type":"content_block_stop","index":3}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":40,"output_tokens_details":{"thinking_tokens":12}}}

event: message_stop
data: {"type":"message_stop"}

`,
	Usage: interline.Usage{Input: 5, Output: 40, Reasoning: 12},
}

var redactedAnswer = protocoltest.Answer{
	Name: "redacted thinking, and thinking that is not shown",
	Body: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"redacted_thinking","data":"eA=="},{"type":"thinking","thinking":"","signature":"c2ln"},{"type":"text","text":"42"}],"stop_reason":"max_tokens","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":9}}`,
	Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","model":"m","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"eA=="}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"signature_delta","signature":"c2ln"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"42"}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":9}}

event: message_stop
data: {"type":"message_stop"}

`,
	Usage: interline.Usage{Input: 5, Output: 9},
}

var refusalAnswer = protocoltest.Answer{
	Name: "a refusal",
	Body: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":"cyber"},"usage":{"input_tokens":5,"output_tokens":0}}`,
	Stream: `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","model":"m","content":[],"usage":{"input_tokens":5,"output_tokens":0}}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"refusal","stop_sequence":null},"usage":{"output_tokens":0}}

event: message_stop
data: {"type":"message_stop"}

`,
	Usage: interline.Usage{Input: 5},
}
