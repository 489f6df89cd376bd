package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
	"google.golang.org/genai"
)

// Cite says where a piece of an answer is from.
type Cite struct {
	Text       string // of the answer
	Cited      string // of the source
	Title, URL string
	Kind       string // of the place: characters, pages, chunks; empty is none
	Document   int
	From, To   int
}

// notes is a document whose places differ when they are counted in bytes.
const notes = "\nGrüße aus 世界 🎈 und Rom. The rest does not matter.\n"

// firstOfNotes is its first sentence, in characters 1 to 25.
const firstOfNotes = "Grüße aus 世界 🎈 und Rom."

// asksCites holds for the languages that can ask for citations of a document.
func asksCites(s Seat) bool {
	if !s.claude() && (s.Records == nil || slices.Contains(s.Speaks, s.Language)) {
		return false // a cloud asked in its own language for what its model does not do
	}
	return slices.Contains([]string{messagesAPI, invokeAPI, converseAPI}, s.Language)
}

// claude reports whether the model behind is one of Claude's.
func (s Seat) claude() bool {
	return s.Door.Thinks == ThinksByBudget || s.Door.Thinks == ThinksAdaptively
}

// citations asks for those of a plain text, and gives them back. Where the model
// cites nothing the gateway must say so.
func citations(t *Trial) error {
	q := t.question("Sum it up.")
	q.Turns[0].Notes = notes
	a, err := t.hear(q)
	if err != nil {
		return err
	}
	lost := t.wire.Header.Get("X-Interline-Losses")
	if !t.claude() {
		if len(a.Cites) > 0 || !strings.Contains(lost, "citations=dropped") {
			return fmt.Errorf("cites %+v, losses %q", a.Cites, lost)
		}
		return nil
	}
	want := Cite{Text: firstOfNotes, Cited: firstOfNotes, Title: "notes", Kind: "characters", From: 1, To: 1 + len([]rune(firstOfNotes))}
	if len(a.Cites) != 1 || a.Cites[0] != want || !strings.HasSuffix(a.Text, firstOfNotes) || strings.Contains(lost, "citations") {
		return fmt.Errorf("answer %q cites %+v, want %+v; losses %q", a.Text, a.Cites, want, lost)
	}
	q.Turns = append(q.Turns, Turn{Assistant: true, Text: a.Text, Cites: a.Cites}, Turn{Text: "Thanks."})
	if a, err = t.hear(q); err != nil {
		return fmt.Errorf("with the citations given back: %w", err)
	}
	if lost := t.wire.Header.Get("X-Interline-Losses"); strings.Contains(lost, "citations") || len(a.Cites) != 1 {
		return fmt.Errorf("with the citations given back: answer %+v, losses %q", a, lost)
	}
	return nil
}

// What the SDKs say of citations, both ways.

func messageNotes(text string) anthropic.ContentBlockParamUnion {
	b := anthropic.NewDocumentBlock(anthropic.PlainTextSourceParam{Data: text})
	b.OfDocument.Title = anthropic.String("notes")
	b.OfDocument.Citations = anthropic.CitationsConfigParam{Enabled: anthropic.Bool(true)}
	return b
}

func messageText(t Turn) anthropic.ContentBlockParamUnion {
	b := anthropic.NewTextBlock(t.Text)
	for _, c := range t.Cites {
		b.OfText.Citations = append(b.OfText.Citations, anthropic.TextCitationParamUnion{OfCharLocation: &anthropic.CitationCharLocationParam{
			CitedText: c.Cited, DocumentIndex: int64(c.Document), DocumentTitle: anthropic.String(c.Title), StartCharIndex: int64(c.From), EndCharIndex: int64(c.To),
		}})
	}
	return b
}

func messageCites(b anthropic.ContentBlockUnion) (out []Cite) {
	for _, c := range b.Citations {
		cite := Cite{Text: b.Text, Cited: c.CitedText, Title: c.DocumentTitle + c.Title, URL: c.URL + c.Source, Document: int(c.DocumentIndex)}
		switch c.Type {
		case "char_location":
			cite.Kind, cite.From, cite.To = "characters", int(c.StartCharIndex), int(c.EndCharIndex)
		case "page_location":
			cite.Kind, cite.From, cite.To = "pages", int(c.StartPageNumber), int(c.EndPageNumber)
		}
		out = append(out, cite)
	}
	return out
}

func converseNotes(text string) types.ContentBlock {
	return &types.ContentBlockMemberDocument{Value: types.DocumentBlock{
		Name: aws.String("notes"), Format: types.DocumentFormatTxt, Source: &types.DocumentSourceMemberText{Value: text},
		Citations: &types.CitationsConfig{Enabled: aws.Bool(true)},
	}}
}

