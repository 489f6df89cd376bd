package bedrock

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// check holds a request against the rules of Converse and then against those of
// its model, and returns what it wants of the model. Texts follow recorded
// answers where there are any, and the service's documentation otherwise.
func (r *request) check(m model) (wish, *fault) {
	if f := r.checkUnplayed(m); f != nil {
		return wish{}, f
	}
	for _, check := range []func(model) string{r.checkTurns, r.checkCalls, r.checkTools, r.checkKinds, r.checkCitations} {
		if refusal := check(m); refusal != "" {
			return wish{}, invalid(refusal)
		}
	}
	if refusal := r.checkLimits(m); refusal != "" {
		return wish{}, invalid(refusal)
	}
	w, f := r.wish(m)
	if f != nil {
		return w, f
	}
	if refusal := r.checkModel(m, w); refusal != "" {
		return w, modelRefused(refusal)
	}
	return w, nil
}

// checkUnplayed refuses what the emulator does not play, as a place without it
// would.
func (r *request) checkUnplayed(m model) *fault {
	switch {
	case r.Guarded:
		return invalid("The guardrail identifier or version provided in the request does not exist.")
	case r.HasVariables:
		return invalid("The promptVariables field can only be used with a prompt resource.")
	case r.Latency == "optimized" && !m.Optimizes:
		return invalid("Latency performance configuration is not supported for " + m.ID + ".")
	case m.MaxTTL == "" && len(r.marks()) > 0:
		return &fault{403, "AccessDeniedException", "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information."}
	}
	return nil
}

// marks are the lifetimes of the cache points in the order of caching.
func (r *request) marks() []time.Duration {
	var out []time.Duration
	for _, t := range r.Tools {
		out = append(out, t.Mark)
	}
	for _, b := range r.System {
		out = append(out, b.Mark)
	}
	for _, t := range r.Turns {
		for _, b := range t.Blocks {
			out = append(out, b.Mark)
		}
	}
	return slices.DeleteFunc(out, func(d time.Duration) bool { return d == 0 })
}

// spoken are the turns without system messages, which may stand anywhere but
// first.
func (r *request) spoken() []turn {
	return slices.DeleteFunc(slices.Clone(r.Turns), func(t turn) bool { return t.Role == "system" })
}

func (r *request) checkTurns(m model) string {
	if len(r.Turns) == 0 || r.Turns[0].Role != "user" {
		return "A conversation must start with a user message. Try again with a conversation that starts with a user message."
	}
	spoken := r.spoken()
	for i, t := range spoken {
		if i > 0 && t.Role == spoken[i-1].Role {
			return "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again."
		}
	}
	for i, t := range r.Turns {
		if t.Role == "system" && (m.Family != claudeFamily || !m.Claude.MidSystem) {
			return "This model doesn't support system messages in the messages field. Remove them and try again."
		}
		if len(t.Blocks) == 0 {
			return fmt.Sprintf("The content field in the Message object at messages.%d is empty. Add a ContentBlock object to the content field and try again.", i)
		}
		if refusal := checkBlocks(t.Blocks, t.Role); refusal != "" {
			return refusal
		}
	}
	if refusal := checkBlocks(r.System, ""); refusal != "" {
		return refusal
	}
	prefill := m.Family == claudeFamily && !m.Claude.NoPrefill
	if spoken[len(spoken)-1].Role == "assistant" && !prefill {
		return "A conversation must end with a user message. Try again with a conversation that ends with a user message."
	}
	return ""
}

// speakers says whose message each kind of block may stand in; text and cache
// points stand in everyone's.
var speakers = map[string]string{
	"toolUse": "assistant", "reasoningContent": "assistant", "citationsContent": "assistant",
	"toolResult": "user", "image": "user", "document": "user", "guardContent": "user",
}

var documentName = regexp.MustCompile(`^[\pL\pN()\[\]-]+( [\pL\pN()\[\]-]+)*$`)

// checkBlocks checks the blocks of one message, or of the system field.
func checkBlocks(blocks []block, role string) string {
	images, documents, text := 0, 0, false
	for _, b := range blocks {
		at := b.at.Path()
		if want := speakers[b.Kind]; want != "" && role != "" && role != want {
			return fmt.Sprintf("The %s content block at %s is only allowed in %s messages. Remove it and try again.", b.Kind, at, want)
		}
		switch b.Kind {
		case "text":
			if b.Text == "" { // white space alone was recorded to pass
				return fmt.Sprintf("The text field in the ContentBlock object at %s is blank. Add text to the text field, and try again.", at)
			}
			text = true
		case "image":
			images++
		case "document":
			documents++
			if !documentName.MatchString(b.Name) {
				return "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. " +
					"The name can't contain more than one consecutive whitespace character."
			}
		case "toolResult":
			if refusal := checkResult(b, at); refusal != "" {
				return refusal
			}
		}
	}
	switch {
	case documents > 0 && !text:
		return "A text content block is required in a message that has documents. Add a text content block and try again."
	case documents > 5:
		return fmt.Sprintf("too many documents in a message: %d > 5", documents)
	case images > 20:
		return fmt.Sprintf("too many images in a message: %d > 20", images)
	}
	return ""
}

