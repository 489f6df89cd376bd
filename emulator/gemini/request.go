package gemini

import (
	"encoding/json"
	"strings"
)

// request is a generateContent request in the spelling of package form.
type request struct {
	Contents   []content  `json:"contents"`
	System     *content   `json:"systemInstruction"`
	Tools      []tool     `json:"tools"`
	ToolConfig toolConfig `json:"toolConfig"`
	Config     config     `json:"generationConfig"`
	Cached     string     `json:"cachedContent"`
	Tier       string     `json:"serviceTier"`
	Armor      object     `json:"modelArmorConfig"`
	Output     object     `json:"outputConfig"`
	Continue   []byte     `json:"continuationToken"`
}

// object is a message that is taken as it comes; nil when absent.
type object = json.RawMessage

type content struct {
	Role  string `json:"role"`
	Parts []part `json:"parts"`
}

type part struct {
	Text      *string           `json:"text"`
	Inline    *blob             `json:"inlineData"`
	File      *file             `json:"fileData"`
	Call      *functionCall     `json:"functionCall"`
	Response  *functionResponse `json:"functionResponse"`
	Code      *code             `json:"executableCode"`
	Result    *codeResult       `json:"codeExecutionResult"`
	ToolCall  object            `json:"toolCall"`
	ToolReply object            `json:"toolResponse"`
	Thought   bool              `json:"thought"`
	Signature []byte            `json:"thoughtSignature"`
}

type blob struct {
	Type string `json:"mimeType"`
	Data []byte `json:"data"`
}

type file struct {
	Type string `json:"mimeType"`
	URI  string `json:"fileUri"`
}

type functionCall struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Args    object   `json:"args"`
	Partial []object `json:"partialArgs"`
}

type functionResponse struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Response object `json:"response"`
	Parts    []part `json:"parts"`
}

type code struct {
	Code string `json:"code"`
}

type codeResult struct {
	Output string `json:"output"`
}

// empty says whether a part carries nothing at all.
func (p part) empty() bool {
	return p.Text == nil && p.Inline == nil && p.File == nil && p.Call == nil && p.Response == nil &&
		p.Code == nil && p.Result == nil && p.ToolCall == nil && p.ToolReply == nil
}

type tool struct {
	Functions []declaration `json:"functionDeclarations"`

	Search     object   `json:"googleSearch"`
	Grounding  object   `json:"googleSearchRetrieval"`
	CodeRun    object   `json:"codeExecution"`
	URLContext object   `json:"urlContext"`
	Maps       object   `json:"googleMaps"`
	Computer   object   `json:"computerUse"`
	FileSearch object   `json:"fileSearch"`
	Servers    []object `json:"mcpServers"`
	Retrieval  object   `json:"retrieval"`
	Enterprise object   `json:"enterpriseWebSearch"`
	Parallel   object   `json:"parallelAiSearch"`
	Exa        object   `json:"exaAiSearch"`
}

// builtIn names the first built-in tool that is asked for, or is empty.
func (t tool) builtIn() string {
	for _, each := range []struct {
		name string
		raw  object
	}{
		{"google_search", t.Search},
		{"google_search_retrieval", t.Grounding},
		{"code_execution", t.CodeRun},
		{"url_context", t.URLContext},
		{"google_maps", t.Maps},
		{"computer_use", t.Computer},
		{"file_search", t.FileSearch},
		{"retrieval", t.Retrieval},
		{"enterprise_web_search", t.Enterprise},
		{"parallel_ai_search", t.Parallel},
		{"exa_ai_search", t.Exa},
	} {
		if each.raw != nil {
			return each.name
		}
	}
	if len(t.Servers) > 0 {
		return "mcp_servers"
	}
	return ""
}

type declaration struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Parameters  object `json:"parameters"`
	JSONSchema  object `json:"parametersJsonSchema"`
}

type toolConfig struct {
	Calling struct {
		Mode    string   `json:"mode"`
		Allowed []string `json:"allowedFunctionNames"`
		Stream  bool     `json:"streamFunctionCallArguments"`
	} `json:"functionCallingConfig"`
	ServerSide bool `json:"includeServerSideToolInvocations"`
}

type config struct {
	Candidates    *int     `json:"candidateCount"`
	Stop          []string `json:"stopSequences"`
	MaxOutput     *int     `json:"maxOutputTokens"`
	Temperature   *float64 `json:"temperature"`
	TopP          *float64 `json:"topP"`
	TopK          *float64 `json:"topK"`
	Presence      *float64 `json:"presencePenalty"`
	Frequency     *float64 `json:"frequencyPenalty"`
	Logprobs      bool     `json:"responseLogprobs"`
	TopLogprobs   *int     `json:"logprobs"`
	MimeType      string   `json:"responseMimeType"`
	Schema        object   `json:"responseSchema"`
	JSONSchema    object   `json:"responseJsonSchema"`
	Modalities    []string `json:"responseModalities"`
	Speech        object   `json:"speechConfig"`
	Image         object   `json:"imageConfig"`
	Formats       []object `json:"responseFormat"`
	Translation   object   `json:"translationConfig"`
	Routing       object   `json:"routingConfig"`
	ModelChoice   object   `json:"modelSelectionConfig"`
	ThinkingAsked *asked   `json:"thinkingConfig"`
}

// asked is a thinkingConfig.
type asked struct {
	Include bool   `json:"includeThoughts"`
	Budget  *int   `json:"thinkingBudget"`
	Level   string `json:"thinkingLevel"`
}

// merged joins consecutive contents of one role, as the service reads them: a
// streamed answer that is kept chunk by chunk is still one turn.
func merged(contents []content) []content {
	var all []content
	for _, c := range contents {
		if c.Role != "model" {
			c.Role = "user"
		}
		if n := len(all); n > 0 && all[n-1].Role == c.Role {
			all[n-1].Parts = append(all[n-1].Parts[:len(all[n-1].Parts):len(all[n-1].Parts)], c.Parts...)
			continue
		}
		all = append(all, c)
	}
	return all
}

// words joins the texts of parts that are not thoughts.
func words(parts []part) string {
	var said []string
	for _, p := range parts {
		if p.Text != nil && !p.Thought && *p.Text != "" {
			said = append(said, *p.Text)
		}
	}
	return strings.Join(said, "\n")
}
