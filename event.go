package interline

// EventKind says what an event is, and which of its fields are set.
type EventKind uint8

// The kinds of events, in the order an answer has them. A decoder emits them
// so for every choice: Start once, then for each block BlockStart, Delta…,
// BlockStop, then Finish; Usage when it is known (possibly several times: the
// last one counts, since vendors report cumulatively); End when the language's
// terminal frame was read. Blocks of one choice are numbered from 0 in the
// order they open. Parallel tool calls of OpenAI may interleave their deltas;
// Index keeps them apart.
const (
	Start         EventKind = iota + 1 // ID, Model
	BlockStart                         // Index, Block, and ID, Name of a tool call
	Delta                              // Index, Block, Text: a piece of text, reasoning, refusal, of a call's arguments or of a sound (base64); LogProbs where they were asked for
	SealDelta                          // Index, Seal: proof of a reasoning block, or the encrypted block itself
	CitationDelta                      // Index, Citation: where a piece of a text that was told before is from
	BlockStop                          // Index
	Finish                             // Stop, RawStop, StopSequence
	UsageEvent                         // Usage
	FaultEvent                         // Fault: the vendor's error within the answer
	Ping                               // a sign of life
	End                                // the terminal frame: the answer is whole
)

// Event is one step of an answer, in no vendor's language.
type Event struct {
	Kind   EventKind
	Choice int       // which candidate, from 0
	Index  int       // which block of the candidate, from 0
	Block  BlockKind // Text, ReasoningBlock, Refusal, ToolCallBlock, Image, Audio
	ID     string    // Start: the answer's id; BlockStart: the tool call's id
	Name   string    // BlockStart: the tool's name
	Model  string    // Start: the model as the vendor names it
	Text   string
	Seal   *Seal
	Media  *Media // BlockStart of an Image; of an Audio its Type alone

	Citation *Citation
	LogProbs []LogProb // of the tokens of Text, as far as the vendor splits it there

	Stop         StopReason
	RawStop      string // the vendor's own word
	StopSequence string // the text that stopped it, where the vendor says

	Usage *Usage
	Fault *Fault
}

// IsContent reports whether the event shows the caller a part of the answer.
// Before the first such event another deployment may still be tried; after it
// never.
func (e Event) IsContent() bool {
	switch e.Kind {
	case Delta:
		return e.Text != ""
	case BlockStart:
		return e.Block == ToolCallBlock || e.Block == Image
	case SealDelta, CitationDelta, Finish, End:
		return true
	}
	return false
}

// StopReason is why an answer ended.
type StopReason uint8

// The stop reasons, as in translation tables between the vendors. An unknown
// word of a vendor becomes StopOther and is kept in Event.RawStop.
const (
	StopEnd       StopReason = iota + 1 // the model was done
	StopSequence                        // one of the caller's stop texts
	StopLength                          // the caller's or model's output limit
	StopContext                         // the model's context window is full
	StopTools                           // the model waits for tool results
	StopFiltered                        // the vendor's filter cut the output, or the model refused
	StopGuardrail                       // a guardrail of the operator's account intervened
	StopPause                           // the vendor paused a long turn; send it back to go on
	StopMalformed                       // the model wrote a tool call that cannot be read
	StopOther
)
