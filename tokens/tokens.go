// Package tokens estimates how many tokens a request is, for models whose place
// does not count them. Only a place's own count is exact: vendors do not publish
// how they write a conversation for the model, and most not their vocabulary
// either. What says an estimate says that it is one.
//
// The vocabulary is o200k_base, that of OpenAI's models since gpt-4o. It takes a
// noticeable moment to build and is built when first needed. The package asks
// nobody and may be used by any goroutine.
package tokens

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"

	"github.com/interline-ai/interline"
)

// What is not text, in tokens. Turns and tools are framed by a few; a picture is
// taken for one of about a megapixel as Claude counts it (Anthropic's guide,
// "Vision", 2026-11: width by height over 750).
const (
	perTurn  = 4
	perTool  = 8
	perMedia = 1500
)

// counted is how much text is counted, in bytes; of more, the rest is taken to
// be alike, so that a large body costs no more than it does (60 to 220 ms of one
// core were measured, by kind of text).
const counted = 1 << 20

// run is what the vocabulary is applied to at once, in bytes: its time is
// quadratic in the length of a word.
const run = 2048

// Estimate returns about how many tokens the request is to a model.
func Estimate(r *interline.Request) int64 {
	var s sum
	for _, t := range r.Turns {
		s.fixed += perTurn
		s.blocks(t.Blocks)
	}
	for _, t := range r.Tools {
		s.fixed += perTool
		s.add(t.Name, t.Description, string(t.Schema), string(t.Raw))
	}
	s.add(string(r.Output.Schema))
	return s.total()
}

// sum is what was seen of a request so far.
type sum struct {
	fixed  int64 // tokens of what is not text
	tokens int64 // of the text that was counted
	bytes  int64 // of that text
	beyond int64 // bytes of text that was not
}

func (s *sum) blocks(all []interline.Block) {
	for _, b := range all {
		switch b.Kind {
		case interline.ReasoningBlock: // places leave out what was thought before
		case interline.Image, interline.Audio:
			s.fixed += perMedia
		case interline.Document:
			if b.Media != nil && b.Media.Plain {
				s.add(b.Media.Data)
			} else {
				s.fixed += perMedia
			}
		case interline.ToolCallBlock:
			s.add(b.Call.Name, b.Call.Arguments)
		case interline.ToolResultBlock:
			s.fixed += perTurn
			s.blocks(b.Result.Blocks)
		case interline.Text, interline.Refusal:
			s.add(b.Text)
		case interline.Opaque:
			s.add(string(b.Raw))
		}
	}
}

func (s *sum) add(texts ...string) {
	for _, text := range texts {
		for len(text) > 0 && s.bytes < counted {
			n := cut(text, run)
			s.tokens += count(text[:n])
			s.bytes += int64(n)
			text = text[n:]
		}
		s.beyond += int64(len(text))
	}
}

func (s *sum) total() int64 {
	n := s.fixed + s.tokens
	if s.beyond > 0 {
		n += int64(float64(s.beyond) * float64(s.tokens) / float64(s.bytes))
	}
	return n
}

// cut returns where to cut a text after at most limit bytes, between characters
// where it is UTF-8.
func cut(text string, limit int) int {
	if len(text) <= limit {
		return len(text)
	}
	for n := limit; n > limit-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return n
		}
	}
	return limit
}

var codec = sync.OnceValue(func() tokenizer.Codec {
	c, err := tokenizer.Get(tokenizer.O200kBase)
	if err != nil {
		panic(fmt.Sprintf("load the vocabulary compiled into this program: %v", err))
	}
	return c
})

// count counts a piece of text. Where the library gives up, every byte is taken
// for a token.
func count(text string) int64 {
	ids, _, err := codec().Encode(text)
	if err != nil {
		return int64(len(text))
	}
	return int64(len(ids))
}
