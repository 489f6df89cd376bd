package config

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/interline-ai/interline/cloud/all"
)

var durationType = reflect.TypeFor[time.Duration]()

// written is the text of a scalar as it was written, references and all.
func written(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	}
	return "", false
}

// scalar returns the text of a node with its references replaced. Numbers and
// the like are refused: what looks like a number to YAML may have lost its
// zeros.
func (d *decoder) scalar(n ast.Node, path string) (string, bool) {
	text, ok := written(n)
	if !ok {
		hint := ""
		if _, isScalar := n.(ast.ScalarNode); isScalar {
			hint = "put it in quotes"
		}
		d.report(position(n), path, "expected text, but this is "+kindOf(n), hint)
		return "", false
	}
	return d.expanded(n, text, path)
}

// loose is scalar for fields that may also be written as a plain number.
func (d *decoder) loose(n ast.Node, path string) (string, bool) {
	switch n.Type() {
	case ast.IntegerType, ast.FloatType:
		return n.GetToken().Value, true
	}
	return d.scalar(n, path)
}

func (d *decoder) expanded(n ast.Node, text, path string) (string, bool) {
	value, err := d.env.expand(text)
	if err != nil {
		d.report(position(n), path, err.Error(), "")
		return "", false
	}
	return value, true
}

// text decodes a scalar into a type that reads text. Its errors may quote the
// text, so secrets must have none.
func (d *decoder) text(n ast.Node, t encoding.TextUnmarshaler, path string) {
	read := d.scalar
	if _, isSize := t.(*Size); isSize {
		read = d.loose
	}
	s, ok := read(n, path)
	if !ok {
		return
	}
	if strings.TrimSpace(s) == "" {
		d.report(position(n), path, "it is empty", "")
		return
	}
	if err := t.UnmarshalText([]byte(s)); err != nil {
		d.report(position(n), path, err.Error(), "")
	}
}

func (d *decoder) duration(n ast.Node, v reflect.Value, path string) {
	s, ok := d.loose(n, path)
	if !ok {
		return
	}
	t, err := time.ParseDuration(s)
	if err != nil || t < 0 {
		d.report(position(n), path, quoted(s)+" is not a duration", "write it with a unit, as in 500ms, 5s or 10m")
		return
	}
	v.SetInt(int64(t))
}

func (d *decoder) integer(n ast.Node, v reflect.Value, path string) {
	s, ok := d.loose(n, path)
	if !ok {
		return
	}
	i, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		d.report(position(n), path, quoted(s)+" is not a whole number", "")
		return
	}
	v.SetInt(i)
}

// place decodes a place: its kind says which other fields it may have.
func (d *decoder) place(e *ast.MappingValueNode, p *Place, path string) {
	d.doc.at[path] = position(e.Key)
	if !d.plain(e.Value, path) {
		return
	}
	entries, ok := d.entries(e.Value, path)
	if !ok {
		return
	}
	kind, ok := d.kind(entries, p, path)
	if !ok {
		return
	}
	before := len(d.problems)
	settings := kind.New()
	fields := fieldsOf(reflect.ValueOf(settings).Elem())
	rest := slices.DeleteFunc(entries, func(e *ast.MappingValueNode) bool { return e.Key.GetToken().Value == "kind" })
	d.members(rest, path, fields, func(name string) (string, string) { return d.strangeField(name, kind, fields) })
	d.choices(settings, fields, path)
	if len(d.problems) == before { // what could not be read is not judged as a whole
		p.Settings = settings
	}
}

// choices checks the fields that take one of a few words.
func (d *decoder) choices(settings all.Settings, fields []field, path string) {
	c, ok := settings.(all.Chooser)
	if !ok {
		return
	}
	words := c.Choices()
	for _, f := range fields {
		known := words[f.name]
		if known == nil || f.value.String() == "" || slices.Contains(known, f.value.String()) {
			continue
		}
		at := below(path, f.name)
		hint := "there are " + strings.Join(known, ", ")
		if meant := nearest(f.value.String(), known); meant != "" {
			hint = "did you mean " + quoted(meant) + "?"
		}
		d.report(d.doc.at[at], at, "unknown "+f.name+" "+quoted(f.value.String()), hint)
	}
}

// kind finds the kind among the entries of a place.
func (d *decoder) kind(entries []*ast.MappingValueNode, p *Place, path string) (all.Kind, bool) {
	kinds := make([]string, 0, 8)
	for _, k := range all.Kinds() {
		kinds = append(kinds, k.Name)
	}
	for _, e := range entries {
		if e.Key.GetToken().Value != "kind" {
			continue
		}
		at := below(path, "kind")
		d.entry(e, reflect.ValueOf(&p.Kind).Elem(), at)
		k, known := all.Find(p.Kind)
		if !known && p.Kind != "" {
			hint := "there are " + strings.Join(kinds, ", ")
			if meant := nearest(p.Kind, kinds); meant != "" {
				hint = "did you mean " + quoted(meant) + "?"
			}
			d.report(position(e.Value), at, "unknown kind "+quoted(p.Kind), hint)
		}
		return k, known
	}
	d.report(d.doc.at[path], path, "the field \"kind\" is missing", "it is one of "+strings.Join(kinds, ", "))
	return all.Kind{}, false
}

// strangeField says what is wrong with a field that the kind does not have,
// which may be another kind's.
func (d *decoder) strangeField(name string, kind all.Kind, fields []field) (message, hint string) {
	for _, other := range all.Kinds() {
		for _, f := range fieldsOf(reflect.ValueOf(other.New()).Elem()) {
			if f.name == name {
				return "the kind " + kind.Name + " has no field " + quoted(name) + "; the kind " + other.Name + " has", "there are " + strings.Join(names(fields), ", ")
			}
		}
	}
	return "unknown field " + quoted(name), "the kind " + kind.Name + " has " + strings.Join(names(fields), ", ")
}
