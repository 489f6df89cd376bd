package azure

import (
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer: deployments of Claude have Anthropic's API, all
// others OpenAI's.
func (p *place) Passes(d *driver.Deployment, api string) bool {
	if d.Traits.Family == "claude" {
		return api == protocol.APIAnthropic
	}
	return api == protocol.APIOpenAI
}

// deployed are the paths that the dated surface has below a deployment; all others
// are the resource's (Azure OpenAI REST API 2024-10-21).
var deployed = []string{"audio", "chat", "completions", "embeddings", "images"}

// Pass implements driver.Passer. Which version is asked is the operator's to say.
func (p *place) Pass(d *driver.Deployment, api, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	if api == protocol.APIAnthropic {
		c := driver.Passed(d, method, "/anthropic/v1"+path, from, body, contentType, "Anthropic-Beta")
		c.KeyHeader = "X-Api-Key"
		c.Header["Anthropic-Version"] = []string{claudeVersion}
		driver.Pass(c.Header, from, "Anthropic-Version")
		return c, nil
	}
	path = driver.WithoutQuery(path, "api-version")
	if p.query == "" {
		return driver.Passed(d, method, "/openai/v1"+path, from, body, contentType, "Openai-Beta"), nil
	}
	root := "/openai"
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	if slices.Contains(deployed, first) {
		name, err := driver.Segment(d.Model)
		if err != nil {
			return driver.Call{}, err
		}
		root += "/deployments/" + name
	}
	before, query, found := strings.Cut(path, "?")
	path = root + before + p.query
	if found {
		path += "&" + query
	}
	return driver.Passed(d, method, path, from, body, contentType, "Openai-Beta"), nil
}
