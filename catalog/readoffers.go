package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// document is one file of offers: of one place.
type document struct {
	Place  string     `yaml:"place"`
	Seller string     `yaml:"seller"`
	Offers []rawOffer `yaml:"offers"`
}

// rawOffer is an offer as its seller says it, of all scopes at once.
type rawOffer struct {
	Model  string     `yaml:"model"`
	ID     string     `yaml:"id"`
	Scope  []rawScope `yaml:"scope"`
	Window int64      `yaml:"window"`
	Price  []rawPrice `yaml:"price"`
}

type rawScope struct {
	Name   string   `yaml:"name"`
	Prefix string   `yaml:"prefix"`
	RunsIn []string `yaml:"runs_in"`
	Price  factor   `yaml:"price"`
}

type rawPrice struct {
	Input       dollars6  `yaml:"input"`
	CacheRead   *dollars6 `yaml:"cache_read"`
	Write5m     *dollars6 `yaml:"cache_write_5m"`
	Write30m    *dollars6 `yaml:"cache_write_30m"`
	Write1h     *dollars6 `yaml:"cache_write_1h"`
	Output      dollars6  `yaml:"output"`
	InputAudio  dollars6  `yaml:"input_audio"`
	OutputAudio dollars6  `yaml:"output_audio"`
	Above       *struct {
		Input       int64  `yaml:"input"`
		InputPrice  factor `yaml:"input_price"`
		OutputPrice factor `yaml:"output_price"`
	} `yaml:"above"`
	From       day    `yaml:"from"`
	Status     string `yaml:"status"`
	Source     string `yaml:"source"`
	Checked    day    `yaml:"checked"`
	Confidence string `yaml:"confidence"`
}

// dollars6 is dollars per million tokens with up to six digits after the point,
// which is pico-dollars per token.
type dollars6 int64

// UnmarshalYAML implements yaml.BytesUnmarshaler. No float is between the file and
// the bill.
func (d *dollars6) UnmarshalYAML(b []byte) error {
	n, err := decimal(strings.ReplaceAll(string(b), "_", ""), 6)
	*d = dollars6(n)
	return err
}

// factor multiplies a price, in hundredths; it is written as x1.10. 0 is not said.
type factor int64

// UnmarshalYAML implements yaml.BytesUnmarshaler.
func (f *factor) UnmarshalYAML(b []byte) error {
	text, ok := strings.CutPrefix(string(b), "x")
	n, err := decimal(text, 2)
	if !ok || err != nil || n == 0 {
		return fmt.Errorf("%q is not a factor such as x1.10", b)
	}
	*f = factor(n)
	return nil
}

func (f factor) of(price int64) int64 {
	if f == 0 {
		return price
	}
	return (price*int64(f) + 50) / 100
}

// decimal reads a number without a sign, in units of its last digit.
func decimal(text string, digits int) (int64, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(text), ".")
	if len(part) > digits || whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return 0, fmt.Errorf("%q is not a number with at most %d digits after the point", text, digits)
	}
	return strconv.ParseInt(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
}

// day is a date, at midnight UTC.
type day time.Time

// UnmarshalYAML implements yaml.BytesUnmarshaler.
func (d *day) UnmarshalYAML(b []byte) error {
	t, err := time.Parse(time.DateOnly, strings.Trim(string(b), `"'`))
	if err != nil {
		return fmt.Errorf("%s is not a date such as 2026-09-22", b)
	}
	*d = day(t)
	return nil
}

// ReadOffers reads one document of offers. Errors name the offer and say all that
// is wrong with it; a price without its source is one.
func ReadOffers(data []byte) ([]Offer, error) {
	var d document
	if err := yaml.UnmarshalWithOptions(data, &d, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read offers: %w", err)
	}
	if d.Place == "" || d.Seller == "" {
		return nil, errors.New("read offers: place and seller must be said")
	}
	var out []Offer
	var wrong []error
	seen := map[string]bool{}
	for _, raw := range d.Offers {
		offers, err := raw.expand(&d)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s at %s: %w", raw.Model, d.Place, err))
		}
		for _, o := range offers {
			if key := o.ID + " " + o.Scope; seen[key] {
				wrong = append(wrong, fmt.Errorf("%s at %s: %s is offered twice", o.Model, d.Place, key))
			} else {
				seen[key] = true
			}
		}
		out = append(out, offers...)
	}
	return out, errors.Join(wrong...)
}

