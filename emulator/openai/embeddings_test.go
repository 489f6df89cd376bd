package openai

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline/emulator/core"
)

func TestEmbeddings(t *testing.T) {
	s := newSite(t, core.Limits{})
	floats := s.vectors(`{"model":"text-embedding-3-small","input":["hello world","goodbye"]}`)
	if len(floats) != 2 || len(floats[0]) != 1536 {
		t.Fatalf("%d vectors", len(floats))
	}
	packed := s.vectors(`{"model":"text-embedding-3-small","input":"hello world","encoding_format":"base64"}`)
	if !slices.Equal(packed[0], floats[0]) {
		t.Error("base64 is not the same vector")
	}
	length := 0.0
	for _, n := range floats[0] {
		length += float64(n) * float64(n)
	}
	if math.Abs(length-1) > 1e-3 {
		t.Errorf("length %v", length)
	}
	if short := s.vectors(`{"model":"text-embedding-3-large","input":[[1,2],[3]],"dimensions":256}`); len(short) != 2 || len(short[0]) != 256 {
		t.Errorf("%d vectors", len(short))
	}
	if u := s.c.Bill.Rows("")[0].Usage; u.Input != core.CountTokens("hello world")+core.CountTokens("goodbye") || u.Output != 0 {
		t.Errorf("billed %+v", u)
	}
}

func (s *site) vectors(body string) [][]float32 {
	s.t.Helper()
	resp, got := s.post("/v1/embeddings", body)
	var list struct {
		Data []struct{ Embedding json.RawMessage }
	}
	if err := json.Unmarshal(got, &list); err != nil || resp.StatusCode != 200 || resp.Header.Get("Openai-Model") == "" {
		s.t.Fatalf("status %d: %.200s", resp.StatusCode, got)
	}
	var all [][]float32
	for _, d := range list.Data {
		var v []float32
		var packed []byte
		if json.Unmarshal(d.Embedding, &v) != nil {
			var b64 string
			if err := json.Unmarshal(d.Embedding, &b64); err != nil {
				s.t.Fatal(err)
			}
			packed, _ = base64.StdEncoding.DecodeString(b64)
			v = make([]float32, len(packed)/4)
			for i := range v {
				v[i] = math.Float32frombits(binary.LittleEndian.Uint32(packed[4*i:]))
			}
		}
		all = append(all, v)
	}
	return all
}

func TestEmbeddingRefusals(t *testing.T) {
	s := newSite(t, core.Limits{})
	for _, tt := range []struct {
		body   string
		status int
		code   string
	}{
		{`{"model":"text-embedding-3-small"}`, 400, "missing_required_parameter"},
		{`{"model":"text-embedding-3-small","input":""}`, 400, ""},
		{`{"model":"text-embedding-3-small","input":[]}`, 400, ""},
		{`{"model":"text-embedding-3-small","input":{"a":1}}`, 400, ""},
		{`{"model":"text-embedding-3-small","input":"x","dimensions":4000}`, 400, "invalid_value"},
		{`{"model":"text-embedding-3-small","input":"x","encoding_format":"hex"}`, 400, "invalid_value"},
		{`{"model":"nonexistent","input":"x"}`, 404, "model_not_found"},
		{`{"model":"gpt-4o","input":"x"}`, 403, ""},
		{`{"model":"text-embedding-3-small","input":"` + strings.Repeat("river ", 9000) + `"}`, 400, ""},
	} {
		resp, got := s.post("/v1/embeddings", tt.body)
		if f := readFailure(t, got).Error; resp.StatusCode != tt.status || text(f.Code) != tt.code {
			t.Errorf("%.80s: status %d: %s", tt.body, resp.StatusCode, got)
		}
	}
}
