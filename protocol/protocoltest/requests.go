package protocoltest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// testRequest holds one request to the laws of patching, reading and writing.
func testRequest(t *testing.T, lang protocol.Translator, r Request) {
	o, err := lang.Open(r.Spoken, []byte(r.Body))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if o.Head.Model == "" || o.Head.InputSize != len(r.Body) {
		t.Errorf("head = %+v", o.Head)
	}
	testPatch(t, lang, o)
	words, err := lang.ReadRequest(o)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	target := protocol.Target{Model: words.Model, From: lang.Name()}
	body, losses := write(t, lang, words, target)
	again, lossesAgain := write(t, lang, words, target)
	if string(body) != string(again) || !slices.Equal(losses, lossesAgain) {
		t.Errorf("written twice, the request differs:\n%s\n%s", body, again)
	}
	o2, err := lang.Open(r.Spoken, body)
	if err != nil {
		t.Fatalf("open what was written: %v\n%s", err, body)
	}
	words2, err := lang.ReadRequest(o2)
	if err != nil {
		t.Fatalf("read what was written: %v\n%s", err, body)
	}
	stable, _ := write(t, lang, words2, target)
	if string(stable) != string(body) {
		t.Errorf("read back and written again, the request differs:\n%s\n%s", body, stable)
	}
	if o.Head.Needs&^o2.Head.Needs&^interline.CapReasoning != 0 && len(losses) == 0 {
		t.Errorf("needs %b became %b", o.Head.Needs, o2.Head.Needs)
	}
}

func write(t *testing.T, lang protocol.Translator, r *interline.Request, target protocol.Target) ([]byte, []interline.Loss) {
	t.Helper()
	body, losses, err := lang.WriteRequest(r, target)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	return body, losses
}

func testPatch(t *testing.T, lang protocol.Translator, o *protocol.Opened) {
	t.Helper()
	same, losses := lang.Patch(o, protocol.Edits{})
	if len(same) != 1 || &same[0][0] != &o.Body[0] || len(same[0]) != len(o.Body) || len(losses) > 0 {
		t.Errorf("a patch without edits gave %d segments and losses %v", len(same), losses)
	}
	m, ok := o.Members.Find("model")
	if !ok {
		return
	}
	before := string(o.Body)
	patched, _ := lang.Patch(o, protocol.Edits{Model: `another "model"`})
	want := before[:m.Start] + `"another \"model\""` + before[m.End:]
	if got := string(patched.Bytes()); got != want {
		t.Errorf("a patch of the model gave\n%s\nwant\n%s", got, want)
	}
	if string(o.Body) != before {
		t.Error("a patch changed the caller's body")
	}
	cut, _ := lang.Patch(o, protocol.Edits{Remove: []string{"model"}})
	if obj, err := jsonscan.Scan(cut.Bytes()); err != nil || len(obj.Members) != len(o.Members.Members)-1 {
		t.Errorf("without the model: %s (%v)", cut.Bytes(), err)
	}
}

// misuses are bodies made from a good one that every language refuses.
func misuses(good string) []Misuse {
	with := func(member string) string { return strings.Replace(good, "{", "{"+member+",", 1) }
	return []Misuse{
		{"empty", "", ""},
		{"no object", "[]", ""},
		{"half of it", good[:len(good)/2], ""},
		{"something after it", good + "{}", ""},
		{"a name twice", with(`"messages":[]`), "messages"},
		{"a name in capitals", with(`"MESSAGES":[]`), "MESSAGES"},
		{"two names that differ in case", with(`"a":1,"A":2`), "A"},
		{"a name twice, deeper", with(`"deep":{"list":[{"a":1,"a":2}]}`), "deep.list[0].a"},
		{"an escaped name", with(`"\u006dodel":"x"`), ""},
		{"bottomless", with(`"deep":` + strings.Repeat("[", 200) + strings.Repeat("]", 200)), "deep"},
		{"no UTF-8", with("\"bad\":\"\xff\""), "bad"},
		{"half a surrogate", with(`"bad":"\ud83d"`), "bad"},
		{"a comma too many", with(`"bad":[1,]`), "bad"},
		{"a number that is none", with(`"bad":01`), ""},
	}
}

func testMisuse(t *testing.T, lang protocol.Translator, fx Fixtures) {
	good := fx.Requests[0]
	for _, m := range append(misuses(good.Body), fx.Misuses...) {
		t.Run(m.Name, func(t *testing.T) {
			o, err := lang.Open(good.Spoken, []byte(m.Body))
			if err == nil {
				_, err = lang.ReadRequest(o)
			}
			var f *interline.Fault
			if !errors.As(err, &f) {
				t.Fatalf("err = %v, want a fault", err)
			}
			if f.Class != interline.C12Local || f.Code != interline.CodeInvalid || f.Message == "" {
				t.Errorf("fault = %+v", f)
			}
			if n := len(m.Field); len(f.Param) < n || !strings.EqualFold(f.Param[:n], m.Field) {
				t.Errorf("the fault names %q, want %q (%v)", f.Param, m.Field, f)
			}
		})
	}
}
