package protocol

import (
	"testing"

	"github.com/interline-ai/interline"
)

func TestInWords(t *testing.T) {
	withSystem := &interline.Request{
		Turns: []interline.Turn{{Role: interline.System}, {Role: interline.User}},
		Extra: []interline.Member{{Name: "messages[1].content[0].citations"}},
	}
	without := &interline.Request{Turns: []interline.Turn{{Role: interline.User}}}
	for _, tt := range []struct {
		from  string
		r     *interline.Request
		field string
		want  string
	}{
		{"", withSystem, "messages[1].content[0]", "messages[1].content[0]"},
		{ChatCompletions, withSystem, "stop", "stop"},
		{Messages, withSystem, "messages[1].content[0].cache_control.ttl", "messages[0].content[0].cache_control.ttl"},
		{Messages, withSystem, "messages[0].content[2]", "system[2]"},
		{Messages, withSystem, "messages", "messages"},
		{Messages, withSystem, "messages[1].content[0].citations", "messages[1].content[0].citations"},
		{Messages, without, "messages[0].content[0]", "messages[0].content[0]"},
		{Messages, without, "stop", "stop_sequences"},
		{Messages, without, "response_format.json_schema.description", "output_config.format.json_schema.description"},
		{Messages, without, "seed", "seed"},
		{GenerateContent, withSystem, "messages[1].content[0]", "contents[0].parts[0]"},
		{GenerateContent, withSystem, "messages[0].content[2]", "systemInstruction.parts[2]"},
		{GenerateContent, without, "messages[3]", "contents[3]"},
		{GenerateContent, without, "max_tokens", "generationConfig.maxOutputTokens"},
		{Converse, withSystem, "messages[12].name", "messages[11].name"},
		{Converse, without, "tools[3]", "toolConfig.tools[3]"},
		{Converse, without, "max_tokens", "inferenceConfig.maxTokens"},
		{Converse, without, "metadata.team", "requestMetadata.team"},
	} {
		got := InWords(tt.from, tt.r, []interline.Loss{{Field: tt.field}})
		if got[0].Field != tt.want {
			t.Errorf("%s for %s became %s, want %s", tt.field, tt.from, got[0].Field, tt.want)
		}
	}
	twice := InWords(Messages, without, []interline.Loss{{Field: "stop", Reason: "x"}, {Field: "stop", Reason: "x"}, {Field: "stop", Reason: "y"}})
	if len(twice) != 2 {
		t.Errorf("a loss is told twice: %v", twice)
	}
}
