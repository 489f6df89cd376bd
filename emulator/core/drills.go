package core

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind names a fault. The words are those of the control interface.
type Kind string

// The kinds of fault. Before the answer: down, hang, throttle, overload,
// status, auth, content-filter, garbage. Within it: slow, stall, cut, eof,
// error, corrupt; these count the events of a stream with [Drill.After] and
// break a unary answer in the middle of its body.
const (
	Down          Kind = "down"           // connections are reset as soon as they are accepted
	Hang          Kind = "hang"           // the request is read and nothing is ever sent
	Throttle      Kind = "throttle"       // 429 with the dialect's retry headers (Delay, or one second)
	Overload      Kind = "overload"       // 503, in Anthropic's dialect 529
	StatusCode    Kind = "status"         // the HTTP status of Drill.Status with the dialect's error body
	Auth          Kind = "auth"           // the credential is refused though it is right
	Slow          Kind = "slow"           // Delay before the first token and a twentieth of it per token
	Stall         Kind = "stall"          // after After events nothing more is sent; the connection stays open
	Cut           Kind = "cut"            // after After events the connection is reset
	EOF           Kind = "eof"            // after After events the body ends cleanly, without its last frame
	InStream      Kind = "error"          // after After events the dialect's own error event
	ContentFilter Kind = "content-filter" // the cloud's own filter refuses or cuts the answer
	Garbage       Kind = "garbage"        // 200 with a page of HTML
	Corrupt       Kind = "corrupt"        // the event after After events is damaged (broken JSON, wrong CRC)
)

// breaks says whether a fault ends an answer that has begun.
func (k Kind) breaks() bool {
	return k == Stall || k == Cut || k == EOF || k == InStream
}

// Kinds lists every kind of fault, in the order of their explanation.
func Kinds() []Kind {
	return []Kind{
		Down, Hang, Throttle, Overload, StatusCode, Auth, Slow,
		Stall, Cut, EOF, InStream, ContentFilter, Garbage, Corrupt,
	}
}

// Span is a duration that is written as Go writes it ("1m30s") in JSON.
type Span time.Duration

// MarshalText writes the span as time.Duration does.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads what time.ParseDuration reads; it refuses what is negative.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("read duration %q: want a form such as 30s or 1m30s", text)
	}
	if d < 0 {
		return fmt.Errorf("read duration %q: it must not be negative", text)
	}
	*s = Span(d)
	return nil
}

// Drill is a fault ordered in advance. It ends after For, or after Count
// requests, whichever is first; with neither it lasts until it is removed.
type Drill struct {
	ID     string    `json:"id"`
	Target string    `json:"target"`
	Kind   Kind      `json:"kind"`
	For    Span      `json:"for,omitzero"`
	Count  int       `json:"count,omitzero"`  // requests to hit; 0 for every one
	After  int       `json:"after,omitzero"`  // events sent before the fault
	Status int       `json:"status,omitzero"` // for Kind status, 400 to 599
	Delay  Span      `json:"delay,omitzero"`  // for slow, and the retry time of throttle and overload
	Hits   int       `json:"hits"`            // requests hit so far
	Since  time.Time `json:"since"`

	place string
}

// ErrDrill is what a refused drill's error wraps.
var ErrDrill = errors.New("drill refused")

// Drills holds the faults that are ordered and not yet over.
type Drills struct {
	mu     sync.Mutex
	places map[string]string // place or alias, to the place's name
	list   []*Drill
	last   int
}

// NewDrills takes the names that may be targets: each place's own name and its
// aliases, mapped to the place's name.
func NewDrills(places map[string]string) *Drills {
	return &Drills{places: places}
}

// Add orders a fault and returns it with its id. Its ID, Hits and Since are
// ignored. The error wraps [ErrDrill] and says which names are valid.
func (d *Drills) Add(order Drill) (Drill, error) {
	if err := d.check(order); err != nil {
		return Drill{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	order.ID = "drill-" + strconv.Itoa(d.last)
	order.Hits, order.Since, order.place = 0, time.Now(), d.places[order.Target]
	d.list = append(d.list, &order)
	return order, nil
}

func (d *Drills) check(order Drill) error {
	if _, ok := d.places[order.Target]; !ok {
		return fmt.Errorf("%w: unknown target %q; valid: %s", ErrDrill, order.Target, strings.Join(d.Targets(), ", "))
	}
	if !slices.Contains(Kinds(), order.Kind) {
		return fmt.Errorf("%w: unknown kind %q; valid: %s", ErrDrill, order.Kind, kindNames())
	}
	if order.Kind == StatusCode && (order.Status < 400 || order.Status > 599) {
		return fmt.Errorf("%w: kind status needs a status from 400 to 599, not %d", ErrDrill, order.Status)
	}
	if order.Kind != StatusCode && order.Status != 0 {
		return fmt.Errorf("%w: status belongs to kind status, not to %s", ErrDrill, order.Kind)
	}
	if order.Kind == Slow && order.Delay <= 0 {
		return fmt.Errorf("%w: kind slow needs a delay such as 2s", ErrDrill)
	}
	if order.Count < 0 || order.After < 0 || order.For < 0 || order.Delay < 0 {
		return fmt.Errorf("%w: for, count, after and delay must not be negative", ErrDrill)
	}
	return nil
}

func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// Targets lists the valid targets in alphabetical order.
func (d *Drills) Targets() []string {
	names := make([]string, 0, len(d.places))
	for name := range d.places {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// List returns the drills that are not over, oldest first. It is never nil.
func (d *Drills) List() []Drill {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	list := make([]Drill, 0, len(d.list))
	for _, each := range d.list {
		list = append(list, *each)
	}
	return list
}

// Remove ends one drill and says whether it was there.
func (d *Drills) Remove(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	n := len(d.list)
	d.list = slices.DeleteFunc(d.list, func(each *Drill) bool { return each.ID == id })
	return len(d.list) < n
}

// Clear ends all drills.
func (d *Drills) Clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = nil
}

// For takes the fault for one request at a place: the oldest drill that still
// applies, one of whose hits it uses up. Without a drill it is the zero Fault.
func (d *Drills) For(place string) Fault {
	return d.take(place, func(Kind) bool { return true })
}

// TakeDown says whether a connection just accepted at a place is to be reset,
// and uses up one hit of the drill if so. Other kinds are left alone.
func (d *Drills) TakeDown(place string) bool {
	return d.take(place, func(k Kind) bool { return k == Down }).Kind == Down
}

func (d *Drills) take(place string, wanted func(Kind) bool) Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	for _, each := range d.list {
		if each.place != place || !wanted(each.Kind) {
			continue
		}
		each.Hits++
		return Fault{
			Kind: each.Kind, After: each.After, Status: each.Status,
			Delay: time.Duration(each.Delay),
		}
	}
	return Fault{}
}

// drop forgets the drills whose time or count is used up.
func (d *Drills) drop() {
	d.list = slices.DeleteFunc(d.list, func(each *Drill) bool {
		late := each.For > 0 && time.Since(each.Since) >= time.Duration(each.For)
		spent := each.Count > 0 && each.Hits >= each.Count
		return late || spent
	})
}
