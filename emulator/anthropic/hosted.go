package anthropic

import (
	"errors"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/core"
)

// Hosting is what a cloud that serves Claude knows of a request besides its
// body: the model, which the URL names, and what the cloud does without.
type Hosting struct {
	Place    string
	Model    claude.Rules
	NoFormat bool // output_config.format is refused
}

// Accept reads and checks a Messages body as a cloud that hosts Claude takes
// it: with anthropic_version, and without model and stream (anthropic docs,
// "Claude on Amazon Bedrock", 2026-07). Pictures and documents must come inline.
// The error's text is the API's own message, without an envelope.
func Accept(c *core.Core, h Hosting, body []byte) (*Job, error) {
	r, f := readRequest(body, hostedForm)
	if f != nil {
		return nil, errors.New(f.message)
	}
	if f := r.fits(h.NoFormat, true); f != nil {
		return nil, errors.New(f.message)
	}
	j, f := r.job(c, h.Place, h.Model, false)
	if f != nil {
		return nil, errors.New(f.message)
	}
	j.hosted = true
	return j, nil
}

// fits refuses what a cloud that hosts Claude does without.
func (r *request) fits(noFormat, inline bool) *fault {
	if noFormat && r.Schema != nil {
		return failed(invalid, "output_config.format: Extra inputs are not permitted")
	}
	if !inline {
		return nil
	}
	for _, t := range r.Turns {
		if b := remote(t.Blocks); b != nil {
			return failed(invalid, "%s.%s.source: Input tag 'url' found using 'type' does not match any of the expected tags: 'base64'", b.at.Path(), b.Kind)
		}
	}
	return nil
}

// remote finds the first block whose bytes are elsewhere, or nil.
func remote(blocks []block) *block {
	for i := range blocks {
		if blocks[i].Remote {
			return &blocks[i]
		}
		if b := remote(blocks[i].Inner); b != nil {
			return b
		}
	}
	return nil
}

// Tokens is the length of the prompt.
func (j *Job) Tokens() int { return j.reading.Tokens }

// Usage is what the whole answer costs, once Answer was called.
func (j *Job) Usage() core.Usage { return j.reply.Usage }

// Partial is what an answer costs that broke off after so many tokens.
func (j *Job) Partial(said, reasoned int) core.Usage { return j.reply.Partial(said, reasoned) }