func checkResult(b block, at string) string {
	if len(b.Inner) == 0 {
		return fmt.Sprintf("The content field in the ToolResultBlock object at %s.toolResult is empty. Add a ToolResultContentBlock object and try again.", at)
	}
	for _, in := range b.Inner {
		if in.Kind == "text" && in.Text == "" {
			return fmt.Sprintf("The text field in the ToolResultContentBlock object at %s is blank. Add text to the text field, and try again.", in.at.Path())
		}
	}
	return ""
}

// checkCalls holds that the calls of a turn are answered in the next, each once,
// and nothing else is answered there.
func (r *request) checkCalls(model) string {
	var open []string
	turns := r.spoken()
	for i, t := range append(turns, turn{}) {
		calls, results := idsOf(t, "toolUse"), idsOf(t, "toolResult")
		at := t.at.Path() + ".content"
		if i == len(turns) {
			at = fmt.Sprintf("messages.%d.content", len(r.Turns))
		}
		switch {
		case twice(calls) != "":
			return fmt.Sprintf("The toolUse blocks at %s contain duplicate Ids: %s", at, twice(calls))
		case twice(results) != "":
			return fmt.Sprintf("The toolResult blocks at %s contain duplicate Ids: %s", at, twice(results))
		case len(results) > len(open):
			return fmt.Sprintf("The number of toolResult blocks at %s exceeds the number of toolUse blocks of previous turn.", at)
		}
		missing := slices.DeleteFunc(slices.Clone(open), func(id string) bool { return slices.Contains(results, id) })
		if len(missing) > 0 {
			return fmt.Sprintf("Expected toolResult blocks at %s for the following Ids: %s", at, strings.Join(missing, ", "))
		}
		open = calls
	}
	return ""
}

func idsOf(t turn, kind string) []string {
	var ids []string
	for _, b := range t.Blocks {
		if b.Kind == kind {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// twice is the first id that occurs more than once, or "".
func twice(ids []string) string {
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return id
		}
	}
	return ""
}

func (r *request) checkTools(m model) string {
	if !r.HasConfig {
		if r.has("toolUse") || r.has("toolResult") {
			return "The toolConfig field must be defined when using toolUse and toolResult content blocks."
		}
		return ""
	}
	var names []string
	for _, t := range r.Tools {
		if t.Name == "" {
			continue
		}
		if slices.Contains(names, t.Name) {
			return fmt.Sprintf("The toolConfig.tools field contains the tool name %s more than once. Tool names must be unique.", t.Name)
		}
		names = append(names, t.Name)
		if kind := rootType(t.Schema); kind != "object" {
			return fmt.Sprintf("The value at %s.toolSpec.inputSchema.json.type must be one of the following: object.", t.at.Path())
		}
	}
	switch {
	case len(names) == 0:
		return "The toolConfig.tools field must have at least one toolSpec."
	case r.Choice.Kind == "tool" && !slices.Contains(names, r.Choice.Name):
		return fmt.Sprintf("The tool %s at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools.", r.Choice.Name)
	case (r.Choice.Kind == "any" || r.Choice.Kind == "tool") && !m.ForcedTool:
		return fmt.Sprintf("This model doesn't support the toolConfig.toolChoice.%s field. Remove toolConfig.toolChoice.%s and try again.", r.Choice.Kind, r.Choice.Kind)
	}
	return ""
}

func (r *request) has(kind string) bool {
	return slices.ContainsFunc(r.Turns, func(t turn) bool {
		return slices.ContainsFunc(t.Blocks, func(b block) bool { return b.Kind == kind })
	})
}

// checkKinds refuses content the model cannot take.
func (r *request) checkKinds(m model) string {
	refusal := func(kind string) string {
		return fmt.Sprintf("This model doesn't support the %s content block that you provided. Remove it and try again.", kind)
	}
	switch {
	case !m.Images && r.has("image"):
		return refusal("image")
	case !m.Documents && r.has("document"):
		return refusal("document")
	case !m.Reasons && r.has("reasoningContent"):
		return refusal("reasoningContent")
	case r.Schema != nil && !m.Schema:
		return "This model doesn't support the outputConfig.textFormat field. Remove outputConfig.textFormat and try again."
	}
	return ""
}

func (r *request) checkLimits(m model) string {
	most := m.MaxOutput
	if r.MaxTokens > most {
		return fmt.Sprintf("The maximum tokens you requested exceeds the model limit of %d. Try again with a maximum tokens value that is lower than %d.", most, most)
	}
	if n := len(r.Stop); m.MaxStops > 0 && n > m.MaxStops {
		return fmt.Sprintf("The number of stop sequences exceeds the model limit of %d. Try again with fewer stop sequences.", m.MaxStops)
	}
	if m.MaxTTL == "5m" && slices.Contains(r.marks(), time.Hour) {
		return "This model doesn't support a cachePoint ttl of 1h. Use 5m and try again."
	}
	return ""
}
