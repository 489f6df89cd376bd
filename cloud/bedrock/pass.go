package bedrock

import (
	"net/http"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Passes implements driver.Passer. What the runtime has of other vendors' APIs has
// routes.
func (p *place) Passes(_ *driver.Deployment, api string) bool { return api == protocol.APIBedrock }

// Pass implements driver.Passer. The headers are those that the service model of
// bedrock-runtime has for InvokeModel and ApplyGuardrail (aws-sdk-go-v2 v1.63.12);
// who pays is the operator's to say, and guardrails are the account's.
func (p *place) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	return driver.Passed(d, method, path, from, body, contentType,
		"X-Amzn-Bedrock-Accept", "X-Amzn-Bedrock-Trace", "X-Amzn-Bedrock-Guardrailidentifier", "X-Amzn-Bedrock-Guardrailversion",
		"X-Amzn-Bedrock-Performanceconfig-Latency", "X-Amzn-Bedrock-Service-Tier"), nil
}
