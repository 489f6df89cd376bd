package emulator

import (
	"bytes"
	"encoding/json"
)

// googleSurfaces are the ways of asking the places of Google.
func googleSurfaces(bearer func(part string) func(Place) []string) []surface {
	const (
		ask     = `{"contents":[{"role":"user","parts":[{"text":"write 60 words"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}}`
		flash   = "models/gemini-2.5-flash:"
		project = "/v1/projects/emulated-project/locations/global/"
		opus    = project + "publishers/anthropic/models/claude-opus-4-8:"
		door    = project + "endpoints/openapi/chat/completions"
		sse     = "?alt=sse"
	)
	apiKey := func(p Place) []string { return []string{"X-Goog-Api-Key", p.Credentials["key"]} }
	finished := func(b []byte) bool { return bytes.Contains(b, []byte(`"finishReason":"STOP"`)) }
	failed := func(b []byte) bool { return bytes.Contains(b, []byte(`{"error":`)) }
	closed := func(b []byte) bool { return json.Valid(b) && finished(b) }
	refused := func(b []byte) bool { return json.Valid(b) && !finished(b) }
	claude := with(claudeAsk, `"anthropic_version":"vertex-2023-10-16"`)
	chat := `{"model":"google/gemini-2.5-flash","reasoning_effort":"none","messages":[{"role":"user","content":"write 60 words"}]}`
	token := bearer("access_token")
	return []surface{
		{"gemini", "gemini", "/v1beta/" + flash + "generateContent", ask, "/v1/" + flash + "streamGenerateContent" + sse, ask, apiKey, 429, 503, 400, finished, failed},
		{"gemini array", "gemini", "/v1beta/" + flash + "generateContent", ask, "/v1beta/" + flash + "streamGenerateContent", ask, apiKey, 429, 503, 400, closed, refused},
		{
			"vertex", "vertex", project + "publishers/google/" + flash + "generateContent", ask,
			project + "publishers/google/" + flash + "streamGenerateContent" + sse, ask, token, 429, 503, 401, finished, failed,
		},
		{
			"vertex claude", "vertex", opus + "rawPredict", claude, opus + "streamRawPredict", with(claude, `"stream":true`), token, 429, 503, 401,
			func(b []byte) bool { return bytes.Contains(b, []byte("event: message_stop\n")) },
			func(b []byte) bool { return bytes.Contains(b, []byte("event: error\n")) },
		},
		{
			"vertex chat", "vertex", door, chat, door, with(chat, `"stream":true`), token, 429, 503, 401,
			func(b []byte) bool { return bytes.HasSuffix(b, []byte("data: [DONE]\n\n")) },
			func(b []byte) bool { return bytes.Contains(b, []byte(`"error":`)) },
		},
	}
}