func converseText(t Turn) types.ContentBlock {
	if len(t.Cites) == 0 {
		return &types.ContentBlockMemberText{Value: t.Text}
	}
	b := types.CitationsContentBlock{Content: []types.CitationGeneratedContent{&types.CitationGeneratedContentMemberText{Value: t.Text}}}
	for _, c := range t.Cites {
		b.Citations = append(b.Citations, types.Citation{
			Title: aws.String(c.Title), SourceContent: []types.CitationSourceContent{&types.CitationSourceContentMemberText{Value: c.Cited}},
			Location: &types.CitationLocationMemberDocumentChar{Value: types.DocumentCharLocation{
				DocumentIndex: aws.Int32(int32(c.Document)), Start: aws.Int32(int32(c.From)), End: aws.Int32(int32(c.To)),
			}},
		})
	}
	return &types.ContentBlockMemberCitationsContent{Value: b}
}

// addCited adds a text that says where it is from.
func (a *Answer) addCited(b types.CitationsContentBlock) {
	text := ""
	for _, c := range b.Content {
		if said, ok := c.(*types.CitationGeneratedContentMemberText); ok {
			text += said.Value
		}
	}
	a.Text += text
	for _, c := range b.Citations {
		cite := Cite{Text: text, Title: aws.ToString(c.Title)}
		for _, s := range c.SourceContent {
			if said, ok := s.(*types.CitationSourceContentMemberText); ok {
				cite.Cited += said.Value
			}
		}
		cite.locate(c.Location)
		a.Cites = append(a.Cites, cite)
	}
}

func (c *Cite) locate(l types.CitationLocation) {
	switch l := l.(type) {
	case *types.CitationLocationMemberWeb:
		c.URL = aws.ToString(l.Value.Url)
	case *types.CitationLocationMemberDocumentChar:
		c.Kind, c.Document = "characters", int(aws.ToInt32(l.Value.DocumentIndex))
		c.From, c.To = int(aws.ToInt32(l.Value.Start)), int(aws.ToInt32(l.Value.End))
	case *types.CitationLocationMemberDocumentPage:
		c.Kind, c.Document = "pages", int(aws.ToInt32(l.Value.DocumentIndex))
		c.From, c.To = int(aws.ToInt32(l.Value.Start)), int(aws.ToInt32(l.Value.End))
	}
}

// cite adds a citation of the block that is being told.
func (a *Answer) cite(d types.CitationsDelta) {
	cite := Cite{Text: a.block, Title: aws.ToString(d.Title)}
	for _, s := range d.SourceContent {
		cite.Cited += aws.ToString(s.Text)
	}
	cite.locate(d.Location)
	a.Cites = append(a.Cites, cite)
}

// chatCites reads annotations; those of a stream the SDK has no field for.
func chatCites(text string, all []openai.ChatCompletionMessageAnnotation) (out []Cite) {
	for _, n := range all {
		u := n.URLCitation
		out = append(out, Cite{Text: between([]rune(text), u.StartIndex, u.EndIndex), Title: u.Title, URL: u.URL})
	}
	return out
}

func between(text []rune, start, end int64) string {
	if start < 0 || end < start || end > int64(len(text)) {
		return fmt.Sprintf("no text from %d to %d", start, end)
	}
	return string(text[start:end])
}

// annotationsOf are those of a chunk.
func annotationsOf(chunk openai.ChatCompletionChunk) (out []openai.ChatCompletionMessageAnnotation) {
	if len(chunk.Choices) > 0 {
		if raw := chunk.Choices[0].Delta.JSON.ExtraFields["annotations"].Raw(); raw != "" {
			_ = json.Unmarshal([]byte(raw), &out) // what cannot be read is missed in the outcome
		}
	}
	return out
}

func responseCites(item responses.ResponseOutputItemUnion) (out []Cite) {
	for _, part := range item.Content {
		for _, n := range part.Annotations {
			out = append(out, Cite{Text: between([]rune(part.Text), n.StartIndex, n.EndIndex), Title: n.Title, URL: n.URL})
		}
	}
	return out
}

// addGrounding reads what a candidate's text is from. The bytes of a stream count
// from the beginning of all its chunks.
func (a *Answer) addGrounding(c *genai.Candidate) error {
	g := c.GroundingMetadata
	if g == nil {
		return nil
	}
	for _, s := range g.GroundingSupports {
		whole, seg := a.Text, s.Segment
		if c.Content != nil && int(seg.PartIndex) < len(c.Content.Parts) && len(c.Content.Parts[seg.PartIndex].Text) >= int(seg.EndIndex) {
			whole = c.Content.Parts[seg.PartIndex].Text
		}
		if int(seg.EndIndex) > len(whole) || whole[seg.StartIndex:seg.EndIndex] != seg.Text {
			return fmt.Errorf("the segment %+v is not in %q", seg, whole)
		}
		for _, n := range s.GroundingChunkIndices {
			cite := Cite{Text: seg.Text}
			if w := g.GroundingChunks[n].Web; w != nil {
				cite.Title, cite.URL = w.Title, w.URI
			} else if r := g.GroundingChunks[n].RetrievedContext; r != nil {
				cite.Title, cite.URL, cite.Cited = r.Title, r.URI, r.Text
			}
			a.Cites = append(a.Cites, cite)
		}
	}
	return nil
}
