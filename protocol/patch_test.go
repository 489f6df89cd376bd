package protocol

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline/internal/jsonscan"
)

func TestCuts(t *testing.T) {
	const body = `{ "a" : 1 , "b":[2], "c": "3" }`
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, body},
		{[]string{"x"}, body},
		{[]string{"a"}, `{ "b":[2], "c": "3" }`},
		{[]string{"b"}, `{ "a" : 1 , "c": "3" }`},
		{[]string{"c"}, `{ "a" : 1 , "b":[2] }`},
		{[]string{"b", "c"}, `{ "a" : 1 }`},
		{[]string{"a", "b"}, `{ "c": "3" }`},
		{[]string{"a", "c"}, `{ "b":[2] }`},
		{[]string{"a", "b", "c"}, `{  }`},
	} {
		obj, err := jsonscan.Scan([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got := string(Splice(obj.Body, Cuts(obj, tt.names)).Bytes())
		if got != tt.want || !jsontext.Value(got).IsValid() {
			t.Errorf("cut %q: %s, want %s", tt.names, got, tt.want)
		}
	}
}

func TestInsert(t *testing.T) {
	for body, want := range map[string]string{
		`{ "a":1}`: `{"s":true, "a":1}`,
		`{}`:       `{"s":true}`,
	} {
		obj, err := jsonscan.Scan([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Splice(obj.Body, []Replacement{Insert(obj, `"s":true`)}).Bytes()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSpliceOfNothingIsTheBody(t *testing.T) {
	body := []byte(`{"a":1}`)
	out := Splice(body, nil)
	if len(out) != 1 || &out[0][0] != &body[0] {
		t.Error("the body was copied or cut")
	}
}
