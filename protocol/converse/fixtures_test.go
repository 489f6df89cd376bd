package converse

import (
	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

var chat = protocol.Spoken{Operation: interline.OperationChat, Model: "us.anthropic.claude-haiku-4-5-20251001-v1:0"}

var novaModel = protocol.Spoken{Operation: interline.OperationChat, Model: "amazon.nova-lite-v1:0", Stream: true}

// fixtures are written after aws-sdk-go-v2 bedrockruntime v1.63.12 and the
// answers of Bedrock in 2026.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: chat, Body: `{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":100,"temperature":0.5,"topP":0.9,"stopSequences":["END"]}}`},
		{Name: "tools", Spoken: chat, Body: `{"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"The weather.","inputSchema":{"json":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}},"required":["city"]}},"strict":true}},{"cachePoint":{"type":"default","ttl":"1h"}},{"systemTool":{"name":"nova_grounding"}}],"toolChoice":{"tool":{"name":"weather"}}},"messages":[{"role":"user","content":[{"text":"Weather in Rome and Oslo?"},{"cachePoint":{"type":"default"}}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Two calls.","signature":"c2ln"}}},{"reasoningContent":{"redactedContent":"ZUE9PQ=="}},{"text":"Looking."},{"toolUse":{"toolUseId":"tooluse_1","name":"weather","input":{"z": 1.0, "city":"Rome"}}},{"toolUse":{"toolUseId":"tooluse_2","name":"weather","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"json":{"t":20}}],"status":"success"}},{"toolResult":{"toolUseId":"tooluse_2","content":[{"text":"No such city."},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}}],"status":"error"}}]}]}`},
		{Name: "media", Spoken: novaModel, Body: `{"messages":[{"role":"user","content":[{"text":"What is this?"},{"image":{"format":"jpeg","source":{"s3Location":{"uri":"s3://bucket/a.jpg"}}}},{"document":{"format":"pdf","name":"report","source":{"bytes":"JVBERi0="}}},{"document":{"format":"md","name":"report","source":{"text":"plain"}}},{"audio":{"format":"mp3","source":{"bytes":"SUQz"}}}]}],"additionalModelRequestFields":{"inferenceConfig":{"topK":20},"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}}`},
		{Name: "everything", Spoken: chat, Body: `{"messages":[{"role":"user","content":[{"text":"a"},{"guardContent":{"text":{"text":"b"}}}]},{"role":"assistant","content":[{"text":"c"}]},{"role":"user","content":[{"text":"d"}]}],"inferenceConfig":{"maxTokens":5000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048},"top_k":40,"anthropic_beta":["x"],"tool_choice":{"type":"auto","disable_parallel_tool_use":true}},"requestMetadata":{"z":"1","a":"2"},"serviceTier":{"type":"flex"},"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"string\"}}}","name":"city"}}}},"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"},"performanceConfig":{"latency":"optimized"}}`},
		{Name: "an effort for GPT", Spoken: protocol.Spoken{Operation: interline.OperationChat, Model: "us.openai.gpt-5.6-sol"}, Body: `{"messages":[{"role":"user","content":[{"text":"a"}]}],"additionalModelRequestFields":{"reasoning":{"effort":"high"}}}`},
		{Name: "an effort for gpt-oss", Spoken: protocol.Spoken{Operation: interline.OperationChat, Model: "openai.gpt-oss-120b-1:0"}, Body: `{"messages":[{"role":"user","content":[{"text":"a"}]}],"additionalModelRequestFields":{"reasoning_effort":"high"}}`},
	},
	Answers: []protocoltest.Answer{textAnswer, toolsAnswer, redactedAnswer, guardedAnswer, citedAnswer},
	Strange: []protocoltest.Strange{
		{Name: "events, deltas and stop reasons nobody knows", Stop: interline.StopOther, Body: `{"output":{"message":{"role":"assistant","content":[{"novelty":{"text":"x"}},{"text":"Hi"}]}},"stopReason":"novel_reason","novel":1}`, Stream: `
event messageStart {"role":"assistant","p":"abc"}
event noveltyEvent {"novel":[1]}
event contentBlockStart {"contentBlockIndex":0,"start":{"image":{"format":"png"}}}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"image":{"source":{"bytes":"iVBORw0KGgo="}}}}
event contentBlockStop {"contentBlockIndex":0}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"novel":1}}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Hi"}}
event contentBlockStop {"contentBlockIndex":1}
event messageStop {"stopReason":"novel_reason","additionalModelResponseFields":{}}
event metadata {"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2,"serverToolUsage":{}},"metrics":{"latencyMs":1}}
`},
		{Name: "end_turn with a call, and no stop of its block", Stop: interline.StopTools, Stream: `
event messageStart {"role":"assistant"}
event contentBlockStart {"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"f","type":"server_tool_use"}}}
event messageStop {"stopReason":"end_turn"}
event metadata {"metrics":{"latencyMs":1}}
`},
	},
	Misuses: []protocoltest.Misuse{
		{Name: "no messages", Body: `{"system":[{"text":"x"}]}`, Field: "messages"},
		{Name: "messages that are a text", Body: `{"messages":"x"}`, Field: "messages"},
		{Name: "empty messages", Body: `{"messages":[]}`, Field: "messages"},
		{Name: "an unknown role", Body: `{"messages":[{"role":"tool","content":[{"text":"x"}]}]}`, Field: "messages[0].role"},
		{Name: "no content", Body: `{"messages":[{"role":"user"}]}`, Field: "messages[0].content"},
		{Name: "content that is a text", Body: `{"messages":[{"role":"user","content":"x"}]}`, Field: "messages[0].content"},
		{Name: "a text that is a number", Body: `{"messages":[{"role":"user","content":[{"text":1}]}]}`, Field: "messages[0].content[0].text"},
		{Name: "an image without a source", Body: `{"messages":[{"role":"user","content":[{"image":{"format":"png"}}]}]}`, Field: "messages[0].content[0].image.source"},
		{Name: "a call without an id", Body: `{"messages":[{"role":"user","content":[{"toolUse":{"name":"f"}}]}]}`, Field: "messages[0].content[0].toolUse.toolUseId"},
		{Name: "a result of no call", Body: `{"messages":[{"role":"user","content":[{"toolResult":{"content":[]}}]}]}`, Field: "messages[0].content[0].toolResult.toolUseId"},
		{Name: "a system prompt that is a text", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"system":"x"}`, Field: "system"},
		{Name: "a limit that is a text", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":"5"}}`, Field: "inferenceConfig.maxTokens"},
		{Name: "a tool without a name", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[{"toolSpec":{}}]}}`, Field: "toolConfig.tools[0].toolSpec.name"},
		{Name: "an unknown tool choice", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[],"toolChoice":{"none":{}}}}`, Field: "toolConfig.toolChoice"},
		{Name: "a schema that is no JSON", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"x"}}}}}`, Field: "outputConfig.textFormat.structure.jsonSchema.schema"},
		{Name: "metadata that is a number", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"requestMetadata":{"a":1}}`, Field: "requestMetadata.a"},
		{Name: "a top_k that is a text", Body: `{"messages":[{"role":"user","content":[{"text":"x"}]}],"additionalModelRequestFields":{"top_k":"5"}}`, Field: "additionalModelRequestFields.top_k"},
	},
	// AWS tells these apart by the message alone, or not at all.
	Merged: map[interline.Code]interline.Code{
		interline.CodeTooLarge: interline.CodeInvalid,
	},
	// Streams know five exceptions only.
	Streamed: map[interline.Code]interline.Code{
		interline.CodePermission: interline.CodeInvalid,
		interline.CodeBilling:    interline.CodeRateLimit,
		interline.CodeModel:      interline.CodeInvalid,
	},
}

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"text":"Hi there"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":7,"totalTokens":142,"cacheReadInputTokens":100,"cacheReadInputTokenCount":100,"cacheWriteInputTokens":30,"cacheDetails":[{"ttl":"5m","inputTokens":10},{"ttl":"1h","inputTokens":20}],"serverToolUsage":{}}}`,
	Stream: `
event messageStart {"p":"abcd","role":"assistant"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":""},"p":"ab"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"abc"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":" there"},"p":"a"}
event contentBlockStop {"contentBlockIndex":0,"p":"abc"}
event messageStop {"p":"abc","stopReason":"end_turn"}
event metadata {"metrics":{"latencyMs":5},"p":"abc","usage":{"inputTokens":5,"outputTokens":7,"totalTokens":142,"cacheReadInputTokens":100,"cacheWriteInputTokens":30,"cacheDetails":[{"ttl":"5m","inputTokens":10},{"ttl":"1h","inputTokens":20}]}}
`,
	Usage: interline.Usage{Input: 135, CacheRead: 100, CacheWrite5m: 10, CacheWrite1h: 20, Output: 7},
}

