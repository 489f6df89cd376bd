package gemini

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// turnTokens frame a turn. Google does not publish its framing; recorded counts
// of short prompts show hardly any.
const turnTokens = 1

// reading is a prompt with what each modality counts.
type reading struct {
	*core.Reading
	media map[string]int // tokens by modality, other than TEXT
}

// prompt says a checked request in the core's words.
func (k *Call) prompt(q *request) (core.Prompt, map[string]int) {
	p := core.Prompt{
		Place: k.Place, Model: k.model.ID, Stop: q.Config.Stop,
		MaxOutput: k.model.MaxOutput, Count: 1, JSON: q.Config.MimeType == jsonType,
	}
	if q.Config.MaxOutput != nil {
		p.MaxOutput = *q.Config.MaxOutput
	}
	if q.Config.Candidates != nil {
		p.Count = *q.Config.Candidates
	}
	p.Effort, p.Budget = k.effort(q.Config.ThinkingAsked)
	switch {
	case q.Config.JSONSchema != nil:
		p.Schema = q.Config.JSONSchema
	case q.Config.Schema != nil:
		p.Schema = jsonSchema(q.Config.Schema)
	}
	chooseTools(&p, q)
	w := &writer{p: &p, media: make(map[string]int)}
	w.segments(q)
	lastTurn(&p, merged(q.Contents))
	return p, w.media
}

// effort is how hard the model thinks, and within how many tokens. Without a
// wish models of the third generation think at level HIGH, those before it as
// they like. Models that speak do not think.
func (k *Call) effort(t *asked) (effort string, budget int) {
	if t == nil {
		t = &asked{}
	}
	switch {
	case k.model.Speaks, t.Budget != nil && *t.Budget == 0:
		return "", 0
	case t.Budget != nil && *t.Budget > 0:
		return budgetEffort(*t.Budget), *t.Budget
	case t.Level != "" && t.Level != "THINKING_LEVEL_UNSPECIFIED":
		return levels[t.Level], 0
	case k.model.Signs():
		return "high", 0
	}
	return "medium", 0
}

var levels = map[string]string{"MINIMAL": "minimal", "LOW": "low", "MEDIUM": "medium", "HIGH": "high"}

// budgetEffort follows the budgets that Google's OpenAI-compatible door gives
// to efforts.
func budgetEffort(budget int) string {
	switch {
	case budget <= 1024:
		return "low"
	case budget <= 8192:
		return "medium"
	}
	return "high"
}

// chooseTools fills in the tools and the choice among them. Of several allowed
// functions the model has to call one of these, so that it sees no others.
func chooseTools(p *core.Prompt, q *request) {
	c := q.ToolConfig.Calling
	for _, d := range functions(q) {
		if len(c.Allowed) > 0 && !slices.Contains(c.Allowed, d.Name) {
			continue
		}
		p.Tools = append(p.Tools, core.Tool{Name: d.Name, Description: d.Description, Schema: d.schema()})
	}
	switch c.Mode {
	case "NONE":
		p.Choice.Mode = core.ChooseNone
	case "ANY":
		p.Choice.Mode = core.ChooseRequired
	}
}

// schema is the schema of the arguments, in JSON Schema.
func (d declaration) schema() object {
	if d.Parameters != nil {
		return jsonSchema(d.Parameters)
	}
	return d.JSONSchema
}

// writer lays the prompt out in the order of the cache: system, tools, turns.
type writer struct {
	p     *core.Prompt
	media map[string]int
}

func (w *writer) add(s core.Segment) { w.p.Segments = append(w.p.Segments, s) }

func (w *writer) segments(q *request) {
	if q.System != nil {
		w.add(core.Segment{Text: words(q.System.Parts), Salt: "system"})
	}
	for _, d := range functions(q) {
		w.add(core.Segment{Text: d.Name + "\n" + d.Description + "\n" + string(d.schema()), Salt: "tool"})
	}
	if w.p.Schema != nil {
		w.add(core.Segment{Text: string(w.p.Schema), Salt: "schema"})
	}
	for _, t := range merged(q.Contents) {
		w.add(core.Segment{Extra: turnTokens, Salt: t.Role})
		for _, p := range t.Parts {
			w.part(p)
		}
	}
}

func (w *writer) part(p part) {
	switch {
	case p.Text != nil && !p.Thought:
		w.add(core.Segment{Text: *p.Text})
	case p.Call != nil:
		w.add(core.Segment{Text: p.Call.Name + string(p.Call.Args)})
	case p.Response != nil:
		w.add(core.Segment{Text: p.Response.Name + string(p.Response.Response)})
		for _, inner := range p.Response.Parts {
			w.part(inner)
		}
	case p.Code != nil:
		w.add(core.Segment{Text: p.Code.Code})
	case p.Result != nil:
		w.add(core.Segment{Text: p.Result.Output})
	case p.Inline != nil:
		w.inline(p.Inline)
	case p.File != nil:
		w.file(p.File)
	}
}

func (w *writer) inline(b *blob) {
	kind := modality(b.Type)
	if kind == "TEXT" {
		w.add(core.Segment{Text: string(b.Data)})
		return
	}
	sum := sha256.Sum256(b.Data)
	n := mediaTokens(kind, b)
	w.media[kind] += n
	w.add(core.Segment{Extra: n, Salt: string(sum[:])})
	if kind == "IMAGE" {
		img, _ := core.ReadImage(b.Type, b.Data)
		w.p.Images = append(w.p.Images, img)
	}
}

// file counts a file that nobody has looked at by a fixed number.
func (w *writer) file(f *file) {
	kind := modality(f.Type)
	if kind == "" {
		kind = "VIDEO" // the only files without a type are YouTube's
	}
	w.media[kind] += fileTokens
	w.add(core.Segment{Extra: fileTokens, Salt: f.URI})
	if kind == "IMAGE" {
		w.p.Images = append(w.p.Images, core.Image{Type: f.Type, URL: f.URI})
	}
}

// lastTurn finds what the model is to react to.
func lastTurn(p *core.Prompt, turns []content) {
	last := turns[len(turns)-1]
	if last.Role == "model" {
		return
	}
	p.LastUser = words(last.Parts)
	for _, r := range responsesOf(last) {
		text, failed := outcome(r.Response)
		p.Results = append(p.Results, core.ToolResult{ID: r.ID, Name: r.Name, Text: text, Failed: failed})
	}
}

// outcome reads a function response. By convention the result is in output (or
// result) and a failure in error; any other object is quoted as it is.
func outcome(raw object) (text string, failed bool) {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil || len(all) != 1 {
		return compact(raw), false
	}
	for name, v := range all {
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = compact(v)
		}
		switch name {
		case "output", "result":
			return s, false
		case "error":
			return s, true
		}
	}
	return compact(raw), false
}

func compact(raw object) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return "{}"
	}
	return b.String()
}
