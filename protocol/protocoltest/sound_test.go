package protocoltest_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/protocoltest"
)

// speaking are the languages in which answers may be spoken.
var speaking = []string{protocol.ChatCompletions, protocol.GenerateContent}

// TestSoundIsAskedFor: speech, its voice and its form arrive where there is any, and
// what cannot speak is not asked.
func TestSoundIsAskedFor(t *testing.T) {
	pairs(t, func(t *testing.T, in, out protocol.Translator) {
		if !slices.Contains(speaking, in.Name()) {
			return
		}
		voice := map[string]string{protocol.ChatCompletions: "alloy", protocol.GenerateContent: "Kore"}
		r := &interline.Request{
			Head: interline.Head{Model: "m"}, Turns: []interline.Turn{turn(interline.User, text("Hello"))},
			Output: interline.Output{Sound: &interline.Sound{Voice: voice[in.Name()], Format: "pcm16"}},
		}
		asked := reopen(t, in, r, in.Name())
		if asked.Output.Sound == nil || asked.Output.Sound.Voice != voice[in.Name()] {
			t.Fatalf("asked for as %+v", asked.Output.Sound)
		}
		body, losses, err := out.WriteRequest(asked, protocol.Target{Model: "m", From: in.Name()})
		switch {
		case !slices.Contains(speaking, out.Name()):
			if err == nil {
				t.Errorf("speech is asked for as %s", body)
			}
			return
		case err != nil:
			t.Fatal(err)
		}
		o, err := out.Open(spokenTo(out, "m"), body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := out.ReadRequest(o)
		if err != nil || got.Output.Sound == nil {
			t.Fatalf("%s: %v", body, err)
		}
		if lost := slices.ContainsFunc(losses, func(l interline.Loss) bool { return l.Reason == "the place's own voice speaks" }); lost != (in.Name() != out.Name()) {
			t.Errorf("losses %v", losses)
		}
	})
}

// A form that nobody can make of samples is refused.
func TestSoundOfOtherForms(t *testing.T) {
	pairs(t, func(t *testing.T, in, out protocol.Translator) {
		if in.Name() != protocol.ChatCompletions || out.Name() != protocol.GenerateContent {
			return
		}
		for _, tt := range []struct {
			format string
			stream bool
			can    bool
		}{{"pcm16", true, true}, {"wav", false, true}, {"wav", true, false}, {"mp3", false, false}, {"opus", true, false}} {
			r := &interline.Request{
				Head: interline.Head{Model: "m", Stream: tt.stream}, Turns: []interline.Turn{turn(interline.User, text("Hello"))},
				Output: interline.Output{Sound: &interline.Sound{Format: tt.format}},
			}
			if _, _, err := out.WriteRequest(r, protocol.Target{Model: "m", From: in.Name()}); (err == nil) != tt.can {
				t.Errorf("%s, streamed %v: %v", tt.format, tt.stream, err)
			}
		}
	})
}

// samples in pieces of one, two and three bytes beyond whole groups of base64.
var samples = []string{"ab", "cdefg", "hij", strings.Repeat("0123", 5000)}

// TestSoundInEveryLanguage: samples arrive byte for byte, however they are cut.
func TestSoundInEveryLanguage(t *testing.T) {
	events := []interline.Event{
		{Kind: interline.Start, ID: "x", Model: "m"},
		{Kind: interline.BlockStart, Block: interline.Audio, Media: &interline.Media{Type: "audio/L16;codec=pcm;rate=24000"}},
	}
	for _, s := range samples {
		events = append(events, interline.Event{Kind: interline.Delta, Block: interline.Audio, Text: base64.StdEncoding.EncodeToString([]byte(s))})
	}
	events = append(events, interline.Event{Kind: interline.BlockStop}, interline.Event{Kind: interline.Finish, Stop: interline.StopEnd},
		interline.Event{Kind: interline.UsageEvent, Usage: &interline.Usage{Input: 5, Output: 9, OutputAudio: 9}}, interline.Event{Kind: interline.End})
	pairs(t, func(t *testing.T, client, cloud protocol.Translator) {
		if !slices.Contains(speaking, client.Name()) || !slices.Contains(speaking, cloud.Name()) {
			return
		}
		for _, stream := range []bool{false, true} {
			told := pass(t, client, stream, pass(t, cloud, stream, events))
			if got, want := heard(t, told), strings.Join(samples, ""); got != want {
				t.Errorf("streamed %v: %d bytes of %d: %.80q", stream, len(got), len(want), got)
			}
			if u := protocoltest.Fold(told).Usage; u == nil || u.OutputAudio != 9 {
				t.Errorf("streamed %v: used %+v", stream, u)
			}
		}
	})
}

// heard are the samples of an answer, each piece of which is base64 of its own.
func heard(t *testing.T, events []interline.Event) string {
	t.Helper()
	var out []byte
	kinds := map[string]bool{}
	for _, e := range events {
		if e.Block != interline.Audio {
			continue
		}
		if e.Media != nil {
			kinds[e.Media.Type] = true
		}
		var err error
		if out, err = base64.StdEncoding.AppendDecode(out, []byte(e.Text)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]bool{"audio/L16;codec=pcm;rate=24000": true}, kinds); diff != "" {
		t.Error(diff)
	}
	return string(out)
}