var toolsAnswer = protocoltest.Answer{
	Name: "reasoning and parallel tools",
	Body: `{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"Two calls.","signature":"c2ln"}}},{"text":"Looking."},{"toolUse":{"input":{"x":1},"name":"f","toolUseId":"tooluse_1"}},{"toolUse":{"input":{},"name":"g","toolUseId":"tooluse_2"}}],"role":"assistant"}},"stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":40,"totalTokens":45}}`,
	Stream: `
event messageStart {"role":"assistant"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Two "}}}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"calls."}}}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}
event contentBlockStop {"contentBlockIndex":0}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Looking."}}
event contentBlockStop {"contentBlockIndex":1}
event contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"name":"f","toolUseId":"tooluse_1"}}}
event contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":""}}}
event contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"x\""}}}
event contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":":1}"}}}
event contentBlockStop {"contentBlockIndex":2}
event contentBlockStart {"contentBlockIndex":3,"start":{"toolUse":{"name":"g","toolUseId":"tooluse_2"}}}
event contentBlockStop {"contentBlockIndex":3}
event messageStop {"stopReason":"tool_use"}
event metadata {"metrics":{"latencyMs":5},"usage":{"inputTokens":5,"outputTokens":40,"totalTokens":45}}
`,
	Usage: interline.Usage{Input: 5, Output: 40},
}

