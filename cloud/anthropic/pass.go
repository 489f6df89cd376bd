package anthropic

import (
	"net/http"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIAnthropic }

// Pass implements driver.Passer.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	c := driver.Passed(d, method, "/v1"+path, from, body, contentType, "Anthropic-Beta")
	c.Header["Anthropic-Version"] = []string{Version}
	driver.Pass(c.Header, from, "Anthropic-Version")
	if p.workspace != "" {
		c.Header["Anthropic-Workspace-Id"] = []string{p.workspace}
	}
	return c, nil
}
