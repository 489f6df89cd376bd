package chat

import (
	"strconv"
	"testing"
)

func TestShelfForgetsTheOldest(t *testing.T) {
	s := NewShelf("a")
	put := func(id string, size int) {
		s.keep(&kept{id: id, size: size, items: map[string]Message{"item of " + id: {}}})
	}
	for i := range mostKept + 1 {
		put(strconv.Itoa(i), 1)
	}
	if s.find("0") != nil || s.find("1") == nil {
		t.Error("the first response is kept, or the second is not")
	}
	if _, ok := s.item("item of 0"); ok {
		t.Error("an item outlives its response")
	}
	put("large", mostKeptBytes)
	if len(s.kept) != 1 || s.find("large") == nil || s.bytes != mostKeptBytes {
		t.Errorf("%d responses of %d bytes are kept", len(s.kept), s.bytes)
	}
	put("too large", mostKeptBytes+1)
	if len(s.kept) != 0 || len(s.items) != 0 || len(s.order) != 0 || s.bytes != 0 {
		t.Errorf("%d responses of %d bytes are kept", len(s.kept), s.bytes)
	}
}

func TestSealsBelongToAnAccount(t *testing.T) {
	a, b := NewShelf("a"), NewShelf("b")
	sealed := a.seal("a thought")
	if text, ok := NewShelf("a").open(sealed); !ok || text != "a thought" {
		t.Errorf("opened %q, %v", text, ok)
	}
	for _, foreign := range []string{b.seal("a thought"), "", sealMark, "gAAAA", sealed[:len(sealed)-1]} {
		if _, ok := a.open(foreign); ok {
			t.Errorf("the seal %q was accepted", foreign)
		}
	}
}
