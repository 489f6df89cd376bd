package core

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Think is the model. The same seed, index and prompt give the same answer;
// index tells several answers to one prompt apart. In this order:
//
//   - with reasoning switched on, reasoning text comes first;
//   - a forced tool is called, and "required" calls the tools that the last
//     user text names, or else the first;
//   - tool results are quoted;
//   - tools that the last user text names are called, one call per mention;
//     get_weather("Bern") and get_weather {"city":"Bern"} give the arguments,
//     otherwise they are filled in from the tool's schema;
//   - a JSON schema is answered with JSON that satisfies it;
//   - "write 500 words" is answered with 500 words;
//   - anything else is answered with a sentence that says it is emulated,
//     describes the images, and repeats the last line of the prompt;
//   - free text ends with what the documents that are to be cited say.
//
// Stop sequences and the output limit cut the answer as they would a real one.
func Think(seed uint64, index int, p Prompt) Answer {
	m := &mind{p: p, index: index, rnd: rand.New(rand.NewPCG(seed, promptSum(p, index)))}
	var a Answer
	if text := m.reasoning(); text != "" {
		a.Parts = append(a.Parts, part(PartReasoning, text))
	}
	if calls := m.calls(); len(calls) > 0 {
		a.Parts = append(a.Parts, calls...)
		a.Stop = StopCalls
	} else {
		a.say(append([]Part{part(PartText, m.text())}, m.quotes()...), p.Stop)
	}
	a.limit(p.MaxOutput)
	a.count()
	return a
}

// promptSum makes the answer depend on the whole prompt.
func promptSum(p Prompt, index int) uint64 {
	h := fnv.New64a()
	for _, s := range p.Segments {
		_, _ = fmt.Fprintf(h, "%d:%s%d:%s%d ", len(s.Salt), s.Salt, len(s.Text), s.Text, s.Extra)
	}
	_, _ = fmt.Fprintf(h, "%q %q %d %q %q", p.Place, p.Model, index, p.LastUser, p.Effort)
	return h.Sum64()
}

// mind holds what one answer is made from.
type mind struct {
	p     Prompt
	index int
	rnd   *rand.Rand
}

// part cuts text into the pieces it is streamed in.
func part(kind PartKind, text string) Part {
	pieces, tokens := Pieces(text)
	return Part{Kind: kind, Pieces: pieces, Tokens: tokens}
}

// effortWords is how many words of reasoning an effort is worth.
var effortWords = map[string]int{"minimal": 8, "low": 24, "medium": 64, "high": 128, "xhigh": 256, "max": 512}

func (m *mind) reasoning() string {
	if m.p.Effort == "" || m.p.Effort == "none" {
		return ""
	}
	n, ok := effortWords[m.p.Effort]
	if !ok {
		n = effortWords["medium"]
	}
	text := "Emulated reasoning with effort " + m.p.Effort + ": " + m.words(n) + "."
	if m.p.Budget <= 0 {
		return text
	}
	a := Answer{Parts: []Part{part(PartReasoning, text)}}
	a.limit(m.p.Budget)
	return a.ReasoningText()
}

// calls decides which tools are called, if any.
func (m *mind) calls() []Part {
	if len(m.p.Tools) == 0 || m.p.Choice.Mode == ChooseNone {
		return nil
	}
	found := findMentions(m.p.LastUser, m.p.Tools)
	switch m.p.Choice.Mode {
	case ChooseNamed:
		found = m.onlyNamed(found)
	case ChooseRequired:
		if len(found) == 0 {
			found = []mention{{tool: m.p.Tools[0]}}
		}
	default:
		if len(m.p.Results) > 0 {
			return nil
		}
	}
	if m.p.OneCall && len(found) > 1 {
		found = found[:1]
	}
	parts := make([]Part, len(found))
	for i, f := range found {
		parts[i] = part(PartCall, string(f.arguments()))
		parts[i].Name, parts[i].CallID = f.tool.Name, m.callID()
	}
	return parts
}

// onlyNamed keeps the first mention of the tool the caller chose, or makes one.
func (m *mind) onlyNamed(found []mention) []mention {
	for _, f := range found {
		if f.tool.Name == m.p.Choice.Name {
			return []mention{f}
		}
	}
	for _, t := range m.p.Tools {
		if t.Name == m.p.Choice.Name {
			return []mention{{tool: t}}
		}
	}
	return nil
}

func (m *mind) callID() string {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var b [24]byte
	for i := range b {
		b[i] = signs[m.rnd.IntN(len(signs))]
	}
	return string(b[:])
}

var wantWords = regexp.MustCompile(`(?i)\bwrite (\d{1,6}) words\b`)

// mostWords bounds "write N words", so that one request cannot hold the
// emulator for long.
const mostWords = 200_000

