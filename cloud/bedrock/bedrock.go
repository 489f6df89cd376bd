// Package bedrock is Amazon Bedrock's runtime endpoint as a place: Converse for
// every model, InvokeModel for Claude, and OpenAI's Chat Completions below
// /openai/v1 for the models that take it. It describes calls and reads errors; it never connects and
// never sees a credential. Package cloud/all is its only visitor.
//
// Paths and exceptions follow the service model of bedrock-runtime
// (aws-sdk-go-v2 v1.63.12, 2026-11) and probes of the runtime's OpenAI paths
// of 2026-08-22. Bedrock Mantle is another endpoint with other models and other
// paths, and not served here.
package bedrock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/converse"
	"github.com/interline-ai/interline/protocol/invoke"
	"github.com/interline-ai/interline/protocol/messages"
)

// Service is the name that calls are signed for.
const Service = "bedrock"

// Endpoint returns the runtime's address in a region.
func Endpoint(region string) string {
	suffix := ".amazonaws.com"
	switch {
	case strings.HasPrefix(region, "cn-"):
		suffix = ".amazonaws.com.cn"
	case strings.HasPrefix(region, "eusc-"):
		suffix = ".amazonaws.eu"
	}
	return "https://bedrock-runtime." + region + suffix
}

// Options are a deployment's own settings, made by [Choose].
type Options struct{ spoken []protocol.Translator }

type place struct {
	native []protocol.Translator            // Converse alone
	claude []protocol.Translator            // Converse, and InvokeModel for clients that send it
	plain  []protocol.Translator            // the same, for Claude models that refuse a schema
	both   map[family][]protocol.Translator // Chat Completions first
}

// New returns the driver.
func New() driver.Driver {
	native, plain := converse.New(converse.Dialect{}), converse.New(converse.Dialect{NoSchema: true})
	return &place{
		native: []protocol.Translator{native},
		claude: []protocol.Translator{native, invoke.New(messages.Dialect{})},
		plain:  []protocol.Translator{plain, invoke.New(messages.Dialect{NoSchema: true})},
		both: map[family][]protocol.Translator{
			gpt:    {chatcompletions.New(gpt.dialect()), native},
			gptOSS: {chatcompletions.New(gptOSS.dialect()), plain},
		},
	}
}

// Choose says which languages a deployment is asked in, best first, instead of
// the usual ones. It fails for a language that the model does not take at the
// runtime endpoint.
func Choose(model string, languages []string) (Options, error) {
	var o Options
	for i, name := range languages {
		switch f := familyOf(model); {
		case slices.Contains(languages[:i], name):
			return Options{}, fmt.Errorf("choose languages for %s: %s twice", model, name)
		case name == protocol.Converse:
			o.spoken = append(o.spoken, converse.New(converse.Dialect{NoSchema: f == gptOSS}))
		case name == protocol.Invoke && isClaude(model):
			o.spoken = append(o.spoken, invoke.New(messages.Dialect{}))
		case name == protocol.ChatCompletions && f != nativeOnly:
			o.spoken = append(o.spoken, chatcompletions.New(f.dialect()))
		default:
			return Options{}, fmt.Errorf("choose languages for %s: Bedrock's runtime does not offer it in %s", model, name)
		}
	}
	return o, nil
}

// Speaks implements driver.Driver. OpenAI's models are asked in Chat
// Completions first, so that OpenAI's clients are forwarded; everything else in
// Converse, which every model takes.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	if operation != interline.OperationChat {
		return nil
	}
	if o, ok := d.Options.(Options); ok && len(o.spoken) > 0 {
		return o.spoken
	}
	if both := p.both[familyOf(d.Model)]; both != nil {
		return both
	}
	switch {
	case refusesSchema(&d.Traits):
		return p.plain
	case d.Traits.Family == "claude":
		return p.claude
	}
	return p.native
}

// refusesSchema: Bedrock refuses a schema for the newest Claude models, which
// are those that refuse sampling parameters as well; gpt-oss takes one and does
// not heed it (probes of 2026-08-22).
func refusesSchema(t *interline.Traits) bool {
	return t.Family == "claude" && t.Sampling == interline.SamplingNone
}

// Call implements driver.Driver.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, _ http.Header, body protocol.Segments) (driver.Call, error) {
	c := driver.Call{Method: http.MethodPost, Body: body}
	switch language {
	case protocol.ChatCompletions:
		c.Path = d.Base + "/openai/v1/chat/completions"
		c.Header = driver.Header("application/json")
		if h.Stream {
			c.Header["Accept"] = []string{protocol.SSE.ContentType()}
		}
	case protocol.Converse:
		if err := native(&c, d, h.Stream, "/converse", "/converse-stream"); err != nil {
			return driver.Call{}, err
		}
	case protocol.Invoke:
		if err := native(&c, d, h.Stream, "/invoke", "/invoke-with-response-stream"); err != nil {
			return driver.Call{}, err
		}
	default:
		return driver.Call{}, fmt.Errorf("call %s: Bedrock's runtime does not speak %s", d.Name, language)
	}
	return c, nil
}

// native completes a call to one of Bedrock's own operations.
func native(c *driver.Call, d *driver.Deployment, stream bool, unary, streamed string) error {
	id, err := driver.Segment(d.Model)
	if err != nil {
		return fmt.Errorf("call %s: %w", d.Name, err)
	}
	c.Path = d.Base + "/model/" + id + unary
	c.Header = driver.Header("application/json")
	if stream {
		c.Path = d.Base + "/model/" + id + streamed
		c.Header["Accept"] = []string{protocol.EventStream.ContentType()}
	}
	return nil
}
