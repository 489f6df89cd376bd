package generatecontent

import (
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

var chat = protocol.Spoken{Operation: interline.OperationChat, Model: "gemini-3.8-flash"}

// fixtures are written after google.golang.org/genai v1.77.0 and the answers of
// the Gemini API and Vertex in 2026.
var fixtures = protocoltest.Fixtures{
	Requests: []protocoltest.Request{
		{Name: "plain", Spoken: chat, Body: `{"contents":[{"role":"user","parts":[{"text":"Hello"}]}],"systemInstruction":{"parts":[{"text":"Be brief."}]},"generationConfig":{"maxOutputTokens":100,"temperature":1.5,"topP":0.9,"topK":40,"stopSequences":["END"],"candidateCount":2,"seed":7,"presencePenalty":0.5,"frequencyPenalty":-0.5,"responseLogprobs":true,"logprobs":3,"responseModalities":["TEXT"]}}`},
		{Name: "snake case", Spoken: chat, Body: `{"contents":[{"parts":[{"text":"snake_case stays"}]}],"system_instruction":"Be brief.","generation_config":{"max_output_tokens":"100","stop_sequences":["A_B"],"response_mime_type":"application/json","response_schema":{"type":"OBJECT","properties":{"the_city":{"type":"STRING","nullable":true,"min_length":"1"},"all":{"type":"ARRAY","items":{"any_of":[{"type":"INTEGER"},{"type":"NULL"}]}}},"property_ordering":["the_city","all"]}},"safety_settings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}],"tool_config":{"function_calling_config":{"mode":"VALIDATED"},"retrieval_config":{"language_code":"en"}},"tools":[{"function_declarations":[{"name":"a_b","parameters":{"type":"OBJECT","properties":{"x_y":{"type":"NUMBER"}}}}]}]}`},
		{Name: "tools", Spoken: chat, Body: `{"tools":[{"functionDeclarations":[{"name":"weather","description":"The weather.","parametersJsonSchema":{"type":"object","properties":{"z":{"type":"number"},"city":{"type":"string"}},"required":["city"]}},{"name":"now"}]},{"googleSearch":{}},{"codeExecution":{}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["weather","now"]}},"contents":[{"role":"user","parts":[{"text":"Weather in Rome and Oslo?"}]},{"role":"model","parts":[{"text":"Two calls.","thought":true},{"text":"Looking.","thoughtSignature":"dGV4dA=="},{"functionCall":{"name":"weather","args":{"z": 1.0, "city":"Rome"}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"weather","args":{"city":"Oslo"}}},{"functionCall":{"id":"own","name":"now"}},{"text":"","thoughtSignature":"ZW5k"}]},{"role":"function","parts":[{"functionResponse":{"name":"weather","response":{"t":20}}},{"functionResponse":{"name":"weather","response":{"error":"No such city."}}},{"functionResponse":{"id":"own","name":"now","response":{"output":"noon"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]}}]}]}`},
		{Name: "media", Spoken: chat, Body: `{"contents":[{"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/jpeg","data":"_-8"}},{"fileData":{"mimeType":"application/pdf","fileUri":"gs://bucket/a.pdf"}},{"fileData":{"mimeType":"audio/mp3","fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},{"fileData":{"fileUri":"https://www.youtube.com/watch?v=x"},"videoMetadata":{"fps":1}},{"executableCode":{"language":"PYTHON","code":"1"}}]}]}`},
		{Name: "everything", Spoken: chat, Body: `{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},{"role":"user","parts":[{"text":"c"}]}],"cachedContent":"cachedContents/x_y","labels":{"team_a":"1"},"serviceTier":"flex","safetySettings":[],"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"thinkingConfig":{"thinkingLevel":"low","includeThoughts":true},"mediaResolution":"MEDIA_RESOLUTION_LOW"},"toolConfig":{"functionCallingConfig":{"mode":"NONE"}},"tools":[{"functionDeclarations":[{"name":"f"}]}]}`},
		{Name: "a budget", Spoken: protocol.Spoken{Operation: interline.OperationChat, Model: "gemini-2.5-pro", Stream: true}, Body: `{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":2048}}}`},
		{Name: "an enum", Spoken: chat, Body: `{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["A","B"]}}}`},
	},
	Answers: []protocoltest.Answer{textAnswer, thoughtAnswer, toolsAnswer, candidatesAnswer, emptyAnswer, citedAnswer, oddsAnswer},
	Strange: []protocoltest.Strange{
		{Name: "parts, members and reasons nobody knows", Stop: interline.StopOther, Body: `{"candidates":[{"content":{"parts":[{"novelty":{"text":"x"}},{"text":"Hi"}]},"finishReason":"NOVEL_REASON","novel":1}]}`, Stream: `
data: {"novel":[1]}

data: {"candidates":[{"content":{"parts":[{"novelty":{"text":"x"}}],"role":"model"}}]}

data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"index":-1}]}

data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"finishReason":"NOVEL_REASON","index":0}],"novel":{}}

`},
		{Name: "a prompt that was blocked", Stop: interline.StopFiltered, Body: `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}`, Stream: `
data: {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}

`},
		{Name: "a prompt that Model Armor blocked", Stop: interline.StopGuardrail, Stream: `
data: {"promptFeedback":{"blockReason":"MODEL_ARMOR","blockReasonMessage":"m"},"usageMetadata":{"trafficType":"ON_DEMAND"}}

`},
		{Name: "a call that cannot be read", Stop: interline.StopMalformed, Stream: `
data: {"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"call:f(","index":0}]}

`},
	},
	Misuses: []protocoltest.Misuse{
		{Name: "no contents", Body: `{"systemInstruction":{"parts":[{"text":"x"}]}}`, Field: "contents"},
		{Name: "contents that are a text", Body: `{"contents":"x"}`, Field: "contents"},
		{Name: "empty contents", Body: `{"contents":[]}`, Field: "contents"},
		{Name: "a body of Chat Completions", Body: `{"contents":[{"parts":[]}],"messages":[{"role":"user","content":"x"}]}`, Field: "messages"},
		{Name: "one thing in two spellings", Body: `{"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{},"tool_config":{}}`, Field: "toolConfig"},
		{Name: "one thing in two spellings, deeper", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"topK":1,"top_k":2}}`, Field: "generationConfig.topK"},
		{Name: "a known thing, nearly", Body: `{"contents":[{"parts":[{"text":"x"}]}],"tool_CONFIG":{}}`, Field: "tool_CONFIG"},
		{Name: "two names that differ in case when they are spelled alike", Body: `{"contents":[{"parts":[{"text":"x"}]}],"novel_hing":1,"novelhing":2}`, Field: "novelhing"},
		{Name: "an unknown role", Body: `{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}`, Field: "contents[0].role"},
		{Name: "no parts", Body: `{"contents":[{"role":"user"}]}`, Field: "contents[0].parts"},
		{Name: "a text that is a number", Body: `{"contents":[{"parts":[{"text":1}]}]}`, Field: "contents[0].parts[0].text"},
		{Name: "data without a type", Body: `{"contents":[{"parts":[{"inlineData":{"data":"eA=="}}]}]}`, Field: "contents[0].parts[0].inlineData"},
		{Name: "a file without a URI", Body: `{"contents":[{"parts":[{"fileData":{"mimeType":"image/png"}}]}]}`, Field: "contents[0].parts[0].fileData.fileUri"},
		{Name: "a call of no function", Body: `{"contents":[{"role":"model","parts":[{"functionCall":{"args":{}}}]}]}`, Field: "contents[0].parts[0].functionCall.name"},
		{Name: "a result of no function", Body: `{"contents":[{"parts":[{"functionResponse":{"response":{}}}]}]}`, Field: "contents[0].parts[0].functionResponse.name"},
		{Name: "a limit that is a word", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":"many"}}`, Field: "generationConfig.maxOutputTokens"},
		{Name: "a function without a name", Body: `{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{}]}]}`, Field: "tools[0].functionDeclarations[0].name"},
		{Name: "an unknown mode", Body: `{"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"SOMETIMES"}}}`, Field: "toolConfig.functionCallingConfig.mode"},
		{Name: "an unknown level", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"HUGE"}}}`, Field: "generationConfig.thinkingConfig.thinkingLevel"},
		{Name: "likely tokens of a likelihood nobody asked for", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"logprobs":2}}`, Field: "generationConfig.logprobs"},
		{Name: "too many likely tokens", Body: `{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseLogprobs":true,"logprobs":21}}`, Field: "generationConfig.logprobs"},
	},
}

