package claude

// Mode is how a model is to think about one request.
type Mode struct {
	On     bool
	Manual bool   // a budget was given
	Budget int    // longest thinking in tokens; 0 for no limit of its own
	Effort string // low to max; "" for the model's own choice
	Hidden bool   // thinking text is left out of the answer
}

// Wish is a request's thinking configuration as it was written: Type enabled,
// adaptive, disabled, or "" when there was none.
type Wish struct {
	Type    string
	Budget  int    // for enabled
	Display string // summarized, omitted, or ""
	Effort  string
}

// Think turns a wish into a mode, or returns the model's refusal. maxTokens is
// the limit of the answer.
func (r Rules) Think(w Wish, maxTokens int) (Mode, string) {
	if refusal := r.CheckEffort(w.Effort); refusal != "" {
		return Mode{}, refusal
	}
	if refusal := r.checkWish(w, maxTokens); refusal != "" {
		return Mode{}, refusal
	}
	m := Mode{Effort: w.Effort, Hidden: r.HidesThinking}
	if w.Display != "" {
		m.Hidden = w.Display == "omitted"
	}
	switch w.Type {
	case "enabled":
		m.On, m.Manual, m.Budget = true, true, w.Budget
	case "adaptive":
		m.On = true
	case "":
		m.On = r.ThinksByDefault || r.Thinking == AlwaysAdaptive
	}
	return m, ""
}

func (r Rules) checkWish(w Wish, maxTokens int) string {
	switch w.Type {
	case "enabled":
		return r.checkBudget(w.Budget, maxTokens)
	case "adaptive":
		if r.Thinking == BudgetOnly {
			return "adaptive thinking is not supported on this model"
		}
	case "disabled":
		if r.Thinking == AlwaysAdaptive {
			return "\"thinking.type.disabled\" is not supported for this model."
		}
	}
	return ""
}

func (r Rules) checkBudget(budget, maxTokens int) string {
	switch {
	case r.Thinking >= AdaptiveOnly:
		return "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior."
	case budget < 1024:
		return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
	case budget >= maxTokens:
		return "`max_tokens` must be greater than `thinking.budget_tokens`."
	}
	return ""
}

// CheckForcedTool returns the model's refusal of a tool choice that forces a
// call, or "".
func (r Rules) CheckForcedTool(m Mode) string {
	switch {
	case r.NoForcedTool:
		return "tool_choice: forced tool use is not supported for this model. Use \"auto\" or \"none\"."
	case m.Manual:
		return "Thinking may not be enabled when tool_choice forces tool use."
	}
	return ""
}
