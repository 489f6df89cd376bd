package interline

import (
	"slices"
	"strings"
)

// Citation says where a piece of an answer's text is from.
type Citation struct {
	// Start and End bound the piece in its block, in Unicode code points from the
	// block's beginning; an End of 0 means all of the block so far.
	Start, End int

	URL    string // of a page or of a search's result; "" is none
	Title  string // of the source
	FileID string // the vendor's own id of an uploaded file; "" is none
	Cited  string // the source's own words; "" is not said

	// Document is which of the request's documents it is, from 0 in the order they
	// were said; -1 is none of them. From and To bound the place in it, in Unit, To
	// not included; an Unit of 0 is not said.
	Document int
	Unit     CitationUnit
	From, To int

	// Language and Raw hold the vendor's own form, verbatim, for what the fields
	// above do not have (a search's encrypted index).
	Language string
	Raw      []byte
}

// CitationUnit is what places in a document are counted in, from 0.
type CitationUnit uint8

// The units. Vendors count pages from 1; here they count from 0 as all else.
const (
	Characters CitationUnit = iota + 1
	Pages
	Chunks // content blocks of a document that was given in blocks
)

// LogProb is a token of an answer with the natural logarithm of its probability.
type LogProb struct {
	Token string
	// Bytes are the token's own, for tokens that end within a letter; nil is not said.
	Bytes   []byte
	LogProb float64
	Top     []LogProb // the likeliest at this place, as many as were asked for
}

// Clone returns a copy that shares no memory with what the citation was read from.
func (c *Citation) Clone() Citation {
	out := *c
	for _, s := range []*string{&out.URL, &out.Title, &out.FileID, &out.Cited} {
		*s = strings.Clone(*s)
	}
	out.Raw = slices.Clone(c.Raw)
	return out
}
