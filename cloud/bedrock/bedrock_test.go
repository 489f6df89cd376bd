package bedrock

import (
	"os"
	"slices"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
	"github.com/interline-ai/interline/protocol"
)

const runtime = "https://bedrock-runtime.us-east-1.amazonaws.com"

func TestBedrock(t *testing.T) {
	converseOnly, err := Choose("us.openai.gpt-6-sol", []string{protocol.Converse})
	if err != nil {
		t.Fatal(err)
	}
	drivertest.Run(t, New(), map[string]*driver.Deployment{
		"sol":    {Name: "sol", Place: "bedrock", Origin: runtime, Model: "us.openai.gpt-5.6-sol"},
		"oss":    {Name: "oss", Place: "bedrock", Origin: runtime, Model: "openai.gpt-oss-120b-1:0"},
		"claude": {Name: "claude", Place: "bedrock", Origin: runtime, Base: "/bedrock", Model: "us.anthropic.claude-haiku-4-5-20251001-v1:0"},
		"titan":  {Name: "titan", Place: "bedrock", Origin: runtime, Model: "amazon.titan-embed-text-v2:0"},
		"cohere": {Name: "cohere", Place: "bedrock", Origin: runtime, Model: "us.cohere.embed-v4:0"},
		"arn":    {Name: "arn", Place: "bedrock", Origin: runtime, Model: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"},
		"newest": {Name: "newest", Place: "bedrock", Origin: runtime, Model: "us.anthropic.claude-sonnet-5", Traits: interline.Traits{Family: "claude", Sampling: interline.SamplingNone}},
		"chosen": {Name: "chosen", Place: "bedrock", Origin: runtime, Model: "us.openai.gpt-6-sol", Options: converseOnly},
	}, os.DirFS("testdata"))
}

func names(drv driver.Driver, d *driver.Deployment) (names []string) {
	for _, l := range drv.Speaks(d, interline.OperationChat) {
		names = append(names, l.Name())
	}
	return names
}

func TestLanguages(t *testing.T) {
	const chat, converse, responses = protocol.ChatCompletions, protocol.Converse, protocol.Responses
	drv := New()
	for _, tt := range []struct {
		model  string
		choose []string // nil: as usual
		want   []string // nil: refused
	}{
		{"openai.gpt-oss-20b-1:0", nil, []string{chat, converse}},
		{"us.openai.gpt-5.6-sol", nil, []string{responses, chat, converse}},
		{"global.openai.gpt-6-luna", nil, []string{responses, chat, converse}},
		{"us.openai.gpt-5.6-sol", []string{converse}, []string{converse}},
		{"us.openai.gpt-5.6-sol", []string{converse, chat}, []string{converse, chat}},
		{"us.anthropic.claude-sonnet-5", nil, []string{converse}},
		{"us.anthropic.claude-sonnet-5", []string{chat}, nil},
		{"amazon.nova-micro-v1:0", nil, []string{converse}},
		{"amazon.nova-micro-v1:0", []string{converse, chat}, nil},
		{"qwen.qwen3-32b-v1:0", nil, []string{converse}},
		{"qwen.qwen3-32b-v1:0", []string{chat}, []string{chat}},
		{"us.meta.llama4-maverick-17b-instruct-v1:0", nil, []string{converse}},
		{"arn:aws:bedrock:us-east-1:1:inference-profile/us.openai.gpt-5.6-sol", nil, []string{converse}},
		{"us.openai.gpt-5.6-sol", []string{chat, chat}, nil},
		{"us.openai.gpt-5.6-sol", []string{"messages"}, nil},
	} {
		d := &driver.Deployment{Model: tt.model}
		if tt.choose != nil {
			o, err := Choose(tt.model, tt.choose)
			if (err != nil) != (tt.want == nil) {
				t.Errorf("%s, %v: %v", tt.model, tt.choose, err)
			}
			if err != nil {
				continue
			}
			d.Options = o
		}
		if got := names(drv, d); !slices.Equal(got, tt.want) {
			t.Errorf("%s, %v: speaks %v, want %v", tt.model, tt.choose, got, tt.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	for region, want := range map[string]string{
		"eu-central-1":   "https://bedrock-runtime.eu-central-1.amazonaws.com",
		"us-gov-west-1":  "https://bedrock-runtime.us-gov-west-1.amazonaws.com",
		"cn-north-1":     "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
		"eusc-de-east-1": "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu",
	} {
		if got := Endpoint(region); got != want {
			t.Errorf("%s: %s", region, got)
		}
	}
}
