package exchange

import (
	"context"
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
)

// counting returns those candidates that count tokens themselves: in the caller's
// language, or, when there are none, in another that the question can be said in,
// which is still better than an estimate.
func (k *walk) counting(candidates []*cloud.Deployment) []*cloud.Deployment {
	var can, could []*cloud.Deployment
	for _, d := range candidates {
		langs := d.Driver.Speaks(&d.Deployment, interline.OperationCount)
		switch {
		case speaks(langs, k.ask.In.Name()):
			can = append(can, d)
		case slices.ContainsFunc(langs, counts):
			could = append(could, d)
		}
	}
	if _, ok := k.ask.In.(protocol.Counter); len(can) > 0 || !ok {
		return can
	}
	return could
}

func counts(l protocol.Translator) bool {
	_, ok := l.(protocol.Counter)
	return ok
}

// question asks for the number of tokens in another language: the request is said
// in it, and of what was said only what the question may have is kept.
func (k *walk) question(ctx context.Context, d *cloud.Deployment, a *Attempt, langs []protocol.Translator, said *spoken) *interline.Fault {
	langs = slices.DeleteFunc(slices.Clone(langs), func(l protocol.Translator) bool { return !counts(l) })
	if len(langs) == 0 {
		return cannot(d, interline.OperationCount)
	}
	if fault := k.translate(ctx, d, a, langs, said); fault != nil {
		return fault
	}
	o, err := said.lang.Open(protocol.Spoken{Operation: interline.OperationCount, Model: d.Model}, said.body.Bytes())
	if err != nil {
		return asFault(err, interline.C2Capability, "the question for the number of tokens cannot be said in "+said.lang.Name())
	}
	edits := protocol.Edits{Model: d.Model}
	kept := said.lang.(protocol.Counter).Counted()
	for _, m := range o.Members.Members {
		if !slices.Contains(kept, m.Name) {
			edits.Remove = append(edits.Remove, m.Name)
		}
	}
	said.body, _ = said.lang.Patch(o, edits)
	return nil
}

// counted says in the caller's language what a place counted.
func (k *walk) counted(a *Attempt, said spoken, body []byte) *interline.Fault {
	tokens, ok := said.lang.(protocol.Counter).ReadCount(body)
	if !ok {
		return foreign(a, nil)
	}
	return k.write(k.ask.In.(protocol.Counter).AppendCount(nil, tokens), nil)
}

// estimate answers how many tokens the request is, about.
func (k *walk) estimate() *interline.Fault {
	c, ok := k.ask.In.(protocol.Counter)
	if !ok || k.x.Estimate == nil {
		return &interline.Fault{
			Class: interline.C12Local, Code: interline.CodeInvalid,
			Message: "no deployment of the model counts tokens, and they are not estimated here",
		}
	}
	words, err := k.in().ReadRequest(k.ask.Opened)
	if err != nil {
		return asFault(err, interline.C12Local, "the request cannot be read")
	}
	k.client.w.Header()[HeaderEstimate] = []string{"true"}
	return k.write(c.AppendCount(nil, k.x.Estimate(words)), nil)
}
