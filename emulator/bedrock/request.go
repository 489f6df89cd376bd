package bedrock

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/anthropic/strict"
)

// request is a Converse request as it was read; field names follow the API.
// Members the service model does not have are ignored, as AWS ignores them.
type request struct {
	Turns     []turn
	System    []block
	Tools     []tool // declarations and cache points, in their order
	Choice    choice
	HasConfig bool // toolConfig was sent

	MaxTokens         int // 0 when not sent
	Temperature, TopP *float64
	Stop              []string

	Vendor       json.RawMessage // additionalModelRequestFields
	Paths        []string        // additionalModelResponseFieldPaths
	Schema       json.RawMessage
	Effort       string // outputConfig.effort
	Tier         string // serviceTier.type
	Guarded      bool   // guardrailConfig was sent
	Latency      string // performanceConfig.latency
	HasVariables bool   // promptVariables were sent
}

// turn is one message.
type turn struct {
	at     strict.Object
	Role   string
	Blocks []block
}

// tool is a declaration, or only a cache point when Name is empty.
type tool struct {
	at                strict.Object
	Name, Description string
	Schema            json.RawMessage
	Mark              time.Duration
}

// choice is toolChoice: auto, any, tool, or "" when it was not sent.
type choice struct{ Kind, Name string }

// readConverse reads the body of Converse, or the converse member of a body of
// CountTokens. What is wrong with its shape is noted in the document.
func readConverse(o strict.Object) *request {
	r := &request{}
	r.readTurns(o)
	for _, item := range items(o, "system") {
		if b, ok := readBlock(item, systemKinds); ok {
			r.System = append(r.System, b)
		}
	}
	r.readTools(o)
	r.readInference(o)
	r.readOutput(o)
	if _, ok := o.Sub("additionalModelRequestFields"); ok {
		r.Vendor = o.Raw("additionalModelRequestFields")
	}
	r.readPaths(o)
	if c, ok := o.Sub("performanceConfig"); ok {
		r.Latency = enum(c, "latency", "standard", "optimized")
	}
	if t, ok := o.Sub("serviceTier"); ok {
		t.Need("type")
		r.Tier = enum(t, "type", "priority", "default", "flex", "reserved")
	}
	r.Guarded = o.Has("guardrailConfig")
	r.HasVariables = o.Has("promptVariables")
	if m, ok := o.Sub("requestMetadata"); ok && len(m.Names()) > 16 {
		m.Fail("Member must have length less than or equal to 16")
	}
	return r
}

func items(o strict.Object, name string) []strict.Object {
	values, _ := o.Items(name)
	var out []strict.Object
	for _, v := range values {
		if each, ok := v.Object(); ok {
			out = append(out, each)
		}
	}
	return out
}

func (r *request) readTurns(o strict.Object) {
	for _, m := range items(o, "messages") {
		m.Need("role", "content")
		t := turn{at: m, Role: enum(m, "role", "user", "assistant", "system")}
		for _, item := range items(m, "content") {
			if b, ok := readBlock(item, turnKinds); ok {
				t.Blocks = append(t.Blocks, b)
			}
		}
		r.Turns = append(r.Turns, t)
	}
}

// enum reads a string that must be one of a few words.
func enum(o strict.Object, name string, words ...string) string {
	s, ok := o.Text(name)
	if !ok {
		return ""
	}
	for _, w := range words {
		if s == w {
			return s
		}
	}
	fail(o, name, "Member must satisfy enum value set: [%s]", strings.Join(words, ", "))
	return ""
}

// fail notes a broken constraint of a member, which is there.
func fail(o strict.Object, name, format string, args ...any) {
	if v, ok := o.Get(name); ok {
		v.Fail(format, args...)
	}
}

func (r *request) readInference(o strict.Object) {
	c, ok := o.Sub("inferenceConfig")
	if !ok {
		return
	}
	if n, ok := c.Whole("maxTokens"); ok {
		if r.MaxTokens = n; n < 1 {
			fail(c, "maxTokens", "Member must have value greater than or equal to 1")
		}
	}
	r.Temperature = fraction(c, "temperature")
	r.TopP = fraction(c, "topP")
	values, _ := c.Items("stopSequences")
	for _, v := range values {
		s, ok := v.String()
		if ok && s == "" {
			v.Fail("Member must have length greater than or equal to 1")
		}
		r.Stop = append(r.Stop, s)
	}
}

