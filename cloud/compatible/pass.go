package compatible

import (
	"net/http"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer. Vendors have as much of OpenAI's API as they
// like; what one does not have it refuses itself.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIOpenAI }

// Pass implements driver.Passer.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	return driver.Passed(d, method, driver.WithoutQuery(path, "api-version"), from, body, contentType), nil
}
