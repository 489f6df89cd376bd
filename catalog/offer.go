package catalog

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/interline-ai/interline"
)

//go:embed offers/*.yaml
var offersFiles embed.FS

// Offers returns what the catalog that is built in knows: all ways to buy all
// models. It is shared and not to be changed.
func Offers() []Offer {
	all, _ := offers() // the tests read it
	return all
}

var offers = sync.OnceValues(func() ([]Offer, error) {
	files, err := offersFiles.ReadDir("offers")
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	var all []Offer
	for _, f := range files {
		data, err := offersFiles.ReadFile("offers/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("read the catalog: %w", err)
		}
		some, err := ReadOffers(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		all = append(all, some...)
	}
	return all, nil
})

// Models returns the models that are sold, as maker/name, in the order of their
// names.
func Models() []string {
	var names []string
	for _, o := range Offers() {
		names = append(names, o.Model)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Of returns the offers of a model by any name a place gives it, cheapest fresh input
// first at a moment; those of unknown price come last.
func Of(model string, at time.Time) []*Offer {
	name := Name(model)
	var found []*Offer
	all := Offers()
	for i := range all {
		if o := &all[i]; Name(o.Model) == name || strings.EqualFold(o.ID, model) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b *Offer) int {
		p, known := a.PriceAt(at)
		q, also := b.PriceAt(at)
		switch {
		case known && also:
			return cmp.Or(cmp.Compare(p.Input, q.Input), cmp.Compare(p.Output, q.Output))
		case known:
			return -1
		case also:
			return 1
		}
		return 0
	})
	return found
}

// Offer is one way to buy a model: a place, one of its doors, and where inference
// may happen. Two ways that differ in price, quota, law or behaviour are two
// offers.
type Offer struct {
	Model  string // maker/name, wherever it is served
	Place  string // the kind of place, as configurations name it
	Seller string // who sends the bill
	ID     string // what the door calls the model
	Scope  string // global, us, eu, ...: the widest that inference may go
	// RunsIn are the zones where inference may happen; "any" is everywhere.
	RunsIn []string
	Window int64 // the longest prompt and answer together, in tokens; 0 is unknown
	// Prices are the rows of all times, oldest first. No row is an unknown price,
	// which is not zero.
	Prices []Price
}

// Sold returns the offer of a kind of place under an id, where a scope tells offers of
// one id apart; nil when the catalog has none.
func Sold(place, id, scope string) *Offer {
	all := Offers()
	var found *Offer
	for i := range all {
		o := &all[i]
		if o.Place != place || o.ID != id {
			continue
		}
		if found == nil || o.Scope == scope {
			found = o
		}
	}
	return found
}

// Cost is what a usage costs at a moment by the list, in nano-dollars; known is false
// where the price is not.
func (o *Offer) Cost(u interline.Usage, at time.Time) (nano int64, known bool) {
	p, known := o.PriceAt(at)
	if !known {
		return 0, false
	}
	return p.Cost(u), true
}

// PriceAt returns the row that a request of a moment is billed by; ok is false when
// it is unknown.
func (o *Offer) PriceAt(at time.Time) (p *Price, ok bool) {
	for i := range o.Prices {
		if row := &o.Prices[i]; !row.Announced && !row.From.After(at) {
			p, ok = row, true
		}
	}
	return p, ok
}

// Next returns the row that is said to follow after a moment, announced or not.
func (o *Offer) Next(at time.Time) (p *Price, ok bool) {
	i := slices.IndexFunc(o.Prices, func(row Price) bool { return row.From.After(at) })
	if i < 0 {
		return nil, false
	}
	return &o.Prices[i], true
}
