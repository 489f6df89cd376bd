package all

import (
	"slices"

	"github.com/interline-ai/interline/catalog"
)

// Environment is where credentials are looked for.
type Environment struct {
	// Lookup returns an environment variable, as os.LookupEnv does.
	Lookup func(name string) (value string, ok bool)
	// Ambient names the kinds whose ambient credentials (a profile, an
	// identity of the machine) may be used. Nothing ambient is used unasked:
	// it may belong to something else that runs here, and bill it.
	Ambient []string
}

func (e Environment) has(name string) bool {
	v, ok := e.Lookup(name)
	return ok && v != ""
}

// first returns the name of the first variable that is set, or "".
func (e Environment) first(names ...string) string {
	for _, n := range names {
		if e.has(n) {
			return n
		}
	}
	return ""
}

func (e Environment) asked(kind string) bool { return slices.Contains(e.Ambient, kind) }

// State says what became of a finding.
type State string

// The states.
const (
	Enabled    State = "enabled"     // becomes a place
	Incomplete State = "incomplete"  // something is missing beside it
	Ambient    State = "not enabled" // found, but not used unasked
	Missing    State = "missing"     // not found
)

// Finding is what was found in an environment, or looked for in vain.
type Finding struct {
	Source string // the variables, as in "OPENAI_API_KEY"
	Place  string // the place it becomes, or would
	State  State
	Why    string // in one clause; may be empty
	Fix    string // what to type; may be empty
	// Settings are those of the place, with references to the variables and
	// never their values.
	Settings []Setting
	// Offers are the models that the place is expected to have.
	Offers []Offer
}

// Setting is one line of a place's settings.
type Setting struct{ Field, Value string }

// Offer is a model under the name callers use, and what the place calls it.
type Offer struct{ Model, At string }

// Chooser is implemented by settings some of whose fields take one of a few
// words.
type Chooser interface {
	// Choices returns the words by field.
	Choices() map[string][]string
}

func missing(source string) []Finding { return []Finding{{Source: source, State: Missing}} }

// same are models that the place calls by their own names.
func same(models ...string) []Offer {
	offers := make([]Offer, len(models))
	for i, m := range models {
		offers[i] = Offer{m, m}
	}
	return offers
}

// offers are the models that the catalog knows a kind of place to have.
func offers(kind, profile string) []Offer {
	var out []Offer
	for _, d := range catalog.Doors(kind) {
		out = append(out, Offer{d.Model, d.In(profile)})
	}
	return out
}
