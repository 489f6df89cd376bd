package core

import (
	"errors"
	"net/http"
)

// Deliver is [Exchange.Respond] for an answer that costs something, with status
// 200. Its row is on the bill before its first byte is sent, so that a caller
// who has the answer finds it there, and is marked as cut if the answer then
// breaks off. With ErrInStream nothing was sent and nothing is booked.
func (c *Core) Deliver(x *Exchange, contentType string, body []byte, row Row) (err error) {
	row.Cut = x.Fault.Kind.breaks() || x.Fault.Kind == Corrupt
	tab := c.Open(row)
	before := x.OnHeader
	x.OnHeader = func(h http.Header) {
		if before != nil {
			before(h)
		}
		tab.Book()
	}
	err = ErrBroken // what stands if Respond leaves by a panic
	defer func() {
		if err != nil && !errors.Is(err, ErrInStream) {
			tab.Break(row.Usage)
		}
	}()
	if err = x.Respond(http.StatusOK, contentType, body, row.Usage.Output); errors.Is(err, ErrInStream) {
		x.OnHeader = before
	}
	return err
}

// A Tab is a row that is not on the bill yet. It belongs to the goroutine that
// serves the request.
type Tab struct {
	bill           *Bill
	row            Row
	booked, broken bool
}

// Open begins a row for a whole answer. Nothing is booked before Book or Break.
func (c *Core) Open(row Row) *Tab { return &Tab{bill: c.Bill, row: row} }

// Book puts the row on the bill. A streamed answer calls it before its last
// event, where clients stop reading.
func (t *Tab) Book() {
	t.bill.Add(t.row)
	t.booked = true
}

// Break says that the answer broke off after so much of it: a row that is
// booked already is marked as cut and keeps its usage, since the answer was
// whole when it was booked. Only the first call counts.
func (t *Tab) Break(said Usage) {
	if t.broken {
		return
	}
	t.broken = true
	if t.booked {
		t.bill.MarkCut(t.row.RequestID)
		return
	}
	t.row.Usage, t.row.Cut = said, true
	t.Book()
}
