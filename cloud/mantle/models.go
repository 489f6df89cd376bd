package mantle

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/messages"
	"github.com/interline-ai/interline/protocol/responses"
)

//go:embed models.yaml
var table []byte

// row says what the endpoint has for models whose ids begin so.
type row struct {
	Models string   `yaml:"models"`
	Path   string   `yaml:"path"`
	Speaks []string `yaml:"speaks"` // best first

	// How the languages deviate.
	MaxTokens   bool     `yaml:"max_tokens,omitempty"`   // knows no max_completion_tokens
	NoDeveloper bool     `yaml:"no_developer,omitempty"` // knows no developer role
	Refuses     []string `yaml:"refuses,omitempty"`
	LocalCalls  bool     `yaml:"local_calls,omitempty"` // counts calls from 0 in every answer of Responses

	languages []protocol.Translator
}

// readTable reads the rows, longest beginning first, with their languages.
func readTable(data []byte) ([]row, error) {
	var file struct {
		Rows []row `yaml:"rows"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read models.yaml: %w", err)
	}
	for i := range file.Rows {
		r := &file.Rows[i]
		for _, name := range r.Speaks {
			l := r.language(name)
			if l == nil {
				return nil, fmt.Errorf("read models.yaml: %q speaks %q", r.Models, name)
			}
			r.languages = append(r.languages, l)
		}
		if len(r.languages) == 0 || !strings.HasPrefix(r.Path, "/") {
			return nil, fmt.Errorf("read models.yaml: %q has no path or language", r.Models)
		}
	}
	slices.SortStableFunc(file.Rows, func(a, b row) int { return len(b.Models) - len(a.Models) })
	return file.Rows, nil
}

func (r *row) language(name string) protocol.Translator {
	switch name {
	case protocol.ChatCompletions:
		d := chatcompletions.Dialect{NoDeveloper: r.NoDeveloper, Refuses: r.Refuses}
		if r.MaxTokens {
			d.MaxTokens = "max_tokens"
		}
		return chatcompletions.New(d)
	case protocol.Responses:
		return responses.New(responses.Dialect{Refuses: r.Refuses, LocalCalls: r.LocalCalls})
	case protocol.Messages:
		return messages.New(messages.Dialect{NoSchema: true, NoFetch: true, Refuses: r.Refuses}) // refused (probes of 2026-08-22)
	}
	return nil
}
