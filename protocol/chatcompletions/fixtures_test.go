package chatcompletions

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

var chat = protocol.Spoken{Operation: interline.OperationChat}

// fixtures are written after openai-go v3.96.0 and the answers of OpenAI,
// DeepSeek and LiteLLM.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: chat, Body: `{"model":"gpt-6-luna","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}],"max_completion_tokens":100,"temperature":0.5,"stop":["END","STOP"],"stream":true}`},
		{Name: "tools", Spoken: chat, Body: toolsBody},
		{Name: "media", Spoken: chat, Body: `{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?","prompt_cache_breakpoint":{"mode":"explicit","ttl":"30m"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}},{"type":"image_url","image_url":{"url":"https://example.com/a.jpg"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"report.pdf"}},{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}],"model":"gpt-6-luna"}`},
		{Name: "everything", Spoken: chat, Body: `{"model":"m","messages":[{"role":"developer","content":"x"},{"role":"user","name":"ada","content":"y"},{"role":"assistant","content":null,"refusal":"No.","reasoning_content":"hm"},{"role":"user","content":"z"}],"n":2,"seed":7,"logprobs":true,"top_logprobs":3,"logit_bias":{"1":-100},"frequency_penalty":0.1,"presence_penalty":-0.1,"top_p":0.9,"reasoning_effort":"high","verbosity":"low","service_tier":"flex","safety_identifier":"u-1","prompt_cache_key":"k","metadata":{"z":"1","a":"2"},"response_format":{"type":"json_schema","json_schema":{"name":"city","schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}},"strict":true}},"store":true,"prediction":{"type":"content","content":"p"}}`},
		{Name: "signed reasoning", Spoken: chat, Body: `{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="}]},{"role":"user","content":"c"}]}`},
		{Name: "legacy functions", Spoken: chat, Body: `{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"}],"functions":[{"name":"f"}]}`},
	},
	Answers: []protocoltest.Answer{textAnswer, toolsAnswer, reasoningAnswer, signedAnswer, candidatesAnswer, citedAnswer, oddsAnswer},
	Strange: []protocoltest.Strange{
		{Name: "frames and members nobody knows", Stop: interline.StopOther, Body: `{"id":"c","novel":{"a":1},"choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"novelty"},{"type":"text","text":"Hi"}],"novel":[1]},"finish_reason":"novel_reason"}],"usage":null}`, Stream: `: comment

event: novelty
data: {"object":"chat.completion.novelty","novel":true}

data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi","novel":[1]},"finish_reason":null}],"obfuscation":"xxxx"}

data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"novel_reason"}]}

data: [DONE]

`},
		{Name: "a finish reason twice, empty choices first", Stop: interline.StopEnd, Stream: `data: {"id":"","object":"","model":"","choices":[],"prompt_filter_results":[]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

`},
		{Name: "calls without an index, as Mistral sends them", Stop: interline.StopTools, Stream: `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"id":"aaaaaaaa1","function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"id":"aaaaaaaa2","function":{"name":"f","arguments":{"a":2}}}]},"finish_reason":"tool_calls"}]}

data: [DONE]

`},
	},
	Misuses: []protocoltest.Misuse{
		{Name: "no model", Body: `{"messages":[{"role":"user","content":"x"}]}`, Field: "model"},
		{Name: "a model that is a number", Body: `{"model":1,"messages":[{"role":"user","content":"x"}]}`, Field: "model"},
		{Name: "no messages", Body: `{"model":"m"}`, Field: "messages"},
		{Name: "a body of Responses", Body: `{"model":"m","input":"x"}`, Field: "input"},
		{Name: "messages that are a text", Body: `{"model":"m","messages":"x"}`, Field: "messages"},
		{Name: "empty messages", Body: `{"model":"m","messages":[ ]}`, Field: "messages"},
		{Name: "a stream that is a text", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"}`, Field: "stream"},
		{Name: "stream_options that are a text", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":"yes"}`, Field: "stream_options"},
		{Name: "an unknown role", Body: `{"model":"m","messages":[{"role":"narrator","content":"x"}]}`, Field: "messages[0].role"},
		{Name: "content that is a number", Body: `{"model":"m","messages":[{"role":"user","content":1}]}`, Field: "messages[0].content"},
		{Name: "a part without a type", Body: `{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}`, Field: "messages[0].content[0].type"},
		{Name: "an image without its URL", Body: `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}`, Field: "messages[0].content[0].image_url"},
		{Name: "a data URL that is not base64", Body: `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]}]}`, Field: "messages[0].content[0].image_url.url"},
		{Name: "a result of no call", Body: `{"model":"m","messages":[{"role":"tool","content":"x"}]}`, Field: "messages[0].tool_call_id"},
		{Name: "a temperature that is a text", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}`, Field: "temperature"},
		{Name: "a limit with a fraction", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5}`, Field: "max_tokens"},
		{Name: "a tool without a name", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}`, Field: "tools[0].function.name"},
		{Name: "an unknown tool choice", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"maybe"}`, Field: "tool_choice"},
		{Name: "a schema without a name", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}`, Field: "response_format.json_schema"},
		{Name: "metadata that is a number", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"a":1}}`, Field: "metadata.a"},
		{Name: "a stop that is a number", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"stop":5}`, Field: "stop"},
		{Name: "likely tokens of a likelihood nobody asked for", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":2}`, Field: "top_logprobs"},
		{Name: "too many likely tokens", Body: `{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":21}`, Field: "top_logprobs"},
	},
}

