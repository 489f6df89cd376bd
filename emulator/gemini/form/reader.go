package form

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// reader walks a request, writes it anew and collects what is wrong with it.
type reader struct {
	pkg   string
	out   bytes.Buffer
	wrong []rpc.Violation
	depth int
}

// deepest is how many messages may be inside of each other.
const deepest = 100

func (r *reader) fail(path, format string, args ...any) {
	r.wrong = append(r.wrong, rpc.Violation{Field: path, Description: fmt.Sprintf(format, args...)})
}

// unknown words a name that has no place at a path.
func (r *reader) unknown(path, name, why string) {
	at := ""
	if path != "" {
		at = " at '" + path + "'"
	}
	r.fail(path, "Invalid JSON payload received. Unknown name %q%s: %s", name, at, why)
}

// invalid words a value that does not fit its field.
func (r *reader) invalid(path, kind, say string) {
	r.fail(path, "Invalid value at '%s' (%s), %s", path, kind, say)
}

// member is one name and value of an object, in the order of writing.
type member struct {
	name string
	raw  json.RawMessage
}

func members(raw json.RawMessage) []member {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	var all []member
	for dec.More() {
		name, err := dec.Token()
		var v json.RawMessage
		if err != nil || dec.Decode(&v) != nil {
			return all
		}
		all = append(all, member{name.(string), v}) // a member's name is always a string
	}
	return all
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// message reads an object. A null is an absent field.
func (r *reader) message(path string, m *Message, raw json.RawMessage) {
	r.depth++
	defer func() { r.depth-- }()
	r.out.WriteByte('{')
	defer r.out.WriteByte('}')
	if r.depth > deepest {
		r.fail(path, "Message too deep. Max recursion depth reached for path '%s'", clip(json.RawMessage(path)))
		return
	}
	first, set := true, make(map[string]bool)
	for _, each := range members(raw) {
		f := m.fields[each.name]
		if f == nil {
			r.unknown(path, each.name, "Cannot find field.")
			continue
		}
		if isNull(each.raw) {
			continue
		}
		if f.oneof != "" {
			if set[f.oneof] {
				r.invalid(path, "oneof", fmt.Sprintf("oneof field '%s' is already set. Cannot set '%s'", f.oneof, camel(f.name)))
				continue
			}
			set[f.oneof] = true
		}
		if !first {
			r.out.WriteByte(',')
		}
		first = false
		r.key(camel(f.name))
		r.field(path, f, each)
	}
}

func (r *reader) key(name string) {
	key, _ := json.Marshal(name) // a string always encodes
	r.out.Write(key)
	r.out.WriteByte(':')
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *reader) field(path string, f *field, each member) {
	at := join(path, f.name)
	if each.raw[0] != '[' || f.kind == value {
		if f.repeated {
			r.out.WriteByte('[')
			defer r.out.WriteByte(']')
		}
		r.one(path, at, f, each)
		return
	}
	if !f.repeated {
		r.unknown(path, each.name, "Proto field is not repeating, cannot start list.")
		return
	}
	var items []json.RawMessage
	_ = json.Unmarshal(each.raw, &items) // it is an array of valid JSON
	r.out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			r.out.WriteByte(',')
		}
		r.one(path, at+"["+strconv.Itoa(i)+"]", f, member{each.name, item})
	}
	r.out.WriteByte(']')
}

// one reads one value of a field.
func (r *reader) one(path, at string, f *field, each member) {
	raw := each.raw
	switch f.kind {
	case value:
		r.out.Write(raw)
	case message, object, textMap, mapOf:
		if raw[0] != '{' {
			r.invalid(at, r.typeOf(f), clip(raw))
			return
		}
		r.inner(at, f, raw)
	default:
		if raw[0] == '{' {
			r.unknown(path, each.name, "Proto field is not a message, cannot start message.")
			return
		}
		r.scalar(at, f, raw)
	}
}

