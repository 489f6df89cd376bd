package embed

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol/jsonout"
)

var errNoAnswer = errors.New("not an answer of vectors")

// scanAnswer reads the outside of an answer.
func scanAnswer(body []byte) (jsonscan.Object, error) {
	obj, err := jsonscan.ScanAnswer(body)
	if err != nil {
		return obj, errNoAnswer
	}
	return obj, nil
}

// inner reads the outside of an object within an answer; of anything else, no
// members.
func inner(v []byte) jsonscan.Object {
	obj, err := jsonscan.ScanAnswer(v)
	if err != nil {
		return jsonscan.Object{}
	}
	return obj
}

// isVector reports whether a value is an array of numbers or a text that may be
// one. The value is JSON already, so the characters tell.
func isVector(v []byte) bool {
	if len(v) < 3 || v[0] == '"' {
		return len(v) > 2
	}
	return v[0] == '[' && len(bytes.Trim(v[1:len(v)-1], "0123456789+-.eE, \t\r\n")) == 0
}

// vectors gathers the values of an answer, each of which must be a vector.
func vectors(all ...[]byte) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(all))
	for _, v := range all {
		if !isVector(v) {
			return nil, errNoAnswer
		}
		out = append(out, v)
	}
	return out, nil
}

// count reads a number of tokens, which protobuf's JSON may write as a string.
func count(v []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(bytes.Trim(v, `"`)), 10, 64)
	return n, err == nil && n >= 0
}

// addNumbers adds a vector as an array of numbers, without the spaces that some
// places write between them.
func addNumbers(out *jsonout.Text, v json.RawMessage) {
	if v[0] != '"' {
		out.Open('[')
		for _, c := range v[1 : len(v)-1] {
			if c > ' ' {
				*out = append(*out, c)
			}
		}
		out.Close(']')
		return
	}
	packed, err := unpack(v)
	out.Open('[')
	for i := 0; err == nil && i+4 <= len(packed); i += 4 {
		if i > 0 {
			*out = append(*out, ',')
		}
		n := math.Float32frombits(binary.LittleEndian.Uint32(packed[i:]))
		*out = strconv.AppendFloat(*out, float64(n), 'g', -1, 32)
	}
	out.Close(']')
}

// addPacked adds a vector as float32, little-endian, in base64.
func addPacked(out *jsonout.Text, v json.RawMessage) {
	if v[0] == '"' {
		out.Value(v)
		return
	}
	numbers := bytes.Split(v[1:len(v)-1], []byte(","))
	packed := make([]byte, 0, 4*len(numbers))
	for _, text := range numbers {
		// The text is a JSON number: what is too large becomes an infinity, as
		// in the SDKs that read it into a float32.
		n, _ := strconv.ParseFloat(string(bytes.TrimSpace(text)), 32)
		packed = binary.LittleEndian.AppendUint32(packed, math.Float32bits(float32(n)))
	}
	out.Open('"')
	*out = append(base64.StdEncoding.AppendEncode(*out, packed), '"')
}

func unpack(v []byte) ([]byte, error) {
	text, _ := jsonscan.Unquote(v)
	return base64.StdEncoding.DecodeString(text)
}

// tokenHeader tells the tokens of an answer of InvokeModel, in canonical form.
const tokenHeader = "X-Amzn-Bedrock-Input-Token-Count"

// countHeader reads the usage that Bedrock tells in a header.
func countHeader(v *interline.Vectors, h http.Header) {
	if said := h[tokenHeader]; len(said) > 0 {
		if n, ok := count([]byte(said[0])); ok {
			v.Usage.Input, v.Reported = n, true
		}
	}
}

// bedrockHeader says the usage as Bedrock does.
func bedrockHeader(v *interline.Vectors) http.Header {
	if !v.Reported {
		return nil
	}
	return http.Header{tokenHeader: {strconv.FormatInt(v.Usage.Input, 10)}}
}
