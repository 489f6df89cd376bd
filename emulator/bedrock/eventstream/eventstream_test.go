package eventstream

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"reflect"
	"strings"
	"testing"
)

// The expected bytes were computed outside Go, with a CRC written bit by bit
// from its polynomial.
func TestKnownBytes(t *testing.T) {
	for name, tc := range map[string]struct {
		message Message
		want    string
	}{
		"empty": {Message{}, "000000100000000005c248eb7d98c8ff"},
		"event": {
			Event("messageStop", []byte(`{"stopReason":"end_turn"}`)),
			"0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f70" +
				"0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e" +
				"0d3a6d6573736167652d747970650700056576656e74" +
				"7b2273746f70526561736f6e223a22656e645f7475726e227d5fbf09fc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Append(nil, tc.message)
			if err != nil || hex.EncodeToString(got) != tc.want {
				t.Errorf("encoded %x, %v\nwant    %s", got, err, tc.want)
			}
		})
	}
}

func TestTwoMessagesInOneBuffer(t *testing.T) {
	first, second := Event("a", []byte("{}")), Exception("throttlingException", []byte(`{"message":"m"}`))
	b, err := Append(nil, first)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = Append(b, second); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Message{first, second} {
		var got Message
		if got, b, err = Decode(b); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("decoded %+v, %v; want %+v", got, err, want)
		}
	}
	if len(b) != 0 {
		t.Errorf("%d bytes left", len(b))
	}
	if second.Header(":message-type") != "exception" || second.Header(":none") != "" {
		t.Errorf("headers %+v", second.Headers)
	}
}

func TestDamage(t *testing.T) {
	sound, err := Append(nil, Event("messageStart", []byte(`{"role":"assistant"}`)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sound {
		if _, _, err := Decode(sound[:i]); !errors.Is(err, ErrShort) {
			t.Fatalf("%d of %d bytes: %v, want ErrShort", i, len(sound), err)
		}
		bad := bytes.Clone(sound)
		bad[i] ^= 1
		if _, _, err := Decode(bad); err == nil {
			t.Fatalf("a flipped bit in byte %d went unnoticed", i)
		}
	}
	Corrupt(sound)
	if _, _, err := Decode(sound); err == nil || !strings.Contains(err.Error(), "message checksum") {
		t.Errorf("a corrupted message: %v", err)
	}
	Corrupt(nil) // must not panic
}

func TestLengthsThatContradict(t *testing.T) {
	b := binary.BigEndian.AppendUint32(nil, 20)
	b = binary.BigEndian.AppendUint32(b, 10)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if _, _, err := Decode(append(b, make([]byte, 20)...)); err == nil || errors.Is(err, ErrShort) {
		t.Errorf("headers larger than the message: %v", err)
	}
}

func TestUnencodable(t *testing.T) {
	for name, m := range map[string]Message{
		"no name":     {Headers: []Header{{"", "v"}}},
		"long name":   {Headers: []Header{{strings.Repeat("n", 256), "v"}}},
		"long value":  {Headers: []Header{{"n", strings.Repeat("v", 65536)}}},
		"large":       {Payload: make([]byte, maxMessage)},
		"many header": {Headers: []Header{{"a", strings.Repeat("v", 65535)}, {"b", strings.Repeat("v", 65535)}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Append([]byte("kept"), m); err == nil || string(got) != "kept" {
				t.Errorf("encoded to %d bytes, %v", len(got), err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	sound, _ := Append(nil, Event("metadata", []byte(`{"usage":{}}`)))
	f.Add(sound)
	f.Add(sound[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		m, rest, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Append(nil, m)
		if err != nil || !bytes.Equal(again, b[:len(b)-len(rest)]) {
			t.Fatalf("decoded and encoded again: %x, %v", again, err)
		}
	})
}
