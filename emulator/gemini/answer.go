package gemini

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// response is a GenerateContentResponse, or one chunk of a streamed one.
type response struct {
	Candidates []candidate `json:"candidates,omitempty"`
	Feedback   *feedback   `json:"promptFeedback,omitempty"`
	Usage      usage       `json:"usageMetadata"`
	Model      string      `json:"modelVersion"`
	Created    string      `json:"createTime,omitempty"` // Vertex AI only
	ID         string      `json:"responseId"`
}

type candidate struct {
	Content answerContent `json:"content"`
	Finish  string        `json:"finishReason,omitempty"`
	Message string        `json:"finishMessage,omitempty"`
	Index   int           `json:"index"`
	Ratings []rating      `json:"safetyRatings,omitempty"`
	Average float64       `json:"avgLogprobs,omitempty"`
	Odds    *logprobs     `json:"logprobsResult,omitempty"`
}

type answerContent struct {
	Parts []answerPart `json:"parts,omitempty"`
	Role  string       `json:"role"`
}

type answerPart struct {
	Text      *string     `json:"text,omitempty"`
	Thought   bool        `json:"thought,omitempty"`
	Call      *answerCall `json:"functionCall,omitempty"`
	Signature []byte      `json:"thoughtSignature,omitempty"`
	Sound     *sound      `json:"inlineData,omitempty"`
}

type sound struct {
	Kind string `json:"mimeType"`
	Data []byte `json:"data"`
}

type answerCall struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Args object `json:"args"`
}

type feedback struct {
	Reason  string   `json:"blockReason"`
	Ratings []rating `json:"safetyRatings,omitempty"`
}

type rating struct {
	Category    string `json:"category"`
	Probability string `json:"probability"`
	Blocked     bool   `json:"blocked,omitempty"`
}

// dangerous is the rating that goes with what a drill lets the filter stop.
var dangerous = []rating{{"HARM_CATEGORY_DANGEROUS_CONTENT", "HIGH", true}}

type usage struct {
	Prompt     int     `json:"promptTokenCount"`
	Cached     int     `json:"cachedContentTokenCount,omitempty"`
	Candidates int     `json:"candidatesTokenCount,omitempty"`
	Thoughts   int     `json:"thoughtsTokenCount,omitempty"`
	Total      int     `json:"totalTokenCount"`
	Details    []count `json:"promptTokensDetails"`
	OfCache    []count `json:"cacheTokensDetails,omitempty"`
	OfAnswer   []count `json:"candidatesTokensDetails,omitempty"`
	Traffic    string  `json:"trafficType,omitempty"` // Vertex AI only
	Tier       string  `json:"serviceTier,omitempty"` // Gemini API only
}

type count struct {
	Modality string `json:"modality"`
	Tokens   int    `json:"tokenCount"`
}

// job is a request that was accepted, and its answer.
type job struct {
	*Call
	q       *request
	reading reading
	reply   core.Reply
	blocked bool // the prompt was
	stopped bool // the answer was
	created time.Time
}

// usage says what was counted so far in Google's terms: the prompt includes
// what came from the cache, candidates exclude thoughts.
func (j *job) usage(u core.Usage) usage {
	said := u.Output - u.Reasoning
	w := usage{
		Prompt: u.Input, Cached: u.CacheRead, Candidates: said, Thoughts: u.Reasoning, Total: u.Total(),
		Details: details(j.reading.media, u.Input),
	}
	if j.model.Speaks && said > 0 {
		w.OfAnswer = []count{{"AUDIO", said}}
	}
	if u.CacheRead > 0 {
		w.OfCache = []count{{"TEXT", u.CacheRead}}
	}
	if !j.Vertex {
		w.Tier = "standard"
		if j.q.Tier != "" && j.q.Tier != "UNSPECIFIED" {
			w.Tier = strings.ToLower(j.q.Tier)
		}
		return w
	}
	if said > 0 && !j.model.Speaks {
		w.OfAnswer = []count{{"TEXT", said}}
	}
	w.Traffic = j.traffic()
	return w
}

