package bedrock

import (
	"net/http"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
)

// TestDenied: AWS says with one exception that a key may not, and that a model
// caches nothing.
func TestDenied(t *testing.T) {
	drv := New()
	for message, want := range map[string]interline.Class{
		"You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.": interline.C2Capability,
		"You don't have access to the model with the specified model ID.":                                                            interline.C3Credential,
	} {
		f := &interline.Fault{Class: interline.C3Credential, Code: interline.CodePermission, Status: http.StatusForbidden, Message: message, Body: []byte(`{"message":"m"}`)}
		got := drv.Fault(&driver.Deployment{}, f, http.Header{"X-Amzn-Errortype": {"AccessDeniedException"}})
		if got.Class != want {
			t.Errorf("%q: %v, want %v", message, got.Class, want)
		}
	}
}

// TestWithinAStream: frames carry the exception's name, in either letter case,
// and no status.
func TestWithinAStream(t *testing.T) {
	drv := New()
	for name, want := range map[string]interline.Class{
		"throttlingException":         interline.C5Throttle,
		"ThrottlingException":         interline.C5Throttle,
		"internalServerException":     interline.C7Server,
		"modelStreamErrorException":   interline.C7Server,
		"serviceUnavailableException": interline.C6Overload,
		"modelTimeoutException":       interline.C9Ambiguous,
		"validationException":         interline.C0Client,
		"ValidationException":         interline.C0Client,
		"somethingNewException":       interline.C7Server,
	} {
		f := &interline.Fault{Class: interline.C7Server, Code: interline.CodeUpstream, Type: name, Message: "m", Body: []byte(`{"message":"m"}`)}
		if got := drv.Fault(&driver.Deployment{}, f, http.Header{}); got.Class != want {
			t.Errorf("%s: %v, want %v", name, got.Class, want)
		}
	}
}
