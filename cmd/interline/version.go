package main

import (
	"encoding/json"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// about is what is known of this build.
type about struct {
	Version  string   `json:"version"`
	Revision string   `json:"revision,omitempty"`
	Modified bool     `json:"modified,omitempty"`
	Go       string   `json:"go"`
	Deps     []string `json:"deps,omitempty"`
}

func buildInfo(deps bool) about {
	a := about{Version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return a
	}
	a.Go = info.GoVersion
	if info.Main.Version != "" {
		a.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			a.Revision = s.Value
		case "vcs.modified":
			a.Modified = s.Value == "true"
		}
	}
	if deps {
		for _, m := range info.Deps {
			a.Deps = append(a.Deps, m.Path+" "+m.Version)
		}
	}
	return a
}

func newVersion() *cobra.Command {
	var asJSON, deps bool
	c := &cobra.Command{
		Use: "version", Short: "Say which build this is, and what is in it", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a := buildInfo(deps)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(a)
			}
			say(c.OutOrStdout(), "interline %s (%s)\n", a.Version, a.Go)
			for _, d := range a.Deps {
				say(c.OutOrStdout(), "  %s\n", d)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON")
	c.Flags().BoolVar(&deps, "deps", false, "also list the modules that are linked in")
	return c
}
