package gemini

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

const (
	userTurn  = `{"role":"user","parts":[{"text":"hi"}]}`
	modelCall = `{"role":"model","parts":[{"functionCall":{"id":"c1","name":"f","args":{"a":1}}}]}`
	reply     = `{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"f","response":{"output":"x"}}}]}`
)

func turns(all ...string) string { return `{"contents":[` + strings.Join(all, ",") + `]}` }

func tools(declaration string) string {
	return `{` + says("hi") + `,"tools":[{"functionDeclarations":[` + declaration + `]}]}`
}

func userPart(part string) string { return turns(`{"role":"user","parts":[` + part + `]}`) }

// TestShape holds the words of the front end: one case for each way a request
// can miss its form.
func TestShape(t *testing.T) {
	s := start(t, core.Limits{})
	for _, tt := range []struct{ name, body, field, message string }{
		{"unknown at the root", `{"prompt":1}`, "", `Invalid JSON payload received. Unknown name "prompt": Cannot find field.`},
		{"unknown below", with(`"x":1`), "generation_config", `Invalid JSON payload received. Unknown name "x" at 'generation_config': Cannot find field.`},
		{"unknown in a list", userPart(`{"txt":"hi"}`), "contents[0].parts[0]", `Unknown name "txt" at 'contents[0].parts[0]': Cannot find field.`},
		{"of Vertex AI", `{"labels":{"a":"b"}}`, "", `Unknown name "labels": Cannot find field.`},
		{"of Vertex AI, below", with(`"audioTimestamp":true`), "generation_config", `Unknown name "audioTimestamp" at 'generation_config'`},
		{"safety method", `{"safetySettings":[{"method":"SEVERITY"}]}`, "safety_settings[0]", `Unknown name "method"`},
		{"list for one", userPart(`{"text":["hi"]}`), "contents[0].parts[0]", `Proto field is not repeating, cannot start list.`},
		{"object for a text", userPart(`{"text":{}}`), "contents[0].parts[0]", `Proto field is not a message, cannot start message.`},
		{
			"text for a message", `{"systemInstruction":"hi"}`, "system_instruction",
			`Invalid value at 'system_instruction' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), "hi"`,
		},
		{"number for a text", userPart(`{"text":5}`), "contents[0].parts[0].text", `Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5`},
		{"text for a number", with(`"temperature":"hot"`), "generation_config.temperature", `(TYPE_DOUBLE), "hot"`},
		{"half for a whole", with(`"maxOutputTokens":1.5`), "generation_config.max_output_tokens", `(TYPE_INT32), 1.5`},
		{
			"enum", `{"safetySettings":[{"category":"HARM"}]}`, "safety_settings[0].category",
			`Invalid value at 'safety_settings[0].category' (type.googleapis.com/google.ai.generativelanguage.v1beta.HarmCategory), "HARM"`,
		},
		{"base64", userPart(`{"inlineData":{"mimeType":"image/png","data":"%"}}`), "contents[0].parts[0].inline_data.data", `(TYPE_BYTES), Base64 decoding failed for "%"`},
		{"two of a oneof", userPart(`{"text":"hi","functionCall":{"name":"f"}}`), "contents[0].parts[0]", `(oneof), oneof field 'data' is already set. Cannot set 'functionCall'`},
		{
			"JSON Schema's words", with(`"responseSchema":{"type":"OBJECT","properties":{"a":{"$ref":"x"}}}`),
			"generation_config.response_schema.properties[0].value", `Unknown name "$ref" at 'generation_config.response_schema.properties[0].value'`,
		},
		{"several types", with(`"responseSchema":{"type":["STRING","NULL"]}`), "generation_config.response_schema", `cannot start list`},
	} {
		status, got := s.send("POST", models+two+":generateContent", tt.body)
		r := s.refused(got)
		if status != 400 || r.Error.Status != "INVALID_ARGUMENT" || !strings.Contains(r.Error.Message, tt.message) {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
			continue
		}
		if f := r.Error.Details[0].Fields; len(f) != 1 || f[0].Field != tt.field || f[0].Description != r.Error.Message {
			t.Errorf("%s: details %s", tt.name, got)
		}
	}
	deep := with(`"responseSchema":` + strings.Repeat(`{"items":`, 200) + `{}` + strings.Repeat(`}`, 200))
	if status, got := s.send("POST", models+two+":generateContent", deep); status != 400 || !strings.Contains(got, "Message too deep.") {
		t.Errorf("too deep: status %d: %s", status, got)
	}
	for name, body := range map[string]string{"broken": `{"contents":`, "list": `[]`, "word": `{x}`} {
		if status, got := s.send("POST", models+two+":generateContent", body); status != 400 || !strings.Contains(got, "Invalid JSON payload received.") {
			t.Errorf("%s: status %d: %s", name, status, got)
		}
	}
	_, got := s.send("POST", models+two+":generateContent", `{"a":1,"b":2}`)
	if r := s.refused(got); len(r.Error.Details[0].Fields) != 2 || strings.Count(r.Error.Message, "\n") != 1 {
		t.Errorf("two faults: %s", got)
	}
}

