package config

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decoder fills values from a document by the json tags of their types, and
// collects what is wrong instead of stopping at it.
type decoder struct {
	doc      *document
	env      Env
	problems Problems
}

func (d *decoder) report(at *token.Position, path, message, hint string) {
	d.problems = append(d.problems, d.doc.problem(at, path, message, hint))
}

// verdict returns all problems in the order they stand in the document, or nil.
func (d *decoder) verdict() error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return d.problems
}

// value decodes a node into an addressable value.
func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	if d.doc.at[path] == nil {
		d.doc.at[path] = position(n)
	}
	if !d.plain(n, path) {
		return
	}
	if v.Type() == durationType {
		d.duration(n, v, path)
		return
	}
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, t, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.Struct:
		d.structure(n, path, fieldsOf(v))
	case reflect.Slice:
		if named(v.Type().Elem()) {
			d.mapping(n, v, path)
		} else {
			d.sequence(n, v, path)
		}
	case reflect.String:
		if s, ok := d.scalar(n, path); ok {
			v.SetString(s)
		}
	case reflect.Int:
		d.integer(n, v, path)
	default:
		panic("config: no decoder for " + v.Type().String()) // a mistake in this package's types
	}
}

// plain refuses what YAML can but this document may not.
func (d *decoder) plain(n ast.Node, path string) bool {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		d.report(position(n), path, "anchors and aliases are not supported", "write it out")
	case ast.TagType:
		d.report(position(n), path, "tags are not supported", "leave the tag out")
	case ast.NullType:
		d.report(d.doc.at[path], path, "it has no value", "write one, or leave the field out")
	default:
		return true
	}
	return false
}

// field is one field of a struct that is being decoded into.
type field struct {
	name     string
	value    reflect.Value
	required bool
}

func fieldsOf(v reflect.Value) []field {
	var all []field
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous { // fields that several kinds share
			all = append(all, fieldsOf(v.Field(i))...)
			continue
		}
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			all = append(all, field{name, v.Field(i), !strings.Contains(options, "omit")})
		}
	}
	return all
}

func names(fields []field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return all
}

// structure decodes a mapping into fields.
func (d *decoder) structure(n ast.Node, path string, fields []field) {
	entries, ok := d.entries(n, path)
	if !ok {
		return
	}
	d.members(entries, path, fields, func(name string) (string, string) {
		return "unknown field " + quoted(name), "there are " + strings.Join(names(fields), ", ")
	})
}

// members decodes the entries of a mapping into fields; unknown says what to
// tell of an entry that is none of them and is like none of them. A field that
// was probably misspelt is not told as missing besides.
func (d *decoder) members(entries []*ast.MappingValueNode, path string, fields []field, unknown func(string) (message, hint string)) {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		name := e.Key.GetToken().Value
		seen[name] = true
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			message, hint := unknown(name)
			if meant := nearest(name, names(fields)); meant != "" {
				message, hint = "unknown field "+quoted(name), "did you mean "+quoted(meant)+"?"
				seen[meant] = true
			}
			d.report(position(e.Key), path, message, hint)
			continue
		}
		d.entry(e, fields[i].value, below(path, name))
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			d.report(d.doc.at[path], path, "the field "+quoted(f.name)+" is missing", "")
		}
	}
}

// entry decodes the value of a mapping's entry, whose key is where it stands.
func (d *decoder) entry(e *ast.MappingValueNode, v reflect.Value, path string) {
	d.doc.at[path] = position(e.Key)
	d.value(e.Value, v, path)
}

// entries returns the entries of a mapping without those that stand in it
// twice.
func (d *decoder) entries(n ast.Node, path string) ([]*ast.MappingValueNode, bool) {
	var all []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		all = m.Values
	case *ast.MappingValueNode:
		all = []*ast.MappingValueNode{m}
	default:
		d.report(position(n), path, "expected a mapping of names to values, but this is "+kindOf(n), "")
		return nil, false
	}
	first := make(map[string]*token.Position, len(all))
	return slices.DeleteFunc(slices.Clone(all), func(e *ast.MappingValueNode) bool {
		if e.Key.Type() == ast.MergeKeyType || e.Key.Type() == ast.MappingKeyType {
			d.report(position(e.Key), path, "only plain names are supported as keys", "write it out")
			return true
		}
		name, at := e.Key.GetToken().Value, position(e.Key)
		if before := first[name]; before != nil {
			d.report(at, path, fmt.Sprintf("%s stands here a second time; the first is in line %d", quoted(name), before.Line), "keep one")
			return true
		}
		first[name] = at
		return false
	}), true
}

// named reports whether values of the type are written as entries of a
// mapping, which gives them their names.
func named(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Name")
	return ok && f.Tag.Get("json") == "-"
}

// mapping decodes the entries of a mapping into a slice, in their order.
func (d *decoder) mapping(n ast.Node, v reflect.Value, path string) {
	entries, ok := d.entries(n, path)
	if !ok {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(entries), len(entries)))
	for i, e := range entries {
		item, name := v.Index(i), e.Key.GetToken().Value
		item.FieldByName("Name").SetString(name)
		if p, ok := item.Addr().Interface().(*Place); ok {
			d.place(e, p, below(path, name))
			continue
		}
		d.entry(e, item, below(path, name))
	}
}

func (d *decoder) sequence(n ast.Node, v reflect.Value, path string) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.report(position(n), path, "expected a list, but this is "+kindOf(n), "")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	for i, item := range s.Values {
		d.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func below(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// kindOf says what a node is, for people.
func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number"
	case ast.BoolType:
		return "true or false"
	case ast.NullType:
		return "nothing"
	}
	return "text"
}
