package protocol

import "github.com/interline-ai/interline"

// Bound is implemented by languages whose requests may refer to what only their
// vendor keeps or can read, by ids and seals that earlier answers told.
type Bound interface {
	// Keeps reports whether the vendor keeps the answer to the request, so that
	// its id will be referred to.
	Keeps(o *Opened) bool
	// AppendNamed appends the bytes of a frame, or of a whole answer, with every
	// id that may be referred to and every seal told as n says.
	AppendNamed(dst []byte, f Frame, n Names) []byte
}

// Names say how a client is told what a vendor named; nil leaves it as it is.
type Names struct {
	ID   func(id string) string
	Seal func(seal string) string
}

// Fetching is implemented by languages whose clouds do not fetch everything that a
// request names by its address.
type Fetching interface {
	// Fetches reports whether the cloud fetches the image, document or sound, whose
	// address is one of the web.
	Fetches(b interline.Block) bool
}
