package server

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/interline-ai/interline"
)

// maxID bounds a request id that the caller brings, in bytes.
const maxID = 128

// requestID is the caller's own id of the request when it is fit to be repeated
// in headers and logs, or a new one. It marks; it protects nothing.
func requestID(h http.Header) string {
	if v := h["X-Request-Id"]; len(v) > 0 && len(v[0]) > 0 && len(v[0]) <= maxID && fit(v[0]) {
		return v[0]
	}
	var b [12]byte
	for i, n := 0, rand.Uint64(); i < 8; i, n = i+1, n>>8 {
		b[i] = byte(n)
	}
	for i, n := 8, rand.Uint32(); i < 12; i, n = i+1, n>>8 {
		b[i] = byte(n)
	}
	return "req_" + hex.EncodeToString(b[:])
}

// fit reports whether every byte may stand in an id.
func fit(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-_.:", rune(c)) {
			return false
		}
	}
	return true
}

// identify sends the request's id under the names that the SDKs read.
func (v *visit) identify() {
	h, id := v.w.Header(), []string{v.id}
	h["X-Request-Id"] = id
	for _, name := range idHeaders[v.lang.Name()] {
		h[name] = id
	}
	if len(v.r.Header["Api-Key"]) > 0 {
		h["Apim-Request-Id"] = id
	}
}

// faultOf returns the fault that an error is, or an internal one.
func faultOf(err error) *interline.Fault {
	if f := new(interline.Fault); errors.As(err, &f) {
		return f
	}
	return &interline.Fault{Class: interline.C12Local, Code: interline.CodeInternal, Message: "the gateway failed on this request", Err: err}
}

// isUpgrade reports whether the client wants to switch to WebSocket.
func isUpgrade(h http.Header) bool {
	v := h["Upgrade"]
	return len(v) > 0 && strings.EqualFold(v[0], "websocket")
}

// clip shortens what a caller sent for a message.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
