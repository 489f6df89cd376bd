package jsonout

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestText(t *testing.T) {
	out := Text("data: ")
	half := 0.5
	out.Open('{')
	out.String("a", "x\"\n")
	out.Said("empty", "")
	out.Object("o")
	out.Int("i", -7)
	out.Float("f", &half)
	out.Float("g", nil)
	out.Bool("b", true)
	out.Null("n")
	out.Close('}')
	out.Array("l")
	out.Quote("1")
	out.Value([]byte("{ \"k\" : [1] } \n"))
	out.Open('[')
	out.Close(']')
	out.Open('{')
	out.Raw("r", []byte("2"))
	out.Close('}')
	out.Close(']')
	out.Close('}')
	want := `data: {"a":"x\"\n","o":{"i":-7,"f":0.5,"b":true,"n":null},"l":["1",{ "k" : [1] },[],{"r":2}]}`
	if string(out) != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	if !jsontext.Value(out[len("data: "):]).IsValid() {
		t.Error("not JSON")
	}
}
