package seal

import (
	"errors"
	"strings"
	"testing"
)

func newBox(t *testing.T, secrets map[string]string) *Box {
	t.Helper()
	b, err := New(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestIDsComeBackToTheirTenantOnly(t *testing.T) {
	b := newBox(t, map[string]string{"a": "secret of a", "b": "secret of b"})
	for _, id := range []string{"resp_0123456789abcdef", "file-abc", "x", "", "chatcmpl-1_2", "resp_"} {
		sealed := b.Seal("a", "azure-west", id)
		if !b.Sealed(sealed) || sealed != b.Seal("a", "azure-west", id) || strings.Contains(sealed, "azure") {
			t.Errorf("%q is told as %q", id, sealed)
		}
		if place, got, err := b.Open("a", sealed); err != nil || place != "azure-west" || got != id {
			t.Errorf("%q comes back as %q of %q: %v", sealed, got, place, err)
		}
		if _, _, err := newBox(t, map[string]string{"a": "secret of a"}).Open("a", sealed); err != nil {
			t.Errorf("another node does not know %q: %v", sealed, err)
		}
		for _, tenant := range []string{"b", "", "nobody"} {
			if _, _, err := b.Open(tenant, sealed); !errors.Is(err, ErrForeign) {
				t.Errorf("%q opens what was given to a: %v", tenant, err)
			}
		}
		if b.Seal("b", "azure-west", id) == sealed || b.Seal("a", "openai", id) == sealed {
			t.Errorf("%q is told alike to others, or of others", id)
		}
	}
}

func TestChangedIDsAreRefused(t *testing.T) {
	b := newBox(t, nil)
	sealed := b.Seal("", "p", "resp_1")
	for i := range len(sealed) {
		changed := sealed[:i] + "A" + sealed[i+1:]
		if changed == sealed {
			continue
		}
		if _, _, err := b.Open("", changed); !errors.Is(err, ErrForeign) {
			t.Errorf("%q opens", changed)
		}
	}
	for _, s := range []string{"", "resp_", "resp_il1_", "resp_il1_!!", "resp_il1_AAAA", "resp_1", sealed + "A", sealed[:len(sealed)-1]} {
		if _, _, err := b.Open("", s); !errors.Is(err, ErrForeign) {
			t.Errorf("%q opens", s)
		}
	}
}

func FuzzOpen(f *testing.F) {
	b, err := New(map[string]string{"a": "s"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("resp_il1_AAAA")
	f.Add(b.Seal("a", "p", "file-1"))
	f.Fuzz(func(t *testing.T, s string) {
		place, id, err := b.Open("a", s)
		if err == nil && b.Seal("a", place, id) != s {
			t.Errorf("%q opens and is sealed as %q", s, b.Seal("a", place, id))
		}
		_ = b.Sealed(s)
	})
}
