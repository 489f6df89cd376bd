package envelope

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// event is a message as Bedrock sends them.
func event(name, payload string) []byte {
	return AppendMessage(nil, []Header{
		{":event-type", name}, {":content-type", "application/json"}, {":message-type", "event"},
	}, []byte(payload))
}

// sealed is a message of the given bytes of headers with right checksums.
func sealed(headers, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(headers)+len(payload)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(headers)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, headers...), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// messageType is the header :message-type=event, byte by byte.
const messageType = "\x0d:message-type\x07\x00\x05event"

// TestAppendMessageBytes holds the writer to a message laid out by hand, its
// checksums computed with another implementation of CRC-32.
func TestAppendMessageBytes(t *testing.T) {
	got := hex.EncodeToString(AppendMessage(nil, []Header{{"a", "b"}}, []byte("{}")))
	want := "00000018" + "00000006" + "dcd1a61f" + // lengths, their checksum
		"01" + "61" + "07" + "0001" + "62" + // a = "b"
		"7b7d" + "f3d78873" // payload, checksum
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEventStream(t *testing.T) {
	exception := AppendMessage(nil, []Header{
		{":message-type", "exception"}, {":exception-type", "throttlingException"}, {":content-type", "application/json"},
	}, []byte(`{"message":"slow down"}`))
	failure := AppendMessage(nil, []Header{
		{":message-type", "error"}, {":error-code", "InternalError"}, {":error-message", "a \"quoted\" \xff word"},
	}, nil)
	var in []byte
	in = append(in, event("messageStart", `{"role":"assistant"}`)...)
	in = append(in, event("contentBlockDelta", "")...)
	in = append(in, exception...)
	in = append(in, failure...)
	want := []string{
		`messageStart|{"role":"assistant"}`, "contentBlockDelta|", `throttlingException|{"message":"slow down"}`,
		`InternalError|{"message":"a \"quoted\" ` + "\ufffd" + ` word"}`,
	}
	for how, r := range map[string]io.Reader{
		"whole":         bytes.NewReader(in),
		"byte by byte":  iotest.OneByteReader(bytes.NewReader(in)),
		"data with EOF": iotest.DataErrReader(bytes.NewReader(in)),
		"halves":        iotest.HalfReader(bytes.NewReader(in)),
	} {
		got, raw, err := readAll(NewEventStream(r))
		if !slices.Equal(got, want) || !errors.Is(err, io.EOF) {
			t.Errorf("%s: got %q, %v", how, got, err)
		}
		if !bytes.Equal(raw, in) {
			t.Errorf("%s: the raw bytes are not the stream", how)
		}
	}
}

func TestEventStreamExceptionIsMarked(t *testing.T) {
	for name, m := range map[string][]byte{
		"exception": AppendMessage(nil, []Header{{":message-type", "exception"}, {":exception-type", "x"}}, nil),
		"error":     AppendMessage(nil, []Header{{":message-type", "error"}, {":error-code", "x"}}, nil),
	} {
		f, err := NewEventStream(bytes.NewReader(m)).Next()
		if err != nil || !f.Exception || f.Name != "x" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	f, err := NewEventStream(bytes.NewReader(event("x", "{}"))).Next()
	if err != nil || f.Exception {
		t.Errorf("event: %+v, %v", f, err)
	}
}

// TestEventStreamHeaderTypes reads a message that has a header of every type
// the framing knows.
func TestEventStreamHeaderTypes(t *testing.T) {
	headers := "\x01t\x00" + "\x01f\x01" + "\x01b\x02\x7f" + "\x01s\x03\x01\x02" + "\x01i\x04\x01\x02\x03\x04" +
		"\x01l\x05\x01\x02\x03\x04\x05\x06\x07\x08" + "\x01y\x06\x00\x03\x00\x01\x02" + messageType +
		"\x01z\x08\x01\x02\x03\x04\x05\x06\x07\x08" + "\x01u\x09" + strings.Repeat("u", 16) +
		"\x0b:event-type\x07\x00\x01x"
	f, err := NewEventStream(bytes.NewReader(sealed([]byte(headers), []byte("{}")))).Next()
	if err != nil || f.Name != "x" || string(f.Data) != "{}" {
		t.Errorf("got %+v, %v", f, err)
	}
}

func TestEventStreamRefuses(t *testing.T) {
	good := event("messageStop", `{"stopReason":"end_turn"}`)
	flip := func(at int) []byte {
		b := slices.Clone(good)
		b[(at+len(b))%len(b)] ^= 1
		return b
	}
	long := func(total, headers uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, total)
		b = binary.BigEndian.AppendUint32(b, headers)
		return append(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), make([]byte, 64)...)
	}
	for _, tt := range []struct {
		name string
		in   []byte
		err  error
	}{
		{"prelude checksum", flip(8), ErrFrame},
		{"length", flip(3), ErrFrame},
		{"header byte", flip(14), ErrFrame},
		{"payload byte", flip(-6), ErrFrame},
		{"message checksum", flip(-1), ErrFrame},
		{"too long", long(MaxEventStreamFrame+1, 0), ErrFrame},
		{"too short", long(15, 0), ErrFrame},
		{"headers beyond the message", long(32, 20), ErrFrame},
		{"headers that overflow", long(16, 0xfffffff8), ErrFrame},
		{"too many headers", long(MaxEventStreamFrame, maxHeaders+1), ErrFrame},
		{"unknown header type", sealed([]byte(messageType+"\x01a\x0a"), nil), ErrFrame},
		{"header without name", sealed([]byte(messageType+"\x00\x00"), nil), ErrFrame},
		{"header cut in its name", sealed([]byte("\x05ab"), nil), ErrFrame},
		{"header cut in its value", sealed([]byte(messageType+"\x01a\x07\x00\x09abc"), nil), ErrFrame},
		{"header cut in its length", sealed([]byte(messageType+"\x01a\x07\x00"), nil), ErrFrame},
		{"no message type", sealed([]byte("\x01a\x00"), nil), ErrFrame},
		{"unknown message type", AppendMessage(nil, []Header{{":message-type", "song"}}, nil), ErrFrame},
		{"cut in the prelude", good[:7], io.ErrUnexpectedEOF},
		{"cut in the payload", good[:len(good)-5], io.ErrUnexpectedEOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := readAll(NewEventStream(bytes.NewReader(tt.in))); !errors.Is(err, tt.err) {
				t.Errorf("err = %v, want %v", err, tt.err)
			}
		})
	}
}

