package compatible

import (
	"embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/chatcompletions"
)

// files are the vendors, one YAML document each; its name is the vendor's.
//
//go:embed vendors/*.yaml
var files embed.FS

// Vendor is what differs between compatible places.
type Vendor struct {
	// Name is what a configuration calls the vendor: the name of its file.
	Name string `yaml:"-"`
	// Title is the vendor's own spelling.
	Title string `yaml:"title"`
	// Endpoint is where the vendor is, with the path that precedes
	// /chat/completions. For software that one runs oneself it is where that
	// listens by default.
	Endpoint string `yaml:"endpoint"`
	// Local says that it is software one runs oneself, for which a key is
	// optional.
	Local bool `yaml:"local,omitempty"`
	// KeyVariable is the environment variable that the vendor's own clients
	// read the key from; empty if there is none.
	KeyVariable string `yaml:"key_variable,omitempty"`
	// KeyHeader is the header that takes the key; empty means a bearer token
	// in Authorization.
	KeyHeader string `yaml:"key_header,omitempty"`
	// Resets are the response headers that say when a rate limit resets.
	Resets []string `yaml:"resets,omitempty"`
	// Embeddings says that it makes vectors too, at /embeddings.
	Embeddings bool `yaml:"embeddings,omitempty"`
	// Dialect is how its Chat Completions deviate.
	Dialect Dialect `yaml:"dialect,omitempty"`
	// Faults are errors of its own.
	Faults []Rule `yaml:"faults,omitempty"`
	// Sources are the pages this file was written from.
	Sources []Source `yaml:"sources"`
}

// Source is a page, and when it was last read (YYYY-MM or YYYY-MM-DD): "never"
// for one that documents what is written here from other sources, such as
// recordings, and has yet to be compared.
type Source struct {
	Page string `yaml:"page"`
	Read string `yaml:"read"`
}

// Dialect is chatcompletions.Dialect as a vendor's file writes it.
type Dialect struct {
	MaxTokens       string   `yaml:"max_tokens,omitempty"`
	Required        string   `yaml:"required,omitempty"`
	Seed            string   `yaml:"seed,omitempty"`
	Reasoning       string   `yaml:"reasoning,omitempty"`
	ShortToolIDs    bool     `yaml:"short_tool_ids,omitempty"`
	NoDeveloper     bool     `yaml:"no_developer,omitempty"`
	NoStreamOptions bool     `yaml:"no_stream_options,omitempty"`
	NoDone          bool     `yaml:"no_done,omitempty"`
	ReasoningApart  bool     `yaml:"reasoning_apart,omitempty"`
	Refuses         []string `yaml:"refuses,omitempty"`
}

func (d Dialect) language() chatcompletions.Dialect {
	return chatcompletions.Dialect{
		MaxTokens: d.MaxTokens, Required: d.Required, Seed: d.Seed, Reasoning: d.Reasoning,
		ShortToolIDs: d.ShortToolIDs, NoDeveloper: d.NoDeveloper, NoStreamOptions: d.NoStreamOptions,
		NoDone: d.NoDone, ReasoningApart: d.ReasoningApart, Refuses: d.Refuses,
	}
}

// Rule reads one error of a vendor: by its code or type, or, where it has
// none, by what its message says.
type Rule struct {
	Code  string  `yaml:"code,omitempty"`
	Says  string  `yaml:"says,omitempty"`
	Means Meaning `yaml:"means"`
}

// Meaning is what an error permits, in a word.
type Meaning string

// The meanings.
const (
	Throttled Meaning = "throttled" // a rate limit
	Overload  Meaning = "overloaded"
	Unpaid    Meaning = "unpaid" // money or quota is finished
	Filtered  Meaning = "filtered"
	TooLong   Meaning = "too_long" // longer than the model's context
	Incapable Meaning = "incapable"
)

func (m Meaning) class() interline.Class {
	switch m {
	case Throttled:
		return interline.C5Throttle
	case Overload:
		return interline.C6Overload
	case Unpaid:
		return interline.C4Quota
	case Filtered:
		return interline.C1Policy
	}
	return interline.C2Capability
}

func (m Meaning) code() interline.Code {
	switch m {
	case Throttled:
		return interline.CodeRateLimit
	case Overload:
		return interline.CodeOverloaded
	case Unpaid:
		return interline.CodeBilling
	case Filtered:
		return interline.CodeContent
	case TooLong:
		return interline.CodeContext
	}
	return interline.CodeInvalid
}

func (m Meaning) known() bool {
	switch m {
	case Throttled, Overload, Unpaid, Filtered, TooLong, Incapable:
		return true
	}
	return false
}

// Names lists the vendors there are, sorted.
func Names() []string {
	entries, err := files.ReadDir("vendors")
	if err != nil {
		return nil // the directory is embedded
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Find returns the vendor of the name.
func Find(name string) (Vendor, error) {
	data, err := files.ReadFile("vendors/" + name + ".yaml")
	if err != nil {
		return Vendor{}, fmt.Errorf("find vendor %q: there are %s", name, strings.Join(Names(), ", "))
	}
	v := Vendor{Name: name}
	if err := yaml.UnmarshalWithOptions(data, &v, yaml.Strict()); err != nil {
		return Vendor{}, fmt.Errorf("read vendor %q: %w", name, err)
	}
	return v, nil
}
