package protocoltest

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// testAnswer holds one answer to the laws of decoding, metering and encoding.
func testAnswer(t *testing.T, lang protocol.Translator, a Answer) {
	stream := bytesOf(t, lang, a.Stream)
	all := frames(t, lang, bytes.NewReader(stream))
	if diff := cmp.Diff(all, frames(t, lang, iotest.OneByteReader(bytes.NewReader(stream)))); diff != "" {
		t.Errorf("read byte by byte, the frames differ:\n%s", diff)
	}
	streamed := decode(t, lang.Decoder(true), all)
	whole := DecodeBody(t, lang, []byte(a.Body))
	told := Fold(whole)
	if diff := cmp.Diff(told, Fold(streamed)); diff != "" {
		t.Errorf("body (-) and stream (+) tell different answers:\n%s", diff)
	}
	if !told.Ended || told.Usage == nil || *told.Usage != a.Usage {
		t.Errorf("ended %v, usage %+v, want %+v", told.Ended, told.Usage, a.Usage)
	}
	testOrder(t, streamed)
	testOrder(t, whole)
	testStreamMeter(t, lang, all, a.Usage)
	testBodyMeter(t, lang, []byte(a.Body), a.Usage)
	testCut(t, lang, all)
	for name, events := range map[string][]interline.Event{"body": whole, "stream": streamed} {
		again := Encode(lang, interline.Head{Model: told.Model, Stream: true, StreamUsage: true}, events)
		if diff := cmp.Diff(told, Fold(DecodeStream(t, lang, again))); diff != "" {
			t.Errorf("%s encoded as a stream tells another answer:\n%s\n%q", name, diff, again)
		}
		again = Encode(lang, interline.Head{Model: told.Model}, events)
		if diff := cmp.Diff(told, Fold(DecodeBody(t, lang, again))); diff != "" {
			t.Errorf("%s encoded as a body tells another answer:\n%s\n%s", name, diff, again)
		}
	}
}

// testOrder holds events to the order that the words promise: Start first, each
// block opened before it is spoken of and closed once, Finish after all blocks,
// End last.
func testOrder(t *testing.T, events []interline.Event) {
	t.Helper()
	open, begun := map[[2]int]bool{}, map[[2]int]bool{}
	started, ended := false, false
	for i, e := range events {
		key := [2]int{e.Choice, e.Index}
		if ended {
			t.Errorf("event %d comes after the end: %+v", i, e)
		}
		switch e.Kind {
		case interline.Start:
			if started {
				t.Errorf("event %d: a second start", i)
			}
			started = true
		case interline.BlockStart:
			if open[key] || !started {
				t.Errorf("event %d opens a block twice, or before the start: %+v", i, e)
			}
			open[key], begun[key] = true, true
		case interline.Delta, interline.SealDelta:
			if !open[key] {
				t.Errorf("event %d speaks of a block that is not open: %+v", i, e)
			}
		case interline.CitationDelta:
			if !begun[key] || e.Citation == nil {
				t.Errorf("event %d cites a block that was never told: %+v", i, e)
			}
		case interline.BlockStop:
			if !open[key] {
				t.Errorf("event %d closes a block that is not open: %+v", i, e)
			}
			delete(open, key)
		case interline.Finish:
			for k := range open {
				if k[0] == e.Choice {
					t.Errorf("event %d finishes with block %d open", i, k[1])
				}
			}
		case interline.End:
			ended = true
		}
	}
}

func testStreamMeter(t *testing.T, lang protocol.Translator, all []protocol.Frame, want interline.Usage) {
	t.Helper()
	m := lang.Meter(true)
	d := lang.Decoder(true)
	content, terminals := false, 0
	for _, f := range all {
		seen := m.Read(f)
		if seen&protocol.SawTerminal != 0 {
			terminals++
		}
		for _, e := range decode(t, d, []protocol.Frame{f}) {
			if e.IsContent() && e.Kind != interline.End && !content && seen&protocol.SawContent == 0 {
				t.Errorf("the meter missed the first content in %s", f.Raw)
			}
		}
		content = content || seen&protocol.SawContent != 0
	}
	if !content || terminals != 1 || m.Fault() != nil {
		t.Errorf("the meter saw content %v, %d terminal frames, fault %v", content, terminals, m.Fault())
	}
	if u := m.Usage(); u == nil || *u != want {
		t.Errorf("the meter of the stream counted %+v, want %+v", u, want)
	}
}

func testBodyMeter(t *testing.T, lang protocol.Translator, body []byte, want interline.Usage) {
	t.Helper()
	m := lang.Meter(false)
	if seen := m.Read(protocol.Frame{Data: body, Raw: body}); seen != protocol.SawContent|protocol.SawTerminal {
		t.Errorf("the meter saw %b in the body", seen)
	}
	if u := m.Usage(); u == nil || *u != want {
		t.Errorf("the meter of the body counted %+v, want %+v", u, want)
	}
	for n := range body {
		if seen := lang.Meter(false).Read(protocol.Frame{Data: body[:n]}); seen&protocol.SawTerminal != 0 {
			t.Fatalf("cut after %d bytes, the body still looks whole: %s", n, body[:n])
		}
	}
}

