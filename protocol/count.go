package protocol

import (
	"strconv"

	"github.com/interline-ai/interline/internal/jsonscan"
)

// ReadTokens reads a number of tokens that an answer has under a name.
func ReadTokens(body []byte, name string) (tokens int64, ok bool) {
	o, err := jsonscan.ScanAnswer(body)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(o.Value(name)), 10, 64)
	return n, err == nil && n >= 0
}

// AppendTokens appends the answer {"name":tokens}.
func AppendTokens(dst []byte, name string, tokens int64) []byte {
	dst = append(append(append(dst, `{"`...), name...), `":`...)
	return append(strconv.AppendInt(dst, tokens, 10), '}')
}