const toolsBody = `{"model":"gpt-6-luna","messages":[{"role":"user","content":"Weather in Rome and Oslo?"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"z\": 1.0, \"city\":\"Rome\"}"}},{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"20"},{"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"5"}]}],"tools":[{"type":"function","function":{"name":"weather","description":"The weather.","parameters":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}},"required":["city"]},"strict":false}},{"type":"custom","custom":{"name":"sql"}}],"tool_choice":{"type":"function","function":{"name":"weather"}},"parallel_tool_calls":false}`

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-6-luna","choices":[{"index":0,"message":{"role":"assistant","content":"Hi there","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":30,"completion_tokens":5,"total_tokens":35,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0}}}`,
	Stream: `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{"content":" there"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-6-luna","choices":[],"usage":{"prompt_tokens":30,"completion_tokens":5,"total_tokens":35,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0}}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 30, CacheRead: 10, CacheWrite1h: 8, Output: 5, Reasoning: 2},
}

// toolsAnswer has two calls whose pieces interleave, and one without arguments.
var toolsAnswer = protocoltest.Answer{
	Name: "parallel tools",
	Body: `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Looking.","tool_calls":[{"id":"call_a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"call_b","type":"function","function":{"name":"g","arguments":"{\"y\":2}"}},{"id":"call_c","type":"function","function":{"name":"h","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
	Stream: `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Looking."},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"f","arguments":""}},{"index":1,"id":"call_b","type":"function","function":{"name":"g","arguments":""}}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"y\""}}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":1}"}}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":":2}"}},{"index":2,"id":"call_c","type":"function","function":{"name":"h","arguments":""}}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

var reasoningAnswer = protocoltest.Answer{
	Name: "reasoning and a refusal",
	Body: `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"Hm. No.","refusal":"I will not."},"finish_reason":"content_filter"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_cache_hit_tokens":2}}`,
	Stream: `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm."},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"reasoning_content":" No."},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"refusal":"I will not."},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_cache_hit_tokens":2}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, CacheRead: 2, Output: 4},
}

var signedAnswer = protocoltest.Answer{
	Name: "signed reasoning",
	Body: `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"42","reasoning_content":"Hm.","thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="}]},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
	Stream: `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm."},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"thinking_blocks":[{"type":"redacted_thinking","data":"eA=="}]},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"42"},"finish_reason":"length"}],"usage":null}

data: {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

var candidatesAnswer = protocoltest.Answer{
	Name: "two candidates",
	Body: `{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"A"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"B"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}`,
	Stream: `data: {"id":"c","model":"m","choices":[{"index":1,"delta":{"role":"assistant","content":"B"},"finish_reason":null}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"A"},"finish_reason":"stop"}]}

data: {"id":"c","model":"m","choices":[{"index":1,"delta":{},"finish_reason":"length"}]}

data: {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}

data: [DONE]

`,
	Usage: interline.Usage{Input: 3, Output: 2},
}
