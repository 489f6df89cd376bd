package core

// Likely is a token with the natural logarithm of how likely it was.
type Likely struct {
	Token string
	Log   float64
}

// rivals are the tokens that are named besides the one that was said. They are
// made up, as the probabilities are.
var rivals = []string{" the", " a", ",", ".", " and", " of", " to", " in", " is", " that", "\n", " for", " it", " as", " with", " on", " be", " at", " by"}

// Odds gives a piece of an answer a probability, and names the most likely tokens
// at its place, itself the first: the piece has e⁻⁰·¹, each rival a tenth of the
// one before. There are up to 20.
func Odds(piece string, most int) (said Likely, top []Likely) {
	said = Likely{piece, -0.1}
	if most > 0 {
		top = append(top, said)
	}
	for _, rival := range rivals {
		if len(top) < most && rival != piece {
			top = append(top, Likely{rival, -0.1 - 2.3*float64(len(top))})
		}
	}
	return said, top
}
