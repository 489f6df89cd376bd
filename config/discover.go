package config

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/interline-ai/interline/cloud/all"
)

// KeyVariable is the environment variable whose value becomes the callers' key
// of a configuration that is discovered.
const KeyVariable = "INTERLINE_KEY"

// Discovery is what an environment offers to a gateway without a document.
type Discovery struct {
	// Findings are the credentials that were found, used or not, and those
	// that were looked for in vain.
	Findings []all.Finding
	// Document is the document that says the same: references to the
	// variables, never their values. It is nil when nothing is enabled.
	Document []byte
	// Config is the document's; nil when nothing is enabled.
	Config *Config
}

// Discover looks for the credentials that the vendors' own tools use. ambient
// names the kinds whose ambient credentials may be used too, such as "bedrock"
// for a profile and "azure" for an identity of the machine. It looks at
// variables only, and asks nobody. An error is a [Problems] about the document
// that the environment amounts to, such as a base URL that is this gateway's
// own; the findings are returned with it.
func Discover(env Env, ambient ...string) (*Discovery, error) {
	d := &Discovery{}
	for _, k := range all.Kinds() {
		d.Findings = append(d.Findings, k.Discover(all.Environment{Lookup: env.lookup, Ambient: ambient})...)
	}
	enabled := slices.DeleteFunc(slices.Clone(d.Findings), func(f all.Finding) bool { return f.State != all.Enabled })
	if len(enabled) == 0 {
		return d, nil
	}
	_, hasKey := env.lookup(KeyVariable)
	document := write(enabled, hasKey)
	c, err := Parse("environment", document, env)
	if err != nil {
		return d, err
	}
	d.Document, d.Config = document, c
	return d, nil
}

// write says findings as a document.
func write(enabled []all.Finding, hasKey bool) []byte {
	var b bytes.Buffer
	if hasKey {
		fmt.Fprintf(&b, "keys:\n  - {name: default, key: \"${%s}\"}\n", KeyVariable)
	}
	b.WriteString("places:\n")
	var order []string
	deployments := make(map[string][]string)
	for _, f := range enabled {
		fmt.Fprintf(&b, "  %s:\n", f.Place)
		for _, s := range f.Settings {
			fmt.Fprintf(&b, "    %s: %s\n", s.Field, scalarText(s.Value))
		}
		for _, o := range f.Offers {
			if deployments[o.Model] == nil {
				order = append(order, o.Model)
			}
			deployments[o.Model] = append(deployments[o.Model], fmt.Sprintf("{place: %s, model: %q}", f.Place, o.At))
		}
	}
	b.WriteString("models:\n")
	for _, m := range order {
		fmt.Fprintf(&b, "  %q:\n    deployments:\n", m)
		for _, d := range deployments[m] {
			fmt.Fprintf(&b, "      - %s\n", d)
		}
	}
	return b.Bytes()
}

// scalarText writes a setting's value; {} is the empty mapping.
func scalarText(v string) string {
	if v == "{}" {
		return v
	}
	return quoted(v)
}
