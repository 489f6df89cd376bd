package invoke

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

const model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"

var (
	chat   = protocol.Spoken{Operation: interline.OperationChat, Model: model}
	stream = protocol.Spoken{Operation: interline.OperationChat, Model: model, Stream: true}
)

// fixtures are written after anthropic-sdk-go v1.84.0 and the answers of
// Bedrock in 2026.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: stream, Body: `{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Hello"}],"system":"Be brief."}`},
		{Name: "tools", Spoken: chat, Body: `{"max_tokens":2048,"tools":[{"name":"weather","description":"The weather.","input_schema":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}}},"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"bash_20250124","name":"bash"}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"messages":[{"role":"user","content":"Weather in Rome?"},{"role":"assistant","content":[{"type":"thinking","thinking":"One call.","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="},{"type":"tool_use","id":"toolu_bdrk_1","name":"weather","input":{"z": 1.0, "city":"Rome"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_bdrk_1","content":"20","cache_control":{"type":"ephemeral"}}]}],"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"xhigh"},"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["interleaved-thinking-2025-05-14","context-management-2025-06-27"]}`},
		{Name: "everything", Spoken: chat, Body: `{"anthropic_version":"bedrock-2023-05-31","max_tokens":5000,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"text","text":"a"}]},{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"temperature":0.5,"top_k":40,"stop_sequences":["END"],"metadata":{"user_id":"u-1"},"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}}}},"context_management":{"edits":[]}}`},
	},
	Answers: []protocoltest.Answer{textAnswer, toolsAnswer},
	Strange: []protocoltest.Strange{
		{Name: "frames, events, deltas and stop reasons nobody knows", Stop: interline.StopOther, Body: `{"id":"msg_bdrk_1","model":"m","type":"message","content":[{"type":"novelty"},{"type":"text","text":"Hi"}],"stop_reason":"novel_reason","novel":1}`, Stream: `
event noveltyEvent {"novel":[1]}
event chunk {"p":"abc"}
chunk {"type":"message_start","message":{"id":"msg_bdrk_1","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}
chunk {"type":"novelty","novel":[1]}
chunk {"type":"ping"}
chunk {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"novel_delta","novel":1}}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}
chunk {"type":"message_delta","delta":{"stop_reason":"novel_reason","stop_sequence":null},"usage":{"output_tokens":3}}
chunk {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":"many"}}
`},
	},
	Misuses: []protocoltest.Misuse{
		{Name: "no version", Body: `{"max_tokens":5,"messages":[{"role":"user","content":"x"}]}`, Field: "anthropic_version"},
		{Name: "another version", Body: with(`"anthropic_version":"2023-06-01"`), Field: "anthropic_version"},
		{Name: "a version that is a number", Body: with(`"anthropic_version":20230531`), Field: "anthropic_version"},
		{Name: "a version in capitals", Body: with(`"Anthropic_Version":"bedrock-2023-05-31"`), Field: "Anthropic_Version"},
		{Name: "betas that are a text", Body: with(versionMember + `,"anthropic_beta":"x"`), Field: "anthropic_beta"},
		{Name: "betas in capitals", Body: with(versionMember + `,"ANTHROPIC_BETA":["x"]`), Field: "ANTHROPIC_BETA"},
		{Name: "a model beside the path's", Body: with(versionMember + `,"model":"other"`), Field: "model"},
		{Name: "a model that is a number", Body: with(versionMember + `,"model":1`), Field: "model"},
		{Name: "a wish to stream beside the path's", Body: with(versionMember + `,"stream":true`), Field: "stream"},
		{Name: "no limit", Body: `{` + versionMember + `,"messages":[{"role":"user","content":"x"}]}`, Field: "max_tokens"},
		{Name: "no messages", Body: `{` + versionMember + `,"max_tokens":5}`, Field: "messages"},
		{Name: "a call without an id", Body: `{` + versionMember + `,"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}]}`, Field: "messages[0].content[0].id"},
		{Name: "Claude's text completions", Body: `{"prompt":"\n\nHuman: x\n\nAssistant:","max_tokens_to_sample":5}`, Field: "anthropic_version"},
		{Name: "Titan", Body: `{"inputText":"x","textGenerationConfig":{"maxTokenCount":5}}`, Field: "anthropic_version"},
		{Name: "Llama", Body: `{"prompt":"x","max_gen_len":5}`, Field: "anthropic_version"},
		{Name: "Nova", Body: `{"schemaVersion":"messages-v1","messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":5}}`, Field: "anthropic_version"},
		{Name: "gpt-oss", Body: `{"model":"openai.gpt-oss-20b-1:0","messages":[{"role":"user","content":"x"}],"max_completion_tokens":5}`, Field: "anthropic_version"},
	},
	// What AWS has no words of its own for, as in Converse.
	Merged: map[interline.Code]interline.Code{interline.CodeTooLarge: interline.CodeInvalid},
	Streamed: map[interline.Code]interline.Code{
		interline.CodePermission: interline.CodeInvalid,
		interline.CodeBilling:    interline.CodeRateLimit,
		interline.CodeModel:      interline.CodeInvalid,
	},
}

const versionMember = `"anthropic_version":"bedrock-2023-05-31"`

// with is a good body but for its version, with the member in it.
func with(member string) string {
	return `{"max_tokens":5,"messages":[{"role":"user","content":"x"}],` + member + `}`
}

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{"type":"text","text":"Hi there"}],"stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":5,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":7}}`,
	Stream: `
chunk {"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":30,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1}}}
chunk {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}
event chunk {"bytes":"eyJ0eXBlIjoiY29udGVudF9ibG9ja19kZWx0YSIsImluZGV4IjowLCJkZWx0YSI6eyJ0eXBlIjoidGV4dF9kZWx0YSIsInRleHQiOiJIaSJ9fQ==","p":"abcdefghij"}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}}
chunk {"type":"content_block_stop","index":0}
chunk {"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"output_tokens":7}}
chunk {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":7,"invocationLatency":900,"firstByteLatency":300,"cacheReadInputTokenCount":100,"cacheWriteInputTokenCount":30}}
`,
	Usage: interline.Usage{Input: 135, CacheRead: 100, CacheWrite5m: 10, CacheWrite1h: 20, Output: 7},
}

var toolsAnswer = protocoltest.Answer{
	Name: "thinking and parallel tools",
	Body: `{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"Two calls.","signature":"c2ln"},{"type":"redacted_thinking","data":"eA=="},{"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":40,"output_tokens_details":{"thinking_tokens":12}}}`,
	Stream: `
chunk {"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":6,"output_tokens":1}}}
chunk {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Two "}}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"calls."}}
chunk {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}
chunk {"type":"content_block_stop","index":0}
chunk {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"eA=="}}
chunk {"type":"content_block_stop","index":1}
chunk {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}
chunk {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}
chunk {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}
chunk {"type":"content_block_stop","index":2}
chunk {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"g","input":{}}}
chunk {"type":"content_block_stop","index":3}
chunk {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,"output_tokens":40,"output_tokens_details":{"thinking_tokens":12}}}
chunk {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":40,"invocationLatency":900,"firstByteLatency":300}}
`,
	Usage: interline.Usage{Input: 5, Output: 40, Reasoning: 12},
}
