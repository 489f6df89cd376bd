package generatecontent

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/loss"
)

// only is what one of Google's two products has and the other refuses by its name
// (genai v1.77.0, the converters of both backends), in camelCase and by where it
// stands. What a schema may say differs too, and stays as it is: without it the
// schema would be another.
type only struct {
	top, config, toolConfig, calling, safety, tool, part []string
	parts                                                []string // a part that has one is nothing else
	call, response, media                                []string
}

var (
	geminis = only{
		top:        []string{"serviceTier", "service_tier", "store"},
		config:     []string{"enableEnhancedCivicAnswers"},
		toolConfig: []string{"includeServerSideToolInvocations"},
		tool:       []string{"fileSearch", "mcpServers"},
		part:       []string{"partMetadata"},
		parts:      []string{"toolCall", "toolResponse"},
		response:   []string{"willContinue"},
	}
	vertexes = only{
		top: []string{
			"labels", "modelArmorConfig", "model_armor_config", "outputConfig", "output_config", "continuationToken", "continuation_token",
		},
		config:  []string{"audioTimestamp", "routingConfig", "modelSelectionConfig"},
		calling: []string{"streamFunctionCallArguments"},
		safety:  []string{"method"},
		tool:    []string{"retrieval", "enterpriseWebSearch", "parallelAiSearch", "exaAiSearch"},
		call:    []string{"partialArgs", "willContinue"},
		media:   []string{"displayName"},
	}
)

// refused is what the product that the language is written for does not have.
func (l *Language) refused() *only {
	switch l.product {
	case geminiAPI:
		return &vertexes
	case vertexAI:
		return &geminis
	}
	return nil
}

// unwrapped is the request that a question for the number of tokens holds, where
// the place takes one only without its wrapper: Vertex AI does.
func (l *Language) unwrapped(o *protocol.Opened) *protocol.Opened {
	if l.product != vertexAI || o.Head.Operation != interline.OperationCount {
		return o
	}
	whole := inner(o.Members)
	if whole == nil {
		return o
	}
	obj, err := jsonscan.ScanFor(whole, watch)
	if err != nil {
		return o // the place will say what is wrong with it
	}
	unwrapped := *o
	unwrapped.Body, unwrapped.Members = whole, obj
	return &unwrapped
}

// withoutOthers returns the replacements that take out of a body, within its
// members, what the product refuses, and give a role to turns without one.
func (l *Language) withoutOthers(o *protocol.Opened) ([]protocol.Replacement, []interline.Loss) {
	x := l.refused()
	if x == nil {
		return nil, nil
	}
	t := trimmer{body: o.Body, x: x}
	for _, m := range o.Members.Members {
		at := m
		at.Name = camelName(m.Name)
		switch at.Name {
		case "generationConfig":
			t.object(m.Name, at, x.config)
		case "toolConfig":
			for _, inner := range t.object(m.Name, at, x.toolConfig) {
				if inner.Name == "functionCallingConfig" {
					t.object(m.Name+"."+inner.Name, inner, x.calling)
				}
			}
		case "safetySettings":
			for i, e := range objectsIn(o.Body, at) {
				t.object(fmt.Sprintf("%s[%d]", m.Name, i), e, x.safety)
			}
		case "tools":
			t.tools(at)
		case "contents":
			if o.Members.Words&unlike != 0 || o.Members.Words&hasMedium != 0 && bytes.Contains(o.Body, titled) {
				t.contents(at)
			}
			if l.product == vertexAI {
				t.reps = append(t.reps, roles(o.Body, at)...)
			}
		}
	}
	return t.reps, t.losses
}

// titled ends the name of media, in either spelling.
var titled = []byte(`ame":`)

// gone is the name that an element gets which is to be taken out.
const gone = "gone"

// trimmer takes members out of a body that was scanned before.
type trimmer struct {
	body   []byte
	x      *only
	reps   []protocol.Replacement
	losses []interline.Loss
}

// members are those of the object that a member's value is, in camelCase and with
// their places in the body; none where it is no object.
func (t *trimmer) members(of jsonscan.Member) []jsonscan.Member {
	obj, err := jsonscan.Scan(t.body[of.Start:of.End])
	if err != nil {
		return nil // the place will say what is wrong with it
	}
	for i := range obj.Members {
		m := &obj.Members[i]
		m.Name, m.NameStart, m.Start, m.End = camelName(m.Name), m.NameStart+of.Start, m.Start+of.Start, m.End+of.Start
	}
	return obj.Members
}

func (t *trimmer) cut(members []jsonscan.Member, names ...string) {
	t.reps = append(t.reps, protocol.Cuts(jsonscan.Object{Members: members}, names)...)
}

// object takes the named members out of an object and returns all that it has.
func (t *trimmer) object(path string, of jsonscan.Member, names []string) []jsonscan.Member {
	if protocol.Kind(t.body[of.Start:of.End]) != '{' {
		return nil
	}
	members := t.members(of)
	for _, m := range members {
		if slices.Contains(names, m.Name) {
			t.losses = append(t.losses, loss.Refused.At(path+"."+m.Name))
		}
	}
	t.cut(members, names...)
	return members
}

// tools takes out the product's own tools, and what holds nothing else.
func (t *trimmer) tools(of jsonscan.Member) {
	tools := objectsIn(t.body, of)
	for i := range tools {
		members, other := t.members(tools[i]), 0
		for _, m := range members {
			if slices.Contains(t.x.tool, m.Name) {
				t.losses = append(t.losses, loss.OwnTool.At(fmt.Sprintf("tools[%d].%s", i, m.Name)))
				continue
			}
			other++
		}
		switch {
		case other == len(members):
		case other == 0:
			tools[i].Name = gone
		default:
			t.cut(members, t.x.tool...)
		}
	}
	t.cut(tools, gone)
}

// contents takes parts out of turns, and turns of which no part is left.
func (t *trimmer) contents(of jsonscan.Member) {
	turns := objectsIn(t.body, of)
	for i := range turns {
		for _, m := range t.members(turns[i]) {
			if m.Name != "parts" {
				continue
			}
			parts, left := objectsIn(t.body, m), 0
			for j := range parts {
				if t.part(fmt.Sprintf("contents[%d].parts[%d]", i, j), parts[j]) {
					left++
				} else {
					parts[j].Name = gone
				}
			}
			if left == 0 && len(parts) > 0 {
				turns[i].Name = gone
			} else {
				t.cut(parts, gone)
			}
		}
	}
	t.cut(turns, gone)
}

// part takes what the product refuses out of a part, and reports whether the part
// can stay.
func (t *trimmer) part(path string, of jsonscan.Member) bool {
	members := t.members(of)
	for _, m := range members {
		if slices.Contains(t.x.parts, m.Name) {
			t.losses = append(t.losses, loss.Refused.At(path+"."+m.Name))
			return false
		}
	}
	for _, m := range t.object(path, of, t.x.part) {
		switch m.Name {
		case "functionCall":
			t.object(path+"."+m.Name, m, t.x.call)
		case "functionResponse":
			t.object(path+"."+m.Name, m, t.x.response)
		case "inlineData", "fileData":
			t.object(path+"."+m.Name, m, t.x.media)
		}
	}
	return true
}
