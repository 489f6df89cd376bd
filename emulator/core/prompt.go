package core

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/gif"  // so that image.DecodeConfig knows the size of a GIF
	_ "image/jpeg" // and of a JPEG
	_ "image/png"  // and of a PNG
	"time"
)

// Prompt is one request as the model sees it, whatever language it came in.
// The dialect fills it after it has accepted the request.
type Prompt struct {
	Place string // name of the emulated cloud, quoted in answers
	Model string // the model's public name, quoted in answers

	// Segments is the whole prompt in the order in which the cloud caches it
	// (tools, system, turns). It is what is counted and what caches compare.
	Segments []Segment

	Images  []Image
	Tools   []Tool
	Choice  Choice
	OneCall bool // parallel tool calls are switched off

	LastUser string       // text of the last turn when a user wrote it, else empty
	Results  []ToolResult // tool results of the last turn, in their order

	MaxOutput int      // limit in tokens, reasoning included; 0 means none
	Stop      []string // stop sequences

	Effort string // reasoning effort; empty or "none" means no reasoning
	Budget int    // limit of reasoning in tokens; 0 means none

	Schema json.RawMessage // JSON schema the answer must satisfy; nil means free text
	JSON   bool            // the answer must be a JSON object, of any shape

	// Quotes are pieces of documents that the model is to cite: an answer of free
	// text ends with each of them, as a part of its own.
	Quotes []string

	Count int // number of answers wanted; 0 means 1
}

// Segment is a piece of a prompt that caches treat as a unit.
type Segment struct {
	Text  string        // counted by the tokenizer
	Extra int           // tokens that are not text: framing of a turn, an image
	Salt  string        // compared by caches but not counted, such as an image's hash
	Mark  time.Duration // a cache breakpoint after this segment with this lifetime; 0 for none
}

// Choice is the caller's wish about tools. The zero value leaves it to the model.
type Choice struct {
	Mode ChoiceMode
	Name string // the tool's name when Mode is ChooseNamed
}

// ChoiceMode says whether tools may, must or must not be called.
type ChoiceMode int

// The modes of [Choice].
const (
	ChooseAuto     ChoiceMode = iota // the model decides
	ChooseNone                       // no call
	ChooseRequired                   // at least one call
	ChooseNamed                      // a call of the named tool
)

// Tool is a function the caller declared.
type Tool struct {
	Name        string
	Description string
	Schema      json.RawMessage // JSON schema of the arguments; nil or empty for none
}

// ToolResult is the outcome of a call the model asked for earlier.
type ToolResult struct {
	ID     string
	Name   string // empty when the dialect does not carry it
	Text   string
	Failed bool
}

// Image is a picture in a prompt. Width and Height are pixels, or 0 when the
// bytes could not be read or were not there.
type Image struct {
	Type          string // media type such as image/png; empty when unknown
	Size          int    // bytes; 0 when the picture was given by reference
	Width, Height int
	URL           string // where it was said to be; the emulator never fetches it
}

// ReadImage measures a picture given by its bytes. A picture that cannot be
// decoded keeps its size in bytes and has no dimensions; ok tells which.
func ReadImage(mediaType string, data []byte) (img Image, ok bool) {
	img = Image{Type: mediaType, Size: len(data)}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return img, false
	}
	img.Width, img.Height = cfg.Width, cfg.Height
	return img, true
}

// Tokens is what the picture costs by the rule the emulators state: 85 tokens
// and 170 more for each tile of 512×512 pixels it touches, after being scaled
// down to fit 2048×2048; a picture of unknown size counts as 1024×1024.
// It is OpenAI's published rule for gpt-4o without its second scaling step.
func (i Image) Tokens() int {
	w, h := i.Width, i.Height
	if w <= 0 || h <= 0 {
		w, h = 1024, 1024
	}
	const longest, tile = 2048, 512
	if side := max(w, h); side > longest {
		w, h = max(1, w*longest/side), max(1, h*longest/side)
	}
	tiles := ((w + tile - 1) / tile) * ((h + tile - 1) / tile)
	return 85 + 170*tiles
}
