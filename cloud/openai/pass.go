package openai

import (
	"net/http"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIOpenAI }

// Pass implements driver.Passer. A date of Azure's means nothing here.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	path = driver.WithoutQuery(path, "api-version")
	return driver.Passed(d, method, path, from, body, contentType, "Openai-Beta"), nil
}