// traffic follows the headers by which Vertex AI's callers choose their kind of
// capacity (recorded, 2026-03).
func (j *job) traffic() string {
	if j.Request.Header.Get("X-Vertex-Ai-Llm-Request-Type") == "dedicated" {
		return "PROVISIONED_THROUGHPUT"
	}
	switch tier := j.Request.Header.Get("X-Vertex-Ai-Llm-Shared-Request-Type"); tier {
	case "priority", "flex":
		return "ON_DEMAND_" + strings.ToUpper(tier)
	}
	return "ON_DEMAND"
}

// details says what the tokens of a prompt were, in a fixed order.
func details(media map[string]int, total int) []count {
	rest := total
	for _, n := range media {
		rest -= n
	}
	all := []count{{"TEXT", rest}}
	for _, kind := range []string{"IMAGE", "AUDIO", "VIDEO", "DOCUMENT"} {
		if media[kind] > 0 {
			all = append(all, count{kind, media[kind]})
		}
	}
	return all
}

// response is an empty response with what every chunk has.
func (j *job) response(u core.Usage) response {
	r := response{Usage: j.usage(u), Model: j.model.ID, ID: j.Exchange.ID[:22]}
	if j.Vertex {
		r.Created = j.created.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return r
}

// whole is the answer in one piece.
func (j *job) whole() response {
	r := j.response(j.reply.Usage)
	if j.blocked {
		r.Feedback = &feedback{"PROHIBITED_CONTENT", dangerous}
		return r
	}
	for i, a := range j.reply.Answers {
		c := j.ending(i, a)
		calls := 0
		for n, p := range a.Parts {
			if got := j.part(p, calls == 0); got != nil {
				c.Content.Parts = append(c.Content.Parts, *got)
			}
			if p.Kind == core.PartCall {
				calls++
			}
			if last := len(c.Content.Parts) - 1; p.Kind == core.PartText && n == len(a.Parts)-1 && last >= 0 && j.signsText(a) {
				c.Content.Parts[last].Signature = j.sealText()
			}
		}
		c.Odds, c.Average = j.oddsOf(textOf(a)...)
		r.Candidates = append(r.Candidates, c)
	}
	return r
}

// ending is a candidate without parts, with the reason of its end. Calls have
// none of their own: they end with STOP.
func (j *job) ending(i int, a core.Answer) candidate {
	c := candidate{Content: answerContent{Role: "model"}, Finish: "STOP", Index: i}
	switch {
	case j.stopped:
		c.Finish, c.Ratings = "SAFETY", dangerous
	case a.Stop == core.StopLength:
		c.Finish = "MAX_TOKENS"
	}
	return c
}

// part is a part of the answer as the caller sees it, or nil when it is hidden
// or was cut to nothing. Only the first of several calls is signed.
func (j *job) part(p core.Part, first bool) *answerPart {
	text := p.Text()
	switch p.Kind {
	case core.PartCall:
		if !json.Valid([]byte(text)) {
			return nil // the limit of tokens cut it
		}
		return j.call(p, text, first)
	case core.PartReasoning:
		if !j.showsThoughts() {
			return nil
		}
	}
	if text == "" {
		return nil
	}
	if j.model.Speaks {
		return &answerPart{Sound: &sound{"audio/L16;codec=pcm;rate=24000", core.Speak(text)}}
	}
	return &answerPart{Text: &text, Thought: p.Kind == core.PartReasoning}
}

func (j *job) call(p core.Part, arguments string, first bool) *answerPart {
	w := &answerPart{Call: &answerCall{ID: strings.ToLower(p.CallID[:8]), Name: p.Name, Args: object(arguments)}}
	if first && (j.model.Signs() || j.thinks()) {
		w.Signature = seal(j.Vertex, p.CallID, &functionCall{Name: p.Name, Args: w.Call.Args})
	}
	return w
}

func (j *job) showsThoughts() bool {
	return j.q.Config.ThinkingAsked != nil && j.q.Config.ThinkingAsked.Include
}

func (j *job) thinks() bool { return j.reading.Prompt.Effort != "" }

// signsText says whether the text of an answer carries a signature, as it does
// on the models that sign, once it is whole.
func (j *job) signsText(a core.Answer) bool {
	return j.model.Signs() && !j.stopped && a.Stop != core.StopLength && a.Stop != core.StopCalls
}

func (j *job) sealText() []byte { return seal(j.Vertex, j.Exchange.ID, nil) }
