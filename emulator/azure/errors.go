package azure

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/interline-ai/interline/emulator/chat"
	"github.com/interline-ai/interline/emulator/core"
)

// datedVersion is the form of an api-version on the dated surface.
var datedVersion = regexp.MustCompile(`^202[2-6]-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-preview)?$`)

// plain is Azure's own shape, {"error":{"code","message"}}, for refusals that
// come from the resource rather than from the model behind it.
func plain(status int, code, format string, args ...any) *chat.Error {
	message := fmt.Sprintf(format, args...)
	body, _ := json.Marshal(map[string]any{ // strings always encode
		"error": map[string]string{"code": code, "message": message},
	})
	return &chat.Error{Status: status, Code: code, Message: message, Whole: body}
}

func notFound() *chat.Error { return plain(http.StatusNotFound, "404", "Resource not found") }

func unknownVersion(version string) *chat.Error {
	return plain(http.StatusBadRequest, "unsupported_api_version", "API version not supported: %q.", version)
}

func noDeployment() *chat.Error {
	return plain(http.StatusNotFound, "DeploymentNotFound", "The API deployment for this resource does not exist. "+
		"If you created the deployment within the last 5 minutes, please wait a moment and try again.")
}

func unfit(m chat.Model, operation string) *chat.Error {
	if operation == "chat" {
		operation = "chatCompletion"
	}
	return plain(http.StatusBadRequest, "OperationNotSupported",
		"The %s operation does not work with the specified model, %s. Please choose different model and try again.", operation, m.Snapshot)
}

func badKey() *chat.Error {
	return plain(http.StatusUnauthorized, "401", "Access denied due to invalid subscription key or wrong API endpoint. "+
		"Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.")
}

func badToken(audience string) *chat.Error {
	return plain(http.StatusUnauthorized, "Unauthorized",
		"Access token is missing, invalid, audience is incorrect (%s), or have expired.", audience)
}

// throttled is the 429 of the caller's own quota (azure docs, quota, 2026-11).
func (v *visit) throttled(operation string) func(chat.Model, core.Grant) *chat.Error {
	return func(_ chat.Model, g core.Grant) *chat.Error {
		short := "call"
		if g.ByTokens {
			short = "token"
		}
		return limited(operation, short, v.version, g.RetryAfter)
	}
}

func limited(operation, short, version string, after time.Duration) *chat.Error {
	name := "ChatCompletions_Create"
	switch operation {
	case "embeddings":
		name = "Embeddings_Create"
	case "responses":
		name = "Responses_Create"
	}
	if version == "" {
		version = "v1"
	}
	h := chat.RetryHeaders(after)
	e := plain(http.StatusTooManyRequests, "429",
		"Requests to the %s Operation under Azure OpenAI API version %s have exceeded %s rate limit of your current OpenAI S0 pricing tier. "+
			"Please retry after %s seconds.", name, version, short, h.Get("Retry-After"))
	e.Header = h
	return e
}

// fault is Azure's refusal for a drill's fault, or nil when the fault is not
// one that refuses.
func fault(f core.Fault) *chat.Error {
	switch f.Kind {
	case core.Auth:
		return badKey()
	case core.Throttle:
		return limited("chat/completions", "call", "", f.RetryAfter())
	case core.Overload:
		e := plain(http.StatusServiceUnavailable, "ServiceUnavailable",
			"The service is temporarily unable to process your request. Please try again later.")
		e.Header = chat.RetryHeaders(f.RetryAfter())
		return e
	case core.StatusCode:
		return plain(f.Status, strconv.Itoa(f.Status), "An emulated error with status %d.", f.Status)
	}
	return nil
}
