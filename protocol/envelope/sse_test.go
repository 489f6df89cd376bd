package envelope

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/interline-ai/interline/protocol"
)

// readAll returns the frames of a stream as "name|data", its raw bytes, and the
// error it ended with.
func readAll(r Reader) (frames []string, raw []byte, err error) {
	for {
		var f protocol.Frame
		f, err = r.Next()
		if err != nil {
			return frames, raw, err
		}
		raw = append(raw, f.Raw...)
		if f.Data != nil {
			frames = append(frames, f.Name+"|"+string(f.Data))
		}
	}
}

func TestSSE(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"plain", "data: {\"a\":1}\n\ndata: [DONE]\n\n", []string{`|{"a":1}`, "|[DONE]"}, io.EOF},
		{"named", "event: ping\ndata: {}\n\n", []string{"ping|{}"}, io.EOF},
		{"data before event", "data: {}\nevent: ping\n\n", []string{"ping|{}"}, io.EOF},
		{"no space", "data:{}\n\n", []string{"|{}"}, io.EOF},
		{"crlf", "event: x\r\ndata: {}\r\n\r\ndata: 1\r\n\r\n", []string{"x|{}", "|1"}, io.EOF},
		{"cr", "data: {}\r\rdata: 1\r\r", []string{"|{}", "|1"}, io.EOF},
		{"lines joined", "data: a\ndata: b\ndata: c\n\n", []string{"|a\nb\nc"}, io.EOF},
		{"comments", ": keep-alive\n\ndata: 1\n\n: more\ndata: 2\n\n", []string{"|1", "|2"}, io.EOF},
		{"other fields", "id: 7\nretry: 10\ndata: 1\n\n", []string{"|1"}, io.EOF},
		{"byte order mark", "\xef\xbb\xbfdata: 1\n\n", []string{"|1"}, io.EOF},
		{"extra blank lines", "\n\n\ndata: 1\n\n\n", []string{"|1"}, io.EOF},
		{"no last blank line", "data: [DONE]", []string{"|[DONE]"}, io.EOF},
		{"no last blank line, JSON", "data: {\"a\":1}\n", []string{`|{"a":1}`}, io.EOF},
		{"cut in an event", "data: 1\n\ndata: {\"a\":", []string{"|1"}, io.ErrUnexpectedEOF},
		{"cut in a name", "data: 1\n\nevent: x\n", []string{"|1"}, io.ErrUnexpectedEOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole":          strings.NewReader(tt.in),
				"byte by byte":   iotest.OneByteReader(strings.NewReader(tt.in)),
				"data with EOF":  iotest.DataErrReader(strings.NewReader(tt.in)),
				"half of a read": iotest.HalfReader(strings.NewReader(tt.in)),
			} {
				got, _, err := readAll(NewSSE(r))
				if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
					t.Errorf("%s: got %q, %v; want %q, %v", how, got, err, tt.want, tt.err)
				}
			}
		})
	}
}

func TestSSERawIsEveryByte(t *testing.T) {
	in := ": hello\n\nevent: a\ndata: {\"x\":1}\n\n\ndata: 2\n\n"
	_, raw, err := readAll(NewSSE(iotest.OneByteReader(strings.NewReader(in))))
	if !errors.Is(err, io.EOF) || string(raw) != in {
		t.Errorf("raw = %q, %v", raw, err)
	}
}

func TestSSEReadyNeedsNoMoreReading(t *testing.T) {
	s := NewSSE(io.MultiReader(strings.NewReader("data: 1\n\ndata: 2\n\ndata: 3"), iotest.ErrReader(errors.New("cut"))))
	for i, more := range []bool{true, false} {
		if _, err := s.Next(); err != nil {
			t.Fatal(err)
		}
		if s.Ready() != more {
			t.Errorf("after frame %d Ready is %v", i+1, !more)
		}
	}
	if _, err := s.Next(); err == nil || err.Error() != "cut" {
		t.Errorf("err = %v", err)
	}
}

func TestSSEBoundsAnEvent(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("data: "), endlessReader{})
	_, _, err := readAll(NewSSE(endless))
	if !errors.Is(err, ErrFrame) {
		t.Errorf("err = %v", err)
	}
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// FuzzSSE holds that however a stream is cut into reads, the frames are the
// same and their raw bytes are the stream.
func FuzzSSE(f *testing.F) {
	f.Add([]byte("event: a\ndata: {}\n\ndata: [DONE]\n\n"))
	f.Add([]byte(": c\r\ndata: 1\rdata: 2\r\n\r\n"))
	f.Add([]byte("\xef\xbb\xbfdata: 1\n\n\n\n"))
	f.Add([]byte("\n\n\ufeff\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, rawA, errA := readAll(NewSSE(bytes.NewReader(in)))
		b, rawB, errB := readAll(NewSSE(iotest.OneByteReader(bytes.NewReader(in))))
		if !slices.Equal(a, b) || !bytes.Equal(rawA, rawB) || errors.Is(errA, io.EOF) != errors.Is(errB, io.EOF) {
			t.Fatalf("whole: %q %v\nbytes: %q %v", a, errA, b, errB)
		}
		if errors.Is(errA, io.EOF) && !bytes.Equal(bytes.TrimSpace(rawA), bytes.TrimSpace(bytes.TrimPrefix(in, []byte("\xef\xbb\xbf")))) {
			t.Fatalf("raw %q of %q", rawA, in)
		}
	})
}

func BenchmarkSSE(b *testing.B) {
	event := "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"token\"}}]}\n\n"
	stream := []byte(strings.Repeat(event, 200))
	b.ReportAllocs()
	for b.Loop() {
		s := NewSSE(bytes.NewReader(stream))
		for {
			if _, err := s.Next(); err != nil {
				break
			}
		}
	}
}

// A last event without its blank line gets one, since more may have to follow.
func TestLastEventIsEnded(t *testing.T) {
	for _, end := range []string{"", "\n", "\r\n", "\r"} {
		r := NewSSE(strings.NewReader("data: {\"a\":1}" + end))
		f, err := r.Next()
		if err != nil || string(f.Raw) != "data: {\"a\":1}\n\n" || string(f.Data) != `{"a":1}` {
			t.Errorf("%q: %q %v", end, f.Raw, err)
		}
	}
}

// A long event costs the same in small pieces as in large ones.
func BenchmarkSSELongEvent(b *testing.B) {
	event := "event: image\r\ndata: " + strings.Repeat("QUJD", 256<<10) + "\r\n\r\n"
	for _, end := range []string{"\r\n", "\n"} {
		text := strings.ReplaceAll(event, "\r\n", end)
		for _, size := range []int{1400, 64 << 10} {
			b.Run(strconv.Quote(end)+" in "+strconv.Itoa(size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					r := NewSSE(&pieces{text: text, size: size})
					if f, err := r.Next(); err != nil || len(f.Raw) != len(text) {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// pieces gives a text in pieces of a size.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b, p.text[:min(p.size, len(p.text))])
	p.text = p.text[n:]
	return n, nil
}