func TestEventStreamReaderErrors(t *testing.T) {
	cut := errors.New("cut")
	s := NewEventStream(io.MultiReader(bytes.NewReader(event("a", "{}")), iotest.ErrReader(cut)))
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Next(); !errors.Is(err, cut) {
			t.Errorf("err = %v", err)
		}
	}
	if _, err := NewEventStream(idleReader{}).Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that never gives: %v", err)
	}
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

func TestEventStreamReady(t *testing.T) {
	in := append(event("a", "{}"), event("b", "{}")...)
	in = append(in, event("c", "{}")[:20]...)
	s := NewEventStream(bytes.NewReader(in))
	for i, more := range []bool{true, false} {
		if _, err := s.Next(); err != nil || s.Ready() != more {
			t.Errorf("after frame %d: Ready is %v, err %v", i+1, s.Ready(), err)
		}
	}
}

func TestEventStreamLargeMessage(t *testing.T) {
	payload := strings.Repeat("x", 1<<20)
	got, _, err := readAll(NewEventStream(iotest.HalfReader(bytes.NewReader(event("big", payload)))))
	if !errors.Is(err, io.EOF) || len(got) != 1 || got[0] != "big|"+payload {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

func TestEventStreamAllocatesNothingPerFrame(t *testing.T) {
	stream := bytes.Repeat(event("contentBlockDelta", `{"delta":{"text":"token"}}`), 1000)
	r := bytes.NewReader(stream)
	s := NewEventStream(r)
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(500, func() {
		if _, err := s.Next(); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func TestAppendMessageCutsWhatIsTooLong(t *testing.T) {
	m := AppendMessage(nil, []Header{
		{":message-type", "event"},
		{":event-type", "x"},
		{strings.Repeat("n", 300), strings.Repeat("v", 70_000)},
	}, []byte("{}"))
	f, err := NewEventStream(bytes.NewReader(m)).Next()
	if err != nil || f.Name != "x" || string(f.Data) != "{}" {
		t.Errorf("%s %s %v", f.Name, f.Data, err)
	}
}

// FuzzEventStream holds that however a stream is cut into reads, the frames are
// the same and their raw bytes are a beginning of the stream.
func FuzzEventStream(f *testing.F) {
	f.Add(event("messageStart", `{"role":"assistant"}`))
	f.Add(append(event("a", ""), event("b", "{}")...))
	f.Add(event("a", "{}")[:20])
	f.Add(AppendMessage(nil, []Header{{":message-type", "error"}, {":error-code", "e"}}, nil))
	f.Add(sealed([]byte(messageType+"\x01a\x06\x00\x01x"), []byte("1")))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, rawA, errA := readAll(NewEventStream(bytes.NewReader(in)))
		b, rawB, errB := readAll(NewEventStream(iotest.OneByteReader(bytes.NewReader(in))))
		if !slices.Equal(a, b) || !bytes.Equal(rawA, rawB) || errA.Error() != errB.Error() {
			t.Fatalf("whole: %q %v\nbytes: %q %v", a, errA, b, errB)
		}
		if !bytes.HasPrefix(in, rawA) || errors.Is(errA, io.EOF) && len(rawA) != len(in) {
			t.Fatalf("raw %q of %q (%v)", rawA, in, errA)
		}
	})
}

// FuzzAppendMessage holds that what is written can be read.
func FuzzAppendMessage(f *testing.F) {
	f.Add("messageStart", "{}")
	f.Fuzz(func(t *testing.T, name, payload string) {
		if len(payload) > 1<<20 || len(name) > 0xffff {
			t.Skip()
		}
		got, err := NewEventStream(bytes.NewReader(event(name, payload))).Next()
		if err != nil || got.Name != name || string(got.Data) != payload {
			t.Fatalf("got %q %q, %v", got.Name, got.Data, err)
		}
	})
}

func BenchmarkEventStream(b *testing.B) {
	stream := bytes.Repeat(event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":" token"},"p":"abcdefgh"}`), 200)
	b.ReportAllocs()
	for b.Loop() {
		s := NewEventStream(bytes.NewReader(stream))
		for {
			if _, err := s.Next(); err != nil {
				break
			}
		}
	}
}
