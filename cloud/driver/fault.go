package driver

import (
	"net/http"

	"github.com/interline-ai/interline"
)

// Amend returns the fault with another class and code. The given fault is not
// changed, so that a driver stays pure.
func Amend(f *interline.Fault, class interline.Class, code interline.Code) *interline.Fault {
	g := *f
	g.Class, g.Code = class, code
	return &g
}

// Waiting returns the fault with the wait that its answer asks for, if its
// class is one that waiting heals. The reset headers are read only for a
// throttled answer (C5), since vendors send them with every answer.
func Waiting(f *interline.Fault, h http.Header, resets ...string) *interline.Fault {
	switch f.Class {
	case interline.C5Throttle:
	case interline.C4Quota, interline.C6Overload, interline.C7Server:
		resets = nil
	default:
		return f
	}
	d := RetryAfter(h, resets...)
	if d == 0 {
		return f
	}
	g := *f
	g.RetryAfter = d
	return &g
}
