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
	for {
		s.plain()
		if s.i >= len(s.b) {
			return escaped, s.fail("a string does not end")
		}
		switch c := s.b[s.i]; {
		case c == '"':
			if s.watch != nil {
				s.notice(s.b[from:s.i], escaped)
			}
			s.i++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return escaped, err
			}
		case c < 0x20:
			return escaped, s.fail("a control character in a string must be escaped")
		default:
			n, ok := s.validRune()
			if !ok {
				return escaped, s.fail("invalid UTF-8 in a string")
			}
			s.i += n
		}
	}
}

// escape reads one escape sequence; a surrogate must be followed by its other
// half.
func (s *scanner) escape() *Error {
	if s.i+1 >= len(s.b) {
		return s.fail("a string does not end")
	}
	switch s.b[s.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i += 2
		return nil
	case 'u':
	default:
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
