package matrix

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/interline-ai/interline/protocol/loss"
)

var update = flag.Bool("update", false, "write the page of the documentation")

// file is the page, seen from this package.
const file = "../../docs/matrix.md"

func TestPageIsCurrent(t *testing.T) {
	page, err := Page()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, page) {
		t.Errorf("docs/matrix.md is not what the code does (%v): run make generate", err)
	}
}

// TestTableIsWhole: what a writer notes is a row of the table, in a language that
// the row names; and every row is provoked in every language it names, so none is
// there that the code forgot.
func TestTableIsWhole(t *testing.T) {
	columns, err := Columns()
	if err != nil {
		t.Fatal(err)
	}
	provoked := map[string]bool{}
	note := func(kind, language, where string) {
		row, ok := loss.Find(loss.Kind(kind))
		if !ok || !row.Happens(language) {
			t.Errorf("%s: %q in %s is not in the table", where, kind, language)
		}
		provoked[kind+" "+language] = true
	}
	quirks, err := Quirks()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Probes() {
		for _, c := range quirks {
			if p.Words == nil {
				break
			}
			for language, losses := range Provoke(p, c) {
				for _, l := range losses {
					note(l.Kind, language, p.Title)
				}
			}
		}
		for _, c := range columns {
			if p.Words != nil {
				for language, losses := range Provoke(p, c) {
					for _, l := range losses {
						note(l.Kind, language, p.Title)
					}
				}
			}
			if p.Hidden && p.Words != nil {
				continue
			}
			for _, language := range Languages() {
				cell, err := Try(language, p, c)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range cell.Losses {
					note(l.Kind, cell.Language, p.Title)
				}
			}
		}
	}
	for _, row := range loss.Rows() {
		for language := range strings.FieldsSeq(row.In) {
			if !slices.Contains(Languages(), language) {
				continue // another operation's
			}
			if !provoked[string(row.Kind)+" "+language] {
				t.Errorf("nothing provokes %q in %s: take it off the table, or add a probe", row.Kind, language)
			}
		}
	}
}
