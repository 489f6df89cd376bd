// Package compatible is every place that says it is compatible with OpenAI: one
// driver, and a file for each vendor under vendors/ that says where it is, which
// header it takes the key in, and where it deviates, with the page that
// documents the deviation and the date it was last read.
//
// To add a vendor, add its file; the tests tell what is wrong with it. A vendor
// that needs code is a place of its own, beside this one. The package never
// connects and never sees a key; package cloud/all is its only visitor.
package compatible

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/embed"
)

type place struct {
	vendor    Vendor
	languages []protocol.Translator
	embeds    []protocol.Embedder
}

// New returns the driver of a vendor.
func New(v Vendor) driver.Driver {
	p := &place{vendor: v, languages: []protocol.Translator{chatcompletions.New(v.Dialect.language())}}
	if v.Embeddings {
		p.embeds = []protocol.Embedder{embed.NewOpenAI()}
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

// Embeds implements driver.Embedder.
func (p *place) Embeds(*driver.Deployment) []protocol.Embedder { return p.embeds }

// Call implements driver.Driver. No header of the client passes: these vendors
// document none that changes an answer.
func (p *place) Call(d *driver.Deployment, language string, h *interline.Head, _ http.Header, body protocol.Segments) (driver.Call, error) {
	path := "/chat/completions"
	vectors := h.Operation == interline.OperationEmbeddings
	if vectors {
		path = "/embeddings"
	}
	if language != protocol.ChatCompletions && (!vectors || language != protocol.Embeddings || !p.vendor.Embeddings) {
		return driver.Call{}, fmt.Errorf("call %s: %s does not speak %s", d.Name, p.vendor.Title, language)
	}
	accept := "application/json"
	if h.Stream {
		accept = protocol.SSE.ContentType()
	}
	return driver.Call{Method: http.MethodPost, Path: d.Base + path, Header: driver.Header(accept), Body: body}, nil
}

// Fault implements driver.Driver.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	for _, r := range p.vendor.Faults {
		if r.Code != "" && r.Code == f.Type || r.Says != "" && strings.Contains(f.Message, r.Says) {
			f = driver.Amend(f, r.Means.class(), r.Means.code())
			break
		}
	}
	return driver.Waiting(f, h, p.vendor.Resets...)
}
