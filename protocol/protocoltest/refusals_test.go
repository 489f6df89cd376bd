package protocoltest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// TestWhatCannotBeSent: an image, document or sound that a language has no way
// to say is refused, named as the caller names it, so that another deployment
// may serve the request. Nothing is silently left out.
func TestWhatCannotBeSent(t *testing.T) {
	media := func(kind interline.BlockKind, m interline.Media) interline.Block {
		return interline.Block{Kind: kind, Media: &m}
	}
	for _, tt := range []struct {
		name    string
		block   interline.Block
		refused string // by which languages
	}{
		{"an image by its URL", media(interline.Image, interline.Media{URL: "https://example.com/a.png"}), protocol.Converse + " " + protocol.GenerateContent},
		{"an image of AWS", media(interline.Image, interline.Media{URL: "s3://b/a.png", Type: "image/png"}), protocol.ChatCompletions + " " + protocol.Messages + " " + protocol.Responses + " " + protocol.GenerateContent},
		{"an image of a type nobody takes", media(interline.Image, interline.Media{Type: "image/tiff", Data: "SUkq"}), protocol.Messages + " " + protocol.Converse + " " + protocol.GenerateContent},
		{"a file of the vendor's", media(interline.Document, interline.Media{FileID: "file-1"}), protocol.ChatCompletions + " " + protocol.Messages + " " + protocol.Converse + " " + protocol.Responses + " " + protocol.GenerateContent},
		{"a document by its URL", media(interline.Document, interline.Media{URL: "https://example.com/a.pdf"}), protocol.ChatCompletions + " " + protocol.Converse + " " + protocol.GenerateContent},
		{"a table", media(interline.Document, interline.Media{Type: "application/vnd.ms-excel", Data: "0M8R"}), protocol.Messages + " " + protocol.GenerateContent},
		{"a text", media(interline.Document, interline.Media{Type: "text/markdown", Data: "IyBI"}), ""},
		{"a sound", media(interline.Audio, interline.Media{Type: "audio/wav", Data: "UklGRg=="}), protocol.Messages + " " + protocol.Converse},
		{
			"an image within a result",
			interline.Block{Kind: interline.ToolResultBlock, Result: &interline.ToolResult{CallID: "1", Blocks: []interline.Block{media(interline.Image, interline.Media{URL: "https://example.com/a.png"})}}},
			protocol.Converse + " " + protocol.GenerateContent,
		},
	} {
		r := &interline.Request{MaxOutput: 9, Turns: []interline.Turn{turn(interline.System, text("s")), turn(interline.User, text("x"), tt.block)}}
		for _, lang := range langs {
			_, _, err := lang.WriteRequest(r, protocol.Target{Model: "us.anthropic.m", From: protocol.Messages})
			name := lang.Name()
			if name == protocol.Invoke {
				name = protocol.Messages // whose bodies it carries
			}
			if !strings.Contains(tt.refused, name) {
				if err != nil {
					t.Errorf("%s in %s: %v", tt.name, lang.Name(), err)
				}
				continue
			}
			var f *interline.Fault
			if !errors.As(err, &f) || f.Class != interline.C2Capability || f.Code != interline.CodeInvalid || f.Param != "messages[0].content[1]" {
				t.Errorf("%s in %s: %+v", tt.name, lang.Name(), err)
			}
		}
	}
}

func TestPrefill(t *testing.T) {
	r := &interline.Request{MaxOutput: 90, Turns: []interline.Turn{turn(interline.User, text("x")), turn(interline.Assistant, text("It is "))}}
	for _, lang := range langs {
		body, losses, err := lang.WriteRequest(r, protocol.Target{Model: "us.anthropic.m"})
		if openAIs(lang) {
			if err != nil || len(losses) != 1 || losses[0].Field != "messages[1]" {
				t.Errorf("%s: losses %v (%v)", lang.Name(), losses, err)
			}
			continue
		}
		if err != nil || !strings.Contains(string(body), `"It is"`) {
			t.Errorf("%s must not send white space at the end: %s (%v)", lang.Name(), body, err)
		}
		_, _, err = lang.WriteRequest(r, protocol.Target{Model: "us.anthropic.m", Traits: interline.Traits{NoPrefill: true}})
		if f := new(interline.Fault); !errors.As(err, &f) || f.Class != interline.C2Capability {
			t.Errorf("%s of a model that takes no prefill: %v", lang.Name(), err)
		}
	}
}
