package vertex

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIVertex }

// resources are what is forwarded of a project: models and what is made with them.
// The same API trains models, runs containers and says who may do so, with the
// same credential, which is nothing that a caller of models may do.
var resources = []string{"publishers", "endpoints", "cachedContents", "batchPredictionJobs", "operations"}

// Pass implements driver.Passer. Project and location are the place's own.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	switch {
	case !slices.Contains(resources, first), strings.Contains(path, "IamP"):
		return driver.Call{}, fmt.Errorf("call %s: %q is not forwarded to Vertex AI", d.Name, first)
	case p.express && first != "publishers":
		return driver.Call{}, fmt.Errorf("call %s: the express mode has no %q", d.Name, first)
	case first == "endpoints" && (method != http.MethodPost || !strings.Contains(path, ":")):
		return driver.Call{}, fmt.Errorf("call %s: endpoints are asked, not changed", d.Name)
	}
	before, query, found := strings.Cut(path, "?")
	path = strings.ReplaceAll(before, "%40", "@") // as Google writes a model's date
	if found {
		path += "?" + query
	}
	return driver.Passed(d, method, p.parent+path, from, body, contentType, "Anthropic-Beta"), nil
}
