package jsonscan

import (
	"encoding/json"
	"testing"
)

func TestCursor(t *testing.T) {
	c := At([]byte(`{"i":120,"t":"Grüße","o":{},"a":[1,2],"e":[]}`))
	c.Take('{')
	var got []any
	for first := true; ; first = false {
		name := c.Member(first)
		if name == nil {
			break
		}
		got = append(got, string(name))
		switch string(name) {
		case "i":
			got = append(got, c.Int())
		case "t":
			got = append(got, string(c.Text()))
		case "o":
			c.Take('{')
			if c.Member(true) != nil {
				t.Error("an empty object has a member")
			}
		case "a":
			c.Take('[')
			for first := true; c.Element(first); first = false {
				got = append(got, c.Int())
			}
		case "e":
			c.Empty()
		}
	}
	want := `["i",120,"t","Grüße","o","a",1,2,"e"]`
	if text, _ := json.Marshal(got); string(text) != want || !c.OK() {
		t.Errorf("%s, whole %v; want %s", text, c.OK(), want)
	}
}

func TestCursorFails(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":1 }`, `{ "a":1}`, `{"a":-1}`, `{"a":1.5}`, `{"a":1e3}`, `{"a":01}`,
		`{"a":1234567890123456789}`, `{"a\u0062":1}`, `{"a":1}}`, `{"a":1}{`, "{\"a\xff\":1}", "{\"a\n\":1}", `{,"a":1}`, `{"a":1"b":2}`, `[]`, `{"a":"1"}`,
	} {
		c := At([]byte(text))
		c.Take('{')
		for first := true; c.Member(first) != nil; first = false {
			c.Int()
		}
		if c.OK() {
			t.Errorf("%q is read", text)
		}
	}
}

// What the cursor reads is JSON, and is what JSON says.
func FuzzCursor(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":"x","a":2}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := map[string]any{}
		c := At(b)
		c.Take('{')
		for first := true; ; first = false {
			name := c.Member(first)
			if name == nil {
				break
			}
			if c.Peek() == '"' {
				got[string(name)] = string(c.Text())
			} else {
				got[string(name)] = float64(c.Int())
			}
		}
		if !c.OK() {
			return
		}
		want := map[string]any{}
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatalf("%q is read: %v", b, err)
		}
		for name, v := range want {
			if got[name] != v {
				t.Errorf("%q: %s is %v, want %v", b, name, got[name], v)
			}
		}
	})
}
