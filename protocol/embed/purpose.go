package embed

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/loss"
)

// purpose is one row of what vectors may be for, in each vendor's words.
type purpose struct {
	is     interline.Purpose
	google string
	cohere string
	near   bool // Cohere's word is only the nearest
}

// table of purposes (Gemini API reference, TaskType, and Cohere's page on
// input_type, 2026-11).
var table = [...]purpose{
	{interline.PurposeQuery, "RETRIEVAL_QUERY", "search_query", false},
	{interline.PurposeDocument, "RETRIEVAL_DOCUMENT", "search_document", false},
	{interline.PurposeClassification, "CLASSIFICATION", "classification", false},
	{interline.PurposeClustering, "CLUSTERING", "clustering", false},
	{interline.PurposeSimilarity, "SEMANTIC_SIMILARITY", "clustering", true},
	{interline.PurposeQuestion, "QUESTION_ANSWERING", "search_query", true},
	{interline.PurposeFact, "FACT_VERIFICATION", "search_query", true},
	{interline.PurposeCode, "CODE_RETRIEVAL_QUERY", "search_query", true},
}

// row finds a purpose's row.
func row(fits func(purpose) bool) (purpose, bool) {
	i := slices.IndexFunc(table[:], fits)
	if i < 0 {
		return purpose{}, false
	}
	return table[i], true
}

func known(p interline.Purpose) bool {
	_, ok := row(func(r purpose) bool { return r.is == p })
	return ok
}

// purposes are their names.
func purposes() []string {
	var out []string
	for _, r := range table {
		out = append(out, string(r.is))
	}
	return out
}

// googles is a purpose in Google's words.
func googles(p interline.Purpose) string {
	r, _ := row(func(r purpose) bool { return r.is == p })
	return r.google
}

// coheres is a purpose in Cohere's words, which must be said, and what is lost
// by them.
func coheres(p interline.Purpose, field string) (string, []interline.Loss) {
	r, ok := row(func(r purpose) bool { return r.is == p })
	switch {
	case !ok:
		return "search_document", []interline.Loss{loss.EmbedAssumed.At(field)}
	case r.near:
		return r.cohere, []interline.Loss{loss.EmbedPurpose.At(field, r.cohere)}
	}
	return r.cohere, nil
}
