package chat

import (
	"encoding/binary"
	"slices"

	"github.com/interline-ai/interline/emulator/core"
)

// spoken is the audio of an answer, and in a stream a piece of it.
type spoken struct {
	ID         string `json:"id,omitempty"`
	Data       []byte `json:"data,omitempty"`
	Transcript string `json:"transcript,omitempty"`
	Expires    int64  `json:"expires_at,omitempty"`
}

// readSound reads whether the answer should be spoken, and how.
func (q *Request) readSound(r *reader, top members) {
	for i, m := range r.list("modalities", top["modalities"]) {
		q.Speak = r.word(at("modalities", i), m, "text", "audio") == "audio" || q.Speak
	}
	m := r.object("audio", top["audio"], "voice", "format")
	switch {
	case q.Speak && m == nil:
		r.fail(Invalid("audio", "missing_required_parameter", "Missing required parameter: 'audio'."))
	case !q.Speak && m != nil:
		r.fail(Invalid("audio", "", "Audio output parameters were given without the modality 'audio'."))
	case m == nil:
		return
	}
	r.need("audio.voice", m["voice"])
	q.SoundFormat = r.word("audio.format", m["format"], "wav", "aac", "mp3", "flac", "opus", "pcm16")
	if q.SoundFormat == "" {
		r.need("audio.format", nil)
	}
}

// checkSound: models that speak must be asked to (openai docs, "Audio and speech",
// 2026-11), and streams are samples.
func (q *Request) checkSound(r *reader, m Model) {
	switch {
	case q.Speak && !m.Speaks:
		r.fail(Invalid("modalities", "unsupported_value", "Unsupported value: audio output is not supported with this model."))
	case m.Speaks && !q.Speak:
		r.fail(Invalid("model", "invalid_value", "This model requires that either input content or output modality contain audio."))
	case q.Speak && q.Stream && q.SoundFormat != "pcm16":
		r.fail(Invalid("audio.format", "unsupported_value",
			"Unsupported value: 'audio.format' does not support '%s' when stream=true. Supported values are: 'pcm16'.", q.SoundFormat))
	case q.Speak && !slices.Contains([]string{"wav", "pcm16"}, q.SoundFormat):
		r.fail(Invalid("audio.format", "unsupported_value", "The emulator makes no sound of format '%s'; ask for wav or pcm16.", q.SoundFormat))
	}
}

// speech is an answer's text as sound.
func (o *outcome) speech(text string) *spoken {
	data := core.Speak(text)
	if o.q.SoundFormat == "wav" {
		data = append(wavHead(len(data)), data...)
	}
	return &spoken{ID: "audio_" + o.x.ID[:24], Data: data, Transcript: text, Expires: o.created + 3600}
}

// wavHead begins a file of so many bytes of samples.
func wavHead(n int) []byte {
	le := binary.LittleEndian
	head := le.AppendUint32([]byte("RIFF"), uint32(36+n))
	head = le.AppendUint32(append(head, "WAVEfmt "...), 16)
	for _, v := range []uint16{1, 1, 24_000, 0, 48_000, 0, 2, 16} { // PCM, channels, rate, bytes a second, of a frame, bits
		head = le.AppendUint16(head, v)
	}
	return le.AppendUint32(append(head, "data"...), uint32(n))
}

// sound sends one piece of speech: what is said, and then how it sounds.
func (w *chunks) sound(i int, piece string) error {
	for _, p := range []spoken{{ID: "audio_" + w.x.ID[:24], Transcript: piece}, {Data: core.Speak(piece)}} {
		if err := w.send(chunkChoice{Index: i, Delta: map[string]any{"audio": p}}); err != nil {
			return err
		}
	}
	return nil
}
