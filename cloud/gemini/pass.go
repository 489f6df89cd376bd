package gemini

import (
	"net/http"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIGemini }

// Pass implements driver.Passer. The version is the one the place was configured
// with, which has what older ones have.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	return driver.Passed(d, method, path, from, body, contentType), nil
}
