// Package route says which deployments may serve a request, best first.
//
// For now the operator's order is the choice: a model lists its deployments and
// they are asked in that order. Whatever chooses better later does it behind
// [Table.Candidates].
package route

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
)

// Model is a model under the name that callers ask for.
type Model struct {
	Name        string
	Aliases     []string // other names that callers may use
	Deployments []*cloud.Deployment
}

// Table finds deployments by the caller's name of the model. It is immutable
// and may be used by many requests at once.
type Table struct {
	models []Model
	byName map[string]*Model
}

// NewTable returns the table of the models, whose names and aliases must be
// unique; the first one wins where they are not.
func NewTable(models []Model) *Table {
	t := &Table{models: slices.Clone(models), byName: make(map[string]*Model, len(models))}
	for i := range t.models {
		m := &t.models[i]
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if _, taken := t.byName[name]; !taken {
				t.byName[name] = m
			}
		}
	}
	return t
}

// Models returns all models in the operator's order; not to be changed.
func (t *Table) Models() []Model { return t.models }

// Every returns all deployments in the operator's order.
func (t *Table) Every() []*cloud.Deployment {
	var all []*cloud.Deployment
	for i := range t.models {
		all = append(all, t.models[i].Deployments...)
	}
	return all
}

// Candidates returns the deployments that may serve the request, best first;
// not to be changed. It returns nil when the model is unknown.
func (t *Table) Candidates(h *interline.Head) []*cloud.Deployment {
	m := t.byName[h.Model]
	if m == nil {
		return nil
	}
	return m.Deployments
}