var redactedAnswer = protocoltest.Answer{
	Name: "encrypted reasoning",
	Body: `{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"reasoningContent":{"redactedContent":"ZUE9PQ=="}},{"reasoningContent":{"reasoningText":{"text":"","signature":"c2ln"}}},{"text":"42"}],"role":"assistant"}},"stopReason":"max_tokens","usage":{"inputTokens":5,"outputTokens":9,"totalTokens":14}}`,
	Stream: `
event messageStart {"role":"assistant"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"ZUE9PQ=="}}}
event contentBlockStop {"contentBlockIndex":0}
event contentBlockDelta {"contentBlockIndex":1,"delta":{"reasoningContent":{"signature":"c2ln"}}}
event contentBlockStop {"contentBlockIndex":1}
event contentBlockDelta {"contentBlockIndex":2,"delta":{"text":"42"}}
event contentBlockStop {"contentBlockIndex":2}
event messageStop {"stopReason":"max_tokens"}
event metadata {"metrics":{"latencyMs":5},"usage":{"inputTokens":5,"outputTokens":9,"totalTokens":14}}
`,
	Usage: interline.Usage{Input: 5, Output: 9},
}

var guardedAnswer = protocoltest.Answer{
	Name: "a guardrail intervened",
	Body: `{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"text":"Blocked."}],"role":"assistant"}},"stopReason":"guardrail_intervened","usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0}}`,
	Stream: `
event messageStart {"role":"assistant"}
event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Blocked."}}
event contentBlockStop {"contentBlockIndex":0}
event messageStop {"stopReason":"guardrail_intervened"}
event metadata {"metrics":{"latencyMs":5},"usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0},"trace":{}}
`,
}
