package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/interline-ai/interline/cloud/all"
)

// FuzzParse: no document breaks the decoder, problems stand where the document
// is, and what loads can be built.
func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("d: \x12\r\r\x12")
	stories, _ := filepath.Glob("testdata/problems/*.txtar")
	for _, path := range stories {
		if a, err := txtar.ParseFile(path); err == nil {
			f.Add(section(a, "interline.yaml"))
		}
	}
	e := env("INTERLINE_KEY=k\nOPENAI_API_KEY=sk\nATTEMPTS=5")
	f.Fuzz(func(t *testing.T, document string) {
		if strings.Contains(document, "${file:") {
			return // it may be any file of the machine
		}
		c, err := Parse("x", []byte(document), e)
		if err == nil {
			if _, err := c.Build(all.Options{}); err != nil {
				t.Errorf("it loads, but cannot be built: %v", err)
			}
			return
		}
		var problems Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("error %T %v", err, err)
		}
		for _, p := range problems {
			// YAML's lines end with a carriage return as well.
			if p.Message == "" || p.Line < 0 || p.Line > strings.Count(document, "\n")+strings.Count(document, "\r")+2 {
				t.Errorf("problem %+v", p)
			}
		}
	})
}