func (r *reader) inner(at string, f *field, raw json.RawMessage) {
	switch f.kind {
	case message:
		r.message(at, f.of, raw)
	case object:
		r.out.Write(raw)
	default:
		r.out.WriteByte('{')
		for i, each := range members(raw) {
			if i > 0 {
				r.out.WriteByte(',')
			}
			r.key(each.name)
			entry := at + "[" + strconv.Itoa(i) + "].value"
			kind := &field{name: "value", kind: text}
			if f.kind == mapOf {
				kind = &field{name: "value", kind: message, of: f.of}
			}
			r.one(at, entry, kind, each)
		}
		r.out.WriteByte('}')
	}
}

// typeOf is the type as the front end names it.
func (r *reader) typeOf(f *field) string {
	switch f.kind {
	case message:
		return "type.googleapis.com/" + r.pkg + "." + f.of.name
	case enum:
		return "type.googleapis.com/" + r.pkg + "." + f.enum
	case object:
		return "type.googleapis.com/google.protobuf.Struct"
	case duration:
		return "type.googleapis.com/google.protobuf.Duration"
	case textMap, mapOf:
		return "Map"
	}
	return scalarTypes[f.kind]
}

var scalarTypes = map[kind]string{
	text: "TYPE_STRING", base64Bytes: "TYPE_BYTES", flag: "TYPE_BOOL",
	whole: "TYPE_INT32", long: "TYPE_INT64", number: "TYPE_DOUBLE",
}

func (r *reader) scalar(at string, f *field, raw json.RawMessage) {
	good := raw
	var s string
	isText := json.Unmarshal(raw, &s) == nil
	switch f.kind {
	case text:
		if !isText {
			good = nil
		}
	case flag:
		if isText {
			good = json.RawMessage(s)
		}
		if string(good) != "true" && string(good) != "false" {
			good = nil
		}
	case whole, long, number:
		good = readNumber(f.kind, raw, s)
	case enum:
		if good = readWord(f, raw, s, isText); good == nil {
			r.out.WriteString(`""`)
			r.invalid(at, r.typeOf(f), clip(raw))
			return
		}
	case duration:
		d, err := time.ParseDuration(s)
		if !isText || err != nil || !strings.HasSuffix(s, "s") || d < 0 {
			good = nil
		}
	case base64Bytes:
		data, ok := decode(s)
		if !isText || !ok {
			r.invalid(at, "TYPE_BYTES", "Base64 decoding failed for "+clip(raw))
			return
		}
		good, _ = json.Marshal(data) // bytes always encode, as standard base64
	}
	if good == nil {
		r.invalid(at, r.typeOf(f), clip(raw))
		return
	}
	r.out.Write(good)
}

// decode takes base64 in either alphabet, padded or not, as protobuf JSON does.
func decode(s string) ([]byte, bool) {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	data, err := base64.RawStdEncoding.DecodeString(s)
	return data, err == nil
}

func readNumber(k kind, raw json.RawMessage, s string) json.RawMessage {
	if s == "" {
		s = string(raw)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	if k == number {
		return strconv.AppendFloat(nil, n, 'g', -1, 64)
	}
	most := float64(math.MaxInt32)
	if k == long {
		most = 1 << 53
	}
	if n != math.Trunc(n) || math.Abs(n) > most {
		return nil
	}
	return strconv.AppendInt(nil, int64(n), 10)
}

// readWord accepts an enum's name in any case, or its number.
func readWord(f *field, raw json.RawMessage, s string, isText bool) json.RawMessage {
	if !isText {
		n, err := strconv.Atoi(string(raw))
		if err != nil || n < 0 || n >= len(f.words) {
			return nil
		}
		s = f.words[n]
	}
	if s = strings.ToUpper(s); !slices.Contains(f.words, s) {
		return nil
	}
	word, _ := json.Marshal(s) // a string always encodes
	return word
}

// clip shortens a value that is quoted in a refusal.
func clip(raw json.RawMessage) string {
	const most = 200
	if s := strings.ToValidUTF8(string(raw), "\uFFFD"); len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return string(raw)
}
