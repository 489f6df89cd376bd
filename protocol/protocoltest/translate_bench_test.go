package protocoltest_test

import (
	"bytes"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// BenchmarkTranslate is a piece of text in a stream, read in the cloud's language and
// said in the client's; reading it from its envelope is apart.
func BenchmarkTranslate(b *testing.B) {
	for _, pair := range []struct{ client, cloud int }{{0, 2}, {1, 4}, {4, 5}} {
		client, cloud := langs[pair.client], langs[pair.cloud]
		b.Run(client.Name()+" from "+cloud.Name(), func(b *testing.B) {
			events := []interline.Event{{Kind: interline.Start, ID: "x", Model: "m"}, {Kind: interline.BlockStart, Block: interline.Text}}
			for range 200 {
				events = append(events, interline.Event{Kind: interline.Delta, Block: interline.Text, Text: " tokens"})
			}
			stream := cloud.Encoder(protocol.Answer{Head: interline.Head{Stream: true}, ID: "1"}).Append(nil, events)
			r := envelope.NewReader(cloud.Envelope(), bytes.NewReader(stream))
			var frames []protocol.Frame
			for f, err := r.Next(); err == nil; f, err = r.Next() {
				f.Data, f.Raw = bytes.Clone(f.Data), bytes.Clone(f.Raw)
				frames = append(frames, f)
			}
			decoder, encoder := cloud.Decoder(true), client.Encoder(protocol.Answer{Head: interline.Head{Stream: true}, ID: "1"})
			var dst []byte
			for _, f := range frames { // the first ones open things
				events, err := decoder.Decode(f)
				if err != nil {
					b.Fatal(err)
				}
				dst = encoder.Append(dst[:0], events)
			}
			piece := frames[len(frames)-1]
			b.ReportAllocs()
			for b.Loop() {
				events, _ := decoder.Decode(piece)
				dst = encoder.Append(dst[:0], events)
			}
		})
	}
}
