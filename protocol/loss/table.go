package loss

import "github.com/interline-ai/interline"

// The kinds of losses. Their names are stable: logs and dashboards have them.
const (
	OwnTool            Kind = "own-tool"
	OwnToolNamed       Kind = "own-tool-named"
	ToolSubset         Kind = "tool-subset"
	ToolForced         Kind = "tool-forced"
	ToolsForbidden     Kind = "tools-forbidden"
	ToolsDeclared      Kind = "tools-declared"
	ToolStrict         Kind = "tool-strict"
	ToolFreeform       Kind = "tool-freeform"
	OneCall            Kind = "one-call"
	CallUnanswered     Kind = "call-unanswered"
	CallUnansweredText Kind = "call-unanswered-text"
	ResultStray        Kind = "result-stray"
	ResultStrayText    Kind = "result-stray-text"
	ResultFailed       Kind = "result-failed"
	ResultPicture      Kind = "result-picture"
	ArgumentsRaw       Kind = "arguments-raw"
	CallUnsigned       Kind = "call-unsigned"
	ReasoningAlone     Kind = "reasoning-alone"
	ReasoningLast      Kind = "reasoning-last"
	SystemAmid         Kind = "system-amid"
	SystemMedia        Kind = "system-media"
	UserFirst          Kind = "user-first"
	SpeakerName        Kind = "speaker-name"
	RefusalText        Kind = "refusal-text"
	Prefill            Kind = "prefill"
	PrefillMaybe       Kind = "prefill-maybe"
	MediaFetched       Kind = "media-fetched"
	DocumentTitle      Kind = "document-title"
	DocumentText       Kind = "document-text"
	CitationsAsked     Kind = "citations-asked"
	CitationsPast      Kind = "citations-past"
	Block              Kind = "block"
	AssistantBlock     Kind = "assistant-block"
	SealForeign        Kind = "seal-foreign"
	SealMissing        Kind = "seal-missing"
	ReasoningPast      Kind = "reasoning-past"
	SealUnchecked      Kind = "seal-unchecked"
	ThinksNot          Kind = "thinks-not"
	ThinksAlways       Kind = "thinks-always"
	ThinksLeast        Kind = "thinks-least"
	ThinksNotForced    Kind = "thinks-not-forced"
	ThinksNotAmid      Kind = "thinks-not-amid"
	ThinksNotWithTools Kind = "thinks-not-with-tools"
	ThinkingRoom       Kind = "thinking-room"
	ThinkingLimit      Kind = "thinking-limit"
	ThinkingGuessed    Kind = "thinking-guessed"
	ThinkingUndecided  Kind = "thinking-undecided"
	BudgetLeast        Kind = "budget-least"
	BudgetMost         Kind = "budget-most"
	BudgetAsEffort     Kind = "budget-as-effort"
	BudgetAsLevel      Kind = "budget-as-level"
	EffortNear         Kind = "effort-near"
	EffortUnknown      Kind = "effort-unknown"
	ThinkingShown      Kind = "thinking-shown"
	LimitLowered       Kind = "limit-lowered"
	LimitRaised        Kind = "limit-raised"
	TemperatureLowered Kind = "temperature-lowered"
	SamplingRefused    Kind = "sampling-refused"
	SamplingOneOf      Kind = "sampling-one-of"
	SamplingThinking   Kind = "sampling-thinking"
	StopsFour          Kind = "stops-four"
	StopsRefused       Kind = "stops-refused"
	TopKUnknown        Kind = "top-k-unknown"
	Parameter          Kind = "parameter"
	Voice              Kind = "voice"
	SchemaByTool       Kind = "schema-by-tool"
	SchemaDescription  Kind = "schema-description"
	CacheNoMarks       Kind = "cache-no-marks"
	CacheNot           Kind = "cache-not"
	CacheFour          Kind = "cache-four"
	CacheAutomatic     Kind = "cache-automatic"
	CacheLifetime      Kind = "cache-lifetime"
	CacheOnReasoning   Kind = "cache-on-reasoning"
	CacheOnAssistant   Kind = "cache-on-assistant"
	CacheOnTools       Kind = "cache-on-tools"
	Labels             Kind = "labels"
	LabelForm          Kind = "label-form"
	EndUser            Kind = "end-user"
	Tier               Kind = "tier"
	Member             Kind = "member"
	Refused            Kind = "refused"
	StateDropped       Kind = "state-dropped"
	SaidTwice          Kind = "said-twice"

	EmbedParameter Kind = "embed-parameter"
	EmbedAssumed   Kind = "embed-assumed"
	EmbedPurpose   Kind = "embed-purpose"
)

const (
	dropped      = interline.LossDropped
	approximated = interline.LossApproximated
	emulated     = interline.LossEmulated
)

