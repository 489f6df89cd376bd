package exchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// Seals turn the ids of what a vendor keeps into ids that say who that is.
type Seals interface {
	// Mark is a text that every sealed id has.
	Mark() string
	// Sealed reports whether an id looks like a sealed one.
	Sealed(id string) bool
	// Seal returns the id as a tenant is told it.
	Seal(tenant, place, id string) string
	// Open returns who issued a sealed id, and what he calls it. It fails for an
	// id that is not sealed, was sealed for another, or was changed.
	Open(tenant, sealed string) (place, id string, err error)
}

// bind keeps to the places that hold what the request refers to: of the candidates
// only theirs remain, and the request is opened again with the ids that they know.
// An id that was never sealed, since it is older than the gateway, binds nothing.
func (k *walk) bind(candidates []*cloud.Deployment) ([]*cloud.Deployment, *interline.Fault) {
	in, ok := k.ask.In.(protocol.Referring)
	if !ok || k.ask.Seals == nil || !in.Refers(k.ask.Opened) {
		return candidates, nil
	}
	b := binding{seals: k.ask.Seals, key: k.ask.Key}
	refs, body, fault := b.body(k.ask.Opened.Body)
	if fault != nil || b.place == "" {
		return candidates, fault
	}
	k.ids = b.told
	kept := slices.DeleteFunc(slices.Clone(candidates), func(d *cloud.Deployment) bool { return d.Place != b.place })
	if len(kept) == 0 {
		return k.unkept(candidates, refs)
	}
	return kept, k.reopen(body)
}

// binding is the place that what a request refers to is kept by.
type binding struct {
	seals Seals
	key   string
	place string   // "" until something was found
	told  []string // pairs of what the place calls an id, and what the caller does
}

// open returns what the place calls an id.
func (b *binding) open(field, sealed string) (string, *interline.Fault) {
	place, id, err := b.seals.Open(b.key, sealed)
	switch {
	case err != nil:
		return "", &interline.Fault{
			Class: interline.C12Local, Code: interline.CodeInvalid, Param: field, Err: err,
			Message: fmt.Sprintf("%s: %s was not given to this key, or was changed", field, clipID(sealed)),
		}
	case b.place != "" && b.place != place:
		return "", unbound(field, "what it refers to is kept by another place than the rest")
	}
	b.place, b.told = place, append(b.told, id, sealed)
	return id, nil
}

// asTold returns a cloud's error with the ids that the client was told.
func (k *walk) asTold(f *interline.Fault) *interline.Fault {
	if len(k.ids) == 0 {
		return f
	}
	names, out := strings.NewReplacer(k.ids...), *f
	out.Message, out.Body = names.Replace(f.Message), []byte(names.Replace(string(f.Body)))
	return &out
}

// body returns the references of a body of JSON, and the body as the place knows
// them.
func (b *binding) body(body []byte) ([]protocol.Reference, []byte, *interline.Fault) {
	refs := protocol.References(body, b.seals.Mark(), b.seals.Sealed)
	reps := make([]protocol.Replacement, 0, len(refs))
	for _, ref := range refs {
		id, fault := b.open(ref.Field, ref.ID)
		if fault != nil {
			return nil, nil, fault
		}
		reps = append(reps, protocol.Replacement{Start: ref.Start, End: ref.End, Value: protocol.Quote(id)})
	}
	if len(refs) == 0 {
		return nil, body, nil
	}
	return refs, protocol.Splice(body, reps).Bytes(), nil
}

// unkept is a request that refers to what none of the candidates keeps: refused, or
// asked without it where the operator allows that.
func (k *walk) unkept(candidates []*cloud.Deployment, refs []protocol.Reference) ([]*cloud.Deployment, *interline.Fault) {
	var names []string
	for _, ref := range refs {
		if _, alone := k.ask.Opened.Members.Find(ref.Field); !k.ask.DropState || !alone {
			return nil, unbound(ref.Field, "the place that keeps what it refers to does not serve this model here; send what it stands for instead")
		}
		names = append(names, ref.Field)
		k.dropped = append(k.dropped, loss.StateDropped.At(ref.Field))
	}
	reps := protocol.Cuts(k.ask.Opened.Members, names)
	return candidates, k.reopen(protocol.Splice(k.ask.Opened.Body, reps).Bytes())
}

