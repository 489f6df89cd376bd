package gemini

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

var functionName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$`)

// functions are all the declared functions.
func functions(q *request) []declaration {
	var all []declaration
	for _, t := range q.Tools {
		all = append(all, t.Functions...)
	}
	return all
}

// checkTools holds the declarations and the choice among them against the
// rules. Counting takes built-in tools, which it does not have to play.
func (k *Call) checkTools(q *request, counting bool) *rpc.Error {
	declared := make(map[string]bool)
	for i, t := range q.Tools {
		if name := t.builtIn(); name != "" && !counting {
			return rpc.Invalid("The emulator plays no built-in tools: tools[%d].%s is refused.", i, name)
		}
		for j, d := range t.Functions {
			if e := checkDeclaration(i, j, d); e != nil {
				return e
			}
			if declared[d.Name] {
				return rpc.Invalid("Duplicate function declaration found: %s", d.Name)
			}
			declared[d.Name] = true
		}
	}
	return checkChoice(q, declared)
}

func checkDeclaration(i, j int, d declaration) *rpc.Error {
	switch {
	case !functionName.MatchString(d.Name):
		return rpc.Invalid("* GenerateContentRequest.tools[%d].function_declarations[%d].name: Invalid function name. Must start with a letter or an underscore. "+
			"Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n", i, j)
	case d.Parameters != nil && d.JSONSchema != nil:
		return rpc.Invalid("* GenerateContentRequest.tools[%d].function_declarations[%d]: only one of parameters and parameters_json_schema may be set.\n", i, j)
	case d.JSONSchema != nil && d.JSONSchema[0] != '{':
		return rpc.Invalid("* GenerateContentRequest.tools[%d].function_declarations[%d].parameters_json_schema: should be a JSON object.\n", i, j)
	case d.Parameters != nil:
		return checkParameters(i, j, d.Parameters)
	}
	return nil
}

func checkParameters(i, j int, raw object) *rpc.Error {
	path := fmt.Sprintf("* GenerateContentRequest.tools[%d].function_declarations[%d].parameters", i, j)
	if t := typeOf(raw); t != "OBJECT" {
		return rpc.Invalid("%s: should be of type OBJECT, not %q.\n", path, t)
	}
	return checkSchema(path, raw)
}

func checkChoice(q *request, declared map[string]bool) *rpc.Error {
	c := q.ToolConfig.Calling
	switch {
	case c.Stream:
		return rpc.Invalid("The emulator streams no arguments: stream_function_call_arguments is refused.")
	case q.ToolConfig.ServerSide:
		return rpc.Invalid("The emulator plays no built-in tools: include_server_side_tool_invocations is refused.")
	case len(c.Allowed) > 0 && c.Mode != "ANY" && c.Mode != "VALIDATED":
		return rpc.Invalid("Allowed function names can only be set when the function calling mode is ANY or VALIDATED.")
	case c.Mode == "ANY" && len(declared) == 0:
		return rpc.Invalid("Function calling config is set without function_declarations.")
	}
	i := slices.IndexFunc(c.Allowed, func(name string) bool { return !declared[name] })
	if i >= 0 {
		return rpc.Invalid("Allowed function name %q is not one of the function_declarations.", c.Allowed[i])
	}
	return nil
}
