package gemini

import (
	"bytes"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/core"
	"github.com/interline-ai/interline/emulator/gemini/rpc"
)

// Media types by what they count as (ai.google.dev, "Image understanding" and
// its neighbours, 2026-10).
var mediaTypes = map[string][]string{
	"IMAGE":    {"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"},
	"AUDIO":    {"audio/wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"},
	"VIDEO":    {"video/mp4", "video/mpeg", "video/quicktime", "video/mov", "video/avi", "video/x-flv", "video/mpg", "video/webm", "video/wmv", "video/3gpp"},
	"DOCUMENT": {"application/pdf"},
	"TEXT":     {"text/plain", "text/html", "text/css", "text/markdown", "text/csv", "text/xml", "text/rtf", "application/json"},
}

// modality is what a media type counts as, or empty when it is not taken.
func modality(mediaType string) string {
	for name, all := range mediaTypes {
		if slices.Contains(all, mediaType) {
			return name
		}
	}
	return ""
}

// checkMedia sees that bytes and files are of a kind the model reads.
func (k *Call) checkMedia(p part) *rpc.Error {
	switch {
	case p.Inline != nil:
		return k.checkInline(p.Inline)
	case p.File != nil:
		return k.checkFile(p.File)
	}
	return nil
}

func (k *Call) unsupported(mediaType string) *rpc.Error {
	return k.refuse(refusals{
		"Unsupported MIME type: %s",
		"Unable to submit request because it has a mimeType parameter with value %s, which is not supported. Update the mimeType and try again." + learn,
	}, mediaType)
}

func (k *Call) checkInline(b *blob) *rpc.Error {
	if b.Type == "" {
		return k.refuse(refusals{
			"Unable to determine the MIME type of inline_data: set mime_type.",
			"Unable to submit request because it must have a mimeType parameter. Add a mimeType parameter and try again." + learn,
		})
	}
	kind := modality(b.Type)
	if kind == "" {
		return k.unsupported(b.Type)
	}
	if len(b.Data) == 0 {
		return k.refuse(refusals{
			"Unable to process input: inline_data has no data.",
			"Unable to submit request because it has an empty inlineData parameter. Add a value to the parameter and try again." + learn,
		})
	}
	_, readable := core.ReadImage(b.Type, b.Data)
	measured := b.Type == "image/png" || b.Type == "image/jpeg"
	if measured && !readable || kind == "DOCUMENT" && !bytes.HasPrefix(b.Data, []byte("%PDF-")) {
		return k.refuse(refusals{
			"Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
			"Provided image is not valid.",
		})
	}
	return nil
}

// checkFile sees that a file is somewhere the product reads from: on Vertex AI
// storage or the web, on the Gemini API videos of YouTube. Files that were
// uploaded do not exist, because none can be.
func (k *Call) checkFile(f *file) *rpc.Error {
	switch {
	case f.URI == "":
		return rpc.Invalid("Unsupported file URI type: it is empty.")
	case k.Vertex && f.Type == "":
		return rpc.Invalid("Unable to submit request because it must have a mimeType parameter. Add a mimeType parameter and try again." + learn)
	case f.Type != "" && modality(f.Type) == "":
		return k.unsupported(f.Type)
	case k.Vertex && (strings.HasPrefix(f.URI, "gs://") || strings.HasPrefix(f.URI, "https://")), youTube(f.URI):
		return nil
	case !k.Vertex && strings.Contains(f.URI, "files/"):
		id := f.URI[strings.LastIndexByte(f.URI, '/')+1:]
		return &rpc.Error{Status: 403, Message: "You do not have permission to access the File " + id + " or it may not exist."}
	}
	return rpc.Invalid("Invalid or unsupported file uri: %s", f.URI)
}

func youTube(uri string) bool {
	return strings.HasPrefix(uri, "https://www.youtube.com/") || strings.HasPrefix(uri, "https://youtu.be/")
}

// tileTokens is what a picture costs for each tile of 768×768 pixels it
// touches, and a page of a document (ai.google.dev, "Token counting", 2026-10).
const (
	tileTokens  = 258
	tile        = 768
	fileTokens  = 1120 // of a file by URI, which nobody has looked at
	bytesPerSec = 4000 // how the emulators guess the length of sound and film
	audioTokens = 32   // a second
	videoTokens = 263  // a second
)

// mediaTokens counts bytes of a kind.
func mediaTokens(kind string, b *blob) int {
	seconds := len(b.Data)/bytesPerSec + 1
	switch kind {
	case "AUDIO":
		return seconds * audioTokens
	case "VIDEO":
		return seconds * videoTokens
	case "DOCUMENT":
		return tileTokens * max(1, bytes.Count(b.Data, []byte("/Type /Page"))-bytes.Count(b.Data, []byte("/Type /Pages")))
	}
	img, _ := core.ReadImage(b.Type, b.Data)
	if img.Width <= 384 && img.Height <= 384 {
		return tileTokens
	}
	return tileTokens * ((img.Width + tile - 1) / tile) * ((img.Height + tile - 1) / tile)
}
