package jsonscan

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestScanFindsMembers(t *testing.T) {
	body := []byte(` {"messages" : [{"role":"user","content":"a \"quoted\" {brace}"}],
		"model":"gpt-4.1","stream":true, "n": -1.5e+3 } `)
	obj, err := Scan(body)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := obj.String("model"); got != "gpt-4.1" {
		t.Errorf("model = %q", got)
	}
	if on, ok := obj.Bool("stream"); !on || !ok {
		t.Error("stream not read")
	}
	if got := string(obj.Value("n")); got != "-1.5e+3" {
		t.Errorf("n = %q", got)
	}
	if got := string(obj.Value("messages")); !strings.HasPrefix(got, `[{"role"`) || !strings.HasSuffix(got, "}]") {
		t.Errorf("messages = %q", got)
	}
	if obj.Value("absent") != nil {
		t.Error("found a member that is not there")
	}
}

func TestScanRefuses(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	long := strings.Repeat("x", 100)
	for _, tt := range []struct{ name, body, path, reason string }{
		{"empty", ``, "", "empty"},
		{"array", `[]`, "", "expected a JSON object"},
		{"trailing", `{} {}`, "", "after the JSON object"},
		{"cut", `{"a":[1,{"b":"c`, "a[1].b", "does not end"},
		{"duplicate", `{"a":1,"a":2}`, "a", "twice"},
		{"nested duplicate", `{"a":[{"b":1,"b":2}]}`, "a[0].b", "twice"},
		{"escaped duplicate", `{"a":{"b":1,"\u0062":2}}`, `a.\u0062`, "twice"},
		{"case duplicate", `{"model":"a","MODEL":"b"}`, "MODEL", "letter case"},
		{"escaped top name", `{"mod\u0065l":"a"}`, "", "must not be escaped"},
		{"deep", `{"a":` + deep + `}`, "", "levels deep"},
		{"utf8", "{\"a\":\"" + long + "\xff\"}", "a", "UTF-8"},
		{"overlong", "{\"a\":\"\xc0\xaf\"}", "a", "UTF-8"},
		{"control", "{\"a\":\"" + long + "\n\"}", "a", "control character"},
		{"half surrogate", `{"a":"\ud800"}`, "a", "surrogate"},
		{"low surrogate", `{"a":"\udc00"}`, "a", "surrogate"},
		{"escape", `{"a":"\x"}`, "a", "escape"},
		{"number", `{"a":01}`, "", "expected ','"},
		{"word", `{"a":nul}`, "a", "expected null"},
		{"single quotes", `{'a':1}`, "", "member name"},
		{"comma", `{"a":1,}`, "", "member name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Scan([]byte(tt.body))
			var se *Error
			if !errors.As(err, &se) {
				t.Fatalf("accepted: %v", err)
			}
			if !strings.HasSuffix(se.Path, tt.path) || !strings.Contains(se.Reason, tt.reason) {
				t.Errorf("got %q, %q; want %q, %q", se.Path, se.Reason, tt.path, tt.reason)
			}
		})
	}
}

func TestManyNamesInOneObject(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"x":{`)
	for i := range 60 {
		b.WriteString(`"k` + strings.Repeat("a", i) + `":1,`)
	}
	ok := b.String() + `"last":1}}`
	if _, err := Scan([]byte(ok)); err != nil {
		t.Errorf("distinct names refused: %v", err)
	}
	if _, err := Scan([]byte(b.String() + `"kaaa":1}}`)); err == nil {
		t.Error("a duplicate among many was accepted")
	}
}

func TestCheckCase(t *testing.T) {
	_, err := ScanFor([]byte(`{"Model":"x"}`), NewWatch([]string{"model"}))
	if err == nil || !strings.Contains(err.Error(), `did you mean "model"`) {
		t.Errorf("err = %v", err)
	}
}

func TestWatchSeesWords(t *testing.T) {
	w := NewWatch([]string{"messages"}, "image", "input_audio", strings.Repeat("x", maxWord))
	for body, want := range map[string]uint32{
		`{"messages":[{"content":"an image"}]}`:                                 0,
		`{"messages":[{"type":"image"}]}`:                                       1,
		`{"messages":[{"im\u0061ge":{}}]}`:                                      1,
		`{"messages":[{"type":"\u0069\u006d\u0061\u0067\u0065"}]}`:              1,
		`{"messages":[{"input_audio":{"format":"image"}}]}`:                     3,
		`{"a":"` + strings.Repeat("x", maxWord) + `","b":"\n\n\n","c":"imagE"}`: 0,
		`{"a":"` + strings.Repeat(`\u0078`, 40) + `"}`:                          0,
	} {
		obj, err := ScanFor([]byte(body), w)
		if err != nil {
			t.Fatal(err)
		}
		if obj.Words != want {
			t.Errorf("%s: words %b, want %b", body, obj.Words, want)
		}
	}
}

// Strings of every length, with a byte that needs a closer look at every place,
// are read the same by blocks, by words and byte by byte.
func TestStringsOfEveryLength(t *testing.T) {
	for n := range 200 {
		for _, special := range []string{"", `\n`, `\"`, `\\`, "é", `\u00e9`, `\ud83d\ude00`, "\x01", "\xff", `\x`, `\ud83d`} {
			for at := 0; at <= n; at += max(1, n/7) {
				body := []byte(`{"a":"` + strings.Repeat("x", at) + special + strings.Repeat("y", n-at) + `"}`)
				_, err := Scan(body)
				want := jsontext.Value(body).IsValid()
				if (err == nil) != want {
					t.Fatalf("%q: err %v, valid %v", body, err, want)
				}
			}
		}
	}
}

// FuzzScan holds the scanner to jsontext: it accepts nothing that jsontext
// refuses, and what it refuses that jsontext accepts is one of the stricter
// rules of this package.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{"a":1}`, `{"a":{"b":[1,2,{"c":"\ud83d\ude00"}]},"d":"é"}`, `{"model":"x","MODEL":"y"}`,
		`{"a":"\u00e9\n"}`, "{\"a\":\"\xff\"}", `{"a":1e5,"b":-0.1E-2}`, `{"a":` + strings.Repeat("[", 200),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		obj, err := Scan(body)
		valid := jsontext.Value(body).IsValid()
		var se *Error
		switch {
		case err == nil && !valid:
			t.Fatal("accepted what jsontext refuses")
		case err != nil && valid && errors.As(err, &se) && !stricter(se.Reason):
			t.Fatalf("refused what jsontext accepts: %v", err)
		}
		if err != nil {
			return
		}
		for _, m := range obj.Members {
			if !jsontext.Value(body[m.Start:m.End]).IsValid() {
				t.Fatalf("the value of %q is not valid JSON", m.Name)
			}
		}
	})
}

func stricter(reason string) bool {
	for _, s := range []string{"expected a JSON object", "letter case", "must not be escaped", "levels deep", "more than"} {
		if strings.Contains(reason, s) {
			return true
		}
	}
	return false
}

func BenchmarkScan(b *testing.B) {
	turn := `{"role":"user","content":"` + strings.Repeat("Some text with an escape\\n and \\\"quotes\\\". ", 40) + `"},`
	for _, bb := range []struct{ name, body string }{
		{"1KB", `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("word ", 200) + `"}]}`},
		{"100KB", `{"model":"m","messages":[` + strings.Repeat(turn, 55) + `{"role":"user"}]}`},
		{"1MB image", `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,` + strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 43690) + `"}}]}]}`},
	} {
		body := []byte(bb.body)
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Scan(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
