package dialogue

import "github.com/interline-ai/interline"

// SayProbable is Say for a piece of text with the log-probabilities of its tokens.
// The piece may be empty, since a token may end within a letter.
func (a *Answer) SayProbable(wire int, text string, probs []interline.LogProb) {
	if b := a.find(wire); b != nil && (text != "" || len(probs) > 0) {
		b.object = false
		a.Emit(interline.Event{Kind: interline.Delta, Index: b.index, Block: b.kind, Text: text, LogProbs: probs})
	}
}
