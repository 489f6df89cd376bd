package converse

import "github.com/interline-ai/interline/internal/jsonscan"

// piece reads what most of a stream is, a piece of text as Bedrock writes it, without
// the JSON library: with a pause before each event its code and tables are never in
// the processor's caches. ok is false for anything else, which is then read in full.
func piece(data []byte) (block int, text []byte, ok bool) {
	c := jsonscan.At(data)
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "contentBlockIndex":
			block = int(c.Int())
		case "delta":
			c.Take('{')
			if string(c.Member(true)) != "text" || text != nil {
				return 0, nil, false
			}
			text = c.Text()
			c.Take('}')
		case "p":
			c.Text()
		case "":
			return block, text, c.OK() && text != nil
		default:
			return 0, nil, false
		}
	}
}
