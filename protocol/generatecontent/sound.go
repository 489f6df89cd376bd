package generatecontent

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/jsonout"
	"github.com/interline-ai/interline/protocol/loss"
)

// A model that speaks answers with parts of raw samples, which carry no transcript
// (Google's page on speech generation, 2026-11).

// voices are Google's, which both products have.
var voices = []string{
	"Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede", "Callirrhoe", "Autonoe", "Enceladus", "Iapetus",
	"Umbriel", "Algieba", "Despina", "Erinome", "Algenib", "Rasalgethi", "Laomedeia", "Achernar", "Alnilam", "Schedar",
	"Gacrux", "Pulcherrima", "Achird", "Zubenelgenubi", "Vindemiatrix", "Sadachbia", "Sadaltager", "Sulafat",
}

type speechConfig struct {
	Voice struct {
		Prebuilt struct {
			Name string `json:"voiceName"`
		} `json:"prebuiltVoiceConfig"`
	} `json:"voiceConfig"`
}

// readSound reads whether the answer should be spoken, and by which voice. What more
// is said of voices stays as it is.
func (rd *reader) readSound(c *generationConfig) {
	if !slices.ContainsFunc(elements(c.Modalities), func(v jsontext.Value) bool { return text(v) == "AUDIO" }) {
		rd.keep("generationConfig.responseModalities", c.Modalities, isText(c.Modalities)) // text is what every language means anyway
		rd.keep("generationConfig.speechConfig", c.Speech, false)
		return
	}
	rd.r.Output.Sound = &interline.Sound{}
	var s speechConfig
	simple := json.Unmarshal(c.Speech, &s, json.RejectUnknownMembers(true)) == nil
	if simple {
		rd.r.Output.Sound.Voice = s.Voice.Prebuilt.Name
	}
	rd.keep("generationConfig.speechConfig", c.Speech, simple)
}

func (rd *reader) keep(name string, v jsontext.Value, said bool) {
	if v != nil && v.Kind() != 'n' && !said {
		rd.extra(name, v)
	}
}

// unspeakable says why an answer cannot be spoken in a format: Gemini speaks in
// samples, from which a file can be made when all of them are there.
func (w *writer) unspeakable(s *interline.Sound) string {
	switch {
	case s.Format == "", s.Format == "pcm16", s.Format == "wav" && !w.r.Stream:
		return ""
	case w.r.Stream:
		return "Gemini streams sound as pcm16 only"
	}
	return "Gemini speaks in pcm16 and wav only"
}

func (w *writer) sound() {
	s := w.r.Output.Sound
	if s == nil {
		return
	}
	w.out.Array("responseModalities")
	w.out.Quote("AUDIO")
	w.out.Close(']')
	i := slices.IndexFunc(voices, func(v string) bool { return strings.EqualFold(v, s.Voice) })
	switch {
	case s.Voice == "":
		return
	case i < 0 && !w.own:
		w.losses.Note(loss.Voice, "audio.voice")
		return
	}
	name := s.Voice
	if i >= 0 {
		name = voices[i]
	}
	w.out.Object("speechConfig")
	w.out.Object("voiceConfig")
	w.out.Object("prebuiltVoiceConfig")
	w.out.String("voiceName", name)
	for range 3 {
		w.out.Close('}')
	}
}

// sound reads a piece of speech: of an answer, or of a chunk of one.
func (d *decoder) sound(i int, p *part) {
	d.sealAlone(i, p.ThoughtSignature)
	if d.said[i].open != interline.Audio {
		kind := p.InlineData.MIMEType
		if strings.HasPrefix(kind, "audio/L16") {
			kind = dialogue.Samples
		}
		d.open(i, interline.Event{Block: interline.Audio, Media: &interline.Media{Type: kind}})
	}
	d.emit(interline.Event{
		Kind: interline.Delta, Choice: i, Index: d.said[i].next - 1, Block: interline.Audio, Text: standard(p.InlineData.Data),
	})
}

// addSound adds what was spoken and not told yet.
func addSound(out *jsonout.Text, p *piece) {
	kind := dialogue.Samples
	if p.media != nil && p.media.Type != "" {
		kind = p.media.Type
	}
	out.Object("inlineData")
	out.String("mimeType", kind)
	out.String("data", base64.StdEncoding.EncodeToString(p.text))
	out.Close('}')
}

// hear keeps a piece of speech, each of which is base64 of its own. What cannot be
// read was no sound.
func (p *piece) hear(said string) {
	p.text, _ = base64.StdEncoding.AppendDecode(p.text, []byte(said))
}
