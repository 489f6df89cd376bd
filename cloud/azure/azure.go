// Package azure is Azure OpenAI (Microsoft Foundry Models) as a place, on both
// of its surfaces: the current one, /openai/v1, whose bodies name the
// deployment, and the dated one, /openai/deployments/{name}, whose paths name
// it beside an api-version. It describes calls and reads errors; it never
// connects and never sees a key or a token. Package cloud/all is its only
// visitor.
//
// Paths follow Microsoft's "Azure OpenAI in Foundry Models REST API" and
// openai-go v3.96.0 (2026-11).
package azure

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
)

// Options say which surface of a resource is used.
type Options struct {
	// APIVersion is the date of the dated surface, such as "2024-10-21";
	// empty means the v1 surface.
	APIVersion string
}

type place struct {
	query     string // of the dated surface; empty on v1
	languages []protocol.Translator
}

// New returns the driver of a surface.
func New(o Options) driver.Driver {
	p := &place{languages: []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}}
	if o.APIVersion != "" {
		p.query = "?api-version=" + url.QueryEscape(o.APIVersion)
	}
	return p
}

// Speaks implements driver.Driver.
func (p *place) Speaks(_ *driver.Deployment, operation string) []protocol.Translator {
	if operation != interline.OperationChat {
		return nil
	}
	return p.languages
}

// Call implements driver.Driver.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	if language != protocol.ChatCompletions {
		return driver.Call{}, fmt.Errorf("call %s: Azure OpenAI does not speak %s", d.Name, language)
	}
	path, err := p.path(d)
	if err != nil {
		return driver.Call{}, fmt.Errorf("call %s: %w", d.Name, err)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	c := driver.Call{Method: http.MethodPost, Path: path, Header: driver.Header(accept), Body: body}
	driver.Pass(c.Header, from, "Openai-Beta")
	return c, nil
}

func (p *place) path(d *driver.Deployment) (string, error) {
	if p.query == "" {
		return d.Base + "/openai/v1/chat/completions", nil
	}
	name, err := driver.Segment(d.Model)
	if err != nil {
		return "", err
	}
	return d.Base + "/openai/deployments/" + name + "/chat/completions" + p.query, nil
}
