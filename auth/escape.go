package auth

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// escapeAWS percent-encodes every byte but RFC 3986's unreserved ones, and
// slashes where they are kept. What is encoded already is encoded again.
func escapeAWS(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~', c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// unescapeAWS undoes percent-encoding and leaves alone what is none.
func unescapeAWS(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// canonicalQuery sorts parameters by their encoded names, then values.
func canonicalQuery(query string) string {
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{escapeAWS(unescapeAWS(name), false), escapeAWS(unescapeAWS(value), false)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	written := make([]string, len(pairs))
	for i, p := range pairs {
		written[i] = p.name + "=" + p.value
	}
	return strings.Join(written, "&")
}