// arrayFixtures are the same over the other envelope: the data lines are the
// elements of an array.
func arrayFixtures() protocoltest.Fixtures {
	fx := fixtures
	fx.Answers, fx.Strange = nil, nil
	for _, a := range fixtures.Answers {
		a.Stream = asArray(a.Stream)
		fx.Answers = append(fx.Answers, a)
	}
	for _, s := range fixtures.Strange {
		s.Stream = asArray(s.Stream)
		fx.Strange = append(fx.Strange, s)
	}
	return fx
}

func asArray(stream string) string {
	var elements []string
	for line := range strings.Lines(stream) {
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: "); ok {
			elements = append(elements, data)
		}
	}
	return "[" + strings.Join(elements, "\n,\r\n") + "\n]"
}

var textAnswer = protocoltest.Answer{
	Name: "text",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Hi there"}],"role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[],"avgLogprobs":-0.1}],"usageMetadata":{"promptTokenCount":105,"cachedContentTokenCount":100,"toolUsePromptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":117,"promptTokensDetails":[{"modality":"TEXT","tokenCount":90},{"modality":"AUDIO","tokenCount":10},{"modality":"IMAGE","tokenCount":"5"}]},"modelVersion":"gemini-3.8-flash","responseId":"r1"}`,
	Stream: "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"}}],\"usageMetadata\":{\"promptTokenCount\":105,\"totalTokenCount\":105},\"modelVersion\":\"gemini-3.8-flash\",\"responseId\":\"r1\"}\r\n\r\n" +
		"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"model\"}}],\"modelVersion\":\"gemini-3.8-flash\",\"responseId\":\"r1\"}\r\n\r\n" +
		"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\" there\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":105,\"cachedContentTokenCount\":100,\"toolUsePromptTokenCount\":5,\"candidatesTokenCount\":7,\"totalTokenCount\":117,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":90},{\"modality\":\"AUDIO\",\"tokenCount\":10},{\"modality\":\"IMAGE\",\"tokenCount\":5}]},\"modelVersion\":\"gemini-3.8-flash\",\"responseId\":\"r1\"}\r\n\r\n",
	Usage: interline.Usage{Input: 110, CacheRead: 100, InputAudio: 10, InputImage: 5, ToolPrompt: 5, Output: 7},
}

var thoughtAnswer = protocoltest.Answer{
	Name: "thoughts and a signed text",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Let me think.","thought":true},{"text":"42","thoughtSignature":"c2ln"},{"text":"!"}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"thoughtsTokenCount":8,"totalTokenCount":15},"modelVersion":"gemini-3-pro","responseId":"r2"}`,
	Stream: `
data: {"candidates":[{"content":{"parts":[{"text":"Let me ","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5,"thoughtsTokenCount":4,"totalTokenCount":9},"modelVersion":"gemini-3-pro","responseId":"r2"}

data: {"candidates":[{"content":{"parts":[{"text":"think.","thought":true},{"text":"4"}],"role":"model"},"index":0}],"modelVersion":"gemini-3-pro","responseId":"r2"}

data: {"candidates":[{"content":{"parts":[{"text":"2"}],"role":"model"},"index":0}],"modelVersion":"gemini-3-pro","responseId":"r2"}

data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"},{"text":"!"}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"thoughtsTokenCount":8,"totalTokenCount":15},"modelVersion":"gemini-3-pro","responseId":"r2"}

`,
	Usage: interline.Usage{Input: 5, Output: 10, Reasoning: 8},
}

