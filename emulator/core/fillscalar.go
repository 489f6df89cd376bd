package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// types is a schema's type: one name or a list of names.
type types []string

// UnmarshalJSON accepts a string or an array of strings.
func (t *types) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = types{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// object is a JSON object that remembers the order of its members, because
// callers expect arguments in the order in which they declared them.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

// UnmarshalJSON reads an object.
func (o *object) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("read properties: want an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return fmt.Errorf("read property name: %w", err)
		}
		m := member{name: name.(string)} // the decoder admits nothing else before a colon
		if err := d.Decode(&m.value); err != nil {
			return fmt.Errorf("read property %s: %w", m.name, err)
		}
		*o = append(*o, m)
	}
	return nil
}

// get returns a member's value, or an empty schema when there is none.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return json.RawMessage("{}")
}

// number is the smallest value of the schema that is not negative, or a word
// that reads as a number.
func (f *filler) number(s schema) json.RawMessage {
	whole := s.kind(0) == "integer"
	if len(f.words) > 0 {
		if n, err := strconv.ParseFloat(f.words[0], 64); err == nil && (!whole || n == math.Trunc(n)) {
			f.words = f.words[1:]
			return formatNumber(n)
		}
	}
	low, high := s.bounds(whole)
	n := min(max(1, low), high)
	if s.MultipleOf > 0 {
		n = math.Ceil(n/s.MultipleOf) * s.MultipleOf
		if n > high {
			n = math.Floor(high/s.MultipleOf) * s.MultipleOf
		}
	}
	if whole {
		n = math.Ceil(n)
	}
	return formatNumber(n)
}

// bounds turns exclusive limits into inclusive ones.
func (s schema) bounds(whole bool) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	inside := 0.5
	if whole {
		inside = 1
	}
	if s.Minimum != nil {
		low = *s.Minimum
	}
	if s.ExclusiveMinimum != nil {
		low = max(low, *s.ExclusiveMinimum+inside)
	}
	if s.Maximum != nil {
		high = *s.Maximum
	}
	if s.ExclusiveMaximum != nil {
		high = min(high, *s.ExclusiveMaximum-inside)
	}
	if low > high { // no room of a half between them: the middle
		low = (low + high) / 2
		high = low
	}
	return low, high
}

func formatNumber(n float64) json.RawMessage {
	if math.IsInf(n, 0) || math.IsNaN(n) {
		n = 1
	}
	body, _ := json.Marshal(n) // finite numbers always encode
	return body
}

// formats has a sample for each format of structured outputs.
var formats = map[string]string{
	"date": "2026-01-01", "time": "12:00:00Z", "date-time": "2026-01-01T12:00:00Z",
	"duration": "PT1H", "email": "emulated@example.com", "hostname": "example.com",
	"uri": "https://example.com/", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uuid": "00000000-0000-4000-8000-000000000000",
}

// text is the next word, or a sample of the format, pattern and length wanted.
func (f *filler) text(s schema, name string) json.RawMessage {
	value := "emulated"
	if name != "" {
		value += " " + name
	}
	switch {
	case len(f.words) > 0:
		value, f.words = f.words[0], f.words[1:]
	case formats[s.Format] != "":
		value = formats[s.Format]
	case s.Pattern != "":
		value = matching(s.Pattern, value)
	}
	if short := s.MinLength - len([]rune(value)); short > 0 {
		value += strings.Repeat("x", min(short, 10_000))
	}
	if s.MaxLength != nil && *s.MaxLength >= 0 && len([]rune(value)) > *s.MaxLength {
		value = string([]rune(value)[:*s.MaxLength])
	}
	body, _ := json.Marshal(value) // a string always encodes
	return body
}

// matching tries a few samples against a pattern and returns the first that
// matches, or the fallback.
func matching(pattern, fallback string) string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return fallback
	}
	samples := []string{fallback, "emulated", "EMULATED", "a", "A", "ab", "AB", "ABC", "abc-123", "ABC-123", "@emulated"}
	for n := range 16 {
		samples = append(samples, strings.Repeat("1", n+1))
	}
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		samples = append(samples, formats[name])
	}
	for _, s := range samples {
		if re.MatchString(s) {
			return s
		}
	}
	return fallback
}