// rule is a request that the service refuses.
type rule struct {
	name, model, body string
	status            int
	message           string
}

const aFunction = `{"name":"f","parameters":{"type":"OBJECT"}}`

func choice(c string) string {
	return strings.TrimSuffix(tools(aFunction), "}") + `,"toolConfig":{` + c + `}}`
}

func calling(c string) string { return choice(`"functionCallingConfig":{` + c + `}`) }

func fileAt(uri string) string {
	return userPart(`{"fileData":{"mimeType":"image/png","fileUri":"` + uri + `"}}`)
}

// turnRules are about turns and their parts.
func turnRules() []rule {
	return []rule{
		{"no contents", two, `{}`, 400, "contents is not specified"},
		{"no parts", two, turns(`{"role":"user","parts":[]}`), 400, "contents.parts must not be empty"},
		{"empty part", two, userPart(`{}`), 400, "required oneof field 'data' must have one initialized field"},
		{"role", two, turns(`{"role":"assistant","parts":[{"text":"hi"}]}`), 400, "Please use a valid role: user, model."},
		{"system picture", two, `{"systemInstruction":{"parts":[{"inlineData":{"mimeType":"image/png","data":"aaaa"}}]},` + says("hi") + `}`, 400, "only text is supported"},
		{"call of a user", two, userPart(`{"functionCall":{"name":"f"}}`), 400, "role 'model'"},
		{"response of a model", two, turns(userTurn, `{"role":"model","parts":[{"functionResponse":{"name":"f"}}]}`), 400, "role 'user'"},
		{"nameless call", two, turns(userTurn, `{"role":"model","parts":[{"functionCall":{}}]}`), 400, "Name cannot be empty"},
		{"nameless response", two, turns(userTurn, modelCall, `{"parts":[{"functionResponse":{}}]}`), 400, "Name cannot be empty"},
		{"call first", two, turns(modelCall, reply), 400, "comes immediately after a user turn"},
		{"response without a call", two, turns(reply), 400, "function response turn comes immediately after a function call turn"},
		{"call without a response", two, turns(userTurn, modelCall, userTurn), 400, "number of function response parts is equal"},
		{"too few responses", two, turns(userTurn, modelCall, modelCall, reply), 400, "number of function response parts is equal"},
		{"foreign id", two, turns(userTurn, modelCall, strings.Replace(reply, "c1", "c2", 1)), 400, `function response id "c2"`},
		{"media type", two, userPart(`{"inlineData":{"mimeType":"image/gif","data":"aaaa"}}`), 400, "Unsupported MIME type: image/gif"},
		{"no media type", two, userPart(`{"inlineData":{"data":"aaaa"}}`), 400, "MIME type"},
		{"no data", two, userPart(`{"inlineData":{"mimeType":"image/png"}}`), 400, "no data"},
		{"broken picture", two, userPart(`{"inlineData":{"mimeType":"image/png","data":"aaaa"}}`), 400, "Unable to process input image"},
		{"uploaded file", two, fileAt("https://generativelanguage.googleapis.com/v1beta/files/abc"), 403, "permission to access the File abc"},
		{"file on the web", two, fileAt("https://example.com/a.png"), 400, "unsupported file uri"},
	}
}

