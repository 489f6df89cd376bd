package server

import (
	"encoding/base64"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/all"
)

// within returns the request that a body is about: itself, but for CountTokens of
// Bedrock, which has the body of Converse or, in base64, that of InvokeModel in it
// (bedrockruntime v1.63.12, CountTokensInput).
func (v *visit) within(rt *Route, body []byte) ([]byte, error) {
	if rt.Operation != count || rt.Language != protocol.Converse {
		return body, nil
	}
	outer, err := protocol.Scan(body, asked)
	if err != nil {
		return nil, err
	}
	input, err := protocol.Scan(outer.Value("input"), kinds)
	if outer.Value("input") == nil || err != nil {
		return nil, interline.Invalid("input", "Value at 'input' failed to satisfy constraint: it must be an object with 'converse' or 'invokeModel'")
	}
	converse, invoke := input.Value("converse"), input.Value("invokeModel")
	switch {
	case converse != nil && invoke == nil:
		return converse, nil
	case converse == nil && invoke != nil:
		return v.invoked(invoke)
	}
	return nil, interline.Invalid("input", "exactly one of 'converse' and 'invokeModel' must be set in 'input'")
}

var (
	asked = jsonscan.NewWatch([]string{"input"})
	kinds = jsonscan.NewWatch([]string{"converse", "invokeModel"})
	holds = jsonscan.NewWatch([]string{"body"})
)

// invoked is the body of InvokeModel, in whose language the rest of the visit is.
func (v *visit) invoked(invoke []byte) ([]byte, error) {
	o, err := protocol.Scan(invoke, holds)
	text, ok := o.String("body")
	if err != nil || !ok {
		return nil, interline.Invalid("input.invokeModel.body", "Value at 'input.invokeModel.body' failed to satisfy constraint: it must be a text in base64")
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, interline.Invalid("input.invokeModel.body", "'input.invokeModel.body' is not base64: %v", err)
	}
	v.lang = all.Client(protocol.Invoke)
	return body, nil
}
