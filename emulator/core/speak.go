package core

import (
	"bytes"
	"encoding/binary"
)

// spell is how many samples of sound a byte of text is.
const spell = 24

// Speak is a text as sound: raw samples of 16 bits, one channel, the least byte
// first, at 24 kHz. Nobody would call it a voice, but [Hear] understands it.
func Speak(text string) []byte {
	out := make([]byte, 0, 2*spell*len(text))
	for i := range len(text) {
		for n := range spell {
			height := int16(text[i]) * 100
			if n%2 == 1 {
				height = -height
			}
			out = binary.LittleEndian.AppendUint16(out, uint16(height))
		}
	}
	return out
}

// Hear returns the text that was spoken; ok is false for any other sound.
func Hear(samples []byte) (text string, ok bool) {
	var out []byte
	for at := 0; at+2*spell <= len(samples); at += 2 * spell {
		out = append(out, byte(binary.LittleEndian.Uint16(samples[at:])/100))
	}
	return string(out), bytes.Equal(Speak(string(out)), samples)
}
