package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Env returns an environment variable, as os.LookupEnv does. A nil Env is the
// process's own environment.
type Env func(name string) (value string, ok bool)

func (e Env) lookup(name string) (string, bool) {
	if e == nil {
		return os.LookupEnv(name)
	}
	return e(name)
}

// maxFile bounds what a ${file:...} reference may bring, in bytes.
const maxFile = 64 << 10

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces the references in a scalar. What they bring is not looked at
// again.
func (e Env) expand(text string) (string, error) {
	if !strings.Contains(text, "${") {
		return text, nil
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		if !ok {
			b.WriteString(text)
			return b.String(), nil
		}
		if literal, escaped := strings.CutSuffix(before, "$"); escaped {
			b.WriteString(literal + "${")
			text = rest
			continue
		}
		b.WriteString(before)
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return "", errors.New("a reference that begins with ${ does not end with }")
		}
		value, err := e.resolve(name)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		text = after
	}
}

func (e Env) resolve(ref string) (string, error) {
	if path, ok := strings.CutPrefix(ref, "file:"); ok {
		return readReference(path)
	}
	name, fallback, hasFallback := strings.Cut(ref, ":-")
	if !variable.MatchString(name) {
		return "", fmt.Errorf("${%s} is no reference: write ${NAME}, ${NAME:-default} or ${file:/path}", ref)
	}
	value, ok := e.lookup(name)
	switch {
	case ok && (value != "" || !hasFallback):
		return value, nil
	case hasFallback:
		return fallback, nil
	}
	return "", fmt.Errorf("the environment variable %s is not set", name)
}

// readReference reads a small file without its last line break.
func readReference(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read the referenced file: %w", err)
	}
	if !st.Mode().IsRegular() || st.Size() > maxFile {
		return "", fmt.Errorf("read the referenced file: %s is not a file of at most %d bytes", path, maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the referenced file: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), nil
}
