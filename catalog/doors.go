package catalog

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed doors.yaml
var doorsFile []byte

// Door is a model at a kind of place.
type Door struct {
	Model string // as its maker calls it
	ID    string // as the place does; see [Door.In]
}

// In returns the id with the prefix of the inference profiles of a region, where it
// has one.
func (d Door) In(profile string) string { return strings.Replace(d.ID, profilePlace, profile, 1) }

const profilePlace = "{profile}"

// Doors returns the models that a kind of place is known to have, newest first
// within each maker. A file that is built in wrongly is told by the tests.
func Doors(kind string) []Door {
	all, _ := doors()
	return append([]Door(nil), all[kind]...)
}

// At returns what a kind of place calls a model; ok is false where that is not
// known.
func At(model, kind string) (Door, bool) {
	all, _ := doors()
	for _, d := range all[kind] {
		if d.Model == model {
			return d, true
		}
	}
	return Door{}, false
}

// doors reads the table once.
var doors = sync.OnceValues(func() (map[string][]Door, error) { return readDoors(doorsFile) })

func readDoors(data []byte) (map[string][]Door, error) {
	var file struct {
		Models yaml.MapSlice `yaml:"models"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict(), yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("read doors.yaml: %w", err)
	}
	all := map[string][]Door{}
	for _, m := range file.Models {
		model, ok := m.Key.(string)
		at, isMap := m.Value.(yaml.MapSlice)
		if !ok || !isMap || len(at) == 0 {
			return nil, fmt.Errorf("read doors.yaml: %v has no places", m.Key)
		}
		for _, p := range at {
			kind, ok := p.Key.(string)
			id, isText := p.Value.(string)
			if !ok || !isText || id == "" {
				return nil, fmt.Errorf("read doors.yaml: %s at %v is called %v", model, p.Key, p.Value)
			}
			all[kind] = append(all[kind], Door{model, id})
		}
	}
	return all, nil
}
