// Package all is the list of the kinds of places there are, and what each kind
// wants to know: its settings, its credentials, what it finds in an
// environment. It is the one list one can read; adding a kind is one line in
// [Kinds] and one file beside this one.
//
// Settings are plain structs whose tags name and describe each field, from which
// the configuration's decoder and its schema are made, so that no other package
// knows a cloud by name. The package reads no file, asks no network and keeps
// nothing: making a place is cheap and cannot hang.
package all

import (
	"net/http"

	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
)

// Kinds returns every kind of place this build knows. Vendors' own APIs come
// first: that is also the order in which a discovered model's deployments are
// asked.
func Kinds() []Kind {
	return []Kind{
		openAIKind(), azureKind(), anthropicKind(), geminiKind(), bedrockKind(), mantleKind(), anthropicAWSKind(), vertexKind(), compatibleKind(),
	}
}

// Find returns the kind of that name.
func Find(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Kind is one kind of place.
type Kind struct {
	// Name is what a configuration calls it.
	Name string
	// Summary is one sentence for people.
	Summary string
	// New returns empty settings to decode into: a pointer to a struct whose
	// fields have json and jsonschema tags. A field without omitempty is
	// required.
	New func() Settings
	// Discover looks for the kind's credentials in an environment.
	Discover func(Environment) []Finding
}

// Settings are what a configuration says of one place.
type Settings interface {
	// Check returns what is wrong with the settings as a whole; what a single
	// field may hold by its type was checked before.
	Check() []Problem
	// Open makes the place of settings that have no problem.
	Open(Options) (*Place, error)
}

// Problem is something wrong in settings.
type Problem struct {
	Field   string // the field it is about, as in "entra.tenant_id"; "" is the place itself
	Message string // what is wrong
	Hint    string // what to do about it; may be empty
}

// Options are what a place gets from the program rather than from its settings.
type Options struct {
	// HTTP carries requests for tokens; nil means the credential library's
	// own client.
	HTTP *http.Client
}

// Place is an open place.
type Place struct {
	Origin string // scheme, host and port
	Base   string // path before every path, escaped
	Driver driver.Driver
	Signer cloud.Signer
	// Profile is the prefix of the place's inference profiles, for names that the
	// catalog has with one.
	Profile string
	// Scope is how far inference at the place may go, where its ids do not say:
	// a word of the catalog's, or "".
	Scope string
	// Choose returns the driver's options for a deployment that is asked in
	// the given languages, best first. It is nil where a deployment has no
	// choice.
	Choose func(model string, languages []string) (any, error)
}

// one wraps a single problem.
func one(field, message, hint string) []Problem {
	return []Problem{{Field: field, Message: message, Hint: hint}}
}
