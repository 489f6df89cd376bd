package main

import (
	"encoding/json"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/server"
)

// routeLine is one path as `routes --json` says it.
type routeLine struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Language  string `json:"language,omitempty"`
	Operation string `json:"operation,omitempty"`
	For       string `json:"for"`
}

func newRoutes() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "routes", Short: "List the paths that clients may use", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var lines []routeLine
			for _, r := range server.Routes() {
				lines = append(lines, routeLine{r.Method, r.Pattern, r.Language, r.Operation, r.For})
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"routes": lines, "prefixes": server.Prefixes})
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			say(w, "METHOD\tPATH\tLANGUAGE\tSENT BY\n")
			for _, l := range lines {
				language := l.Language
				if language == "" {
					language = "-"
				}
				say(w, "%s\t%s\t%s\t%s\n", l.Method, l.Path, language, l.For)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			say(c.OutOrStdout(), "\nEach is served under these prefixes as well: ")
			for i, p := range server.Prefixes {
				if i > 0 {
					say(c.OutOrStdout(), ", ")
				}
				say(c.OutOrStdout(), "%s", p)
			}
			say(c.OutOrStdout(), "\nAny other path of these APIs is forwarded to a deployment that has the API.\n")
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON")
	return c
}
