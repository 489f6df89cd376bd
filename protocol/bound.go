package protocol

// Bound is implemented by languages whose requests may refer to what only their
// vendor keeps, by ids that earlier answers named.
type Bound interface {
	// References returns the ids in a request that refer to what a vendor keeps.
	References(o *Opened) []Reference
	// Keeps reports whether the vendor keeps the answer to the request, so that
	// its id will be referred to.
	Keeps(o *Opened) bool
	// AppendNamed appends the bytes of a frame, or of a whole answer, with every
	// id that may be referred to replaced by what name gives for it.
	AppendNamed(dst []byte, f Frame, name func(id string) string) []byte
}

// Reference is an id in a request.
type Reference struct {
	Field      string // in the caller's words
	ID         string
	Start, End int // of the id in the body, with its quotes
}