func (k *walk) reopen(body []byte) *interline.Fault {
	o, err := k.ask.In.Open(k.ask.Opened.Spoken, body)
	if err != nil {
		return asFault(err, interline.C12Local, "the request cannot be read")
	}
	o.Head.Model = k.ask.Opened.Head.Model
	ask := *k.ask
	ask.Opened = o
	k.ask = &ask
	return nil
}

func unbound(field, why string) *interline.Fault {
	return &interline.Fault{Class: interline.C12Local, Code: interline.CodeInvalid, Param: field, Message: field + ": " + why}
}

// naming returns how a client is told the ids of a deployment's answer, where it may
// refer to them, and its seals, where another place may be asked next; nil where
// neither is so, and the answer stays byte for byte.
func (k *walk) naming(d *cloud.Deployment) (protocol.Bound, protocol.Names) {
	var n protocol.Names
	in, ok := k.ask.In.(protocol.Bound)
	if !ok {
		return nil, n
	}
	if k.ask.Seals != nil && in.Keeps(k.ask.Opened) {
		n.ID = func(id string) string { return k.ask.Seals.Seal(k.ask.Key, d.Place, id) }
	}
	if issuer := accounts[k.ask.In.Name()]; issuer != "" && k.elsewhere {
		n.Seal = func(seal string) string { return protocol.Enclose(sealOf(issuer, d.Place, seal)) }
	}
	if n.ID == nil && n.Seal == nil {
		return nil, n
	}
	return in, n
}

// accounts are the issuers that seal for one account, by the language they do it in:
// the same vendor's model at another place refuses the seal (OpenAI's encrypted
// reasoning is its organization's, Bedrock's a KMS key's; Google's signatures differ
// between its two products). Claude's are good on every cloud.
var accounts = map[string]string{protocol.Responses: "openai", protocol.GenerateContent: "google"}

func sealOf(issuer, place, text string) *interline.Seal {
	s := &interline.Seal{Issuer: issuer, Place: place}
	if issuer == accounts[protocol.Responses] {
		s.Redacted = text
	} else {
		s.Signature = text
	}
	return s
}

// place notes which account an answer's seals are for.
func place(events []interline.Event, d *cloud.Deployment) {
	for i := range events {
		s := events[i].Seal
		if s == nil || s.Place != "" || s.Signature == "" && s.Redacted == "" {
			continue
		}
		for _, issuer := range accounts {
			if s.Issuer == issuer {
				said := *s
				said.Place = d.Place
				events[i].Seal = &said
			}
		}
	}
}

// away is who seals that were made for another account are said to be from, whom no
// language gives them back to.
const away = "another account"

// here returns the words with the seals that the deployment's account cannot read
// marked as foreign.
func here(words *interline.Request, d *cloud.Deployment) *interline.Request {
	out := *words
	for i, t := range words.Turns {
		for j, b := range t.Blocks {
			if b.Seal == nil || b.Seal.Place == "" || b.Seal.Place == d.Place {
				continue
			}
			if &out.Turns[0] == &words.Turns[0] {
				out.Turns = slices.Clone(words.Turns)
			}
			if &out.Turns[i].Blocks[0] == &t.Blocks[0] {
				out.Turns[i].Blocks = slices.Clone(t.Blocks)
			}
			s := *b.Seal
			s.Issuer = away
			out.Turns[i].Blocks[j].Seal = &s
		}
	}
	return &out
}

// clipID shortens an id for a message.
func clipID(id string) string {
	const most = 40
	if len(id) > most {
		return id[:most] + "…"
	}
	return id
}