var toolsAnswer = protocoltest.Answer{
	Name: "parallel tools, the first of them signed, one with an id",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Looking."},{"functionCall":{"name":"f","args":{"x": 1}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"f","args":{"x":2}}},{"functionCall":{"id":"own","name":"g"}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":40,"totalTokenCount":45},"modelVersion":"m","responseId":"r3"}`,
	Stream: `
data: {"candidates":[{"content":{"parts":[{"text":"Looking."}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r3"}

data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x": 1}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"f","args":{"x":2}}}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r3"}

data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"own","name":"g","args":{}}}],"role":"model"},"index":0}],"modelVersion":"m","responseId":"r3"}

data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":40,"totalTokenCount":45},"modelVersion":"m","responseId":"r3"}

`,
	Usage: interline.Usage{Input: 5, Output: 40},
}

var candidatesAnswer = protocoltest.Answer{
	Name: "two candidates",
	Body: `{"candidates":[{"content":{"parts":[{"text":"Heads."}],"role":"model"},"finishReason":"STOP"},{"content":{"parts":[{"text":"Ta"}],"role":"model"},"finishReason":"RECITATION","index":1}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"modelVersion":"m","responseId":"r4"}`,
	Stream: `
data: {"candidates":[{"content":{"parts":[{"text":"He"}],"role":"model"}},{"content":{"parts":[{"text":"T"}],"role":"model"},"index":1}],"modelVersion":"m","responseId":"r4"}

data: {"candidates":[{"content":{"parts":[{"text":"ads."}],"role":"model"},"finishReason":"STOP"}],"modelVersion":"m","responseId":"r4"}

data: {"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"finishReason":"RECITATION","index":1}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"modelVersion":"m","responseId":"r4"}

`,
	Usage: interline.Usage{Input: 3, Output: 4},
}

var emptyAnswer = protocoltest.Answer{
	Name: "nothing but thoughts that are not shown",
	Body: `{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":15,"thoughtsTokenCount":2,"totalTokenCount":17},"modelVersion":"m","responseId":"r5"}`,
	Stream: `
data: {"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":15,"thoughtsTokenCount":2,"totalTokenCount":17},"modelVersion":"m","responseId":"r5"}

`,
	Usage: interline.Usage{Input: 15, Output: 2, Reasoning: 2},
}
