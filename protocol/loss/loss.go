// Package loss is the table of what languages and places cannot say, as data: each
// row is a kind of loss, what becomes of the thing, why, and in which languages it
// happens. The writers of requests note losses by their kind; what the caller is
// told, the page in the documentation and the tests come from the same row.
//
// The package knows no wire language, and its table does not change while the
// program runs.
package loss

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline"
)

// Kind names a row of the table.
type Kind string

// Row is one kind of loss.
type Row struct {
	Kind   Kind
	Action interline.LossAction
	// Reason is one clause for a person to read, a format for what only the
	// request tells.
	Reason string
	// In names the languages that requests are written in when it happens,
	// separated by spaces.
	In string
}

// Happens reports whether the loss may happen in a language.
func (r Row) Happens(language string) bool {
	for name := range strings.FieldsSeq(r.In) {
		if name == language {
			return true
		}
	}
	return false
}

// byKind finds rows.
var byKind = func() map[Kind]*Row {
	m := make(map[Kind]*Row, len(table))
	for i := range table {
		m[table[i].Kind] = &table[i]
	}
	return m
}()

// Rows returns a copy of the whole table.
func Rows() []Row { return append([]Row(nil), table...) }

// Find returns the row of a kind; ok is false for a kind that is not in the table.
func Find(k Kind) (row Row, ok bool) {
	r := byKind[k]
	if r == nil {
		return Row{}, false
	}
	return *r, true
}

// At returns the loss of a field. args complete the reason of kinds that have a
// format.
func (k Kind) At(field string, args ...any) interline.Loss {
	r := byKind[k]
	if r == nil {
		return interline.Loss{Kind: string(k), Field: field, Action: dropped, Reason: string(k)}
	}
	reason := r.Reason
	if len(args) > 0 {
		reason = fmt.Sprintf(reason, args...)
	}
	return interline.Loss{Kind: string(k), Field: field, Action: r.Action, Reason: reason}
}
