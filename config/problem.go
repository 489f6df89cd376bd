package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Problem is something wrong in a document.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 when it stands nowhere
	Path         string // as in "places.azure.endpoint"; may be empty
	Message      string // what is wrong
	Hint         string // what to do about it; may be empty
	excerpt      string
}

// Error says where it stands and what is wrong, and shows the lines.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	if p.excerpt != "" {
		b.WriteString("\n" + p.excerpt)
	}
	return b.String()
}

// Problems are all that is wrong with a document, in the order they stand in
// it.
type Problems []Problem

// Error shows all problems, one below the other.
func (p Problems) Error() string {
	parts := make([]string, len(p))
	for i := range p {
		parts[i] = p[i].Error()
	}
	return strings.Join(parts, "\n")
}

// excerpt shows a line with the one before it and a caret below the column.
func excerpt(lines []string, line, column int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	width := len(strconv.Itoa(line))
	var b strings.Builder
	if line > 1 && strings.TrimSpace(lines[line-2]) != "" {
		fmt.Fprintf(&b, "    %*d | %s\n", width, line-1, shown(lines[line-2]))
	}
	text := shown(lines[line-1])
	fmt.Fprintf(&b, "  > %*d | %s\n", width, line, text)
	lead := []rune(text)
	lead = lead[:min(max(column-1, 0), len(lead))]
	for i, r := range lead {
		if r != '\t' {
			lead[i] = ' '
		}
	}
	fmt.Fprintf(&b, "    %*s | %s^", width, "", string(lead))
	return b.String()
}

// Parts of a line that may be somebody's secret: the value of a field whose
// name says so, and long words of letters and digits.
var (
	secretField = regexp.MustCompile(`(?i)(["']?[a-z_-]*(?:key|secret|token|password|credential)["']?\s*:\s*)("[^"]*"|'[^']*'|[^\s,}#]+)`)
	opaqueWord  = regexp.MustCompile(`[A-Za-z0-9_+=~-]{20,}`)
	reference   = regexp.MustCompile(`^["']?\$\{[^}]*\}["']?$`)
	hasDigit    = regexp.MustCompile(`[0-9]`)
)

// shown is a line with what may be a secret replaced, so that an error can be
// pasted into a ticket. The line keeps its length, for the caret.
func shown(line string) string {
	line = strings.TrimRight(line, "\r")
	line = secretField.ReplaceAllStringFunc(line, func(s string) string {
		parts := secretField.FindStringSubmatch(s)
		if reference.MatchString(parts[2]) {
			return s
		}
		return parts[1] + stars(parts[2])
	})
	return opaqueWord.ReplaceAllStringFunc(line, func(s string) string {
		if hasDigit.MatchString(s) {
			return stars(s)
		}
		return s
	})
}

func stars(s string) string { return strings.Repeat("*", len([]rune(s))) }
