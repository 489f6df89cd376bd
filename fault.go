package interline

import (
	"fmt"
	"strings"
	"time"
)

// Class says what an error permits: whether the same deployment may be asked
// again, whether another one may, and whom it concerns. The numbers are those
// of the published error table (docs/errors.md).
type Class uint8

// The classes C0 to C12.
const (
	C0Client      Class = iota // wrong anywhere: nobody else is asked
	C1Policy                   // the vendor's safety policy blocked it
	C2Capability               // this deployment cannot; another may
	C3Credential               // our credential was refused
	C4Quota                    // money or quota is finished
	C5Throttle                 // rate limit
	C6Overload                 // the vendor is overloaded
	C7Server                   // the vendor failed
	C8Unsent                   // provably not processed
	C9Ambiguous                // sent, but no answer
	C10StreamPre               // the stream broke before its first content
	C11StreamPost              // the stream broke after its first content
	C12Local                   // our own refusal; never left the gateway
)

// String returns the class's short name, e.g. "C5".
func (c Class) String() string { return fmt.Sprintf("C%d", uint8(c)) }

// Code is the kind of an error, from which every language derives its own
// status, type and code.
type Code string

// The codes. CodeUpstreamAuth is our own credential refused by a cloud; it is
// never shown to a caller as a 401, since the caller's key is fine.
const (
	CodeInvalid      Code = "invalid_request"
	CodeContext      Code = "context_length_exceeded"
	CodeContent      Code = "content_filter"
	CodeAuth         Code = "authentication"
	CodePermission   Code = "permission"
	CodeBilling      Code = "billing"
	CodeModel        Code = "model_not_found"
	CodeNotFound     Code = "not_found"
	CodeMethod       Code = "method_not_allowed"
	CodeTooLarge     Code = "request_too_large"
	CodeMediaType    Code = "unsupported_media_type"
	CodeRateLimit    Code = "rate_limit"
	CodeTimeout      Code = "timeout"
	CodeUpstream     Code = "upstream"
	CodeUpstreamAuth Code = "upstream_auth"
	CodeOverloaded   Code = "overloaded"
	CodeUnavailable  Code = "unavailable"
	CodeInternal     Code = "internal"
	CodeLosses       Code = "would_lose"
	CodeUpgrade      Code = "upgrade_required"
	CodeGone         Code = "client_gone" // nobody is left to tell
)

// Fault is the only error that leaves a room by its front door. It is coded
// where it arises and written in the caller's own language at the edge.
type Fault struct {
	Class   Class
	Code    Code
	Message string // for a person: what is wrong, and what to do
	Param   string // the field it is about, in the caller's language
	// RetryAfter is how long the vendor, or we, ask to wait; 0 is "not said".
	RetryAfter time.Duration
	// Status, Type and Body are the cloud's own, when it answered: its HTTP
	// status, its word for the error and its body, verbatim.
	Status int
	Type   string
	Body   []byte
	Losses []Loss // with CodeLosses
	Err    error  // the cause, for logs
}

// Lost is the end of a message that says what the request would lose; "" where it
// would lose nothing.
func (f *Fault) Lost() string {
	var b strings.Builder
	for i, l := range f.Losses {
		if i == 0 {
			b.WriteByte(':')
		}
		b.WriteString(" " + l.Field + " would be " + string(l.Action) + " (" + l.Reason + ");")
	}
	return b.String()
}

// Error says what is wrong, and why where that is known.
func (f *Fault) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %s: %v", f.Code, f.Message, f.Err)
	}
	return fmt.Sprintf("%s: %s", f.Code, f.Message)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Invalid returns the fault of a request that is wrong in the named field.
func Invalid(param, format string, args ...any) *Fault {
	return &Fault{Class: C12Local, Code: CodeInvalid, Param: param, Message: fmt.Sprintf(format, args...)}
}
