// Package gemini is the Gemini API as a place: generativelanguage.googleapis.com.
// It describes calls and reads errors; it never connects and never sees a key.
// Package cloud/all is its only visitor.
//
// Paths follow google.golang.org/genai v1.77.0 (2026-10-29).
package gemini

import (
	"fmt"
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/embed"
	"github.com/interline-ai/interline/protocol/generatecontent"
)

// Endpoint is where the API is unless the operator names another host.
const Endpoint = "https://generativelanguage.googleapis.com/v1beta"

type place struct {
	languages []protocol.Translator
	embeds    []protocol.Embedder
}

// New returns the driver.
func New() driver.Driver {
	return &place{
		languages: []protocol.Translator{generatecontent.Gemini()},
		embeds:    []protocol.Embedder{embed.NewEmbedContent(), embed.NewBatchEmbedContents()},
	}
}

// Speaks implements driver.Driver.
func (p *place) Speaks(_ *driver.Deployment, operation string) []protocol.Translator {
	switch operation {
	case interline.OperationChat, interline.OperationCount:
		return p.languages
	}
	return nil
}

// Embeds implements driver.Embedder. Many inputs go in a batch.
func (p *place) Embeds(*driver.Deployment) []protocol.Embedder { return p.embeds }

// methods are those of vectors, by language.
var methods = map[string]string{protocol.EmbedContent: ":embedContent", protocol.BatchEmbedContents: ":batchEmbedContents"}

// Call implements driver.Driver. X-Server-Timeout is not passed on: how long the
// gateway waits is the operator's to say.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, _ http.Header, body protocol.Segments) (driver.Call, error) {
	method := ""
	switch {
	case h.Operation == interline.OperationEmbeddings:
		method = methods[language]
	case language == protocol.GenerateContent:
		method = generatecontent.Method(h)
	}
	if method == "" {
		return driver.Call{}, fmt.Errorf("call %s: the Gemini API does not %s in %s", d.Name, h.Operation, language)
	}
	id, err := driver.Segment(d.Model)
	if err != nil {
		return driver.Call{}, fmt.Errorf("call %s: %w", d.Name, err)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	if h.Operation == interline.OperationCount {
		body = question(d.Model, body)
	}
	return driver.Call{Method: http.MethodPost, Path: d.Base + "/models/" + id + method, Header: driver.Header(accept), Body: body}, nil
}

// Fault implements driver.Driver. Google says in the body how long to wait, which
// the language reads.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	return driver.Waiting(f, h)
}