// toolRules are about tools and the choice among them.
func toolRules() []rule {
	return []rule{
		{"function name", two, tools(`{"name":"1 f"}`), 400, "Invalid function name"},
		{"function twice", two, tools(aFunction + "," + aFunction), 400, "Duplicate function declaration found: f"},
		{"two dialects", two, tools(`{"name":"f","parameters":{"type":"OBJECT"},"parametersJsonSchema":{}}`), 400, "only one of parameters"},
		{"parameters of a text", two, tools(`{"name":"f","parameters":{"type":"STRING"}}`), 400, "should be of type OBJECT"},
		{"array of nothing", two, tools(`{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"ARRAY"}}}}`), 400, "properties[a].items: missing field"},
		{"built-in tool", two, `{` + says("hi") + `,"tools":[{"googleSearch":{}}]}`, 400, "no built-in tools"},
		{"allowed without ANY", two, calling(`"allowedFunctionNames":["f"]`), 400, "mode is ANY"},
		{"allowed unknown", two, calling(`"mode":"ANY","allowedFunctionNames":["g"]`), 400, `"g" is not one of`},
		{"ANY of nothing", two, `{` + says("hi") + `,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}`, 400, "without function_declarations"},
		{"server-side tools", two, choice(`"includeServerSideToolInvocations":true`), 400, "no built-in tools"},
		{"calls and JSON before 3", two, strings.TrimSuffix(tools(aFunction), "}") + `,"generationConfig":{"responseMimeType":"application/json"}}`, 400, "is unsupported"},
	}
}

// configRules are about how to answer, and who.
func configRules() []rule {
	return []rule{
		{"temperature", two, with(`"temperature":2.1`), 400, "must be in the range [0, 2]"},
		{"top_p", two, with(`"topP":1.1`), 400, "top_p must be in the range [0, 1]"},
		{"candidates", two, with(`"candidateCount":9`), 400, "[1, 8]"},
		{"candidates of 3", three, with(`"candidateCount":2`), 400, "Multiple candidates is not enabled"},
		{"output", two, with(`"maxOutputTokens":70000`), 400, "max_output_tokens"},
		{"stop sequences", two, with(`"stopSequences":["a","b","c","d","e","f"]`), 400, "stop sequences are supported, got 6"},
		{"logprobs alone", two, with(`"logprobs":2`), 400, "can only be set when response_logprobs is true"},
		{"logprobs", two, with(`"responseLogprobs":true,"logprobs":21`), 400, "must be in the range [1, 20], got 21"},
		{"no logprobs", two, with(`"responseLogprobs":true,"logprobs":0`), 400, "must be in the range [1, 20], got 0"},
		{"sound wanted", two, with(`"responseModalities":["AUDIO"]`), 400, "accepts the following combination of response modalities:\n* TEXT"},
		{"text of a speaker", "gemini-2.5-flash-preview-tts", with(`"seed":1`), 400, "combination of response modalities (TEXT)"},
		{"a voice nobody has", "gemini-2.5-flash-preview-tts", with(`"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"alloy"}}}`), 400, "Voice name alloy is not supported"},
		{"picture wanted", two, with(`"responseModalities":["TEXT","IMAGE"]`), 400, "combination of response modalities (TEXT, IMAGE)"},
		{"speech wanted", two, with(`"speechConfig":{}`), 400, "text only"},
		{"answer format", two, with(`"responseMimeType":"application/xml2"`), 400, "allowed mimetypes"},
		{"schema of text", two, with(`"responseSchema":{"type":"OBJECT"}`), 400, "application/json"},
		{"two schemas", two, with(`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"},"responseJsonSchema":{}`), 400, "only one of response_schema"},
		{"required unknown", two, with(`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","required":["a"]}`), 400, "required[0]: property is not defined"},
		{"enum of numbers", two, with(`"responseMimeType":"application/json","responseSchema":{"type":"INTEGER","enum":["1"]}`), 400, "only allowed for STRING type"},
		{"budget and level", three, with(`"thinkingConfig":{"thinkingBudget":5,"thinkingLevel":"LOW"}`), 400, "only one of thinking budget and thinking level"},
		{"level before 3", two, with(`"thinkingConfig":{"thinkingLevel":"LOW"}`), 400, "Thinking level is not supported"},
		{"minimal of pro", four, with(`"thinkingConfig":{"thinkingLevel":"MINIMAL"}`), 400, "MINIMAL is not supported"},
		{"off of pro", "gemini-2.5-pro", with(`"thinkingConfig":{"thinkingBudget":0}`), 400, "only works in thinking mode"},
		{"budget", "gemini-2.5-pro", with(`"thinkingConfig":{"thinkingBudget":64}`), 400, "between 128 and 32768"},
		{"cached content", two, `{` + says("hi") + `,"cachedContent":"cachedContents/x"}`, 403, "CachedContent not found"},
		{"model", "gemini-0", `{}`, 404, "models/gemini-0 is not found for API version v1beta"},
		{"embedding model", "gemini-embedding-001", `{}`, 404, "not supported for generateContent"},
	}
}

