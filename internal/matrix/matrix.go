// Package matrix finds out what becomes of whatever a client may say, in every
// client language, at every place: it says each probe in the client's language and
// phrases it for the place, as a request's walk does, and looks at the losses. The
// page in the documentation is what it found. It asks no cloud.
package matrix

import (
	"context"
	"fmt"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
)

// Languages are those of clients, in the page's order.
func Languages() []string {
	return []string{
		protocol.ChatCompletions, protocol.Responses, protocol.Messages, protocol.Converse, protocol.Invoke, protocol.GenerateContent,
	}
}

// Cell is what becomes of a probe at a place.
type Cell struct {
	Unsayable bool // the client's language has no word for it
	Grade     exchange.Grade
	Language  string // that the place is asked in
	Losses    []interline.Loss
	Cannot    *interline.Fault // the place is not asked
}

// walker fetches nothing: whatever is named by its address is a picture.
var walker = &exchange.Exchange{Fetch: func(_ context.Context, address string) (string, []byte, error) {
	if strings.HasSuffix(address, ".pdf") {
		return "application/pdf", []byte("%PDF-"), nil
	}
	return "image/png", []byte("png"), nil
}}

// model is what clients call it.
const model = "m"

// Try phrases a probe of a client language for a place.
func Try(language string, p Probe, c Column) (Cell, error) {
	in := all.Client(language)
	body, ok := said(in, p)
	if !ok {
		return Cell{Unsayable: true}, nil
	}
	spoken := protocol.Spoken{Operation: interline.OperationChat}
	switch language {
	case protocol.Converse, protocol.Invoke, protocol.GenerateContent:
		spoken.Model = model
	}
	o, err := in.Open(spoken, body)
	if err != nil {
		return Cell{}, fmt.Errorf("open %s in %s: %w", p.Title, language, err)
	}
	a, _, fault := walker.Phrase(context.Background(), &exchange.Ask{In: in, Opened: o}, c.at)
	return Cell{Grade: a.Grade, Language: a.Language, Losses: a.Losses, Cannot: fault}, nil
}

// said says a probe as a client of the language does; ok is false where the
// language cannot.
func said(in protocol.Translator, p Probe) (body []byte, ok bool) {
	if p.Words == nil {
		raw, ok := p.Raw[in.Name()]
		return []byte(raw), ok
	}
	body, losses, err := in.WriteRequest(words(p), protocol.Target{Model: model, From: in.Name(), Traits: interline.Traits{
		CacheMarks: true, MidSystem: true, CompletionTokens: true,
	}})
	return body, err == nil && len(losses) == 0
}

// words are a probe in no language.
func words(p Probe) *interline.Request {
	r := &interline.Request{
		Head:      interline.Head{Operation: interline.OperationChat, Model: model},
		Turns:     []interline.Turn{user(say("x"))},
		MaxOutput: 1000,
	}
	p.Words(r)
	return r
}

// Provoke writes the words of a probe in every language of a place, whatever no
// client could say that way, and returns the losses by language.
func Provoke(p Probe, c Column) map[string][]interline.Loss {
	out := map[string][]interline.Loss{}
	for _, l := range c.at.Driver.Speaks(&c.at.Deployment, interline.OperationChat) {
		_, losses, err := l.WriteRequest(words(p), protocol.Target{Model: c.Model, Traits: c.at.Traits})
		if err == nil {
			out[l.Name()] = losses
		}
	}
	return out
}
