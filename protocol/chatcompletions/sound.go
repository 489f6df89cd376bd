package chatcompletions

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/dialogue"
	"github.com/interline-ai/interline/protocol/loss"
)

// A spoken answer is asked for with modalities and audio. What is said comes as
// base64, with its transcript beside it; in a stream both come in pieces, and the
// sound as raw samples only.

// soundFormats are those that can be asked for, and voices the names that are known
// everywhere (openai-go v3.96.0, ChatCompletionAudioParam).
var (
	soundFormats = []string{"wav", "aac", "mp3", "flac", "opus", "pcm16"}
	voices       = []string{"alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse", "marin", "cedar"}
)

// ownVoice speaks where the caller named no voice that is known here, since the API
// demands one.
const ownVoice = "alloy"

type audioParam struct {
	Voice  jsontext.Value `json:"voice"`
	Format string         `json:"format"`
}

// readSound reads whether the answer should be spoken.
func readSound(w *request, r *interline.Request) error {
	var modalities []string
	if k := w.Modalities.Kind(); k != 0 && k != 'n' {
		if err := protocol.Unmarshal(w.Modalities, "modalities", &modalities); err != nil {
			return err
		}
	}
	said := w.Audio.Kind() != 0 && w.Audio.Kind() != 'n'
	if !slices.Contains(modalities, "audio") {
		if said {
			r.Extra = append(r.Extra, interline.Member{Name: "audio", Value: []byte(w.Audio)})
		}
		if slices.ContainsFunc(modalities, func(m string) bool { return m != "text" }) {
			r.Extra = append(r.Extra, interline.Member{Name: "modalities", Value: []byte(w.Modalities)})
		}
		return nil
	}
	if !said {
		return interline.Invalid("audio", "missing required parameter: 'audio'")
	}
	var a audioParam
	if err := protocol.Unmarshal(w.Audio, "audio", &a); err != nil {
		return err
	}
	if !slices.Contains(soundFormats, a.Format) {
		return interline.Invalid("audio.format", "invalid value: %q; supported values are 'wav', 'aac', 'mp3', 'flac', 'opus' and 'pcm16'", a.Format)
	}
	r.Output.Sound = &interline.Sound{Format: a.Format}
	if a.Voice.Kind() == '"' {
		r.Output.Sound.Voice = protocol.Text(a.Voice)
	} else if a.Voice.Kind() == '{' { // one of the account's own
		r.Extra = append(r.Extra, interline.Member{Name: "audio.voice", Value: []byte(a.Voice)})
	}
	return nil
}

// sound asks for a spoken answer. Raw samples are what every language can tell on.
func (w *writer) sound() {
	s := w.r.Output.Sound
	if s == nil {
		return
	}
	voice, format := s.Voice, s.Format
	if voice != "" && w.t.From != protocol.ChatCompletions && !slices.Contains(voices, strings.ToLower(voice)) {
		w.lose(loss.Voice, "audio.voice")
		voice = ""
	}
	if voice == "" {
		voice = ownVoice
	}
	if format == "" {
		format = "pcm16"
	}
	w.w.Modalities = protocol.JSON([]string{"text", "audio"})
	w.w.Audio = protocol.JSON(audioParam{Voice: protocol.Quote(voice), Format: format})
}

type answerAudio struct {
	ID         string `json:"id"`
	Data       string `json:"data"`
	Transcript string `json:"transcript"`
}

// speaking is the block of sound of a choice. It stays open to the end, since its
// pieces come between those of the transcript.
type speaking struct {
	id    string
	block int
	open  bool
}

