package exchange

import (
	"net/http"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Vectors walk as answers do: forwarded in the client's own language where the
// deployment has it, else translated. They may fall back as well. Vectors of
// different models do not mix, so an index must never get some of another model;
// nothing is done for that here, since the candidates are all deployments of one
// configured model, which are the same model by definition.

// in is the client's language, of operations that are translated through events.
func (k *walk) in() protocol.Translator { return k.ask.In.(protocol.Translator) }

// phraseVectors says a request for vectors in the deployment's language.
func (k *walk) phraseVectors(d *cloud.Deployment, a *Attempt) (spoken, *interline.Fault) {
	var langs []protocol.Embedder
	if e, ok := d.Driver.(driver.Embedder); ok {
		langs = e.Embeds(&d.Deployment)
	}
	if len(langs) == 0 {
		return spoken{}, cannot(d, k.ask.Opened.Head.Operation)
	}
	said, fault := k.sayVectors(d, a, langs)
	if fault != nil {
		return spoken{}, fault
	}
	a.Language = said.vectors.Name()
	if fault := k.strict(a); fault != nil {
		return spoken{}, fault
	}
	return said, nil
}

// sayVectors patches the request where the deployment has the client's language,
// and else says it anew in the first language that loses least.
func (k *walk) sayVectors(d *cloud.Deployment, a *Attempt, langs []protocol.Embedder) (spoken, *interline.Fault) {
	o := k.ask.Opened
	for _, l := range langs {
		if picky, ok := l.(protocol.Picky); l.Name() == k.ask.In.Name() && (!ok || picky.Takes(o)) {
			said := spoken{vectors: l}
			a.Grade = Forwarded
			said.body, a.Losses = l.Patch(o, protocol.Edits{Model: d.Model})
			return said, nil
		}
	}
	a.Grade = Translated
	r, fault := k.readEmbed()
	if fault != nil {
		return spoken{}, fault
	}
	var (
		best  spoken
		first *interline.Fault
	)
	for _, l := range langs {
		body, losses, err := l.WriteEmbed(r, protocol.Target{Model: d.Model, Traits: d.Traits, From: k.ask.In.Name()})
		switch {
		case err != nil && first == nil:
			first = asFault(err, interline.C2Capability, "the request cannot be said in "+l.Name())
		case err == nil && (best.vectors == nil || len(losses) < len(a.Losses)):
			best, a.Losses = spoken{vectors: l, body: protocol.Segments{body}}, losses
		}
	}
	if best.vectors == nil {
		a.Language = langs[0].Name()
		return spoken{}, first
	}
	return best, nil
}

// readEmbed reads the request once.
func (k *walk) readEmbed() (*interline.EmbedRequest, *interline.Fault) {
	if k.embed != nil {
		return k.embed, nil
	}
	r, err := k.ask.In.(protocol.Embedder).ReadEmbed(k.ask.Opened)
	if err != nil {
		return nil, asFault(err, interline.C12Local, "the request cannot be read")
	}
	k.embed = r
	return r, nil
}

// vectors brings an answer of vectors: as it is, or in the client's language. An
// answer with another number of them than there were inputs is none.
func (k *walk) vectors(a *Attempt, lang protocol.Embedder, h http.Header, body []byte) *interline.Fault {
	v, err := lang.ReadVectors(h, body)
	if err != nil {
		return foreign(a, h)
	}
	a.Usage, a.Reported = v.Usage, v.Reported
	in := k.ask.In.(protocol.Embedder)
	if a.Grade == Forwarded {
		k.vectorsHeader(lang.VectorsHeader(v))
		return k.write(body, h)
	}
	if len(v.Values) != len(k.embed.Inputs) {
		return foreign(a, h)
	}
	k.vectorsHeader(in.VectorsHeader(v))
	return k.write(in.AppendVectors(nil, v, k.embed, protocol.Answer{Head: k.ask.Opened.Head, ID: k.ask.ID, Created: k.ask.Received.Unix()}), nil)
}

// vectorsHeader sets what the language says of vectors in headers.
func (k *walk) vectorsHeader(said http.Header) {
	for name, values := range said {
		k.client.w.Header()[name] = values
	}
}
