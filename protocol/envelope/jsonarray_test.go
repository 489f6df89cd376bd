package envelope

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/interline-ai/interline/protocol"
)

func TestArray(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"as Google writes it", "[{\"a\": 1\n}\n,\r\n{\"b\": [2]}\n]\n", []string{"|{\"a\": 1\n}", `|{"b": [2]}`}, io.EOF},
		{"brackets and braces in texts", `[{"a":"]}\"{","b":"\\"},{"c":{}}]`, []string{`|{"a":"]}\"{","b":"\\"}`, `|{"c":{}}`}, io.EOF},
		{"an empty array", "[]", nil, io.EOF},
		{"nothing", "", nil, io.EOF},
		{"nothing but space", " \n", nil, io.EOF},
		{"not closed", `[{"a":1}`, []string{`|{"a":1}`}, io.EOF},
		{"only the end of one", ",\r\n{\"a\":1}", []string{`|{"a":1}`}, io.EOF},
		{"cut in an element", `[{"a":1},{"b":`, []string{`|{"a":1}`}, io.ErrUnexpectedEOF},
		{"cut in a text", `[{"a":"}`, nil, io.ErrUnexpectedEOF},
		{"no objects", `[1,2]`, nil, ErrFrame},
		{"an array in it", `[[{}]]`, nil, ErrFrame},
		{"something after it", `[{}]{}`, []string{"|{}"}, ErrFrame},
		{"closed twice", `[{}]]`, []string{"|{}"}, ErrFrame},
		{"closed and never opened", `]`, nil, ErrFrame},
		{"a web page", `<html>`, nil, ErrFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole":          strings.NewReader(tt.in),
				"byte by byte":   iotest.OneByteReader(strings.NewReader(tt.in)),
				"data with EOF":  iotest.DataErrReader(strings.NewReader(tt.in)),
				"half of a read": iotest.HalfReader(strings.NewReader(tt.in)),
			} {
				got, raw, err := readAll(NewReader(protocol.JSONArray, r))
				if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
					t.Errorf("%s: got %q, %v; want %q, %v", how, got, err, tt.want, tt.err)
				}
				if errors.Is(err, io.EOF) && string(raw) != tt.in {
					t.Errorf("%s: raw = %q", how, raw)
				}
			}
		})
	}
}

// An element must not wait for what comes after it, and the end is told apart
// from an element.
func TestArrayFramesComeAsSoonAsTheyCan(t *testing.T) {
	a := NewArray(io.MultiReader(strings.NewReader(`[{"a":1},{"b":2}`), strings.NewReader("]"), iotest.ErrReader(errors.New("cut"))))
	for i, want := range []struct {
		name, raw string
		more      bool
	}{{"", `[{"a":1}`, true}, {"", `,{"b":2}`, false}, {ArrayEnd, "]", false}} {
		f, err := a.Next()
		if err != nil || f.Name != want.name || string(f.Raw) != want.raw || a.Ready() != want.more {
			t.Errorf("frame %d: %q %q, %v", i, f.Name, f.Raw, err)
		}
	}
	if _, err := a.Next(); err == nil || err.Error() != "cut" {
		t.Errorf("the reader's own error became %v", err)
	}
}

func TestArrayIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`[{"a":"`), iotest.HalfReader(endlessText{}))
	if _, err := NewArray(endless).Next(); !errors.Is(err, ErrFrame) {
		t.Errorf("err = %v", err)
	}
}

// endlessText never ends, and holds nothing that could end an element.
type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func FuzzArray(f *testing.F) {
	for _, s := range []string{"[{\"a\":1}\n,\r\n{}]\n", `[{"a":"\"]}"}`, "[]", ",{}", "[[", `{"a":[{]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, raw, err := readAll(NewArray(bytes.NewReader(in)))
		slow, slowRaw, slowErr := readAll(NewArray(iotest.OneByteReader(bytes.NewReader(in))))
		if !slices.Equal(got, slow) || !bytes.Equal(raw, slowRaw) || err.Error() != slowErr.Error() {
			t.Fatalf("%q: whole %q %v, byte by byte %q %v", in, got, err, slow, slowErr)
		}
		if !bytes.HasPrefix(in, raw) || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && len(raw) != len(in) {
			t.Fatalf("%q: raw is %q (%v)", in, raw, err)
		}
	})
}