// fraction reads a number from 0 to 1.
func fraction(o strict.Object, name string) *float64 {
	f, ok := o.Float(name)
	if !ok {
		return nil
	}
	if f < 0 {
		fail(o, name, "Member must have value greater than or equal to 0")
	}
	if f > 1 {
		fail(o, name, "Member must have value less than or equal to 1")
	}
	return &f
}

func (r *request) readOutput(o strict.Object) {
	c, ok := o.Sub("outputConfig")
	if !ok {
		return
	}
	r.Effort = enum(c, "effort", "low", "medium", "high", "xhigh", "max")
	f, ok := c.Sub("textFormat")
	if !ok {
		return
	}
	f.Need("type", "structure")
	enum(f, "type", "json_schema")
	s, _ := f.Sub("structure")
	j, ok := s.Sub("jsonSchema")
	if !ok {
		return
	}
	j.Need("schema")
	text, ok := j.Text("schema") // a string that holds JSON
	if !ok {
		return
	}
	if json.Unmarshal([]byte(text), &map[string]any{}) != nil {
		fail(j, "schema", "Member must be a JSON schema written as a string")
		return
	}
	r.Schema = json.RawMessage(text)
}

func (r *request) readPaths(o strict.Object) {
	values, _ := o.Items("additionalModelResponseFieldPaths")
	for _, v := range values {
		s, ok := v.String()
		if ok && !strings.HasPrefix(s, "/") {
			v.Fail("Member must be a JSON pointer")
		}
		r.Paths = append(r.Paths, s)
	}
	if len(values) > 10 {
		fail(o, "additionalModelResponseFieldPaths", "Member must have length less than or equal to 10")
	}
}

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func (r *request) readTools(o strict.Object) {
	c, ok := o.Sub("toolConfig")
	if !ok {
		return
	}
	r.HasConfig = true
	c.Need("tools")
	for _, t := range items(c, "tools") {
		r.Tools = append(r.Tools, readTool(t))
	}
	if c.Has("tools") && len(r.Tools) == 0 {
		fail(c, "tools", "Member must have length greater than or equal to 1")
	}
	u, ok := c.Sub("toolChoice")
	if !ok {
		return
	}
	switch kind := union(u, "auto", "any", "tool"); kind {
	case "tool":
		t, _ := u.Sub("tool")
		t.Need("name")
		name, _ := t.Text("name")
		r.Choice = choice{kind, name}
	default:
		u.Sub(kind)
		r.Choice.Kind = kind
	}
}

// union returns the one member of a union that is set, and notes a problem when
// it is none of the known ones or not alone.
func union(o strict.Object, known ...string) string {
	found := ""
	for _, name := range known {
		if !o.Has(name) {
			continue
		}
		if found != "" {
			o.Fail("Exactly one member of the union must be set")
			return ""
		}
		found = name
	}
	if found == "" {
		o.Fail("Exactly one member of the union must be set, one of: [%s]", strings.Join(known, ", "))
	}
	return found
}

func readTool(o strict.Object) tool {
	t := tool{at: o}
	switch union(o, "toolSpec", "systemTool", "cachePoint") {
	case "cachePoint":
		c, _ := o.Sub("cachePoint")
		t.Mark = readMark(c)
	case "systemTool":
		fail(o, "systemTool", "The emulator runs no system tools")
	case "toolSpec":
		s, _ := o.Sub("toolSpec")
		s.Need("name", "inputSchema")
		t.Name, _ = s.Text("name")
		if s.Has("name") && !toolName.MatchString(t.Name) {
			fail(s, "name", "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+ and have length less than or equal to 64")
		}
		t.Description, _ = s.Text("description")
		if s.Has("description") && t.Description == "" {
			fail(s, "description", "Member must have length greater than or equal to 1")
		}
		s.Flag("strict")
		schema, _ := s.Sub("inputSchema")
		schema.Need("json")
		if _, ok := schema.Sub("json"); ok {
			t.Schema = schema.Raw("json")
		}
	}
	return t
}

// readMark reads a cache point and returns how long it lives.
func readMark(o strict.Object) time.Duration {
	o.Need("type")
	enum(o, "type", "default")
	if cmp.Or(enum(o, "ttl", "5m", "1h"), "5m") == "1h" {
		return time.Hour
	}
	return 5 * time.Minute
}