// text is what is said when no tool is called.
func (m *mind) text() string {
	switch {
	case len(m.p.Schema) > 0:
		return string(fillSchema(m.p.Schema))
	case m.p.JSON:
		return m.jsonText()
	case len(m.p.Results) > 0:
		return m.quoteResults()
	}
	if got := wantWords.FindStringSubmatch(m.p.LastUser); got != nil {
		n, _ := strconv.Atoi(got[1]) // the expression admits digits only
		return m.exactly(min(n, mostWords))
	}
	return m.opening() + m.describeImages() + m.echo()
}

func (m *mind) opening() string {
	s := fmt.Sprintf("This is an emulated answer by %s for %s", m.p.Place, m.p.Model)
	if m.index > 0 {
		s += fmt.Sprintf(" (choice %d)", m.index+1)
	}
	return s + "; no model was asked."
}

// quotes are what documents say, each after a text that leads to it.
func (m *mind) quotes() []Part {
	if len(m.p.Schema) > 0 || m.p.JSON || wantWords.MatchString(m.p.LastUser) {
		return nil
	}
	var parts []Part
	for i, q := range m.p.Quotes {
		quote := part(PartText, q)
		quote.Quote = i + 1
		parts = append(parts, part(PartText, "\nA document says: "), quote)
	}
	return parts
}

// say adds texts, up to the first stop sequence in one of them.
func (a *Answer) say(texts []Part, stops []string) {
	for _, p := range texts {
		cut, matched := cutAtStop(p.Text(), stops)
		if matched == "" {
			a.Parts = append(a.Parts, p)
			continue
		}
		quote := p.Quote
		p = part(PartText, cut)
		p.Quote = quote
		a.Stop, a.Matched = StopSequence, matched
		a.Parts = append(a.Parts, p)
		return
	}
}

func (m *mind) jsonText() string {
	body, _ := json.Marshal(map[string]any{ // strings and a bool always encode
		"emulated": true, "place": m.p.Place, "model": m.p.Model, "last_line": lastLine(m.p.LastUser),
	})
	return string(body)
}

func (m *mind) quoteResults() string {
	var b strings.Builder
	b.WriteString(m.opening())
	for _, r := range m.p.Results {
		name := r.Name
		if name == "" {
			name = r.ID
		}
		verb := "returned"
		if r.Failed {
			verb = "failed with"
		}
		_, _ = fmt.Fprintf(&b, "\nTool %s %s: %s", name, verb, r.Text)
	}
	return b.String()
}

func (m *mind) describeImages() string {
	if len(m.p.Images) == 0 {
		return ""
	}
	var each []string
	for _, img := range m.p.Images {
		each = append(each, describe(img))
	}
	noun := "images"
	if len(each) == 1 {
		noun = "image"
	}
	return fmt.Sprintf(" It came with %d %s: %s.", len(each), noun, strings.Join(each, "; "))
}

func describe(i Image) string {
	if i.URL != "" {
		return "one at a URL, which was not fetched"
	}
	if i.Width == 0 {
		return fmt.Sprintf("%s of %d bytes", i.Type, i.Size)
	}
	return fmt.Sprintf("%s of %d bytes, %dx%d pixels", i.Type, i.Size, i.Width, i.Height)
}

func (m *mind) echo() string {
	line := lastLine(m.p.LastUser)
	if line == "" {
		return ""
	}
	return " Your last line was: " + line
}

// lastLine is the last line with something on it, at most 400 bytes of it.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	line := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
	const most = 400
	if len(line) <= most {
		return line
	}
	end := most
	for end > 0 && !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end] + "…"
}

// cutAtStop ends the text before the earliest stop sequence in it.
func cutAtStop(text string, stops []string) (cut, matched string) {
	at := len(text)
	for _, s := range stops {
		if s == "" {
			continue
		}
		if i := strings.Index(text, s); i >= 0 && i < at {
			at, matched = i, s
		}
	}
	return text[:at], matched
}

// limit cuts the answer to so many tokens; what comes after is dropped.
func (a *Answer) limit(most int) {
	if most <= 0 {
		return
	}
	left := most
	for i := range a.Parts {
		p := &a.Parts[i]
		for j, n := range p.Tokens {
			if n > left {
				p.Pieces, p.Tokens = p.Pieces[:j], p.Tokens[:j]
				a.Parts = a.Parts[:i+1]
				a.Stop, a.Matched = StopLength, ""
				return
			}
			left -= n
		}
	}
}

// count sums the tokens of the parts.
func (a *Answer) count() {
	for _, p := range a.Parts {
		for _, n := range p.Tokens {
			a.Output += n
			if p.Kind == PartReasoning {
				a.Reasoning += n
			}
		}
	}
}
