package driver

import (
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/protocol"
)

// Passer is implemented by drivers of places to which requests of a whole API
// can be forwarded, whatever the path.
type Passer interface {
	// Passes reports whether the deployment's place has the API, one of
	// protocol's API names.
	Passes(d *Deployment, api string) bool
	// Pass describes the call for a path of the API. path is what follows the
	// API's root, escaped, with its query, and already names the deployment's
	// model, as does the body; it begins with a slash and climbs nowhere. from
	// is the client's header, of which what the place understands is passed on;
	// it may be nil. An error is a path that the place does not have.
	Pass(d *Deployment, api, method, path string, from http.Header, body protocol.Segments, contentType string) (Call, error)
}

// conditions are the headers of HTTP itself that ask for a piece of something, or
// only for what is new, and the vendors' common one against doing a thing twice.
var conditions = []string{"Accept", "Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Range", "Idempotency-Key"}

// Passed returns the call for a path below the deployment's Base, with the
// headers of from that any API understands and those that are named.
func Passed(d *Deployment, method, path string, from http.Header, body protocol.Segments, contentType string, names ...string) Call {
	c := Call{Method: method, Path: d.Base + path, Header: http.Header{"Accept": {"*/*"}}, Body: body}
	Pass(c.Header, from, conditions...)
	Pass(c.Header, from, names...)
	if body.Len() > 0 && contentType != "" {
		c.Header["Content-Type"] = []string{contentType}
	}
	return c
}

// WithoutQuery returns the path without the named parameters of its query.
func WithoutQuery(path string, names ...string) string {
	path, query, _ := strings.Cut(path, "?")
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !slices.Contains(names, name) {
			kept = append(kept, pair)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}