// expand writes a seller's multipliers out.
func (r *rawOffer) expand(d *document) ([]Offer, error) {
	var wrong []error
	maker, name, ok := strings.Cut(r.Model, "/")
	if !ok || maker == "" || name == "" {
		wrong = append(wrong, errors.New("a model is written as maker/name"))
	}
	if r.ID == "" || len(r.Scope) == 0 {
		wrong = append(wrong, errors.New("id and scope must be said"))
	}
	var rows []Price
	for i := range r.Price {
		row, err := r.Price[i].row()
		if err != nil {
			wrong = append(wrong, fmt.Errorf("price[%d]: %w", i, err))
		}
		rows = append(rows, row)
	}
	if !slices.IsSortedFunc(rows, func(a, b Price) int { return a.From.Compare(b.From) }) {
		wrong = append(wrong, errors.New("prices must be in the order of their days"))
	}
	var out []Offer
	for _, s := range r.Scope {
		if s.Name == "" || len(s.RunsIn) == 0 {
			wrong = append(wrong, errors.New("a scope has a name, and says where it runs_in"))
		}
		o := Offer{
			Model: r.Model, Place: d.Place, Seller: d.Seller, ID: s.Prefix + r.ID, Scope: s.Name, RunsIn: s.RunsIn, Window: r.Window,
		}
		for _, row := range rows {
			row.Rates, row.Steps = row.times(s.Price, s.Price), slices.Clone(row.Steps)
			for i := range row.Steps {
				row.Steps[i].Rates = row.Steps[i].times(s.Price, s.Price)
			}
			o.Prices = append(o.Prices, row)
		}
		out = append(out, o)
	}
	return out, errors.Join(wrong...)
}

func (r *rawPrice) row() (Price, error) {
	var wrong []error
	if time.Time(r.From).IsZero() || time.Time(r.Checked).IsZero() || r.Source == "" {
		wrong = append(wrong, errors.New("from, source and checked must be said"))
	}
	p := Price{From: time.Time(r.From), Checked: time.Time(r.Checked), Source: r.Source, Announced: r.Status == "announced"}
	if r.Status != "" && !p.Announced {
		wrong = append(wrong, fmt.Errorf("the status %q is not announced", r.Status))
	}
	all := []Confidence{Inferred, Stated, Invoiced}
	i := slices.IndexFunc(all, func(c Confidence) bool { return c.String() == r.Confidence })
	if i < 0 {
		wrong = append(wrong, fmt.Errorf("the confidence %q is none of inferred, stated, invoiced", r.Confidence))
	} else {
		p.Confidence = all[i]
	}
	or := func(d *dollars6) int64 { // what has no price of its own costs what fresh input does
		if d == nil {
			return int64(r.Input)
		}
		return int64(*d)
	}
	p.Rates = Rates{
		Input: int64(r.Input), CacheRead: or(r.CacheRead), CacheWrite: or(r.Write5m), CacheWriteLong: or(cmp.Or(r.Write30m, r.Write1h)),
		Output: int64(r.Output), InputAudio: int64(r.InputAudio), OutputAudio: int64(r.OutputAudio),
	}
	if r.Input == 0 && r.Output == 0 {
		wrong = append(wrong, errors.New("input or output must have a price"))
	}
	if r.Write30m != nil && r.Write1h != nil {
		wrong = append(wrong, errors.New("a place has one long cache: cache_write_30m or cache_write_1h"))
	}
	if a := r.Above; a != nil {
		if a.Input <= 0 {
			wrong = append(wrong, errors.New("above: input must be said, in tokens"))
		}
		p.Steps = []Step{{a.Input, p.times(a.InputPrice, a.OutputPrice)}}
	}
	return p, errors.Join(wrong...)
}

// times are the rates with the prices of input, caches among them, and of output
// multiplied.
func (r Rates) times(input, output factor) Rates {
	return Rates{
		Input: input.of(r.Input), CacheRead: input.of(r.CacheRead), CacheWrite: input.of(r.CacheWrite),
		CacheWriteLong: input.of(r.CacheWriteLong), Output: output.of(r.Output),
		InputAudio: input.of(r.InputAudio), OutputAudio: output.of(r.OutputAudio),
	}
}
