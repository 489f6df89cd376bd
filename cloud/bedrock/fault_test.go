package bedrock

import (
	"net/http"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
)

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
