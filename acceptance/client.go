package acceptance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"github.com/interline-ai/interline/emulator/core"
)

// A Client is an official SDK behind one interface. It must not retry: what one
// request brings is what is judged.
type Client interface {
	// Ask asks once and hears the answer to its end. An error that the
	// other side told with a status wraps a [*Refusal]. Whatever was heard
	// of an answer before the error is returned with it.
	Ask(ctx context.Context, q Question) (Answer, error)
}

// The languages that the SDKs speak.
const (
	chatCompletions = "chatcompletions"
	messagesAPI     = "messages"
	converseAPI     = "converse"
	invokeAPI       = "invoke"
	responsesAPI    = "responses"
	generateContent = "generatecontent"
)

// A Kind of client is an SDK in one configuration.
type Kind struct {
	Name     string // such as openai-go or openai-go/azure, dated, key
	Language string // as gateways' records name it
	Open     func(context.Context, Door) (Client, error)
}

// Question is what is asked, in no SDK's types.
type Question struct {
	Model  string
	Effort string
	System string
	Cache  bool // the system text is marked for the cache, where the protocol has marks
	Turns  []Turn
	Tools  []Tool
	Choice string // of tools: empty for the model's own, [anyTool], or a tool's name
	Think  bool   // the model is to reason first, as [Door.Thinks] says
	Thinks Thinks
	Schema map[string]any // of the answer; nil for free text
	Stop   []string
	Max    int // tokens of the answer; 0 where the client need not say
	Stream bool
	Labels bool // metadata, the end user and the usual service tier are said, as far as the protocol has them
	Odds   int  // log-probabilities are asked for, with so many of the likeliest tokens, where the protocol has them; 0 for none
	Untold bool // the usage of a stream is not asked for, where the protocol lets one choose
}

// As a choice, anyTool means that some tool must be called, and noTool that none
// may.
const (
	anyTool = "*"
	noTool  = "-"
)

// Thinks is how a model is asked to reason.
type Thinks string

// The ways of asking. Chat Completions has one word for all.
const (
	ThinksByEffort   Thinks = "effort"   // OpenAI's models
	ThinksByBudget   Thinks = "budget"   // Claude up to 4.5
	ThinksAdaptively Thinks = "adaptive" // later Claude, by default
	ThinksByTokens   Thinks = "tokens"   // Gemini up to 2.5; later ones think by effort
)

// Turn is one message: what a user said, or what the model answered.
type Turn struct {
	Assistant bool
	Thoughts  []Thought // of the assistant
	Text      string
	PNG       []byte   // a picture of the user
	PDF       []byte   // a document of the user
	Notes     string   // another of plain text, to be cited, where the protocol can ask for that
	Cites     []Cite   // of the assistant's text, where the protocol takes them back
	System    bool     // neither: an instruction amid the conversation, where the protocol has such
	Calls     []Call   // of the assistant
	Results   []Result // of the user
}

// Thought is reasoning that a protocol shows, with the proof whose it is.
type Thought struct {
	Text, Seal string
	block      int32 // of a stream, that it came in
}

// Call is a tool the model wants called.
type Call struct {
	ID, Name  string
	Arguments string // JSON
	Seal      string // the proof that came on the call itself, where a protocol has it there
}

// Result is what a call brought.
type Result struct {
	ID, Text string
	Failed   bool   // where the protocol can say so
	PNG      []byte // a picture beside the text, where the protocol has room for one
}

// Tool is a function with one required argument, a string.
type Tool struct{ Name, Description, Argument string }

// Schema is the tool's JSON schema.
func (t Tool) Schema() map[string]any {
	return map[string]any{
		"type":       "object",
		"properties": t.Properties(),
		"required":   []string{t.Argument},
	}
}

// Properties are those of the schema.
func (t Tool) Properties() map[string]any {
	return map[string]any{t.Argument: map[string]any{"type": "string"}}
}

// Stop is why an answer ended, in no SDK's words; empty when the SDK was not
// told, which means that the answer is not complete.
type Stop string

// The reasons.
const (
	StopEnd      Stop = "end"
	StopLength   Stop = "length"
	StopSequence Stop = "sequence" // chat completions calls it end
	StopCalls    Stop = "calls"
	StopFiltered Stop = "filtered"
)

// Answer is what an SDK made of an answer.
type Answer struct {
	Thoughts []Thought
	Text     string
	Calls    []Call
	Stop     Stop
	Usage    core.Usage // Reasoning only where the protocol tells it
	Pieces   int        // how many events brought text or arguments
	Odds     []Odds     // of the text's tokens
	Cites    []Cite
	block    string // of a stream, the text of the block that is being told
}

// A Refusal is an error the other side told with a status.
type Refusal struct {
	Status int
	Err    error // the SDK's own
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused with status %d: %v", r.Status, r.Err) }

// Unwrap returns the SDK's own error.
func (r *Refusal) Unwrap() error { return r.Err }

// statusOf is the status of a refusal, or 0.
func statusOf(err error) int {
	if r := new(Refusal); errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// trust is an HTTP client that trusts one more certificate.
func trust(pem []byte) (*http.Client, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("read certificate: nothing in PEM")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, nil
}
