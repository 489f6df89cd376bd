package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	every01 = 0x0101010101010101
	every20 = 0x2020202020202020
	every80 = 0x8080808080808080
	quotes  = 0x2222222222222222
	slashes = 0x5c5c5c5c5c5c5c5c
)

// special has the high bit set in some byte of its result when one of the eight
// bytes of x needs a closer look: a quote, a backslash, a control character or
// a byte beyond ASCII. The subtractions borrow into higher bytes only from a
// byte that is itself special, so a zero result is exact.
func special(x uint64) uint64 {
	q, s := x^quotes, x^slashes
	return (x | (x - every20) | (q - every01) | (s - every01)) & every80
}

// plain skips bytes that may stand in a string as they are and need no look.
// Bodies are mostly text and base64, so this is where the time goes: 32 bytes a
// turn while nothing is special, then straight to the first byte that is.
func (s *scanner) plain() {
	b, i := s.b, s.i
	for len(b)-i >= 8 {
		if x := special(binary.LittleEndian.Uint64(b[i:])); x != 0 {
			s.i = i + bits.TrailingZeros64(x)/8
			return
		}
		i += 8
		for len(b)-i >= 32 {
			c := b[i : i+32 : i+32]
			x0, x1 := binary.LittleEndian.Uint64(c[0:8]), binary.LittleEndian.Uint64(c[8:16])
			x2, x3 := binary.LittleEndian.Uint64(c[16:24]), binary.LittleEndian.Uint64(c[24:32])
			if special(x0)|special(x1)|special(x2)|special(x3) != 0 {
				break
			}
			i += 32
		}
	}
	for i < len(b) && b[i] >= 0x20 && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	s.i = i
}

// str reads a string whose opening quote is next and reports whether it holds
// escapes.
func (s *scanner) str() (escaped bool, err *Error) {
	s.i++
	from := s.i
	escaped, err = s.text()
	if err == nil && s.watch != nil {
		s.notice(s.b[from:s.i-1], escaped)
	}
	return escaped, err
}

// text reads the rest of a string, with its closing quote.
func (s *scanner) text() (escaped bool, err *Error) {
	// Most strings are short names.
	if len(s.b)-s.i >= 8 {
		x := special(binary.LittleEndian.Uint64(s.b[s.i:]))
		if x == 0 {
			s.i += 8
		} else if s.i += bits.TrailingZeros64(x) / 8; s.b[s.i] == '"' {
			s.i++
			return false, nil
		}
	}
	for {
		if blocks && len(s.b)-s.i >= block {
			done, err := s.block(&escaped)
			if done || err != nil {
				return escaped, err
			}
			continue
		}
		s.plain()
		if s.i >= len(s.b) {
			return escaped, s.fail("a string does not end")
		}
		if done, err := s.closer(&escaped); done || err != nil {
			return escaped, err
		}
	}
}

// closer looks at the one byte at i, or the few that belong together there, and
// reports whether the string ends.
func (s *scanner) closer(escaped *bool) (done bool, err *Error) {
	switch c := s.b[s.i]; {
	case c == '"':
		s.i++
		return true, nil
	case c == '\\':
		*escaped = true
		return false, s.escape()
	case c < 0x20:
		return false, s.fail("a control character in a string must be escaped")
	}
	n, ok := s.validRune()
	if !ok {
		return false, s.fail("invalid UTF-8 in a string")
	}
	s.i += n
	return false, nil
}

// block is how many bytes are looked at at once, where the processor can.
const block = 64

// block reads on within a string by a block: it takes all bytes of it that need
// a closer look from one mask, so that a text full of escapes costs little more
// than a plain one. At least a block must be left.
func (s *scanner) block(escaped *bool) (done bool, err *Error) {
	from := s.i
	mask := specials(&s.b[from])
	if mask == 0 {
		s.i += block
		if rest := (len(s.b) - s.i) / block; rest > 0 {
			s.i += block * plainBlocks(&s.b[s.i], rest)
		}
		return false, nil
	}
	for mask != 0 {
		s.i = from + bits.TrailingZeros64(mask)
		if s.b[s.i] == '\\' && s.i+1 < len(s.b) && simple[s.b[s.i+1]] {
			*escaped = true
			s.i += 2
		} else if done, err := s.closer(escaped); done || err != nil {
			return done, err
		}
		if s.i-from >= block {
			return false, nil
		}
		mask &= ^uint64(0) << (s.i - from)
	}
	s.i = from + block
	return false, nil
}

// simple are the characters that make an escape sequence of two.
var simple = [256]bool{'"': true, '\\': true, '/': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}

// escape reads one escape sequence; a surrogate must be followed by its other
// half.
func (s *scanner) escape() *Error {
	if s.i+1 >= len(s.b) {
		return s.fail("a string does not end")
	}
	switch c := s.b[s.i+1]; {
	case simple[c]:
		s.i += 2
		return nil
	case c != 'u':
		return s.fail("unknown escape sequence in a string")
	}
	unit, ok := s.hex(s.i)
	switch {
	case !ok:
		return s.fail("expected four hexadecimal digits after \\u")
	case s.lenient:
	case unit >= 0xdc00 && unit <= 0xdfff:
		return s.fail("half a surrogate pair in a string")
	case unit >= 0xd800 && unit <= 0xdbff:
		low, ok := s.hex(s.i + 6)
		if !ok || low < 0xdc00 || low > 0xdfff {
			return s.fail("half a surrogate pair in a string")
		}
		s.i += 6
	}
	s.i += 6
	return nil
}

// hex reads the \uXXXX at offset i.
func (s *scanner) hex(i int) (unit uint32, ok bool) {
	if i+6 > len(s.b) || s.b[i] != '\\' || s.b[i+1] != 'u' {
		return 0, false
	}
	for _, c := range s.b[i+2 : i+6] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | uint32(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | uint32(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}

// notice notes a watched word. Escapes do not hide one.
func (s *scanner) notice(b []byte, escaped bool) {
	if escaped {
		if len(b) >= 6*maxWord { // the longest way to escape a word
			return
		}
		text, _ := jsontext.AppendUnquote(nil, append(append([]byte{'"'}, b...), '"'))
		b = text
	}
	if len(b) >= maxWord || s.watch.lengths&(1<<len(b)) == 0 {
		return
	}
	for i, word := range s.watch.words {
		if len(word) == len(b) && word == string(b) {
			s.words |= 1 << i
		}
	}
}
