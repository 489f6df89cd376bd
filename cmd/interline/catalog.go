package main

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/catalog"
)

func newCatalog() *cobra.Command {
	c := &cobra.Command{
		Use: "catalog", Short: "What is known of models, the places that sell them, and their prices", Args: cobra.NoArgs,
	}
	c.AddCommand(newCatalogList(), newCatalogShow(), newCatalogCheck())
	return c
}

func newCatalogList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the models, and where each is sold", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			say(w, "MODEL\tSOLD AT\n")
			for _, m := range catalog.Models() {
				say(w, "%s\t%s\n", m, join(placesOf(m)))
			}
			return w.Flush()
		},
	}
}

// placesOf are the kinds of places that sell a model.
func placesOf(model string) []string {
	var places []string
	for _, o := range catalog.Offers() {
		if o.Model == model && (len(places) == 0 || places[len(places)-1] != o.Place) {
			places = append(places, o.Place)
		}
	}
	return places
}

func newCatalogShow() *cobra.Command {
	return &cobra.Command{
		Use: "show MODEL", Short: "Show every price of a model, with its day and its source", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			offers := catalog.Of(args[0], time.Now())
			if len(offers) == 0 {
				return unknownModel(args[0])
			}
			out := c.OutOrStdout()
			for _, o := range offers {
				say(out, "%s at %s as %s, %s: runs in %s\n", o.Model, o.Place, o.ID, o.Scope, join(o.RunsIn))
				for _, p := range o.Prices {
					word := "from"
					if p.Announced {
						word = "announced for"
					}
					say(out, "  %s %s: input %s, cached %s, output %s\n", word, p.From.Format(time.DateOnly),
						amount(perMillion(p.Input)), amount(perMillion(p.CacheRead)), amount(perMillion(p.Output)))
					say(out, "    %s; checked %s, %s\n", p.Source, p.Checked.Format(time.DateOnly), p.Confidence)
				}
			}
			return nil
		},
	}
}

func newCatalogCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Say all that is wrong with files of offers", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var wrong []error
			for _, name := range args {
				data, err := os.ReadFile(name)
				if err != nil {
					return fmt.Errorf("read a catalog: %w", err)
				}
				offers, err := catalog.ReadOffers(data)
				if err != nil {
					wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
					continue
				}
				say(c.OutOrStdout(), "%s: %d offers\n", name, len(offers))
			}
			if err := errors.Join(wrong...); err != nil {
				return invalid{err}
			}
			return nil
		},
	}
}

func unknownModel(name string) error {
	return invalid{fmt.Errorf("the catalog does not know %q; `interline catalog list` has what it knows", name)}
}
