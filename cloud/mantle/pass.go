package mantle

import (
	"net/http"
	"slices"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer: Claude has Anthropic's API here, all others
// OpenAI's.
func (p *place) Passes(d *driver.Deployment, api string) bool {
	if slices.Contains(p.row(d.Model).Speaks, protocol.Messages) {
		return api == protocol.APIAnthropic
	}
	return api == protocol.APIOpenAI
}

// Pass implements driver.Passer.
func (p *place) Pass(d *driver.Deployment, api, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	root := p.row(d.Model).Path
	if api != protocol.APIAnthropic {
		return driver.Passed(d, method, root+driver.WithoutQuery(path, "api-version"), from, body, contentType), nil
	}
	c := driver.Passed(d, method, root+path, from, body, contentType, "Anthropic-Beta")
	c.Header["Anthropic-Version"] = []string{version}
	driver.Pass(c.Header, from, "Anthropic-Version")
	return c, nil
}
