package claude

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Unit is what the places of a quote are counted in.
type Unit int

// The units: characters of a plain text and blocks of one that was given in blocks
// from 0, pages of a PDF too (the languages say them from 1).
const (
	Characters Unit = iota
	Pages
	Blocks
)

// Quote is a piece of a document, or of a search result, that the model cites: the
// words of the document itself.
type Quote struct {
	Text     string
	Unit     Unit
	From, To int // To is not included
	Result   bool
	Number   int // among the documents, or among the search results
	Title    string
	Source   string // of a search result
}

// longestQuote is in characters.
const longestQuote = 200

// QuoteText quotes the first sentence of a text, or its first characters. ok is
// false for a text that says nothing.
func QuoteText(text string) (q Quote, ok bool) {
	said := strings.TrimLeft(text, " \t\r\n")
	if said == "" {
		return q, false
	}
	q.From = utf8.RuneCountInString(text[:len(text)-len(said)])
	end := len(said)
	if at := strings.IndexByte(said, '\n'); at >= 0 {
		end = at
	}
	if at := strings.Index(said[:end], ". "); at >= 0 {
		end = at + 1
	}
	runes := []rune(strings.TrimRight(said[:end], " \t\r"))
	runes = runes[:min(len(runes), longestQuote)]
	q.Text, q.To = string(runes), q.From+len(runes)
	return q, true
}

// QuotePDF quotes the first line of the file, which is all of it that is read here.
func QuotePDF(data []byte) Quote {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = line[:min(len(line), len("%PDF-1.7"))]
	return Quote{Text: strings.TrimSpace(strings.ToValidUTF8(string(line), "")), Unit: Pages, To: 1}
}