// sound reads a piece of speech; its transcript is the answer's text.
func (d *decoder) sound(i int, c *candidate, a *answerAudio) {
	if a == nil {
		return
	}
	if a.ID != "" {
		c.spoken.id = a.ID
	}
	d.text(i, c, interline.Text, a.Transcript)
	if a.Data == "" {
		return
	}
	if !c.spoken.open {
		c.spoken.open, c.spoken.block = true, c.next
		c.next++
		d.emit(interline.Event{
			Kind: interline.BlockStart, Choice: i, Index: c.spoken.block, Block: interline.Audio, ID: c.spoken.id,
			Media: &interline.Media{Type: soundType(a.Data)},
		})
	}
	d.emit(interline.Event{Kind: interline.Delta, Choice: i, Index: c.spoken.block, Block: interline.Audio, Text: a.Data})
}

// silence ends it.
func (d *decoder) silence(i int, c *candidate) {
	if c.spoken.open {
		c.spoken.open = false
		d.emit(interline.Event{Kind: interline.BlockStop, Choice: i, Index: c.spoken.block})
	}
}

// soundType tells what a sound is by how its base64 begins, since the answer does
// not say. An answer in another format than samples was asked for by a client of
// this language, and goes to it as it is.
func soundType(data string) string {
	for _, t := range []struct{ begins, kind string }{{"UklGR", "audio/wav"}, {"ZkxhQ", "audio/flac"}, {"T2dnU", "audio/ogg"}, {"SUQz", "audio/mpeg"}} {
		if strings.HasPrefix(data, t.begins) {
			return t.kind
		}
	}
	return dialogue.Samples
}

// speech is what a choice has spoken so far.
type speech struct {
	id, kind string
	data     []byte // of one body: not in base64
}

func (s *speech) begin(e *encoder, ev *interline.Event) {
	s.kind = dialogue.Samples
	if ev.Media != nil && ev.Media.Type != "" {
		s.kind = strings.Clone(ev.Media.Type)
	}
	if s.id = strings.Clone(ev.ID); s.id == "" {
		s.id = "audio_" + e.answer.ID // nobody keeps it under that name
	}
}

// add keeps a piece, each of which is base64 of its own.
func (s *speech) add(ev *interline.Event) {
	s.data, _ = base64.StdEncoding.AppendDecode(s.data, []byte(ev.Text)) // what cannot be read was no sound
}

// speaking reports whether the text of an answer is a transcript.
func (e *encoder) speaking(c *said) bool { return e.answer.Sound != "" || c.speech.kind != "" }

// speak sends a piece of sound or of its transcript.
func (e *streamEncoder) speak(dst []byte, ev *interline.Event, probs *spokenProbs) []byte {
	c := e.choice(ev.Choice)
	return e.probable(dst, ev.Choice, func(dst []byte) []byte {
		dst = append(dst, `"audio":{`...)
		if id := c.speech.id; id != "" && ev.Block == interline.Audio {
			c.speech.id = "" // told once
			dst = append(appendQuote(append(dst, `"id":`...), id), ',')
		}
		name := `"data":`
		if ev.Block == interline.Text {
			name = `"transcript":`
		}
		return append(appendQuote(append(dst, name...), ev.Text), '}')
	}, probs, "")
}

// message appends the member of one body. It is gone from the server at once.
func (s *speech) message(dst []byte, e *encoder, transcript string) []byte {
	data := s.data
	if e.answer.Sound == "wav" && strings.HasPrefix(s.kind, "audio/L16") {
		data = append(wavHead(len(data)), data...)
	}
	dst = appendQuote(append(dst, `,"audio":{"id":`...), s.id)
	dst = append(base64.StdEncoding.AppendEncode(append(dst, `,"data":"`...), data), '"')
	dst = strconv.AppendInt(append(dst, `,"expires_at":`...), e.answer.Created, 10)
	return append(appendQuote(append(dst, `,"transcript":`...), transcript), '}')
}

// wavHead is what makes a WAV file of so many bytes of samples.
func wavHead(n int) []byte {
	const rate = 24_000
	h := append([]byte(nil), "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, uint32(36+n))
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // not compressed
	h = binary.LittleEndian.AppendUint16(h, 1) // one channel
	h = binary.LittleEndian.AppendUint32(h, rate)
	h = binary.LittleEndian.AppendUint32(h, rate*2)
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 16)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, uint32(n))
}
