package emulator

import (
	"fmt"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic"
	"github.com/interline-ai/interline/emulator/azure"
	"github.com/interline-ai/interline/emulator/bedrock"
	"github.com/interline-ai/interline/emulator/claudeaws"
	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini"
	"github.com/interline-ai/interline/emulator/mantle"
	"github.com/interline-ai/interline/emulator/openai"
	"github.com/interline-ai/interline/emulator/vertex"
)

// Names lists the places there are, by the names they have unless told
// otherwise.
func Names() []string {
	return []string{"openai", "azure", "bedrock", "mantle", "anthropic", "claudeaws", "gemini", "vertex"}
}

// Places makes the named places with their default settings; no names means
// all of [Names]. Use the constructors of the dialect packages for
// other settings, or for two places of one kind.
func Places(names ...string) ([]core.Place, error) {
	if len(names) == 0 {
		names = Names()
	}
	var places []core.Place
	for _, name := range names {
		p, err := byName(name)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

func byName(name string) (core.Place, error) {
	switch name {
	case "openai":
		return openai.New(openai.Options{}), nil
	case "azure":
		return azure.New(azure.Options{})
	case "bedrock":
		return bedrock.New(bedrock.Options{}), nil
	case "mantle":
		return mantle.New(mantle.Options{}), nil
	case "claudeaws":
		return claudeaws.New(claudeaws.Options{}), nil
	case "anthropic":
		return anthropic.New(anthropic.Options{}), nil
	case "gemini":
		return gemini.New(gemini.Options{}), nil
	case "vertex":
		return vertex.New(vertex.Options{}), nil
	}
	return nil, fmt.Errorf("unknown place %q; there are: %s", name, strings.Join(Names(), ", "))
}
