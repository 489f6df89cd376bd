package responses

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/jsonout"
)

// annotation is a citation of any type (openai-go v3.96.0). Places are characters,
// counted from the beginning of the part's text; the end is not included.
type annotation struct {
	Type     string `json:"type"`
	Start    int    `json:"start_index"`
	End      int    `json:"end_index"`
	Index    int    `json:"index"` // of a file_citation, where it belongs; of a file_path, which file
	Title    string `json:"title"`
	URL      string `json:"url"`
	FileID   string `json:"file_id"`
	Filename string `json:"filename"`
}

// citation reads one annotation; of a type that nobody knows yet it keeps the
// vendor's own form.
func citation(v jsontext.Value) interline.Citation {
	c := interline.Citation{Document: -1, Language: protocol.Responses, Raw: []byte(v)}
	var w annotation
	if json.Unmarshal(v, &w, lenient) != nil {
		return c
	}
	c.URL, c.Title, c.FileID = w.URL, w.Title, w.FileID
	if c.Title == "" {
		c.Title = w.Filename
	}
	switch {
	case w.Type == "file_citation" && w.Index > 0:
		c.Start, c.End = w.Index, w.Index
	case w.Start >= 0 && w.End > w.Start:
		c.Start, c.End = w.Start, w.End
	}
	return c
}

// annotations reads a list of them; anything that is no list has none.
func annotations(v jsontext.Value) []interline.Citation {
	var raws []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &raws, lenient) != nil {
		return nil
	}
	var out []interline.Citation
	for _, raw := range raws {
		out = append(out, citation(raw))
	}
	return out
}

// annotated reads an annotation of a stream.
func (d *decoder) annotated(e *event) {
	at := place(e.OutputIndex, e.ContentIndex)
	if b := d.open(at, interline.Text, "", ""); !b.done && e.AnnotationIndex >= b.cites && e.Annotation.Kind() == '{' {
		d.cite(at, b, citation(e.Annotation))
	}
}

// annotate reads the annotations of a whole part: those that no event has told.
func (d *decoder) annotate(at int, p *outPart) {
	b := d.blocks[at]
	if b == nil || b.done {
		return
	}
	all := annotations(p.Annotations)
	for i := b.cites; i < len(all); i++ {
		d.cite(at, b, all[i])
	}
}

func (d *decoder) cite(at int, b *told, c interline.Citation) {
	b.cites++
	d.answer.Tell(at, c)
}

// notes are the annotations that an item has told, as elements of an array.
type notes struct {
	count int64
	all   jsonout.Text
}

// cite says a citation of an item's text, and keeps it for the events that say the
// text whole. One of a document of the request has no form here and is left out.
func (e *encoder) cite(dst []byte, ev *interline.Event) []byte {
	it := e.blocks[ev.Index]
	if it == nil || it.kind != interline.Text || !it.parted || ev.Citation == nil {
		return dst
	}
	note := annotationOf(ev.Citation, it.text)
	if note == nil {
		return dst
	}
	index := it.notes.count
	it.notes.count++
	if len(it.notes.all) > 0 {
		it.notes.all = append(it.notes.all, ',')
	}
	it.notes.all = append(it.notes.all, note...)
	if it.done {
		return dst
	}
	return e.frame(dst, "response.output_text.annotation.added", func(t *jsonout.Text) {
		it.where(t)
		t.Int("annotation_index", index)
		t.Raw("annotation", note)
	})
}

// annotationOf says a citation, or returns nil where the language has no form for it.
func annotationOf(c *interline.Citation, text []byte) jsonout.Text {
	var t jsonout.Text
	if c.Language == protocol.Responses && len(c.Raw) > 0 {
		t.Value(c.Raw)
		return t
	}
	length := utf8.RuneCount(text)
	start, end := 0, length
	if c.End > 0 {
		end = min(c.End, length)
		start = min(c.Start, end)
	}
	t.Open('{')
	switch {
	case c.URL != "":
		t.String("type", "url_citation")
		t.Int("start_index", int64(start))
		t.Int("end_index", int64(end))
		t.String("title", c.Title)
		t.String("url", c.URL)
	case c.FileID != "" && c.Document < 0:
		t.String("type", "file_citation")
		t.String("file_id", c.FileID)
		t.String("filename", c.Title)
		t.Int("index", int64(end))
	default:
		return nil
	}
	t.Close('}')
	return t
}

// append adds the annotations that were told so far.
func (n *notes) append(t *jsonout.Text) {
	t.Array("annotations")
	*t = append(*t, n.all...)
	t.Close(']')
}
