// Package mantle is Amazon Bedrock's second endpoint as a place, bedrock-mantle:
// OpenAI's Responses and Chat Completions and Anthropic's Messages, each below a
// path that depends on the model, which models.yaml says. Its models run in the
// region that is asked and have other ids than at the runtime endpoint, whose
// capacity and quotas are apart. It describes calls and reads errors; it never
// connects and never sees a credential. Package cloud/all is its only visitor.
//
// Paths follow openai-go v3.96.0 and anthropic-sdk-go v1.84.0 (packages bedrock),
// the Bedrock user guide and probes of 2026-08-22.
package mantle

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Service is the name that calls are signed for, as the SDKs do.
const Service = "bedrock-mantle"

// version is the API version of calls to Claude whose client names none.
const version = "2023-06-01"

// Endpoint returns the endpoint's address in a region.
func Endpoint(region string) string { return "https://bedrock-mantle." + region + ".api.aws" }

type place struct{ rows []row }

// New returns the driver. It fails only if the table that is built in is wrong.
func New() (driver.Driver, error) {
	rows, err := readTable(table)
	if err != nil {
		return nil, err
	}
	return &place{rows}, nil
}

// row finds what the endpoint has for a model. The last row fits every model.
func (p *place) row(model string) *row {
	i := slices.IndexFunc(p.rows, func(r row) bool { return strings.HasPrefix(model, r.Models) })
	if i < 0 {
		return &row{}
	}
	return &p.rows[i]
}

// Speaks implements driver.Driver.
func (p *place) Speaks(d *driver.Deployment, operation string) []protocol.Translator {
	languages := p.row(d.Model).languages
	switch {
	case operation == interline.OperationChat:
		return languages
	case operation == interline.OperationCount && len(languages) > 0 && languages[0].Name() == protocol.Messages:
		return languages
	}
	return nil
}

// paths are where each operation is below the model's path, in each language.
var paths = map[string]map[string]string{
	interline.OperationChat: {
		protocol.ChatCompletions: "/chat/completions", protocol.Responses: "/responses", protocol.Messages: "/messages",
	},
	interline.OperationCount: {protocol.Messages: "/messages/count_tokens"},
}

// Call implements driver.Driver. No other header of the client passes: the
// endpoint drops what it does not know.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	r, path := p.row(d.Model), paths[h.Operation][language]
	if path == "" || !slices.Contains(r.Speaks, language) {
		return driver.Call{}, fmt.Errorf("call %s: Bedrock Mantle does not %s in %s with %s", d.Name, h.Operation, language, d.Model)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: d.Base + r.Path + path, Header: driver.Header(accept), Body: body}
	if language == protocol.Messages {
		c.Header["Anthropic-Version"] = []string{version}
		driver.Pass(c.Header, from, "Anthropic-Version", "Anthropic-Beta")
	}
	return c, nil
}

// Fault implements driver.Driver. A model that has another API or path, or is not
// in the region, is answered with 400 or 404, and another deployment may have it.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	switch {
	case f.Status == http.StatusNotFound:
		f = driver.Amend(f, interline.C2Capability, interline.CodeModel)
	case f.Status == http.StatusBadRequest && f.Class == interline.C0Client && strings.Contains(f.Message, "does not support"):
		f = driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	return driver.Waiting(f, h, "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens")
}
