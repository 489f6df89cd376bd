// Package driver is what a place that serves models has to implement.
//
// A driver is pure: it turns a request that is already in one of the place's
// languages into the description of a call, and an answer's status, headers and
// bytes into a fault when it is one. It has no client, no clock, no credential
// and no goroutine, so it can be tested with a file, replayed and fuzzed. Who
// signs, sends and reads is elsewhere (auth, upstream, exchange).
//
// What is guaranteed to a driver: the deployment was accepted by its place when
// the configuration was read; the language is one of those Speaks returned; the
// body is in that language and already carries the deployment's model name
// where the language has one. Drivers are used by many requests at once and
// keep nothing between calls.
package driver

import (
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Deployment is the operator's own instance of an offer: one model, at one
// place, under one account. It is made when a configuration is read and does
// not change.
type Deployment struct {
	// Name is the operator's name for it, unique within its model.
	Name string
	// Place is the name of the configured place.
	Place string
	// Origin is the scheme, host and port of the endpoint, e.g.
	// "https://api.openai.com"; it has no path.
	Origin string
	// Base is the path before every path of the place, e.g. "/v1", escaped as
	// it must be sent, without a slash at its end; often empty.
	Base string
	// Model is what the place calls the model or deployment.
	Model string
	// Traits are the model's habits.
	Traits interline.Traits
	// Options are the place's own settings, of the type the place defines.
	Options any
}

// Call describes one HTTP request to a deployment's origin, without its
// credentials.
type Call struct {
	Method string
	// Path is the path and query, escaped as they must be sent; it begins with
	// a slash and includes the deployment's Base.
	Path string
	// Header holds what the call needs, in canonical form. It belongs to the
	// call, so a signer may add to it. Content-Length, Host and
	// Accept-Encoding are the transport's.
	Header http.Header
	// KeyHeader is the header that a plain key goes in on this path, where it is
	// another than the place's usual one; else "".
	KeyHeader string
	Body      protocol.Segments
}

// Driver speaks for one kind of place.
type Driver interface {
	// Speaks returns the languages in which the deployment can be asked to do
	// the operation, most native first. The values carry the place's own
	// deviations, so another place's value of the same name may differ.
	Speaks(d *Deployment, operation string) []protocol.Translator
	// Call describes the call that asks the deployment in the language. from
	// is the client's header, of which the driver passes on what the place
	// understands; it may be nil.
	Call(d *Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (Call, error)
	// Fault corrects what the language read of an error by what is special to
	// the place: its own codes, and how long to wait. It may return f itself.
	Fault(d *Deployment, f *interline.Fault, header http.Header) *interline.Fault
}

// Embedder is implemented by drivers of places that make vectors.
type Embedder interface {
	// Embeds returns the languages in which the deployment can be asked for
	// vectors, most native first; none for a model that makes none, as far as
	// its name tells. Call is told the language by its name, with
	// interline.OperationEmbeddings in the head.
	Embeds(d *Deployment) []protocol.Embedder
}

// Refuser is implemented by drivers of places that report some errors with a
// status of success.
type Refuser interface {
	// Refused returns the fault hidden in a successful unary answer, or nil.
	Refused(header http.Header, body []byte) *interline.Fault
}
