package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/config"
)

func newConfig() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check a configuration, or print its schema"}
	c.AddCommand(newConfigCheck(), newConfigSchema())
	return c
}

func newConfigCheck() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "check [FILE]", Short: "Say everything that is wrong with a configuration, and where", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := configFile
			if len(args) > 0 {
				path = args[0]
			}
			cfg, err := config.Load(path, nil)
			if err != nil {
				return invalid{err}
			}
			w, err := cfg.Build(all.Options{})
			if err != nil {
				return invalid{err}
			}
			deployments := 0
			for _, m := range w.Models {
				deployments += len(m.Deployments)
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]int{"places": len(cfg.Places), "models": len(w.Models), "deployments": deployments})
			}
			say(c.OutOrStdout(), "%s is good: %s, %s, %s\n", path, count(len(cfg.Places), "place"), count(len(w.Models), "model"), count(deployments, "deployment"))
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON")
	return c
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func newConfigSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of a configuration, for editors", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(append(bytes.TrimSpace(schema), '\n'))
			return err
		},
	}
}
