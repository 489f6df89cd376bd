package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// How much a shelf holds. The cloud keeps stored responses for thirty days;
// the emulator forgets the oldest beyond these.
const (
	mostKept      = 1024
	mostKeptBytes = 256 << 20 // of conversations, each counted whole
)

// A Shelf is an account's memory of responses, for previous_response_id, GET
// and DELETE, and the secret with which it seals reasoning. It may be used by
// many requests at once.
type Shelf struct {
	secret []byte

	mu    sync.Mutex
	kept  map[string]*kept
	items map[string]*kept // by id of an output item
	order []string         // ids of responses, oldest first
	bytes int
}

// kept is one stored response. It is not changed once it is on the shelf.
type kept struct {
	id       string
	body     []byte             // the response object
	messages []Message          // the conversation up to and with the answer, without instructions
	items    map[string]Message // the output's items, as they are replayed
	size     int                // bytes of the conversation
}

// NewShelf makes an empty shelf. The account is whom sealed reasoning belongs
// to: shelves of the same account open each other's seals, others do not.
func NewShelf(account string) *Shelf {
	sum := sha256.Sum256([]byte("sealed reasoning of " + account))
	return &Shelf{secret: sum[:], kept: make(map[string]*kept), items: make(map[string]*kept)}
}

// keep puts a response on the shelf and drops the oldest that no longer fit.
func (s *Shelf) keep(k *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[k.id] = k
	for id := range k.items {
		s.items[id] = k
	}
	s.order = append(s.order, k.id)
	s.bytes += k.size
	for len(s.order) > mostKept || s.bytes > mostKeptBytes {
		s.drop(s.order[0])
	}
}

// drop forgets a response. The caller holds the lock.
func (s *Shelf) drop(id string) {
	k := s.kept[id]
	for item := range k.items {
		delete(s.items, item)
	}
	delete(s.kept, id)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == id })
	s.bytes -= k.size
}

// find returns a response, or nil.
func (s *Shelf) find(id string) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[id]
}

// forget removes a response and says whether there was one.
func (s *Shelf) forget(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[id] == nil {
		return false
	}
	s.drop(id)
	return true
}

// item returns an output item of a stored response.
func (s *Shelf) item(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.items[id]
	if k == nil {
		return Message{}, false
	}
	return k.items[id], true
}

// sealMark begins every seal, so that a reader sees where it comes from.
const sealMark = "emulated-"

// seal makes encrypted_content of reasoning. The text is signed, not hidden:
// what matters to callers is that a place opens only what it sealed itself.
func (s *Shelf) seal(text string) string {
	return sealMark + base64.RawURLEncoding.EncodeToString(append(s.sign(text), text...))
}

// open returns the reasoning in a seal of this shelf's account.
func (s *Shelf) open(sealed string) (text string, ok bool) {
	encoded, ok := strings.CutPrefix(sealed, sealMark)
	data, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ok || err != nil || len(data) < sha256.Size {
		return "", false
	}
	text = string(data[sha256.Size:])
	return text, hmac.Equal(data[:sha256.Size], s.sign(text))
}

func (s *Shelf) sign(text string) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}