// TestRules has one case for each rule of the service.
func TestRules(t *testing.T) {
	s := start(t, core.Limits{})
	for _, tt := range slices.Concat(turnRules(), toolRules(), configRules()) {
		t.Run(tt.name, func(t *testing.T) {
			c := &site{t, s.core, s.url}
			status, got := c.send("POST", models+tt.model+":generateContent", tt.body)
			if status != tt.status || !strings.Contains(c.refused(got).Error.Message, tt.message) {
				t.Errorf("status %d: %s", status, got)
			}
			if c.refused(got).Error.Code != tt.status {
				t.Errorf("code in %s", got)
			}
		})
	}
	if rows := s.core.Bill.Rows(""); len(rows) != 0 {
		t.Errorf("refusals were billed: %+v", rows)
	}
}

// TestSignatures has one case for each way a call can come back.
func TestSignatures(t *testing.T) {
	s := start(t, core.Limits{})
	call := &functionCall{Name: "f", Args: object(`{"a": 1}`)}
	signed := func(raw []byte) string {
		return `{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"` + base64.StdEncoding.EncodeToString(raw) + `"}]}`
	}
	answer := `{"parts":[{"functionResponse":{"name":"f","response":{}}}]}`
	second := strings.Replace(signed(seal(false, "x", call)), `"}]}`, `"},{"functionCall":{"name":"f"}}]}`, 1)
	bare := strings.Replace(modelCall, `"id":"c1",`, "", 1)
	literal := `{"role":"model","parts":[{"functionCall":{"name":"f"},"thought_signature":"` + Bypass + `"}]}`
	ours := signed(seal(false, "x", call))
	for _, tt := range []struct {
		name, model, body string
		want              string // of the refusal; empty when it is answered
	}{
		{"signed", three, turns(userTurn, ours, answer), ""},
		{"second of two", three, turns(userTurn, second, `{"parts":[{"functionResponse":{"name":"f"}},{"functionResponse":{"name":"f"}}]}`), ""},
		{"literal", three, turns(userTurn, literal, answer), ""},
		{"literal, encoded", three, turns(userTurn, signed([]byte(Bypass)), answer), ""},
		{"of an earlier turn", three, turns(userTurn, bare, answer, `{"role":"model","parts":[{"text":"so"}]}`, userTurn), ""},
		{"missing", three, turns(userTurn, bare, answer), "missing a thought_signature in functionCall parts"},
		{"missing in the second step", four, turns(userTurn, ours, answer, bare, answer), "position 4"},
		{"missing before 3", two, turns(userTurn, bare, answer), ""},
		{"forged", three, turns(userTurn, signed([]byte("forged")), answer), "Corrupted thought signature."},
		{"forged before 3", two, turns(userTurn, signed([]byte("forged")), answer), "Corrupted thought signature."},
		{"of Vertex AI", three, turns(userTurn, signed(seal(true, "x", call)), answer), "Corrupted thought signature."},
		{"of another call", three, turns(userTurn, signed(seal(false, "x", &functionCall{Name: "g"})), answer), "Corrupted thought signature."},
		{"of a text", three, turns(userTurn, signed(seal(false, "x", nil)), answer), "Corrupted thought signature."},
	} {
		status, got := s.send("POST", models+tt.model+":generateContent", tt.body)
		if (status == 200) != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: status %d: %s", tt.name, status, got)
		}
	}
}

