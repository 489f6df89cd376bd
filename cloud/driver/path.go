package driver

import (
	"fmt"
	"strings"
)

// Segment escapes a model's name as one segment of a path: every byte but RFC
// 3986's unreserved ones, once. Go's url.PathEscape would leave ":" and "@" as
// they are, which AWS's clients do not (aws-sdk-go-v2, 2026-11), and a
// signature covers the path as it is sent. A name that is empty or a dot
// segment cannot stand in a path and is refused.
func Segment(name string) (string, error) {
	if name == "" || name == "." || name == ".." {
		return "", fmt.Errorf("write the path: %q cannot be the name of a model", name)
	}
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(name) + 8)
	for i := range len(name) {
		c := name[i]
		if unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String(), nil
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
