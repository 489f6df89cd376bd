// Package anthropic is Anthropic's own API as a place: api.anthropic.com, and
// other hosts that serve /v1/messages the same way. It describes calls and
// reads errors; it never connects and never sees a key. Package cloud/all is
// its only visitor.
//
// Headers and error types follow Anthropic's API reference and
// anthropic-sdk-go v1.84.0 (2026-11).
package anthropic

import (
	"fmt"
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/messages"
)

// Service is the name that calls to the Claude Platform on AWS are signed for
// (anthropic-sdk-go v1.84.0, package aws).
const Service = "aws-external-anthropic"

// OnAWS returns the address of the Claude Platform on AWS in a region.
func OnAWS(region string) string { return "https://aws-external-anthropic." + region + ".api.aws" }

// Endpoint is where the API is unless the operator names another host.
const Endpoint = "https://api.anthropic.com"

// Version is the API version of calls whose client names none. The API
// requires one.
const Version = "2023-06-01"

// paths are where each operation is.
var paths = map[string]string{
	interline.OperationChat:  "/v1/messages",
	interline.OperationCount: "/v1/messages/count_tokens",
}

// Options say which of Anthropic's own places it is.
type Options struct {
	// Workspace is the workspace that the Claude Platform on AWS bills, which it
	// wants to be told in a header; "" for the API itself.
	Workspace string
}

type place struct {
	workspace string
	languages []protocol.Translator
}

// New returns the driver.
func New(o Options) driver.Driver {
	return &place{o.Workspace, []protocol.Translator{messages.New(messages.Dialect{})}}
}

// Speaks implements driver.Driver.
func (p *place) Speaks(_ *driver.Deployment, operation string) []protocol.Translator {
	if paths[operation] == "" {
		return nil
	}
	return p.languages
}

// Call implements driver.Driver. The version and the betas are the client's,
// since they say how its body is meant; the workspace is not, since it says
// whom the operator's key bills.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	if language != protocol.Messages {
		return driver.Call{}, fmt.Errorf("call %s: Anthropic does not speak %s", d.Name, language)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: d.Base + paths[h.Operation], Header: driver.Header(accept), Body: body}
	c.Header["Anthropic-Version"] = []string{Version}
	driver.Pass(c.Header, from, "Anthropic-Version", "Anthropic-Beta")
	if p.workspace != "" {
		c.Header["Anthropic-Workspace-Id"] = []string{p.workspace}
	}
	return c, nil
}

// Fault implements driver.Driver. Everything but the wait is in the language:
// Anthropic's errors read alike wherever it is spoken.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	return driver.Waiting(f, h,
		"Anthropic-Ratelimit-Requests-Reset", "Anthropic-Ratelimit-Tokens-Reset",
		"Anthropic-Ratelimit-Input-Tokens-Reset", "Anthropic-Ratelimit-Output-Tokens-Reset")
}
