// Package bedrock is Amazon Bedrock's runtime endpoint as a place: Converse for
// every model, InvokeModel and, for the newest, Messages for Claude, and OpenAI's
// Responses and Chat Completions below /openai/v1 for the models that take them.
// It describes calls and reads errors; it never connects and never sees a
// credential. Package cloud/all is its only visitor.
//
// Paths and exceptions follow the service model of bedrock-runtime
// (aws-sdk-go-v2 v1.63.12, 2026-11) and probes of the runtime's OpenAI paths
// of 2026-08-22. Bedrock Mantle is another endpoint with other models and other
// paths: package mantle.
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
	"github.com/interline-ai/interline/protocol/embed"
	"github.com/interline-ai/interline/protocol/invoke"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/responses"
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
type Options struct{ languages []string }

// hosted are members of Anthropic's own API that Bedrock refuses (probes of
// 2026-08-22).
var hosted = []string{"cache_control", "service_tier", "inference_geo", "container", "speed"}

// place holds each language once: with and without a schema of its own, and
// Chat Completions as each family takes it.
type place struct {
	converse, converseNoSchema, converseNoStops protocol.Translator
	invoke, invokeNoSchema                      protocol.Translator
	messages, responses                         protocol.Translator
	titan, cohere                               []protocol.Embedder
	chat                                        map[family]protocol.Translator
	usual                                       map[usual][]protocol.Translator
}

// usual is what the usual choice of languages depends on.
type usual struct {
	family   family
	claude   bool
	noSchema bool
}

// New returns the driver.
func New() driver.Driver {
	p := &place{
		titan: []protocol.Embedder{embed.NewTitan()}, cohere: []protocol.Embedder{embed.NewCohere()},
		converse: converse.New(converse.Dialect{}), converseNoSchema: converse.New(converse.Dialect{NoSchema: true}),
		converseNoStops: converse.New(converse.Dialect{NoStops: true}),
		invoke:          invoke.New(messages.Dialect{}), invokeNoSchema: invoke.New(messages.Dialect{NoSchema: true}),
		messages: messages.New(messages.Dialect{NoSchema: true, NoFetch: true, Refuses: hosted}), responses: responses.New(responses.Dialect{Refuses: []string{"top_logprobs"}}),
		chat:  make(map[family]protocol.Translator),
		usual: make(map[usual][]protocol.Translator),
	}
	for _, f := range []family{nativeOnly, gpt, gptOSS, chatToo} {
		p.chat[f] = chatcompletions.New(f.dialect())
		for _, claude := range []bool{false, true} {
			for _, noSchema := range []bool{false, true} {
				u := usual{f, claude, noSchema}
				for _, name := range u.languages() {
					p.usual[u] = append(p.usual[u], p.language(name, u))
				}
			}
		}
	}
	return p
}

// languages are the usual ones, best first. OpenAI's frontier models give their
// reasoning back in Responses alone; every model takes Converse. InvokeModel and
// Messages are for Claude's clients, and Messages takes the newest only, which are
// those that refuse a schema.
func (u usual) languages() []string {
	switch {
	case u.claude && u.noSchema:
		return []string{protocol.Converse, protocol.Invoke, protocol.Messages}
	case u.claude:
		return []string{protocol.Converse, protocol.Invoke}
	case u.family == gpt:
		return []string{protocol.Responses, protocol.ChatCompletions, protocol.Converse}
	case u.family == gptOSS:
		return []string{protocol.ChatCompletions, protocol.Converse}
	}
	return []string{protocol.Converse}
}

// language returns a language as a model takes it.
func (p *place) language(name string, u usual) protocol.Translator {
	switch {
	case name == protocol.ChatCompletions:
		return p.chat[u.family]
	case name == protocol.Responses:
		return p.responses
	case name == protocol.Messages:
		return p.messages
	case name == protocol.Invoke && u.noSchema:
		return p.invokeNoSchema
	case name == protocol.Invoke:
		return p.invoke
	case u.noSchema:
		return p.converseNoSchema
	case u.family == gpt:
		return p.converseNoStops // answered with 400, as on the other path
	}
	return p.converse
}

// Choose says which languages a deployment is asked in, best first, instead of
// the usual ones. It fails for a language that the model does not take at the
// runtime endpoint.
func Choose(model string, languages []string) (Options, error) {
	for i, name := range languages {
		f := familyOf(model)
		switch {
		case slices.Contains(languages[:i], name):
			return Options{}, fmt.Errorf("choose languages for %s: %s twice", model, name)
		case name == protocol.Converse:
		case (name == protocol.Invoke || name == protocol.Messages) && isClaude(model):
		case name == protocol.ChatCompletions && f != nativeOnly:
		case name == protocol.Responses && (f == gpt || f == chatToo):
		default:
			return Options{}, fmt.Errorf("choose languages for %s: Bedrock's runtime does not offer it in %s", model, name)
		}
	}
	return Options{languages: slices.Clone(languages)}, nil
}

// Speaks implements driver.Driver.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	switch {
	case operation == interline.OperationCount:
		return p.counts(d)
	case operation != interline.OperationChat:
		return nil
	}
	u := usual{family: familyOf(d.Model), claude: d.Traits.Family == "claude"}
	u.noSchema = u.family == gptOSS || refusesSchema(&d.Traits)
	o, ok := d.Options.(Options)
	if !ok || len(o.languages) == 0 {
		return p.usual[u]
	}
	chosen := make([]protocol.Translator, 0, len(o.languages))
	for _, name := range o.languages {
		chosen = append(chosen, p.language(name, u))
	}
	return chosen
}

// refusesSchema: Bedrock refuses a schema for Nova and for the newest Claude
// models, which are those that refuse sampling parameters as well; gpt-oss takes
// one and does not heed it (probes of 2026-08-22).
func refusesSchema(t *interline.Traits) bool {
	return t.Family == "nova" || t.Family == "claude" && t.Sampling == interline.SamplingNone
}

// Call implements driver.Driver.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	if h.Operation == interline.OperationCount {
		return count(d, language, body)
	}
	c := driver.Call{Method: http.MethodPost, Body: body}
	switch language {
	case protocol.ChatCompletions, protocol.Responses, protocol.Messages:
		c.Path = d.Base + vendorPaths[language]
		c.Header = driver.Header("application/json")
		if h.Stream {
			c.Header["Accept"] = []string{protocol.SSE.ContentType()}
		}
		if language == protocol.Messages {
			c.Header["Anthropic-Version"] = []string{messagesVersion}
			driver.Pass(c.Header, from, "Anthropic-Version", "Anthropic-Beta")
		}
	case protocol.Converse:
		if err := native(&c, d, h.Stream, "/converse", "/converse-stream"); err != nil {
			return driver.Call{}, err
		}
	case protocol.Invoke, protocol.Titan, protocol.Cohere:
		if err := native(&c, d, h.Stream, "/invoke", "/invoke-with-response-stream"); err != nil {
			return driver.Call{}, err
		}
	default:
		return driver.Call{}, fmt.Errorf("call %s: Bedrock's runtime does not speak %s", d.Name, language)
	}
	return c, nil
}

// vendorPaths are where the languages of other vendors are.
var vendorPaths = map[string]string{
	protocol.ChatCompletions: "/openai/v1/chat/completions",
	protocol.Responses:       "/openai/v1/responses",
	protocol.Messages:        "/anthropic/v1/messages",
}

// messagesVersion is the API version of calls whose client names none.
const messagesVersion = "2023-06-01"

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
