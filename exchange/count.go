package exchange

import (
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/protocol"
)

// counting returns those candidates that count tokens themselves, in the caller's
// language.
func (k *walk) counting(candidates []*cloud.Deployment) []*cloud.Deployment {
	var can []*cloud.Deployment
	for _, d := range candidates {
		if slices.ContainsFunc(d.Driver.Speaks(&d.Deployment, interline.OperationCount), func(l protocol.Translator) bool {
			return l.Name() == k.ask.In.Name()
		}) {
			can = append(can, d)
		}
	}
	return can
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
