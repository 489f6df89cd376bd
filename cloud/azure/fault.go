package azure

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
)

// Fault implements driver.Driver.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	f = driver.Waiting(classify(f), h, "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens")
	if f.RetryAfter > 0 || f.Class != interline.C5Throttle {
		return f
	}
	g := *f
	g.RetryAfter = spokenWait(f.Message)
	return &g
}

// classify adds Azure's own errors to OpenAI's (Foundry Models error and quota
// pages, 2026-11). Its codes are sometimes the HTTP status as text.
func classify(f *interline.Fault) *interline.Fault {
	switch f.Type {
	case "content_filter", "ResponsibleAIPolicyViolation":
		return driver.Amend(f, interline.C1Policy, interline.CodeContent)
	case "DeploymentNotFound", "OperationNotSupported":
		return driver.Amend(f, interline.C2Capability, interline.CodeModel)
	case "unsupported_api_version": // the operator's, not the caller's
		return driver.Amend(f, interline.C2Capability, interline.CodeUpstream)
	}
	switch f.Status {
	case http.StatusBadRequest:
		return badRequest(f)
	case http.StatusTooManyRequests:
		return throttled(f)
	case 499: // we went away
		return driver.Amend(f, interline.C9Ambiguous, interline.CodeTimeout)
	}
	return f
}

func badRequest(f *interline.Fault) *interline.Fault {
	switch {
	case bytes.Contains(f.Body, []byte(`"ResponsibleAIPolicyViolation"`)):
		return driver.Amend(f, interline.C1Policy, interline.CodeContent)
	case f.Class == interline.C0Client && strings.Contains(f.Message, "not support"):
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	return f
}

// throttled tells the 429 of the whole cloud from that of one's own quota:
// both are C5, but only the first is worth calling an overload to the caller.
// A finished budget (C4) stays one.
func throttled(f *interline.Fault) *interline.Fault {
	if f.Class == interline.C4Quota {
		return f
	}
	message := strings.ToLower(f.Message)
	if strings.Contains(message, "high demand") || strings.Contains(message, "temporarily unable to process") {
		return driver.Amend(f, interline.C5Throttle, interline.CodeOverloaded)
	}
	return driver.Amend(f, interline.C5Throttle, interline.CodeRateLimit)
}

// spokenWait reads "Try again in 12 seconds" and "Please retry after 12
// seconds", which API Management and older resources say in the message alone.
// It returns 0 when the message does not say.
func spokenWait(message string) time.Duration {
	message = strings.ToLower(message)
	for _, mark := range []string{"try again in ", "retry after "} {
		_, rest, ok := strings.Cut(message, mark)
		if !ok {
			continue
		}
		digits, unit, _ := strings.Cut(rest, " ")
		if n, err := strconv.ParseUint(digits, 10, 16); err == nil && strings.HasPrefix(unit, "second") {
			return driver.RetryAfter(http.Header{"Retry-After": {strconv.FormatUint(n, 10)}})
		}
	}
	return 0
}
