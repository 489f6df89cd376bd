package responses

import "github.com/interline-ai/interline/internal/jsonscan"

// piece reads what most of a stream is, a piece of text without log-probabilities, and
// without the JSON library: with a pause before each event its code and tables are
// never in the processor's caches. ok is false for anything else, which is then read
// in full.
func piece(data []byte) (output, content int, text []byte, ok bool) {
	c := jsonscan.At(data)
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "type", "item_id", "obfuscation":
			c.Text()
		case "sequence_number":
			c.Int()
		case "output_index":
			output = int(c.Int())
		case "content_index":
			content = int(c.Int())
		case "logprobs":
			c.Empty()
		case "delta":
			text = c.Text()
		case "":
			return output, content, text, c.OK() && text != nil
		default:
			return 0, 0, nil, false
		}
	}
}
