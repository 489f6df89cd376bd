package protocol

import (
	"net/http"

	"github.com/interline-ai/interline"
)

// StatusCapacity and StatusOverloaded are statuses that vendors made up: Groq's
// for flex processing without room, Anthropic's for overload.
const (
	StatusCapacity   = 498
	StatusOverloaded = 529
)

// ByStatus returns the class and code of a cloud's error of which only its HTTP
// status tells; 0, an error within an answer, is the cloud's failure.
func ByStatus(status int) (interline.Class, interline.Code) {
	switch status {
	case http.StatusUnauthorized:
		return interline.C3Credential, interline.CodeUpstreamAuth
	case http.StatusPaymentRequired:
		return interline.C4Quota, interline.CodeBilling
	case http.StatusForbidden:
		return interline.C3Credential, interline.CodePermission
	case http.StatusNotFound:
		return interline.C2Capability, interline.CodeModel
	case http.StatusRequestEntityTooLarge:
		return interline.C0Client, interline.CodeTooLarge
	case http.StatusTooManyRequests, StatusCapacity:
		return interline.C5Throttle, interline.CodeRateLimit
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusGatewayTimeout:
		return interline.C7Server, interline.CodeTimeout
	case http.StatusServiceUnavailable, StatusOverloaded:
		return interline.C6Overload, interline.CodeOverloaded
	}
	if status >= 400 && status < 500 {
		return interline.C0Client, interline.CodeInvalid
	}
	return interline.C7Server, interline.CodeUpstream
}