// TestStreams looks at the envelopes themselves.
func TestStreams(t *testing.T) {
	s := start(t, core.Limits{})
	body := `{` + says("write 30 words") + `,"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`
	whole := s.generate(three, body)
	_, sse := s.send("POST", models+three+":streamGenerateContent?alt=sse", body)
	_, array := s.send("POST", models+three+":streamGenerateContent", body)
	frames := strings.Split(strings.TrimSuffix(sse, "\r\n\r\n"), "\r\n\r\n")
	var chunks []response
	if err := json.Unmarshal([]byte(array), &chunks); err != nil || len(chunks) != len(frames) || strings.Contains(sse, "[DONE]") {
		t.Fatalf("%d frames; array of %d, %v", len(frames), len(chunks), err)
	}
	var thought, said string
	used := usage{}
	for i, frame := range frames {
		data, ok := strings.CutPrefix(frame, "data: ")
		var r response
		if err := json.Unmarshal([]byte(data), &r); !ok || err != nil || len(r.Candidates) != 1 {
			t.Fatalf("frame %q, %v", frame, err)
		}
		c := r.Candidates[0]
		if last := i == len(frames)-1; (c.Finish != "") != last || (len(c.Content.Parts[0].Signature) > 0) != last {
			t.Errorf("chunk %d of %d: %s", i, len(frames), data)
		}
		if r.Usage.Total < used.Total || r.Usage.Prompt != whole.Usage.Prompt {
			t.Errorf("usage %+v after %+v", r.Usage, used)
		}
		used = r.Usage
		for _, p := range c.Content.Parts {
			if p.Thought {
				thought += *p.Text
			} else {
				said += *p.Text
			}
		}
	}
	parts := whole.Candidates[0].Content.Parts
	if len(parts) != 2 || thought != *parts[0].Text || said != *parts[1].Text || used.Total != whole.Usage.Total {
		t.Errorf("thought %q, said %q, used %+v; whole %+v", thought, said, used, whole)
	}
	if status, got := s.send("POST", models+three+":streamGenerateContent", `{}`); status != 400 || !strings.HasPrefix(got, "[{") {
		t.Errorf("status %d: %s", status, got)
	}
	if status, got := s.send("POST", models+three+":streamGenerateContent?alt=sse", `{}`); status != 400 || !strings.HasPrefix(got, "{") {
		t.Errorf("status %d: %s", status, got)
	}
}

// FuzzRead feeds the reader of requests; nothing a caller sends may break it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{}`, tools(`{"name":"f"}`), with(`"seed":1`), turns(userTurn, modelCall, reply), `{"contents":[null,[],{}]}`} {
		f.Add([]byte(seed))
	}
	surface := NewSurface(false)
	c := core.New(core.Config{})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, _ := Find(surface.Models, three)
		k := &Call{Surface: surface, Core: c, Exchange: &core.Exchange{Place: "gemini"}, model: m}
		j, e := k.accept(body)
		if (j == nil) == (e == nil) {
			t.Errorf("job %v, refusal %v", j, e)
		}
	})
}