// table is every loss there is. What is said of one at run time, the page of
// losses in the documentation and the tests all come from it.
var table = []Row{
	{OwnTool, dropped, "a vendor's own tool that the place does not have", "messages converse invoke generatecontent"},
	{OwnToolNamed, dropped, "the vendor's own tool %q has no counterpart", "chatcompletions responses"},
	{ToolSubset, approximated, "a subset of tools cannot be named, so the others were left out", "chatcompletions messages converse invoke"},
	{ToolForced, approximated, "the model refuses to be made to call a tool, so it decides by itself", "messages converse invoke generatecontent"},
	{ToolsForbidden, approximated, "tools cannot be forbidden here while the conversation uses them", "converse"},
	{ToolsDeclared, emulated, "the tools that the conversation has called were declared", "converse"},
	{ToolStrict, dropped, "functions are not held to their schema one by one", "generatecontent"},
	{ToolFreeform, emulated, "a tool that takes free text became a function of one text, which is not held to its grammar", "chatcompletions messages converse invoke generatecontent"},
	{OneCall, dropped, "calls cannot be kept to one at a time here", "converse generatecontent"},
	{CallUnanswered, emulated, "the tool call has no result, so a failed one was added", "messages converse invoke generatecontent"},
	{CallUnansweredText, emulated, `a call without a result was answered with "(no result)"`, "chatcompletions responses"},
	{ResultStray, approximated, "a tool result that answers no call of the turn before is said as text", "messages converse invoke generatecontent"},
	{ResultStrayText, approximated, "a result without its call became text", "chatcompletions responses"},
	{ResultFailed, approximated, "there is no error flag: the text says it", "chatcompletions responses"},
	{ResultPicture, emulated, "a tool message holds text only: the picture follows in a user message", "chatcompletions"},
	{ArgumentsRaw, approximated, "the arguments are not a JSON object, so they were wrapped as _raw", "messages converse invoke generatecontent"},
	{CallUnsigned, emulated, "the call was not signed by the model, so it is told not to check it", "generatecontent"},
	{ReasoningAlone, dropped, "a turn of reasoning alone cannot be replayed", "messages converse invoke generatecontent"},
	{ReasoningLast, dropped, "reasoning that nothing follows cannot be replayed", "responses"},
	{SystemAmid, approximated, "a system message amid the conversation is said as marked text of the user", "messages converse invoke generatecontent"},
	{SystemMedia, dropped, "a system message can only hold text", "messages converse invoke generatecontent"},
	{UserFirst, emulated, `the user must speak first, so "Please continue" was put before`, "messages converse invoke generatecontent"},
	{SpeakerName, dropped, "speakers have no names here", "messages converse invoke responses generatecontent"},
	{RefusalText, approximated, "a refusal is said as text", "messages converse invoke responses generatecontent"},
	{Prefill, approximated, "a last turn of the assistant is history here, not the beginning of the answer", "chatcompletions responses"},
	{PrefillMaybe, approximated, "the model may answer the last turn instead of going on with it", "generatecontent"},
	{MediaFetched, emulated, "the cloud does not fetch addresses, so the gateway fetched it", "chatcompletions messages converse generatecontent"},
	{DocumentTitle, dropped, "a document of plain text becomes text, which has no title", "chatcompletions responses"},
	{DocumentText, emulated, "a document needs a text beside it, so one was added", "converse"},
	{CitationsAsked, dropped, "the place cites no documents", "chatcompletions converse responses generatecontent"},
	{CitationsPast, dropped, "citations of earlier answers are not given back", "chatcompletions messages converse invoke responses generatecontent"},
	{Block, dropped, "a block that only the language it came in knows", "chatcompletions messages converse invoke responses generatecontent"},
	{AssistantBlock, dropped, "a block that the cloud's language has no word for in the assistant's turn", "chatcompletions responses"},
	{SealForeign, dropped, "sealed reasoning goes to its issuer only", "chatcompletions messages converse invoke responses generatecontent"},
	{SealMissing, dropped, "reasoning that is not sealed cannot be given back", "messages converse invoke responses generatecontent"},
	{ReasoningPast, dropped, "earlier reasoning is not taken back", "chatcompletions"},
	{SealUnchecked, emulated, "sealed reasoning goes to its issuer only; Gemini is told not to check the rest", "generatecontent"},
	{ThinksNot, dropped, "the model does not reason", "chatcompletions messages converse invoke responses generatecontent"},
	{ThinksAlways, dropped, "the model always thinks", "messages converse invoke"},
	{ThinksLeast, approximated, "the model always reasons, so it gets the least", "converse generatecontent"},
	{ThinksNotForced, dropped, "the model does not think when it must call a tool", "messages converse invoke"},
	{ThinksNotAmid, dropped, "the model does not think amid tool calls whose reasoning is not its own", "messages converse invoke"},
	{ThinksNotWithTools, approximated, "on Chat Completions the model takes tools only without reasoning; it became none", "chatcompletions"},
	{ThinkingRoom, approximated, "the model's output limit leaves less room to think", "messages converse invoke"},
	{ThinkingLimit, approximated, "raised, since the thinking budget must be less", "messages converse invoke"},
	{ThinkingGuessed, approximated, "the model does not decide by itself how much to think, so it gets a budget", "messages converse invoke"},
	{ThinkingUndecided, dropped, "the model is not asked to decide by itself how much to think", "converse"},
	{BudgetLeast, approximated, "the thinking budget was raised to the least one of 1024 tokens", "messages converse invoke"},
	{BudgetMost, approximated, "the model's greatest budget is that of high", "generatecontent"},
	{BudgetAsEffort, approximated, "the thinking budget of %d tokens is said as effort %s", "chatcompletions messages converse invoke responses"},
	{BudgetAsLevel, approximated, "the thinking budget is said as a level", "generatecontent"},
	{EffortNear, approximated, "the model has no effort %s, so it gets %s", "chatcompletions messages converse invoke responses generatecontent"},
	{EffortUnknown, dropped, "the model's field for it is not known", "converse"},
	{ThinkingShown, dropped, "whether reasoning is shown is not the caller's choice here", "chatcompletions"},
	{LimitLowered, approximated, "lowered to the model's own limit", "chatcompletions messages converse invoke responses generatecontent"},
	{LimitRaised, approximated, "raised to %d, the least that Responses takes", "responses"},
	{TemperatureLowered, approximated, "lowered to 1, the highest value", "messages converse invoke"},
	{SamplingRefused, dropped, "the model refuses sampling parameters", "chatcompletions messages converse invoke responses generatecontent"},
	{SamplingOneOf, dropped, "the model takes temperature or top_p, not both", "messages converse invoke"},
	{SamplingThinking, dropped, "not allowed while the model thinks", "messages converse invoke"},
	{StopsFour, approximated, "there can be four stop texts; the others were left out", "chatcompletions"},
	{StopsRefused, dropped, "the model refuses stop texts", "converse"},
	{TopKUnknown, dropped, "the model's field for it is not known", "converse"},
	{Parameter, dropped, "the cloud's language has no such parameter", "chatcompletions messages converse invoke responses generatecontent"},
	{Voice, approximated, "the place's own voice speaks", "chatcompletions generatecontent"},
	{SchemaByTool, emulated, "the answer is asked for with a tool, whose input comes back as text", "messages converse invoke"},
	{SchemaDescription, dropped, "a schema has no description of its own here", "messages invoke"},
	{CacheNoMarks, dropped, "the model caches prompts by itself; marks have no counterpart", "chatcompletions responses generatecontent"},
	{CacheNot, dropped, "the place caches no prompts of this model, and refuses marks", "converse"},
	{CacheFour, dropped, "there can be four cache marks", "messages converse invoke"},
	{CacheAutomatic, dropped, "the place does not place cache marks by itself", "chatcompletions converse responses"},
	{CacheLifetime, approximated, "the cache lives for %s instead of %s", "chatcompletions messages converse invoke responses"},
	{CacheOnReasoning, dropped, "there can be no cache mark on reasoning", "messages invoke"},
	{CacheOnAssistant, dropped, "marks on the assistant's turns have no counterpart", "chatcompletions responses"},
	{CacheOnTools, dropped, "marks on tools have no counterpart", "chatcompletions responses"},
	{Labels, dropped, "there is no place for labels", "messages invoke generatecontent"},
	{LabelForm, dropped, "requestMetadata takes 16 pairs of up to 256 plain letters", "converse"},
	{EndUser, dropped, "there is no place for the end user's name", "generatecontent"},
	{Tier, dropped, "the tier %q has no counterpart", "chatcompletions messages converse invoke responses generatecontent"},
	{Member, dropped, "not known in the cloud's language, or not at this place", "chatcompletions messages converse invoke responses generatecontent"},
	{Refused, dropped, "the place answers 4xx to it", "chatcompletions messages responses generatecontent"},
	{StateDropped, dropped, "the place that keeps what it refers to is not asked, and the operator lets the conversation go on without it", ""},
	{SaidTwice, dropped, "it is also said as %s", "chatcompletions"},
	{EmbedParameter, dropped, "the cloud's embeddings have no such parameter", "embeddings titan cohere embedcontent batchembedcontents predict"},
	{EmbedAssumed, approximated, "the cloud must be told a purpose: that of a document is assumed", "cohere"},
	{EmbedPurpose, approximated, "the nearest purpose is %s", "cohere"},
}
