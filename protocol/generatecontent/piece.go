package generatecontent

import "github.com/interline-ai/interline/internal/jsonscan"

// chunk is what most of a stream is: a piece of one candidate's text, with the usage
// so far. It is read without the JSON library: with a pause before each chunk its code
// and tables are never in the processor's caches. Its memory is used again.
type chunk struct {
	answer     answer
	candidates [1]candidate
	parts      [1]part
	text       string
	usage      usageMetadata
	told       bool // a text was
}

// read reads a chunk; ok is false for anything else, which is then read in full. What
// only the first chunk is asked for, its names, is left out.
func (k *chunk) read(data []byte) (ok bool) {
	details := k.usage.PromptDetails[:0]
	more := k.usage.CandidateDetails[:0]
	k.usage, k.told = usageMetadata{PromptDetails: details, CandidateDetails: more}, false
	k.answer, k.candidates[0], k.parts[0] = answer{}, candidate{}, part{Text: &k.text}
	c := jsonscan.At(data)
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "candidates":
			c.Take('[')
			k.candidate(&c)
			c.Take(']')
		case "usageMetadata":
			k.count(&c)
			k.answer.Usage = &k.usage
		case "modelVersion", "responseId", "createTime":
			c.Text()
		case "":
			k.candidates[0].Content.Parts = k.parts[:]
			k.answer.Candidates = k.candidates[:]
			return c.OK() && k.told
		default:
			return false
		}
		if c.Failed() {
			return false
		}
	}
}

func (k *chunk) candidate(c *jsonscan.Cursor) {
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "content":
			k.content(c)
		case "index":
			k.candidates[0].Index = count(c.Int())
		case "":
			return
		default:
			c.Fail()
		}
	}
}

func (k *chunk) content(c *jsonscan.Cursor) {
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "parts":
			c.Take('[')
			c.Take('{')
			if string(c.Member(true)) != "text" || k.told {
				c.Fail()
				return
			}
			k.text, k.told = string(c.Text()), true
			c.Take('}')
			c.Take(']')
		case "role":
			c.Text()
		case "":
			return
		default:
			c.Fail()
		}
	}
}

func (k *chunk) count(c *jsonscan.Cursor) {
	u := &k.usage
	c.Take('{')
	for first := true; ; first = false {
		switch string(c.Member(first)) {
		case "promptTokenCount":
			u.Prompt = count(c.Int())
		case "cachedContentTokenCount":
			u.Cached = count(c.Int())
		case "candidatesTokenCount":
			u.Candidates = count(c.Int())
		case "thoughtsTokenCount":
			u.Thoughts = count(c.Int())
		case "toolUsePromptTokenCount":
			u.ToolUse = count(c.Int())
		case "totalTokenCount":
			c.Int()
		case "trafficType", "serviceTier":
			c.Text()
		case "promptTokensDetails":
			u.PromptDetails = modalities(c, u.PromptDetails[:0])
		case "candidatesTokensDetails":
			u.CandidateDetails = modalities(c, u.CandidateDetails[:0])
		case "":
			return
		default:
			c.Fail()
		}
	}
}

// modalities reads what tokens were; what they were is one of a few words.
func modalities(c *jsonscan.Cursor, into []modality) []modality {
	c.Take('[')
	for first := true; c.Element(first); first = false {
		m := modality{}
		c.Take('{')
		for first := true; ; first = false {
			name := c.Member(first)
			if name == nil {
				break
			}
			switch string(name) {
			case "modality":
				m.Modality = word(c.Text())
			case "tokenCount":
				m.Tokens = count(c.Int())
			default:
				c.Fail()
			}
		}
		if m.Modality == "" {
			c.Fail()
		}
		into = append(into, m)
	}
	return into
}

func word(text []byte) string {
	for _, w := range [...]string{"TEXT", "AUDIO", "IMAGE", "VIDEO", "DOCUMENT"} {
		if string(text) == w {
			return w
		}
	}
	return ""
}
