package gemini

import (
	"slices"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// Model is what the emulator knows of a model: data, not behaviour.
type Model struct {
	ID      string // public name, without "models/"
	Display string
	Version string

	Context   int // tokens of a prompt
	MaxOutput int // tokens of an answer, thoughts included

	// Generation is the number before the point of the name. From 3 on
	// thinking has levels, and calls come back with their signatures only.
	Generation int
	Pro        bool // thinking cannot be switched off, nor be minimal
	// Budgets a caller may set: the least, apart from 0 and -1, and the most.
	BudgetLeast, BudgetMost int
	Candidates              int // answers to one prompt
	CacheLeast              int // tokens; a shorter prefix is not cached

	Speaks bool // answers with sound, and with nothing else

	Dimensions int // length of an embedding; 0 for models that do not embed
}

// Embeds says whether the model embeds rather than answers.
func (m Model) Embeds() bool { return m.Dimensions > 0 }

// Signs says whether calls must come back with their signatures.
func (m Model) Signs() bool { return m.Generation >= 3 }

// cache is the implicit cache, free to write and kept for a short while
// (ai.google.dev, "Context caching", 2026-10). Google does not say in which
// steps it counts; the emulators count in steps of 256 tokens.
func (m Model) cache() core.CacheRule {
	return core.CacheRule{Mode: core.CacheAutomatic, Minimum: m.CacheLeast, Step: 256, Life: 5 * time.Minute}
}

// methods are the operations a model lists.
func (m Model) methods() []string {
	if m.Embeds() {
		return []string{"embedContent", "countTextTokens", "countTokens"}
	}
	return []string{"generateContent", "countTokens"}
}

// Catalogue lists the models of Google the emulators serve, with sizes and
// budgets of Google's model pages (2026-10).
func Catalogue() []Model {
	const million = 1_048_576
	chat := Model{Version: "001", Context: million, MaxOutput: 65_536, Candidates: 1}
	four, flash, pro, light := chat, chat, chat, chat
	four.ID, four.Display, four.Generation, four.Pro, four.CacheLeast = "gemini-4-argon", "Gemini 4 Argon", 4, true, 4096
	flash.ID, flash.Display, flash.Generation, flash.CacheLeast = "gemini-3.8-flash", "Gemini 3.8 Flash", 3, 1024
	pro.ID, pro.Display, pro.Generation, pro.Pro, pro.CacheLeast = "gemini-2.5-pro", "Gemini 2.5 Pro", 2, true, 4096
	pro.BudgetLeast, pro.BudgetMost, pro.Candidates = 128, 32_768, 8
	light.ID, light.Display, light.Generation, light.CacheLeast = "gemini-2.5-flash", "Gemini 2.5 Flash", 2, 1024
	light.BudgetLeast, light.BudgetMost, light.Candidates = 1, 24_576, 8
	return []Model{
		four, flash, pro, light,
		{
			ID: "gemini-2.5-flash-preview-tts", Display: "Gemini 2.5 Flash Preview TTS", Version: "gemini-2.5-flash-exp-tts-2025-05-19",
			Context: 8192, MaxOutput: 16_384, Generation: 2, Candidates: 1, Speaks: true,
		},
		{ID: "gemini-embedding-001", Display: "Gemini Embedding 001", Version: "001", Context: 2048, MaxOutput: 1, Dimensions: 3072},
		{ID: "gemini-embedding-2", Display: "Gemini Embedding 2", Version: "2", Context: 8192, MaxOutput: 1, Dimensions: 3072},
	}
}

// Find looks a model up by its name.
func Find(models []Model, id string) (Model, bool) {
	i := slices.IndexFunc(models, func(m Model) bool { return m.ID == id })
	if i < 0 {
		return Model{}, false
	}
	return models[i], true
}
