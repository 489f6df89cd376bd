package core

import "testing"

func TestSpeak(t *testing.T) {
	for _, text := range []string{"", "Grüße, \x00 and \xff", "a"} {
		if got, ok := Hear(Speak(text)); !ok || got != text {
			t.Errorf("%q is heard as %q, %v", text, got, ok)
		}
	}
	for _, samples := range []string{"a", string(Speak("ab"))[1:], string(Speak("a")) + "xx"} {
		if got, ok := Hear([]byte(samples)); ok {
			t.Errorf("%d bytes are heard as %q", len(samples), got)
		}
	}
}
