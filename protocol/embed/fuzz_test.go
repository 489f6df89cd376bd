package embed

import (
	"errors"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// FuzzRequest reads bodies in every language. What is read can be written in every
// other one as JSON, or is refused with a fault.
func FuzzRequest(f *testing.F) {
	for _, body := range asked {
		f.Add(body)
	}
	f.Add(`{"input":[[1,2],"a"]}`)
	f.Add(`{"requests":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		for from, l := range all() {
			o, err := open(l, body)
			if err == nil {
				patched, _ := l.Patch(o, protocol.Edits{Model: "z"})
				if !jsontext.Value(patched.Bytes()).IsValid() {
					t.Fatalf("%s patched: %s", from, patched.Bytes())
				}
				var r *interline.EmbedRequest
				if r, err = l.ReadEmbed(o); err == nil {
					writeAll(t, r, from)
					continue
				}
			}
			if fault := new(interline.Fault); !errors.As(err, &fault) {
				t.Fatalf("%s: %v is no fault", from, err)
			}
		}
	})
}

func writeAll(t *testing.T, r *interline.EmbedRequest, from string) {
	for to, l := range all() {
		got, _, err := l.WriteEmbed(r, protocol.Target{Model: "m", From: from})
		fault := new(interline.Fault)
		if err == nil && !jsontext.Value(got).IsValid() || err != nil && !errors.As(err, &fault) {
			t.Fatalf("%s in %s: %s, %v", from, to, got, err)
		}
	}
}

// FuzzAnswer reads answers. What is read can be said in every language as JSON.
func FuzzAnswer(f *testing.F) {
	for _, body := range answers {
		f.Add(body)
	}
	f.Add(`{"data":[{"index":0,"embedding":"AACAPwAAAMA="}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		for from, l := range all() {
			v, err := l.ReadVectors(nil, []byte(body))
			if err != nil {
				continue
			}
			r := &interline.EmbedRequest{Inputs: make([]interline.EmbedInput, len(v.Values))}
			for to, other := range all() {
				for _, e := range []interline.VectorEncoding{interline.EncodingFloat, interline.EncodingBase64} {
					r.Encoding = e
					if got := other.AppendVectors(nil, v, r, protocol.Answer{}); !jsontext.Value(got).IsValid() {
						t.Fatalf("%s in %s: %s", from, to, got)
					}
				}
			}
		}
	})
}
