package generatecontent

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
)

// lenient lets pass what models are known to get wrong.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// The shapes of the wire, as far as they are read whole. Everything that is
// written is written member by member, since the order must not change.

type request struct {
	Contents          []content         `json:"contents"`
	SystemInstruction jsontext.Value    `json:"systemInstruction"`
	Tools             []jsontext.Value  `json:"tools"`
	ToolConfig        *toolConfig       `json:"toolConfig"`
	GenerationConfig  *generationConfig `json:"generationConfig"`
	CachedContent     string            `json:"cachedContent"`
	ServiceTier       string            `json:"serviceTier"`

	Rest jsontext.Value `json:",embed"`
}

type content struct {
	Role  string           `json:"role"`
	Parts []jsontext.Value `json:"parts"`
}

// part is a part of any kind that is modelled: one of the members is set,
// beside the flags.
type part struct {
	Text             *string           `json:"text"`
	InlineData       *inlineData       `json:"inlineData"`
	FileData         *fileData         `json:"fileData"`
	FunctionCall     *functionCall     `json:"functionCall"`
	FunctionResponse *functionResponse `json:"functionResponse"`
	Thought          bool              `json:"thought"`
	ThoughtSignature string            `json:"thoughtSignature"`

	Rest jsontext.Value `json:",embed"`
}

type inlineData struct {
	MIMEType    string `json:"mimeType"`
	Data        string `json:"data"`
	DisplayName string `json:"displayName"`
}

type fileData struct {
	MIMEType    string `json:"mimeType"`
	FileURI     string `json:"fileUri"`
	DisplayName string `json:"displayName"`
}

type functionCall struct {
	ID   string         `json:"id"`
	Name string         `json:"name"`
	Args jsontext.Value `json:"args"`
}

type functionResponse struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Response jsontext.Value   `json:"response"`
	Parts    []jsontext.Value `json:"parts"`

	Rest jsontext.Value `json:",embed"`
}

type tool struct {
	Functions []jsontext.Value `json:"functionDeclarations"`
	Rest      jsontext.Value   `json:",embed"`
}

type declaration struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Parameters  jsontext.Value `json:"parameters"`
	JSONSchema  jsontext.Value `json:"parametersJsonSchema"`

	Rest jsontext.Value `json:",embed"`
}

type toolConfig struct {
	Calling *callingConfig `json:"functionCallingConfig"`
	Rest    jsontext.Value `json:",embed"`
}

type callingConfig struct {
	Mode    string   `json:"mode"`
	Allowed []string `json:"allowedFunctionNames"`

	Rest jsontext.Value `json:",embed"`
}

type generationConfig struct {
	MaxOutputTokens  count           `json:"maxOutputTokens"`
	Temperature      *float64        `json:"temperature"`
	TopP             *float64        `json:"topP"`
	TopK             *float64        `json:"topK"` // a float in Google's own schema
	StopSequences    []string        `json:"stopSequences"`
	CandidateCount   count           `json:"candidateCount"`
	Seed             *count          `json:"seed"`
	PresencePenalty  *float64        `json:"presencePenalty"`
	FrequencyPenalty *float64        `json:"frequencyPenalty"`
	ResponseLogprobs bool            `json:"responseLogprobs"`
	Logprobs         *count          `json:"logprobs"`
	MIMEType         string          `json:"responseMimeType"`
	Schema           jsontext.Value  `json:"responseSchema"`
	JSONSchema       jsontext.Value  `json:"responseJsonSchema"`
	Thinking         *thinkingConfig `json:"thinkingConfig"`
	Modalities       jsontext.Value  `json:"responseModalities"`
	Speech           jsontext.Value  `json:"speechConfig"`

	Rest jsontext.Value `json:",embed"`
}

type thinkingConfig struct {
	Budget          *count `json:"thinkingBudget"`
	Level           string `json:"thinkingLevel"`
	IncludeThoughts bool   `json:"includeThoughts"`
}

// answer is a whole answer, and a chunk of one.
type answer struct {
	Candidates     []candidate     `json:"candidates"`
	PromptFeedback *promptFeedback `json:"promptFeedback"`
	Usage          *usageMetadata  `json:"usageMetadata"`
	ModelVersion   string          `json:"modelVersion"`
	ResponseID     string          `json:"responseId"`
	Error          jsontext.Value  `json:"error"`
}

type candidate struct {
	Index   count `json:"index"`
	Content struct {
		Parts []part `json:"parts"`
	} `json:"content"`
	FinishReason string         `json:"finishReason"`
	Logprobs     jsontext.Value `json:"logprobsResult"`
	Grounding    jsontext.Value `json:"groundingMetadata"`
	Citations    jsontext.Value `json:"citationMetadata"`
}

type promptFeedback struct {
	BlockReason string `json:"blockReason"`
}

type usageMetadata struct {
	Prompt           count      `json:"promptTokenCount"` // cached ones included
	Cached           count      `json:"cachedContentTokenCount"`
	Candidates       count      `json:"candidatesTokenCount"` // thoughts left out
	Thoughts         count      `json:"thoughtsTokenCount"`
	ToolUse          count      `json:"toolUsePromptTokenCount"` // not in prompt
	PromptDetails    []modality `json:"promptTokensDetails"`
	CandidateDetails []modality `json:"candidatesTokensDetails"`
}

type modality struct {
	Modality string `json:"modality"`
	Tokens   count  `json:"tokenCount"`
}

// canonical is the canonical vector (recorded 2026).
func (u *usageMetadata) canonical() interline.Usage {
	return interline.Usage{
		Input:       int64(u.Prompt + u.ToolUse),
		CacheRead:   int64(u.Cached),
		InputAudio:  tokensOf(u.PromptDetails, "AUDIO"),
		InputImage:  tokensOf(u.PromptDetails, "IMAGE"),
		ToolPrompt:  int64(u.ToolUse),
		Output:      int64(u.Candidates + u.Thoughts),
		Reasoning:   int64(u.Thoughts),
		OutputAudio: tokensOf(u.CandidateDetails, "AUDIO"),
	}
}

func tokensOf(details []modality, name string) int64 {
	n := int64(0)
	for _, d := range details {
		if d.Modality == name {
			n += int64(d.Tokens)
		}
	}
	return n
}

// count is an integer, which protobuf's JSON may also write as text or with a
// fraction of zero.
type count int64

// UnmarshalJSON implements json.Unmarshaler.
func (c *count) UnmarshalJSON(v []byte) error {
	if string(v) == "null" {
		return nil
	}
	digits := string(bytes.Trim(v, `"`))
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		*c = count(n)
		return nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || f != float64(int64(f)) {
		return fmt.Errorf("read an integer: %s", v)
	}
	*c = count(f)
	return nil
}

// elements are the values of a JSON array; of anything else there are none.
func elements(v jsontext.Value) []jsontext.Value {
	var out []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &out, lenient) != nil {
		return nil
	}
	return out
}

// text returns the text of a JSON string.
func text(v jsontext.Value) string {
	if v.Kind() != '"' {
		return ""
	}
	out, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(out)
}
