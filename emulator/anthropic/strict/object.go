package strict

import (
	"encoding/json"
	"slices"
)

// An Object is a JSON object being read. The typed methods return ok false when
// the member is absent or null, and also when it has the wrong type, which they
// note. The zero Object has no members and notes nothing.
type Object struct {
	Value
	names   []string // in the order of writing
	members map[string]json.RawMessage
}

// Names returns the members' names in the order of writing.
func (o Object) Names() []string { return o.names }

// Within returns the object with a word added to its path, for APIs that name
// the variant of a union in the paths of its members.
func (o Object) Within(word string) Object {
	o.path = join(o.path, word)
	return o
}

// Has tells whether a member is there and not null.
func (o Object) Has(name string) bool {
	_, ok := o.Get(name)
	return ok
}

// Get returns a member of any type, unless it is absent or null.
func (o Object) Get(name string) (Value, bool) {
	v := Value{o.doc, join(o.path, name), o.members[name]}
	return v, v.Type() != "null"
}

// Need notes each of the members that is absent or null.
func (o Object) Need(names ...string) {
	for _, name := range names {
		if !o.Has(name) {
			o.doc.add(Problem{Path: join(o.path, name), Kind: Missing})
		}
	}
}

// Only notes each member that is not among the names, unless null.
func (o Object) Only(names ...string) {
	for _, have := range o.names {
		if !slices.Contains(names, have) && o.Has(have) {
			o.doc.add(Problem{Path: join(o.path, have), Kind: Unknown})
		}
	}
}

// Raw returns a member as it was written, or nil.
func (o Object) Raw(name string) json.RawMessage {
	v, ok := o.Get(name)
	if !ok {
		return nil
	}
	return v.raw
}

// Text returns a string member.
func (o Object) Text(name string) (string, bool) { return read(o, name, Value.String) }

// Flag returns a boolean member.
func (o Object) Flag(name string) (value, ok bool) { return read(o, name, Value.Bool) }

// Float returns a number member.
func (o Object) Float(name string) (float64, bool) { return read(o, name, Value.Number) }

// Whole returns a whole-number member.
func (o Object) Whole(name string) (int, bool) { return read(o, name, Value.Int) }

// Items returns the elements of an array member.
func (o Object) Items(name string) ([]Value, bool) { return read(o, name, Value.List) }

// Sub returns an object member.
func (o Object) Sub(name string) (Object, bool) { return read(o, name, Value.Object) }

func read[T any](o Object, name string, as func(Value) (T, bool)) (T, bool) {
	v, ok := o.Get(name)
	if !ok {
		var none T
		return none, false
	}
	return as(v)
}
