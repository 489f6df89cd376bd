// Package catalog is what exists: the habits of models ([Traits]), whoever serves
// them; what each kind of place calls them ([Doors]); and the ways to buy them, with
// their dated prices ([Offers]). All are keyed by the same names ([Name]).
//
// Facts are data with their source; nothing here decides or asks anybody. It is
// immutable and may be used by any goroutine.
package catalog

import (
	"slices"
	"strings"

	"github.com/interline-ai/interline"
)

// Traits returns the habits of a model by any name a place gives it, such as
// "us.anthropic.claude-haiku-4-5-20251001-v1:0", "openai/gpt-oss-120b" or
// "gpt-5.5-2026-04-23". A model that is not known has the zero value: it is
// taken to accept everything.
func Traits(model string) interline.Traits {
	name := Name(model)
	best := -1
	for i, r := range table {
		if is(name, r.name) && (best < 0 || len(r.name) > len(table[best].name)) {
			best = i
		}
	}
	if best < 0 {
		return interline.Traits{}
	}
	t := table[best].traits
	t.NoEfforts = slices.Clone(t.NoEfforts)
	return t
}

// is reports whether the name is the model's, bare or with a date, a version or
// a size after it.
func is(name, model string) bool {
	rest, ok := strings.CutPrefix(name, model)
	return ok && (rest == "" || strings.ContainsRune("-:@", rune(rest[0])))
}

// Prefixes that places put before a model's own name.
var (
	// profiles are those of Bedrock's inference profiles (Bedrock user guide,
	// "Inference profiles", 2026-11).
	profiles = []string{"us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"}
	// vendors are those of Bedrock's model ids.
	vendors = []string{
		"ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshot", "moonshotai",
		"nvidia", "openai", "qwen", "writer", "xai", "zai",
	}
)

// Name is the model's own name in lower case, without the path, the profile and
// the vendor that a place puts before it. What follows it (a date, a version)
// stays. Claude's version numbers are written with hyphens, as its maker does.
func Name(model string) string {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, prefixes := range [][]string{profiles, vendors} {
		if prefix, rest, ok := strings.Cut(name, "."); ok && slices.Contains(prefixes, prefix) {
			name = rest
		}
	}
	if strings.HasPrefix(name, "claude-") {
		name = strings.ReplaceAll(name, ".", "-")
	}
	return name
}
