package embed

import (
	"bytes"
	"slices"

	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/converse"
)

// bedrock says errors as Bedrock does on all of its own paths.
func bedrock(name string) speech { return speech{converse.New(converse.Dialect{}), name} }

// onlyFloat refuses vectors of bits or small integers: places that have them make
// them from more than the numbers they give away.
func onlyFloat(f *fields, name string) (said bool) {
	types := f.texts(name)
	for _, kind := range types {
		if kind != "float" {
			f.wrong(name, "'%s' may only be float here, since the model is at a place that has no other", name)
		}
	}
	return len(types) > 0
}

// first is the value of an object's member float, or else of its first; nil for
// none.
func first(obj jsonscan.Object) []byte {
	if v := obj.Value("float"); v != nil || len(obj.Members) == 0 {
		return v
	}
	return obj.Value(obj.Members[0].Name)
}

var invoked = [...]protocol.Embedder{NewTitan(), NewCohere()}

// Invoked returns the language of a body of InvokeModel, by the members that only
// it has, or nil.
func Invoked(body []byte) protocol.Embedder {
	for i, marks := range [...][]string{{"inputText"}, {"texts", "images", "input_type"}} {
		if hasMember(body, marks) {
			return invoked[i]
		}
	}
	return nil
}

// hasMember reports whether an object has one of the members at its top. Most
// bodies do not even have the word.
func hasMember(body []byte, names []string) bool {
	if !slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(body, []byte(`"`+name+`"`)) }) {
		return false
	}
	obj, err := jsonscan.Scan(body)
	if err != nil {
		return false // the chat language says what is wrong with it
	}
	return slices.ContainsFunc(names, func(name string) bool { _, ok := obj.Find(name); return ok })
}
