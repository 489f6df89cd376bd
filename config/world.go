package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/catalog"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/route"
)

// World is what a configuration describes, ready to be walked through.
type World struct {
	Listen   string
	Keys     []Key
	Models   []route.Model
	Losses   Losses
	State    State
	Fetch    Fetch
	Timeouts Timeouts
	Limits   Limits
	Drain    Drain
}

// Build makes the world of a configuration. Signers are new, so their tokens
// are fetched anew; nothing is started and nobody is asked.
func (c *Config) Build(o all.Options) (*World, error) {
	var problems []error
	k := &checker{config: c, report: func(path, message, _ string) {
		problems = append(problems, fmt.Errorf("build %s: %s", path, message))
	}}
	models := k.models(k.places(o))
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &World{
		Listen: c.Listen, Keys: slices.Clone(c.Keys), Models: models, Losses: c.Losses, State: c.State, Fetch: c.Fetch,
		Timeouts: c.Timeouts, Limits: c.Limits, Drain: c.Drain,
	}, nil
}

// models checks the models and makes their deployments at the open places.
func (k *checker) models(open map[string]*all.Place) []route.Model {
	taken := make(map[string]string)
	models := make([]route.Model, 0, len(k.config.Models))
	for _, m := range k.config.Models {
		path := "models." + m.Name
		k.claim(taken, m.Name, m.Name, path)
		for i, alias := range m.Aliases {
			k.claim(taken, alias, m.Name, fmt.Sprintf("%s.aliases[%d]", path, i))
		}
		if m.Deployments != nil && len(m.Deployments) == 0 {
			k.report(path+".deployments", "there are none", "add one, as in {place: openai, model: gpt-5.5}")
		}
		models = append(models, route.Model{Name: m.Name, Aliases: m.Aliases, Deployments: k.deployments(m, open)})
	}
	if k.config.Models != nil && len(models) == 0 {
		k.report("models", "there are none", "")
	}
	return models
}

// claim reports a name that another model has already.
func (k *checker) claim(taken map[string]string, name, model, path string) {
	if name == "" {
		k.report(path, "a name cannot be empty", "")
	}
	if owner, ok := taken[name]; ok {
		k.report(path, fmt.Sprintf("%q is a name of the model %q already", name, owner), "callers could not tell them apart")
		return
	}
	taken[name] = model
}

func (k *checker) deployments(m Model, open map[string]*all.Place) []*cloud.Deployment {
	var made []*cloud.Deployment
	m.Deployments = slices.Clone(m.Deployments) // names are filled in
	seen := make(map[[2]string]bool)
	for i, d := range m.Deployments {
		path := fmt.Sprintf("models.%s.deployments[%d]", m.Name, i)
		if d.Place == "" { // told as missing
			continue
		}
		if !slices.ContainsFunc(k.config.Places, func(p Place) bool { return p.Name == d.Place }) {
			k.unknownPlace(path+".place", d.Place)
			continue
		}
		if d.Model == "" {
			d.Model = k.known(m.Name, d.Place, open[d.Place], path)
			m.Deployments[i].Model = d.Model
		}
		at := [2]string{d.Place, d.Model}
		switch {
		case d.Model == "": // told
			continue
		case seen[at]:
			k.report(path, fmt.Sprintf("%q at %s stands in this list already", d.Model, d.Place), "")
			continue
		}
		seen[at] = true
		if place := open[d.Place]; place != nil {
			made = append(made, k.deployment(m, d, place, path))
		}
	}
	return made
}

// known is what the catalog knows a place to call a model, or "" after a report.
func (k *checker) known(model, place string, open *all.Place, path string) string {
	kind := k.kind(place)
	d, ok := catalog.At(model, kind)
	if !ok {
		k.report(path, fmt.Sprintf("the field \"model\" is missing, and the catalog does not know what a place of kind %s calls %s", kind, model),
			"write model: and the name that it has there")
		return ""
	}
	profile := ""
	if open != nil {
		profile = open.Profile
	}
	return d.In(profile)
}

// kind is that of a place there is.
func (k *checker) kind(place string) string {
	i := slices.IndexFunc(k.config.Places, func(p Place) bool { return p.Name == place })
	return k.config.Places[i].Kind
}

// costOf is what the catalog knows of the price of a model by one of its names at a
// kind of place; nil for nothing.
func costOf(kind, scope string, names ...string) func(interline.Usage, time.Time) (int64, bool) {
	for _, name := range names {
		if o := catalog.Sold(kind, name, scope); o != nil {
			return o.Cost
		}
	}
	return nil
}

func (k *checker) unknownPlace(path, name string) {
	known := make([]string, len(k.config.Places))
	for i, p := range k.config.Places {
		known[i] = p.Name
	}
	hint := "there are " + strings.Join(known, ", ")
	if meant := nearest(name, known); meant != "" {
		hint = "did you mean " + quoted(meant) + "?"
	} else if len(known) == 0 {
		hint = "places has none"
	}
	k.report(path, "unknown place "+quoted(name), hint)
}

// deployment makes one deployment. Its name is the place's, with the model
// where the place has several deployments of this model.
func (k *checker) deployment(m Model, d Deployment, place *all.Place, path string) *cloud.Deployment {
	name := d.Place
	for _, other := range m.Deployments {
		if other.Place == d.Place && other.Model != d.Model {
			name = d.Place + "/" + d.Model
		}
	}
	is := d.Is
	if is == "" {
		is = d.Model
	}
	made := &cloud.Deployment{Driver: place.Driver, Signer: place.Signer, Deployment: driver.Deployment{
		Name: name, Place: d.Place, Origin: place.Origin, Base: place.Base, Model: d.Model, Traits: catalog.Traits(is),
	}}
	made.Cost = costOf(k.kind(d.Place), place.Scope, d.Model, is)
	if len(d.Speaks) > 0 {
		k.speak(d, made, place, path+".speaks")
	}
	for _, l := range place.Driver.Speaks(&made.Deployment, interline.OperationChat) {
		if _, err := place.Driver.Call(&made.Deployment, l.Name(), &interline.Head{Operation: interline.OperationChat}, nil, nil); err != nil {
			k.report(path+".model", fmt.Sprintf("%q cannot be the name of a model here: %v", d.Model, err), "")
			break
		}
	}
	return made
}

// speak applies the operator's choice of languages.
func (k *checker) speak(d Deployment, made *cloud.Deployment, place *all.Place, path string) {
	for i, l := range d.Speaks {
		if !slices.Contains(languages, l) {
			hint := "there are " + strings.Join(languages, ", ")
			if meant := nearest(l, languages); meant != "" {
				hint = "did you mean " + quoted(meant) + "?"
			}
			k.report(fmt.Sprintf("%s[%d]", path, i), "unknown language "+quoted(l), hint)
			return
		}
	}
	usual := spoken(made)
	if place.Choose == nil {
		if !slices.Equal(usual, d.Speaks) {
			k.report(path, fmt.Sprintf("%s speaks %s and offers no choice", d.Place, strings.Join(usual, ", ")), "leave speaks out")
		}
		return
	}
	options, err := place.Choose(d.Model, d.Speaks)
	if err != nil {
		k.report(path, err.Error(), "it usually speaks "+strings.Join(usual, ", "))
		return
	}
	made.Options = options
}

func spoken(d *cloud.Deployment) (names []string) {
	for _, l := range d.Driver.Speaks(&d.Deployment, interline.OperationChat) {
		names = append(names, l.Name())
	}
	return names
}
