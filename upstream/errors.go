package upstream

import (
	"context"
	"fmt"
)

// Phase is how far a call had come when it failed.
type Phase uint8

// The phases. After Dial and Writing the cloud cannot have processed the call;
// after Waiting it may have.
const (
	Dial    Phase = iota + 1 // no connection: DNS, TCP, TLS
	Writing                  // the request was not fully written
	Waiting                  // written, and no answer came
	Garbled                  // an answer came that is not HTTP
)

// String says the phase for a message.
func (p Phase) String() string {
	switch p {
	case Dial:
		return "connect"
	case Writing:
		return "send the request"
	case Waiting:
		return "wait for the answer"
	}
	return "read the answer's head"
}

// Error is a call that brought no answer.
type Error struct {
	Phase Phase
	Err   error

	// stale: the connection had been used before and was closed, without a
	// byte of an answer, as soon as it was written to. In all likelihood the
	// cloud had given it up already and has not seen the request.
	stale bool
}

// Error says what was attempted.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Phase, e.Err) }

// Unwrap returns the cause: the connection's error, or the cause for which the
// call's context ended.
func (e *Error) Unwrap() error { return e.Err }

// cause prefers why the context ended over what that did to the connection.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
