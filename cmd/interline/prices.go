package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/catalog"
)

// priceLine is one offer as `prices --json` says it. Prices are dollars per million
// tokens; null is unknown.
type priceLine struct {
	Model      string   `json:"model"`
	Place      string   `json:"place"`
	ID         string   `json:"id"`
	Scope      string   `json:"scope"`
	RunsIn     []string `json:"runs_in"`
	Input      *float64 `json:"input"`
	CacheRead  *float64 `json:"cache_read"`
	Write5m    *float64 `json:"cache_write_5m"`
	WriteLong  *float64 `json:"cache_write_long"`
	Output     *float64 `json:"output"`
	Above      int64    `json:"above,omitempty"`
	AboveInput *float64 `json:"above_input,omitempty"`
	Since      string   `json:"since,omitempty"`
	Source     string   `json:"source,omitempty"`
	Confidence string   `json:"confidence,omitempty"`
	Next       string   `json:"next,omitempty"`
}

func newPrices() *cobra.Command {
	var asJSON bool
	var on string
	c := &cobra.Command{
		Use: "prices MODEL", Short: "Show what a model costs at each place that sells it",
		Long: `Show what a model costs at each place that sells it, in dollars per million
tokens, cheapest first. The model is named as any place does, or by its maker.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			at := time.Now()
			if on != "" {
				day, err := time.Parse(time.DateOnly, on)
				if err != nil {
					return invalid{fmt.Errorf("--on %q is not a date such as 2026-12-01", on)}
				}
				at = day
			}
			offers := catalog.Of(args[0], at)
			if len(offers) == 0 {
				return unknownModel(args[0])
			}
			lines := make([]priceLine, 0, len(offers))
			for _, o := range offers {
				lines = append(lines, priced(o, at))
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(lines)
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			say(w, "PLACE\tMODEL ID\tRUNS IN\tINPUT\tCACHED\tWRITE\tOUTPUT\tLONG PROMPTS\tNEXT\n")
			for _, l := range lines {
				say(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Place, l.ID, join(l.RunsIn),
					amount(l.Input), amount(l.CacheRead), writes(l), amount(l.Output), long(l), l.Next)
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON")
	c.Flags().StringVar(&on, "on", "", "the prices of a day, such as 2026-12-01, instead of today's")
	return c
}

func priced(o *catalog.Offer, at time.Time) priceLine {
	l := priceLine{Model: o.Model, Place: o.Place, ID: o.ID, Scope: o.Scope, RunsIn: o.RunsIn}
	if p, ok := o.PriceAt(at); ok {
		l.Input, l.CacheRead, l.Write5m, l.WriteLong, l.Output = perMillion(p.Input), perMillion(p.CacheRead), perMillion(p.CacheWrite), perMillion(p.CacheWriteLong), perMillion(p.Output)
		l.Since, l.Source, l.Confidence = p.From.Format(time.DateOnly), p.Source, p.Confidence.String()
		if len(p.Steps) > 0 {
			l.Above, l.AboveInput = p.Steps[0].Above, perMillion(p.Steps[0].Input)
		}
	}
	if n, ok := o.Next(at); ok {
		word := "from"
		if n.Announced {
			word = "announced for"
		}
		l.Next = fmt.Sprintf("%s / %s %s %s", amount(perMillion(n.Input)), amount(perMillion(n.Output)), word, n.From.Format(time.DateOnly))
	}
	return l
}

func join(words []string) string { return strings.Join(words, ", ") }

func perMillion(pico int64) *float64 {
	d := float64(pico) / 1e6
	return &d
}

// amount writes prices for people, the same ones once.
func amount(prices ...*float64) string {
	var out []string
	for _, p := range prices {
		text := "unknown"
		if p != nil {
			text = strconv.FormatFloat(*p, 'f', -1, 64)
		}
		if len(out) == 0 || out[len(out)-1] != text {
			out = append(out, text)
		}
	}
	return strings.Join(out, " / ")
}

// writes are the prices of writing to a cache: of one that lives five minutes, where
// there is one, and of one that lives longer.
func writes(l priceLine) string {
	if l.Write5m != nil && *l.Write5m == *l.Input {
		return amount(l.WriteLong)
	}
	return amount(l.Write5m, l.WriteLong)
}

func long(l priceLine) string {
	if l.Above == 0 {
		return "-"
	}
	return fmt.Sprintf("%s above %d", amount(l.AboveInput), l.Above)
}
