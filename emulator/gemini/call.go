package gemini

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/form"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// mostBody bounds a request, in bytes (ai.google.dev, "Files API", 2026-10).
const mostBody = 20 << 20

// Surface is one product's way to speak generateContent. It is safe for
// concurrent use.
type Surface struct {
	Vertex bool
	Models []Model
	forms  form.Forms
}

// NewSurface makes the surface of Vertex AI or of the Gemini API.
func NewSurface(vertex bool) *Surface {
	return &Surface{Vertex: vertex, Models: Catalogue(), forms: form.Google(vertex)}
}

// A Call is one request whose caller and path are known. It belongs to the
// goroutine that serves the request.
type Call struct {
	*Surface
	*core.Exchange
	Core       *core.Core
	Request    *http.Request
	Credential string // who calls: quotas and caches are kept apart by it
	Model      string // as the path names it
	// Resource is the full name of the model, as refusals quote it.
	Resource string

	model Model
}

// operations are the methods a model has on either product.
var operations = map[string]func(*Call, []byte) *rpc.Error{
	"generateContent":       func(k *Call, b []byte) *rpc.Error { return k.generate(b, false) },
	"streamGenerateContent": func(k *Call, b []byte) *rpc.Error { return k.generate(b, true) },
	"countTokens":           (*Call).count,
	"embedContent":          (*Call).embedOne,
	"batchEmbedContents":    (*Call).embedMany,
	"predict":               (*Call).predict,
}

// Serve answers one method of the model. The caller has entered the exchange,
// carried out refusing drills and checked the credential.
func (k *Call) Serve(method string) {
	if e := k.serve(method); e != nil {
		k.Send(method, e)
	}
}

// Send writes a refusal: as an array where the method streams one.
func (k *Call) Send(method string, e *rpc.Error) {
	if method == "streamGenerateContent" && k.Request.URL.Query().Get("alt") != "sse" {
		e.SendArray(k.Exchange)
		return
	}
	e.Send(k.Exchange)
}

func (k *Call) serve(method string) *rpc.Error {
	operation := operations[method]
	if operation == nil || k.Request.Method != http.MethodPost {
		return &rpc.Error{Status: http.StatusNotFound, Message: "The requested URL was not found: there is no method " + method + " here."}
	}
	var ok bool
	if k.model, ok = Find(k.Models, k.Model); !ok || k.misses(method) {
		return k.notFound(method)
	}
	body, e := Body(k.Request)
	if e != nil {
		return e
	}
	return operation(k, body)
}

// Body reads the whole body of a request.
func Body(r *http.Request) ([]byte, *rpc.Error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	switch {
	case err != nil:
		return nil, rpc.Invalid("The request body could not be read to its end.")
	case len(body) > mostBody:
		return nil, rpc.Invalid("Request payload size exceeds the limit: %d bytes.", mostBody)
	}
	return body, nil
}

// misses says whether the model or the product lacks the method.
func (k *Call) misses(method string) bool {
	switch method {
	case "predict":
		return !k.Vertex || !k.model.Embeds()
	case "batchEmbedContents":
		return k.Vertex || !k.model.Embeds()
	case "embedContent":
		return !k.model.Embeds()
	case "countTokens":
		return false
	}
	return k.model.Embeds()
}

func (k *Call) notFound(method string) *rpc.Error {
	e := &rpc.Error{Status: http.StatusNotFound}
	if k.Vertex {
		e.Message = "Publisher Model `" + k.Resource + "` was not found or your project does not have access to it. Please ensure you are using a valid model version. " +
			"For more information, see: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions"
		return e
	}
	e.Message = "models/" + k.Model + " is not found for API version v1beta, or is not supported for " + method +
		". Call ListModels to see the list of available models and their supported methods."
	return e
}

// read checks a body against a form and decodes it.
func (k *Call) read(m *form.Message, body []byte, into any) *rpc.Error {
	raw, e := form.Read(k.forms.Package, m, body)
	if e != nil {
		return e
	}
	if err := json.Unmarshal(raw, into); err != nil {
		k.Core.Logger.Error("decode a checked request", "place", k.Place, "error", err)
		return Internal()
	}
	return nil
}

func (k *Call) pool() core.Pool {
	return core.Pool{Place: k.Place, Credential: k.Credential, Model: k.model.ID}
}

func (k *Call) scope() string {
	return k.Place + "\x00" + k.Credential + "\x00" + k.model.ID
}

// charge takes tokens from the quota.
func (k *Call) charge(tokens int) *rpc.Error {
	g := k.Core.Quota.Admit(k.pool(), tokens)
	switch {
	case g.OK:
		return nil
	case k.Vertex:
		return Exhausted()
	case g.ByTokens:
		return throttled(k.model.ID, true, g.LimitTokens, g.RetryAfter)
	}
	return throttled(k.model.ID, false, g.LimitRequests, g.RetryAfter)
}

func (k *Call) row(operation string, stream bool, u core.Usage) core.Row {
	return core.Row{
		Place: k.Place, RequestID: k.ID, Model: k.model.ID, Operation: operation,
		Stream: stream, Status: http.StatusOK, Usage: u,
	}
}

// answer sends a value as the whole answer. Without a row it costs nothing.
func (k *Call) answer(v any, row *core.Row) *rpc.Error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		k.Core.Logger.Error("encode answer", "place", k.Place, "error", err)
		return Internal()
	}
	const kind = "application/json; charset=UTF-8"
	if row == nil {
		err = k.Respond(http.StatusOK, kind, body, 0)
	} else {
		err = k.Core.Deliver(k.Exchange, kind, body, *row)
	}
	if errors.Is(err, core.ErrInStream) {
		return Internal()
	}
	return nil
}
