package matrix

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// names are the languages as their vendors call them.
var names = map[string]string{
	protocol.ChatCompletions: "Chat Completions", protocol.Responses: "Responses", protocol.Messages: "Messages",
	protocol.Converse: "Converse", protocol.Invoke: "InvokeModel", protocol.GenerateContent: "generateContent",
}

// page is the page under construction, with the reasons it refers to by number.
type page struct {
	bytes.Buffer
	columns []Column
	rows    []loss.Row
	cannot  []string
}

// printf writes to memory, which does not fail.
func (p *page) printf(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

// Page writes the page of the documentation.
func Page() ([]byte, error) {
	columns, err := Columns()
	if err != nil {
		return nil, err
	}
	p := &page{columns: columns, rows: loss.Rows()}
	p.WriteString(intro)
	if err := p.overview(); err != nil {
		return nil, err
	}
	for _, l := range Languages() {
		if err := p.language(l); err != nil {
			return nil, err
		}
	}
	p.reasons()
	p.WriteString(answered)
	return p.Bytes(), nil
}

const intro = `# The matrix

Made by ` + "`make generate`" + ` from what the code does with a request that says each thing, in each client language, at each place; do not edit. Its losses are the table in ` + "`protocol/loss`" + `, from which the header ` + "`x-interline-losses`" + ` and the log say the same.

| sign | a request that says it is |
|---|---|
| = | *forwarded*: byte for byte, but for the model's name and what the place refuses |
| ✓ | *translated*, and nothing of it is lost |
| ≈ *n* | *translated*, and said differently or made to work another way: see *n* below |
| – *n* | *translated* or forwarded, and left out: see *n* below |
| ✗ *c* | *not sent*: another deployment is asked, or the caller gets 400 with the reason *c* below |
| (empty) | the client's language has no word for it |

`

// overview says in which language each place is asked.
func (p *page) overview() error {
	p.WriteString("## Who is asked in what\n\n| place | model |")
	for _, l := range Languages() {
		p.printf(" %s |", names[l])
	}
	p.WriteString("\n|---|---|" + strings.Repeat("---|", len(Languages())) + "\n")
	for _, c := range p.columns {
		p.printf("| %s | `%s` |", c.Title, c.Model)
		for _, l := range Languages() {
			cell, err := Try(l, Probes()[0], c)
			if err != nil {
				return err
			}
			if cell.Grade == exchange.Forwarded {
				p.WriteString(" = |")
			} else {
				p.printf(" as %s |", names[cell.Language])
			}
		}
		p.WriteByte('\n')
	}
	p.WriteByte('\n')
	return nil
}

// language is the table of one client language.
func (p *page) language(l string) error {
	p.printf("## From %s\n\n| |", names[l])
	for _, c := range p.columns {
		p.printf(" %s<br>`%s` |", c.Title, short(c.Model))
	}
	p.WriteString("\n|---|" + strings.Repeat("---|", len(p.columns)) + "\n")
	for _, probe := range Probes() {
		if probe.Hidden {
			continue
		}
		row, said, err := p.row(l, probe)
		if err != nil {
			return err
		}
		if said {
			p.printf("| %s |%s\n", probe.Title, row)
		}
	}
	p.WriteByte('\n')
	return nil
}

// short is a model's name without what tells its region and vendor.
func short(model string) string {
	_, name, found := strings.Cut(model, "openai.")
	if !found {
		if _, name, found = strings.Cut(model, "anthropic."); !found {
			name = model
		}
	}
	name, _, _ = strings.Cut(name, "-2025")
	return name
}

func (p *page) row(l string, probe Probe) (row string, said bool, err error) {
	var b strings.Builder
	for _, c := range p.columns {
		cell, err := Try(l, probe, c)
		if err != nil {
			return "", false, err
		}
		b.WriteString(" " + p.cell(cell) + " |")
		said = said || !cell.Unsayable
	}
	return b.String(), said, nil
}

func (p *page) cell(c Cell) string {
	switch {
	case c.Unsayable:
		return ""
	case c.Cannot != nil:
		return "✗ " + letters(p.reason(c.Cannot.Message))
	case len(c.Losses) == 0 && c.Grade == exchange.Forwarded:
		return "="
	case len(c.Losses) == 0:
		return "✓"
	}
	sign, numbers := "≈", []string{}
	for _, l := range c.Losses {
		if l.Action == interline.LossDropped {
			sign = "–"
		}
		if n := fmt.Sprint(p.number(l.Kind)); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return sign + " " + strings.Join(numbers, ", ")
}

func (p *page) number(kind string) int {
	return 1 + slices.IndexFunc(p.rows, func(r loss.Row) bool { return string(r.Kind) == kind })
}

// reason is the number of a reason why a place is not asked.
func (p *page) reason(message string) int {
	if _, after, ok := strings.Cut(message, ": "); ok && !strings.Contains(message[:len(message)-len(after)], " ") {
		message = after // without the field
	}
	for _, c := range p.columns {
		message = strings.ReplaceAll(message, c.at.Name, "the deployment")
	}
	if i := slices.Index(p.cannot, message); i >= 0 {
		return i
	}
	p.cannot = append(p.cannot, message)
	return len(p.cannot) - 1
}

func letters(n int) string { return string(rune('a' + n)) }

// reasons are the whole table of losses, and what refuses a request.
func (p *page) reasons() {
	p.WriteString("## Losses\n\n| | kind | what becomes of it | why | when asked in |\n|---|---|---|---|---|\n")
	for i, r := range p.rows {
		var in []string
		for l := range strings.FieldsSeq(r.In) {
			in = append(in, names[l])
		}
		why := strings.NewReplacer("%d", "…", "%s", "…", "%q", "…").Replace(r.Reason)
		p.printf("| %d | `%s` | %s | %s | %s |\n", i+1, r.Kind, r.Action, why, strings.Join(in, ", "))
	}
	p.WriteString("\n## Reasons why a place is not asked\n\n| | |\n|---|---|\n")
	for i, m := range p.cannot {
		p.printf("| %s | %s |\n", letters(i), m)
	}
}
