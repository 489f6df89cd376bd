package generatecontent

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// forwards are bodies as they came and as they go to a product.
var forwards = []struct {
	name       string
	to         *Language
	count      bool
	body, want string
	losses     []string
}{
	{
		name: "turns without a role", to: Vertex(),
		body: `{"contents":[{"parts":[{"text":"a \"role\": {"}]}, {"role":"model","parts":[]},{ },{"parts":[{"functionCall":{"name":"f","args":{"role":"x"}}}]}]}`,
		want: `{"contents":[{"role":"user","parts":[{"text":"a \"role\": {"}]}, {"role":"model","parts":[]},{"role":"user" },{"role":"user","parts":[{"functionCall":{"name":"f","args":{"role":"x"}}}]}]}`,
	},
	{
		name: "roles that Vertex AI does not know", to: Vertex(),
		body: `{"contents":[{"role":"function","parts":[]},{"parts":[],"role" : null},{"role":"","parts":[]},{"r\u006fle":"model","parts":[{"text":"\\"}]}]}`,
		want: `{"contents":[{"role":"user","parts":[]},{"parts":[],"role" : "user"},{"role":"user","parts":[]},{"r\u006fle":"model","parts":[{"text":"\\"}]}]}`,
	},
	{
		name: "turns without a role stay for the Gemini API", to: Gemini(),
		body: `{"contents":[{"parts":[{"text":"a"}]}],"store":true,"serviceTier":"FLEX"}`,
		want: `{"contents":[{"parts":[{"text":"a"}]}],"store":true,"serviceTier":"FLEX"}`,
	},
	{
		name: "what only the Gemini API has", to: Vertex(),
		body: `{"contents":[{"role":"user","parts":[{"text":"a","partMetadata":{}},{"tool_call":{}}]},{"role":"model","parts":[{"toolCall":{}}]},` +
			`{"role":"user","parts":[{"functionResponse":{"name":"f","willContinue":true,"response":{"willContinue":1}}}]}],` +
			`"tools":[{"fileSearch":{}},{"functionDeclarations":[],"mcpServers":[]}],"tool_config":{"include_server_side_tool_invocations":true},"store":false,"service_tier":"FLEX"}`,
		want: `{"contents":[{"role":"user","parts":[{"text":"a"}]},` +
			`{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"willContinue":1}}}]}],` +
			`"tools":[{"functionDeclarations":[]}],"tool_config":{}}`,
		losses: []string{
			"service_tier", "store", "contents[0].parts[0].partMetadata", "contents[0].parts[1].toolCall", "contents[1].parts[0].toolCall",
			"contents[2].parts[0].functionResponse.willContinue", "tools[0].fileSearch", "tools[1].mcpServers", "tool_config.includeServerSideToolInvocations",
		},
	},
	{
		name: "what only Vertex AI has", to: Gemini(),
		body: `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"aaaa","display_name":"a"}}]},` +
			`{"role":"model","parts":[{"functionCall":{"name":"f","args":{"partialArgs":1},"willContinue":false}}]}],"labels":{"a":"b"},"modelArmorConfig":{},` +
			`"safetySettings":[{"category":"c","method":"SEVERITY"}],"tools":[{"enterpriseWebSearch":{}},{"googleSearch":{}}],` +
			`"toolConfig":{"functionCallingConfig":{"mode":"ANY","streamFunctionCallArguments":true}},` +
			`"generationConfig":{"audioTimestamp":true,"seed":1,"routingConfig":{},"model_selection_config":{}}}`,
		want: `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"aaaa"}}]},` +
			`{"role":"model","parts":[{"functionCall":{"name":"f","args":{"partialArgs":1}}}]}],` +
			`"safetySettings":[{"category":"c"}],"tools":[{"googleSearch":{}}],` +
			`"toolConfig":{"functionCallingConfig":{"mode":"ANY"}},` +
			`"generationConfig":{"seed":1}}`,
		losses: []string{
			"labels", "modelArmorConfig", "contents[0].parts[0].inlineData.displayName", "contents[1].parts[0].functionCall.willContinue",
			"safetySettings[0].method", "tools[0].enterpriseWebSearch", "toolConfig.functionCallingConfig.streamFunctionCallArguments",
			"generationConfig.audioTimestamp", "generationConfig.routingConfig", "generationConfig.modelSelectionConfig",
		},
	},
	{
		name: "a question that holds a request", to: Vertex(), count: true,
		body: `{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}],"store":true}}`,
		want: `{"contents":[{"role":"user","parts":[{"text":"a"}]}]}`, losses: []string{"store"},
	},
	{
		name: "a question stays for the Gemini API", to: Gemini(), count: true,
		body: `{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}]}}`,
		want: `{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}]}}`,
	},
	{
		name: "for no product in particular", to: New(),
		body: `{"contents":[{"parts":[]}],"labels":{},"store":true}`, want: `{"contents":[{"parts":[]}],"labels":{},"store":true}`,
	},
	{
		name: "what is no request for anybody", to: Vertex(),
		body: `{"contents":["a",1,{"parts":{}}],"tools":["x"],"toolConfig":[],"generationConfig":null,"safetySettings":[[{}]]}`,
		want: `{"contents":["a",1,{"role":"user","parts":{}}],"tools":["x"],"toolConfig":[],"generationConfig":null,"safetySettings":[[{}]]}`,
	},
}

func TestForwardedToAProduct(t *testing.T) {
	for _, tt := range forwards {
		t.Run(tt.name, func(t *testing.T) {
			s := protocol.Spoken{Operation: interline.OperationChat, Model: "m"}
			if tt.count {
				s.Operation = interline.OperationCount
			}
			o, err := tt.to.Open(s, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			out, losses := tt.to.Patch(o, protocol.Edits{Model: "m"})
			got := out.Bytes()
			if string(got) != tt.want || !json.Valid(got) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var fields []string
			for _, l := range losses {
				fields = append(fields, l.Field)
			}
			slices.Sort(fields)
			want := slices.Sorted(slices.Values(tt.losses))
			if !slices.Equal(fields, want) {
				t.Errorf("losses %v\nwant   %v", fields, want)
			}
		})
	}
}

// FuzzForwarded: whatever is taken out or put in, what was a request is still one
// JSON object, and every turn of it has a role.
func FuzzForwarded(f *testing.F) {
	for _, tt := range forwards {
		f.Add(tt.body)
	}
	for _, r := range fixtures.Requests {
		f.Add(r.Body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, l := range []*Language{Gemini(), Vertex()} {
			o, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Model: "m"}, []byte(body))
			if err != nil {
				return
			}
			out, _ := l.Patch(o, protocol.Edits{})
			again, err := l.Open(protocol.Spoken{Operation: interline.OperationChat, Model: "m"}, out.Bytes())
			if err != nil {
				var refused *interline.Fault
				if errors.As(err, &refused) && json.Valid(out.Bytes()) {
					continue // every turn held nothing but what was refused
				}
				t.Fatalf("%s became %s: %v", body, out.Bytes(), err)
			}
			more, losses := l.Patch(again, protocol.Edits{})
			if string(more.Bytes()) != string(out.Bytes()) || len(losses) > 0 {
				t.Errorf("%s became %s, and then %s", body, out.Bytes(), more.Bytes())
			}
		}
	})
}
