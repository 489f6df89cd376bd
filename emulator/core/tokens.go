package core

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"
)

// codec is o200k_base, the encoding of OpenAI's models since gpt-4o. Its
// vocabulary takes a noticeable moment to build, so it is built once, when
// first needed. The other clouds do not publish theirs; they count with it too.
var codec = sync.OnceValue(func() tokenizer.Codec {
	c, err := tokenizer.Get(tokenizer.O200kBase)
	if err != nil {
		panic(fmt.Sprintf("load the o200k_base encoding compiled into this program: %v", err))
	}
	return c
})

// runLength bounds what the tokenizer is given at once, in bytes. Its merging
// is quadratic in the length of an unbroken word, which a caller could abuse;
// a word longer than this is counted in several parts.
const runLength = 2048

// Encode returns the tokens of a text as numbers of the o200k_base encoding.
func Encode(text string) []uint {
	var all []uint
	for run := range runs(text) {
		ids, _ := encodeRun(run)
		all = append(all, ids...)
	}
	return all
}

// CountTokens returns the number of tokens of a text.
func CountTokens(text string) int { return len(Encode(text)) }

// encodeRun encodes a part of a text. The library drops a few control
// characters and may give up on an expression; where its tokens do not add up
// to the text, every byte counts as a token.
func encodeRun(run string) (ids []uint, tokens []string) {
	ids, tokens, err := codec().Encode(run)
	size := 0
	for _, t := range tokens {
		size += len(t)
	}
	if err == nil && size == len(run) {
		return ids, tokens
	}
	ids, tokens = make([]uint, len(run)), make([]string, len(run))
	for i := range len(run) {
		ids[i], tokens[i] = uint(run[i]), run[i:i+1]
	}
	return ids, tokens
}

// Pieces cuts a text as it would be streamed: one token at a time, except that
// tokens which hold only a part of a rune are joined until the rune is whole.
// counts has the number of tokens of each piece.
func Pieces(text string) (pieces []string, counts []int) {
	var held strings.Builder
	waiting := 0
	for run := range runs(text) {
		_, tokens := encodeRun(run)
		for _, t := range tokens {
			held.WriteString(t)
			waiting++
			if s := held.String(); utf8.ValidString(s) {
				pieces, counts = append(pieces, s), append(counts, waiting)
				held.Reset()
				waiting = 0
			}
		}
	}
	if held.Len() > 0 {
		pieces = append(pieces, strings.ToValidUTF8(held.String(), "\uFFFD"))
		counts = append(counts, waiting)
	}
	return pieces, counts
}

// runs cuts a text into parts of at most runLength bytes, before a space where
// there is one, and never inside a rune. Joined they are the text.
func runs(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for len(text) > runLength {
			cut := strings.LastIndexByte(text[:runLength], ' ')
			if cut <= 0 {
				cut = runLength
				for cut > runLength-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
					cut--
				}
			}
			if !yield(text[:cut]) {
				return
			}
			text = text[cut:]
		}
		if text != "" {
			yield(text)
		}
	}
}
