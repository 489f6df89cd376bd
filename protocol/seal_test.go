package protocol

import (
	"strings"
	"testing"

	"github.com/interline-ai/interline"
)

func TestSealsTravelInEnvelopes(t *testing.T) {
	for _, s := range []interline.Seal{
		{Issuer: "openai", ID: "rs_1", Redacted: "gAAAA"}, {Issuer: "google", Signature: "c2ln"}, {Issuer: "anthropic", Signature: "x\ny\"z"},
	} {
		if got := Disclose(Enclose(&s)); got == nil || *got != s {
			t.Errorf("%+v came back as %+v", s, got)
		}
	}
	for _, own := range []string{"", "c2ln", "gAAAAAB", "interline.1.", "interline.1.!", "interline.1.e30", "interline.2.eyJpc3N1ZXIiOiJ4In0"} {
		if got := Disclose(own); got != nil {
			t.Errorf("%q is taken for an envelope: %+v", own, got)
		}
	}
}

func TestEnclosedSealsAreTakenOut(t *testing.T) {
	env := Enclose(&interline.Seal{Issuer: "openai", Redacted: "x"})
	sealed := `{"type":"thinking","signature":"` + env + `"}`
	for _, tt := range []struct{ body, want, fields string }{
		{`{"a":[` + sealed + `]}`, `{"a":[]}`, "a[0]"},
		{`{"a":[` + sealed + ` , {"t":1}, 2]}`, `{"a":[{"t":1}, 2]}`, "a[0]"},
		{`{"a":[{"t":1}, ` + sealed + ` ]}`, `{"a":[{"t":1} ]}`, "a[1]"},
		{`{"a":[1,` + sealed + `,` + sealed + `]}`, `{"a":[1]}`, "a[1] a[2]"},
		{`{"a":[` + sealed + `,1,` + sealed + `,` + sealed + `,2,` + sealed + `]}`, `{"a":[1,2]}`, "a[0] a[2] a[3] a[5]"},
		{`{"m":[{"c":[{"r":{"t":{"signature":"` + env + `"}}},{"x":[]}]},{"c":"` + `plain"}]}`, `{"m":[{"c":[{"x":[]}]},{"c":"plain"}]}`, "m[0].c[0]"},
		{`{"a":[{"text":"` + env + `"},"` + env + `"]}`, `{"a":[{"text":"` + env + `"},"` + env + `"]}`, ""},
		{`{"a":"` + env + `"}`, `{"a":"` + env + `"}`, ""},
		{`{"a":["x"],"b":{"c":1}}`, `{"a":["x"],"b":{"c":1}}`, ""},
	} {
		reps, losses := WithoutEnclosed([]byte(tt.body), NoSeal)
		var fields []string
		for _, l := range losses {
			fields = append(fields, l.Field)
		}
		if got := string(Splice([]byte(tt.body), reps).Bytes()); got != tt.want || strings.Join(fields, " ") != tt.fields {
			t.Errorf("%s\nbecame %s\nwant   %s\nlosses %v", tt.body, got, tt.want, fields)
		}
	}
}
