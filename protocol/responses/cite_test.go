package responses

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// The annotations that the vendor has, in its own words.
const (
	urlNote       = `{"type":"url_citation","start_index":6,"end_index":16,"title":"A page","url":"https://example.com/a"}`
	fileNote      = `{"type":"file_citation","file_id":"file-1","filename":"rome.pdf","index":16}`
	containerNote = `{"type":"container_file_citation","container_id":"cntr_1","file_id":"cfile_1","filename":"plot.png","start_index":0,"end_index":4}`
	pathNote      = `{"type":"file_path","file_id":"file-2","index":0}`
)

func TestAnnotationsAreRead(t *testing.T) {
	for raw, want := range map[string]interline.Citation{
		urlNote:                      {Start: 6, End: 16, Title: "A page", URL: "https://example.com/a", Document: -1},
		fileNote:                     {Start: 16, End: 16, Title: "rome.pdf", FileID: "file-1", Document: -1},
		containerNote:                {Start: 0, End: 4, Title: "plot.png", FileID: "cfile_1", Document: -1},
		pathNote:                     {FileID: "file-2", Document: -1},
		`{"type":"novelty","url":1}`: {Document: -1},
	} {
		got := citation([]byte(raw))
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(interline.Citation{}, "Language", "Raw")); diff != "" || string(got.Raw) != raw {
			t.Errorf("%s (%s):\n%s", raw, got.Raw, diff)
		}
	}
}

// TestAnnotationsAreRepeated: an event of its own, and then in every event that says
// the text whole, each once; and the vendor's own form is kept to the letter.
func TestAnnotationsAreRepeated(t *testing.T) {
	l := New(Dialect{})
	all := urlNote + "," + fileNote + "," + containerNote + "," + pathNote
	body := `{"id":"resp_1","status":"completed","model":"m","output":[{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Sieh: Ä ist alt. 🎈","annotations":[` + all + `]}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}`
	out := string(protocoltest.Encode(l, interline.Head{Model: "m", Stream: true}, protocoltest.DecodeBody(t, l, []byte(body))))
	if n := strings.Count(out, "event: response.output_text.annotation.added"); n != 4 {
		t.Errorf("%d events of annotations in %s", n, out)
	}
	if n := strings.Count(out, `"annotations":[`+all+`]`); n != 3 {
		t.Errorf("repeated %d times in %s", n, out)
	}
	for i, raw := range []string{urlNote, fileNote, containerNote, pathNote} {
		if !strings.Contains(out, `"annotation_index":`+string(rune('0'+i))+`,"annotation":`+raw) {
			t.Errorf("%s has not the number %d in %s", raw, i, out)
		}
	}
	told := protocoltest.Fold(protocoltest.DecodeStream(t, l, []byte(out)))
	if n := len(told.Choices[0].Blocks[0].Cites); n != 4 {
		t.Errorf("read again: %d", n)
	}
}