// testCut: a stream that breaks off before its terminal frame never looks
// whole.
func testCut(t *testing.T, lang protocol.Translator, all []protocol.Frame) {
	t.Helper()
	terminal := 0
	m := lang.Meter(true)
	for i, f := range all {
		if m.Read(f)&protocol.SawTerminal != 0 {
			terminal = i
			break
		}
	}
	if Fold(decode(t, lang.Decoder(true), all[:terminal])).Ended {
		t.Error("the decoder ended without the terminal frame")
	}
	if !Fold(decode(t, lang.Decoder(true), all[:terminal+1])).Ended {
		t.Error("the decoder did not end with the terminal frame")
	}
}

func testStrange(t *testing.T, lang protocol.Translator, s Strange) {
	all := frames(t, lang, bytes.NewReader(bytesOf(t, lang, s.Stream)))
	events := decode(t, lang.Decoder(true), all)
	testOrder(t, events)
	told := Fold(events)
	if !told.Ended || told.Fault != nil || len(told.Choices) == 0 {
		t.Fatalf("told = %+v", told)
	}
	if told.Choices[0].Stop != s.Stop {
		t.Errorf("stop = %d, want %d", told.Choices[0].Stop, s.Stop)
	}
	for _, e := range events {
		if e.Kind == interline.Finish && e.RawStop == "" {
			t.Error("the vendor's own word for the stop is lost")
		}
	}
	whole := false
	m := lang.Meter(true)
	for _, f := range all {
		seen := m.Read(f)
		whole = whole || seen&protocol.SawTerminal != 0
		if seen&protocol.SawFault != 0 {
			t.Errorf("the meter took a strange frame for an error: %s", f.Raw)
		}
	}
	if !whole {
		t.Error("the meter saw no end")
	}
	if s.Body == "" {
		return
	}
	told = Fold(DecodeBody(t, lang, []byte(s.Body)))
	if !told.Ended || told.Fault != nil || len(told.Choices) == 0 || told.Choices[0].Stop != s.Stop {
		t.Errorf("in one body, told = %+v", told)
	}
	if seen := lang.Meter(false).Read(protocol.Frame{Data: []byte(s.Body)}); seen&protocol.SawTerminal == 0 {
		t.Error("the meter of the body saw no end")
	}
}

// faultCodes are those that a cloud's error can have.
var faultCodes = []interline.Code{
	interline.CodeInvalid, interline.CodeContext, interline.CodeContent, interline.CodePermission, interline.CodeBilling,
	interline.CodeModel, interline.CodeTooLarge, interline.CodeRateLimit, interline.CodeTimeout, interline.CodeUpstream,
	interline.CodeOverloaded,
}

func testFaults(t *testing.T, lang protocol.Translator, fx Fixtures) {
	for _, code := range faultCodes {
		want := code
		if c, merged := fx.Merged[code]; merged {
			want = c
		}
		f := &interline.Fault{Code: code, Message: "Something \"odd\" happened\nhere."}
		status, header, body := lang.WriteFault(f, "req_1")
		got := lang.ReadFault(status, header, body)
		if got.Code != want || got.Status != status || !bytes.Equal(got.Body, body) || !strings.Contains(got.Message, f.Message) {
			t.Errorf("%s written as %d %s reads as %+v", code, status, body, got)
		}
		if status < 400 || header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: status %d, header %v", code, status, header)
		}
		if c, merged := fx.Streamed[code]; merged {
			want = c
		}
		testStreamFault(t, lang, f, want)
	}
	for _, body := range []string{"", "{", "null", "[]", `"x"`, "<html>Bad gateway</html>", `{"error":1}`, `{"error":{"message":1}}`} {
		if f := lang.ReadFault(502, nil, []byte(body)); f.Message == "" || f.Class != interline.C7Server || f.Status != 502 {
			t.Errorf("body %q of status 502 reads as %+v", body, f)
		}
	}
}

func testStreamFault(t *testing.T, lang protocol.Translator, f *interline.Fault, want interline.Code) {
	t.Helper()
	all := frames(t, lang, bytes.NewReader(lang.AppendFault(nil, f, "req_1")))
	m := lang.Meter(true)
	if len(all) != 1 || m.Read(all[0]) != protocol.SawFault || m.Fault() == nil || m.Fault().Code != want {
		t.Errorf("%s in a stream: %d frames, the meter reads %+v", f.Code, len(all), m.Fault())
	}
	told := Fold(decode(t, lang.Decoder(true), all))
	if told.Fault == nil || told.Fault.Code != want || told.Ended || !strings.Contains(told.Fault.Message, f.Message) {
		t.Errorf("%s in a stream: the decoder reads %+v", f.Code, told)
	}
}

func testPing(t *testing.T, lang protocol.Translator) {
	for _, f := range frames(t, lang, bytes.NewReader(lang.AppendPing(nil))) {
		if seen := lang.Meter(true).Read(f); seen != 0 {
			t.Errorf("the meter saw %b in a ping", seen)
		}
		for _, e := range decode(t, lang.Decoder(true), []protocol.Frame{f}) {
			if e.Kind != interline.Ping {
				t.Errorf("a ping reads as %+v", e)
			}
		}
	}
}
