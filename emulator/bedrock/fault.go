package bedrock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/strict"
	"github.com/interline-ai/interline/emulator/bedrock/sigv4"
	"github.com/interline-ai/interline/emulator/core"
)

// A fault is a request refused in AWS's shape.
type fault struct {
	status    int
	exception string // x-amzn-errortype
	message   string
}

func invalid(message string) *fault {
	return &fault{http.StatusBadRequest, "ValidationException", message}
}

// modelRefused is a refusal by the model rather than by Converse.
func modelRefused(message string) *fault {
	return invalid("The model returned the following errors: " + message)
}

func (k *call) refuse(f *fault) {
	body, err := json.Marshal(map[string]string{"message": f.message})
	if err != nil {
		panic(fmt.Sprintf("encode an error body of one string: %v", err))
	}
	k.Header().Set("X-Amzn-Errortype", f.exception)
	k.Refuse(f.status, "application/json", body)
}

// exceptions by status (service model of bedrock-runtime).
var exceptions = map[int]string{
	400: "ValidationException", 403: "AccessDeniedException", 404: "ResourceNotFoundException", 408: "ModelTimeoutException",
	424: "ModelErrorException", 429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException",
}

// drilled is the refusal a drill wants before the request is looked at, or nil.
// Bedrock sends no retry headers on its native paths.
func drilled(f core.Fault) *fault {
	switch f.Kind {
	case core.Throttle:
		return throttled(false)
	case core.Overload:
		return &fault{http.StatusServiceUnavailable, "ServiceUnavailableException", "Bedrock is unable to process your request."}
	case core.Auth:
		return &fault{http.StatusForbidden, sigv4.UnknownClient, "The security token included in the request is invalid."}
	case core.StatusCode:
		exception := exceptions[f.Status]
		if exception == "" {
			exception = exceptions[f.Status/100*100]
		}
		return &fault{f.Status, exception, http.StatusText(f.Status) + " (ordered by a drill)"}
	}
	return nil
}

func throttled(byTokens bool) *fault {
	what := "requests"
	if byTokens {
		what = "tokens"
	}
	return &fault{http.StatusTooManyRequests, "ThrottlingException", "Too many " + what + ", please wait before trying again."}
}

func internal() *fault {
	return &fault{http.StatusInternalServerError, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again."}
}

// wording renders what is wrong with a document's shape. A value of the wrong
// JSON type fails alone, when AWS's reader meets it; broken constraints are
// reported together.
func wording(problems []strict.Problem) *fault {
	var broken []string
	for _, p := range problems {
		switch p.Kind {
		case strict.Type:
			return &fault{http.StatusBadRequest, "SerializationException", conversion(p)}
		case strict.Missing:
			broken = append(broken, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", member(p.Path)))
		default:
			broken = append(broken, fmt.Sprintf("Value '%.200s' at '%s' failed to satisfy constraint: %s", unquoted(p.Raw), member(p.Path), p.Say))
		}
	}
	plural := ""
	if len(broken) > 1 {
		plural = "s"
	}
	return invalid(fmt.Sprintf("%d validation error%s detected: %s", len(broken), plural, strings.Join(broken, "; ")))
}

func conversion(p strict.Problem) string {
	switch p.Got {
	case "object":
		return "Start of structure or map found where not expected."
	case "array":
		return "Start of list found where not expected."
	}
	want := map[string]string{
		"string": "a String", "number": "a Float", "integer": "an Integer", "boolean": "a Boolean", "object": "a Structure", "array": "a List",
	}[p.Want]
	return strings.ToUpper(p.Got) + "_VALUE can not be converted to " + want
}

// member writes a path as AWS does: list elements count from one and are called
// member.
func member(path string) string {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		if n, err := strconv.Atoi(part); err == nil {
			parts[i] = strconv.Itoa(n+1) + ".member"
		}
	}
	return strings.Join(parts, ".")
}

func unquoted(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
