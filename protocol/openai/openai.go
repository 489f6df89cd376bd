// Package openai is what OpenAI's two languages, Chat Completions and Responses,
// have in common below their messages and items: the model's name, labels,
// tiers, words for tool choice, and how bytes are told. It knows nothing of
// either language's shapes, and does no I/O.
//
// Words follow openai-go v3.96.0 (2026-11-05).
package openai

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/internal/jsonscan"
	"github.com/interline-ai/interline/protocol"
)

// Model reads the model into the head, which an Azure deployment's path may name
// instead of the body.
func Model(o *protocol.Opened) error {
	v := o.Members.Value("model")
	model, isString := jsonscan.Unquote(v)
	switch {
	case v != nil && !isString:
		return interline.Invalid("model", "invalid type for 'model': expected a string")
	case o.Spoken.Model != "":
		return nil
	case model == "":
		return interline.Invalid("model", "you must provide a model parameter")
	}
	o.Head.Model = model
	return nil
}

// Labels reads metadata in the caller's order, which a Go map would lose.
func Labels(metadata jsontext.Value) ([]interline.Label, error) {
	var out []interline.Label
	for _, m := range protocol.Members("", metadata) {
		value := jsontext.Value(m.Value)
		if value.Kind() != '"' {
			return nil, interline.Invalid("metadata."+m.Name, "metadata values must be strings")
		}
		out = append(out, interline.Label{Name: m.Name, Value: protocol.Text(value)})
	}
	return out, nil
}

// Metadata says labels; nil when there are none.
func Metadata(labels []interline.Label) jsontext.Value {
	if len(labels) == 0 {
		return nil
	}
	m := []byte("{")
	for i, l := range labels {
		if i > 0 {
			m = append(m, ',')
		}
		m = append(append(append(m, protocol.Quote(l.Name)...), ':'), protocol.Quote(l.Value)...)
	}
	return append(m, '}')
}

// Tier is the word of both languages for a service tier of any; ok is false where
// they have none.
func Tier(tier string) (word string, ok bool) {
	switch tier {
	case "", "auto", "default", "flex", "priority", "scale", "fast":
		return tier, true
	case "standard_only":
		return "default", true
	}
	return "", false
}

// ToolMode reads a tool choice that is one word.
func ToolMode(v jsontext.Value) (interline.ToolMode, error) {
	switch protocol.Text(v) {
	case "auto":
		return interline.ToolsAuto, nil
	case "none":
		return interline.ToolsNone, nil
	case "required":
		return interline.ToolsRequired, nil
	}
	return 0, interline.Invalid("tool_choice", "invalid value: %s; supported values are 'none', 'auto' and 'required'", v)
}

// Media reads the URL of an image or a file: the bytes of a data URL, and any
// other as it is. path names the field.
func Media(u, path string) (*interline.Media, error) {
	rest, ok := strings.CutPrefix(u, "data:")
	if !ok {
		if u == "" {
			return nil, interline.Invalid(path, "missing required parameter: '%s'", path)
		}
		return &interline.Media{URL: u}, nil
	}
	head, data, ok := strings.Cut(rest, ",")
	kind, base64 := strings.CutSuffix(head, ";base64")
	if !ok || !base64 {
		return nil, interline.Invalid(path, "expected a base64 data URL: data:<media type>;base64,<data>")
	}
	kind, _, _ = strings.Cut(kind, ";")
	return &interline.Media{Type: kind, Data: data}, nil
}

// DataURL says the bytes of media.
func DataURL(m *interline.Media) string { return "data:" + m.Type + ";base64," + m.Data }

// AudioType is the MIME type of input_audio's format.
func AudioType(format string) string {
	if format == "mp3" {
		return "audio/mpeg"
	}
	return "audio/" + format
}

// AudioFormat is input_audio's format for a MIME type.
func AudioFormat(kind string) string {
	if format := strings.TrimPrefix(kind, "audio/"); format != "mpeg" {
		return format
	}
	return "mp3"
}
