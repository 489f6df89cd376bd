package chat

import (
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

func TestCatalogue(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range Catalogue() {
		if seen[m.ID] || m.ID == "" || m.Snapshot == "" || m.Context <= m.MaxOutput {
			t.Errorf("model %+v", m)
		}
		seen[m.ID] = true
		if m.Reasoning() && !slices.Contains(m.Efforts, m.Effort) {
			t.Errorf("model %s does not accept its own effort %q", m.ID, m.Effort)
		}
		if m.CacheWrites != (m.Cache.Mode == core.CacheMarked) {
			t.Errorf("model %s reports cache writes but has none, or the reverse", m.ID)
		}
	}
	if m, ok := FindModel(Catalogue(), "gpt-4o-2024-11-20"); !ok || m.ID != "gpt-4o" {
		t.Errorf("a snapshot's name found %+v", m)
	}
}

func TestBedrockLikeModels(t *testing.T) {
	m := Model{
		ID: "oss", Efforts: []string{"low"}, Effort: "low", MaxOutput: 100, Tools: true,
		ShowReasoning: true, RefuseChoice: []string{"none", "required"}, IgnoreNamed: true, Refused: []string{"logit_bias"},
	}
	tools := `"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]`
	for _, tt := range []struct{ extra, param string }{
		{`"max_tokens":5`, ""},
		{`"temperature":0.3`, ""},
		{`"tool_choice":"none"`, "tool_choice"},
		{`"tool_choice":"required"`, "tool_choice"},
		{`"tool_choice":{"type":"function","function":{"name":"f"}}`, ""},
		{`"logit_bias":{"1":2}`, "logit_bias"},
	} {
		q, e := Decode([]byte(`{"model":"oss",` + tools + `,` + tt.extra + `}`))
		if e != nil {
			t.Fatalf("%s: %v", tt.extra, e)
		}
		e = q.check(m)
		if (e == nil) != (tt.param == "") || e != nil && e.Param != tt.param {
			t.Errorf("%s: refused with %v, want param %q", tt.extra, e, tt.param)
		}
		if _, c := q.core(m); c.Mode != core.ChooseAuto && tt.param == "" {
			t.Errorf("%s: choice %+v has an effect", tt.extra, c)
		}
	}
}

func TestPicturesAreMeasured(t *testing.T) {
	var b strings.Builder
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	url := "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(b.String()))
	q, e := Decode([]byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"` + url + `"}},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}`))
	if e != nil {
		t.Fatal(e)
	}
	p := q.prompt("openai", Model{ID: "m"})
	if len(p.Images) != 2 || p.Images[0].Width != 600 || p.Images[0].Height != 300 || p.Images[1].URL == "" {
		t.Fatalf("images %+v", p.Images)
	}
	extra := 0
	for _, s := range p.Segments {
		extra += s.Extra
	}
	if want := priming + framing + (85 + 2*170) + (85 + 4*170); extra != want {
		t.Errorf("pictures and framing count %d tokens, want %d", extra, want)
	}
	if p.LastUser != "see" {
		t.Errorf("last user text %q", p.LastUser)
	}
}

func TestStrictSchemas(t *testing.T) {
	for _, tt := range []struct{ schema, says string }{
		{`{"type":"object","properties":{},"additionalProperties":false}`, ""},
		{`{"type":"string"}`, `got 'type: "string"'`},
		{`[]`, "an array"},
		{`{"type":"object","properties":{"a":{"type":"object","properties":{}}},"required":["a"],"additionalProperties":false}`, "In context=('properties', 'a'), 'additionalProperties'"},
		{`{"type":"object","properties":{"a":{"anyOf":[{"type":"object","properties":{"b":{}},"required":[],"additionalProperties":false}]}},"required":["a"],"additionalProperties":false}`, "Missing 'b'"},
	} {
		if got := checkSchema(json.RawMessage(tt.schema), true); (tt.says == "") != (got == "") || !strings.Contains(got, tt.says) {
			t.Errorf("schema %s: %q, want %q", tt.schema, got, tt.says)
		}
	}
}

func TestVectorsOfLikeTextsAreNear(t *testing.T) {
	near := func(a, b string) float64 {
		v, w := core.Unit(core.Vector("m", core.Encode(a), 256)), core.Unit(core.Vector("m", core.Encode(b), 256))
		sum := 0.0
		for i := range v {
			sum += float64(v[i]) * float64(w[i])
		}
		return sum
	}
	same, like, unlike := near("the river is wide", "the river is wide"), near("the river is wide", "the river is deep"), near("the river is wide", "buy seven copper kettles")
	if math.Abs(same-1) > 1e-3 || like <= unlike+0.2 {
		t.Errorf("same %v, like %v, unlike %v", same, like, unlike)
	}
}

// FuzzDecode: whatever comes, the decoder answers with a request that can be
// counted or with an error in the cloud's shape.
func FuzzDecode(f *testing.F) {
	f.Add(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"required","stop":["a"],"n":2}`)
	f.Add(`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"x"}]}`)
	f.Add(`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAAACw="}}]}],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"$ref":"#"}}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		q, e := Decode([]byte(body))
		if (q == nil) == (e == nil) {
			t.Fatalf("request %v and error %v", q, e)
		}
		if e != nil {
			if e.Status != 400 || e.Message == "" || !json.Valid(e.Body()) {
				t.Errorf("error %+v", e)
			}
			return
		}
		q.Count = min(q.Count, 2)
		for _, m := range Catalogue()[:2] {
			_ = q.check(m)
			a := core.Think(1, 0, q.prompt("p", m))
			for range a.Steps() {
			}
		}
	})
}

func FuzzDecodeEmbed(f *testing.F) {
	f.Add(`{"model":"m","input":["a",""],"dimensions":3}`)
	f.Add(`{"model":"m","input":[[1,2],[]],"encoding_format":"base64"}`)
	f.Fuzz(func(t *testing.T, body string) {
		q, e := decodeEmbed([]byte(body), nil)
		if (q == nil) == (e == nil) {
			t.Fatalf("request %v and error %v", q, e)
		}
		if q != nil && len(q.inputs) == 0 {
			t.Error("a request without input was accepted")
		}
	})
}
