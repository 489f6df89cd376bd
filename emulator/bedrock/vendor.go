package bedrock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/anthropic/claude"
	"github.com/interline-ai/interline/emulator/anthropic/strict"
)

// wish is what a request wants of its model beyond the conversation.
type wish struct {
	mode    claude.Mode // of Claude
	effort  string      // of the others; none and "" mean no reasoning
	topK    *int
	oneCall bool // at most one tool call
}

// wish reads additionalModelRequestFields, which go to the model as they are, so
// that a mistake in them is the model's to refuse, in its vendor's words.
func (r *request) wish(m model) (wish, *fault) {
	var doc *strict.Document
	var o strict.Object
	if r.Vendor != nil {
		var err error
		if doc, o, err = strict.Parse(r.Vendor); err != nil {
			return wish{}, modelRefused(err.Error())
		}
	}
	var w wish
	var refusal string
	switch m.Family {
	case claudeFamily:
		w, refusal = r.claudeWish(o, m)
	case gptFamily:
		only(o, "reasoning")
		n, _ := o.Sub("reasoning")
		only(n, "effort", "summary")
		w.effort, refusal = effort(n, "effort", r.Effort, m)
	case gptOSS:
		only(o, "reasoning_effort")
		w.effort, refusal = effort(o, "reasoning_effort", r.Effort, m)
	case nova:
		only(o, "inferenceConfig")
		n, _ := o.Sub("inferenceConfig")
		only(n, "topK")
		n.Whole("topK")
		if r.Effort != "" {
			return w, invalid("This model doesn't support the outputConfig.effort field. Remove outputConfig.effort and try again.")
		}
	}
	if doc != nil && len(doc.Problems()) > 0 {
		refusal = vendorWording(doc.Problems()[0])
	}
	if refusal != "" {
		return w, modelRefused(refusal)
	}
	return w, nil
}

// only notes members a vendor does not have, in OpenAI's words: Anthropic's are
// those of an unknown member.
func only(o strict.Object, names ...string) {
	for _, name := range o.Names() {
		if !slices.Contains(names, name) {
			fail(o, name, "Unknown parameter: '%s'.", name)
		}
	}
}

// effort reads an effort, or takes the one of outputConfig, or the model's own.
func effort(o strict.Object, name, general string, m model) (string, string) {
	asked, _ := o.Text(name)
	asked = cmp.Or(asked, general)
	if asked != "" && !slices.Contains(m.Efforts, asked) {
		return "", fmt.Sprintf("Unsupported value: '%s' is not supported with this model. Supported values are: %s.", asked, quoted(m.Efforts))
	}
	return cmp.Or(asked, m.Effort), ""
}

func quoted(words []string) string {
	return "'" + strings.Join(words, "', '") + "'"
}

func (r *request) claudeWish(o strict.Object, m model) (wish, string) {
	o.Only("thinking", "top_k", "anthropic_beta", "tool_choice", "output_config")
	var t claude.Wish
	if in, ok := o.Sub("thinking"); ok {
		in.Need("type")
		t.Type, _ = in.Text("type")
		t.Budget, _ = in.Whole("budget_tokens")
		t.Display, _ = in.Text("display")
		if t.Type == "enabled" {
			in.Within("enabled").Need("budget_tokens")
		}
		if !slices.Contains([]string{"", "enabled", "adaptive", "disabled"}, t.Type) {
			in.Fail("Input tag '%s' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'", t.Type)
		}
	}
	c, _ := o.Sub("output_config")
	c.Only("effort")
	t.Effort, _ = c.Text("effort")
	t.Effort = cmp.Or(t.Effort, r.Effort)
	var w wish
	if k, ok := o.Whole("top_k"); ok {
		w.topK = &k
	}
	choice, _ := o.Sub("tool_choice")
	w.oneCall, _ = choice.Flag("disable_parallel_tool_use")
	var refusal string
	w.mode, refusal = m.Claude.Think(t, cmp.Or(r.MaxTokens, m.MaxOutput))
	if refusal == "" {
		refusal = m.Claude.CheckSampling(claude.Sampling{Temperature: r.Temperature, TopP: r.TopP, TopK: w.topK}, w.mode)
	}
	return w, refusal
}

// vendorWording renders a problem in the words of the vendor's own API.
func vendorWording(p strict.Problem) string {
	switch p.Kind {
	case strict.Missing:
		return p.Path + ": Field required"
	case strict.Unknown:
		return p.Path + ": Extra inputs are not permitted"
	case strict.Type:
		return p.Path + ": Input should be a valid " + p.Want
	}
	return p.Say
}
