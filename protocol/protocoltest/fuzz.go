package protocoltest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// FuzzRequest feeds bodies to Open, Patch, ReadRequest and WriteRequest. What
// is refused must be refused with a fault; what is read must be written and
// read again.
func FuzzRequest(f *testing.F, lang protocol.Translator, fx Fixtures) {
	spoken := fx.Requests[0].Spoken
	for _, r := range fx.Requests {
		f.Add([]byte(r.Body))
	}
	for _, m := range append(misuses(fx.Requests[0].Body), fx.Misuses...) {
		f.Add([]byte(m.Body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := lang.Open(spoken, body)
		if refused(t, err) {
			return
		}
		lang.Patch(o, protocol.Edits{Model: "m", StreamUsage: true, Remove: []string{"messages"}, Rename: map[string]string{"stream": "s"}})
		words, err := lang.ReadRequest(o)
		if refused(t, err) {
			return
		}
		out, _, err := lang.WriteRequest(words, protocol.Target{Model: "m", From: lang.Name()})
		if refused(t, err) || len(words.Turns) == 0 {
			return
		}
		if _, err := lang.Open(spoken, out); err != nil {
			t.Fatalf("what was written cannot be opened: %v\n%s", err, out)
		}
	})
}

func refused(t *testing.T, err error) bool {
	if f := new(interline.Fault); err != nil && (!errors.As(err, &f) || f.Message == "") {
		t.Fatalf("refused with an error that is no fault: %v", err)
	}
	return err != nil
}

// FuzzAnswer feeds streams, bodies and errors to the decoders, meters and
// ReadFault, and what they make of them to the encoders. The meter and the
// decoder must count the same.
func FuzzAnswer(f *testing.F, lang protocol.Translator, fx Fixtures) {
	for _, a := range fx.Answers {
		f.Add(bytesOf(f, lang, a.Stream))
		f.Add([]byte(a.Body))
	}
	for _, s := range fx.Strange {
		f.Add(bytesOf(f, lang, s.Stream))
	}
	for _, code := range faultCodes {
		_, _, body := lang.WriteFault(&interline.Fault{Code: code, Message: "m"}, "r")
		f.Add(body)
		f.Add(lang.AppendFault(nil, &interline.Fault{Code: code, Message: "m"}, "r"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if fault := lang.ReadFault(500, nil, data); fault == nil || fault.Message == "" || fault.Code == "" {
			t.Fatalf("fault = %+v", fault)
		}
		one := protocol.Frame{Data: data, Raw: data}
		lang.Meter(false).Read(one)
		if events, err := lang.Decoder(false).Decode(one); err == nil {
			Encode(lang, interline.Head{Stream: true, StreamUsage: true}, clone(events))
			Encode(lang, interline.Head{}, clone(events))
		}
		feed(t, lang, data)
	})
}

// feed reads a stream for as long as it can be read.
func feed(t *testing.T, lang protocol.Translator, stream []byte) {
	r := envelope.NewReader(lang.Envelope(), bytes.NewReader(stream))
	m, d := lang.Meter(true), lang.Decoder(true)
	e := lang.Encoder(protocol.Answer{Head: interline.Head{Stream: true}})
	var used *interline.Usage
	readable := true
	for {
		frame, err := r.Next()
		if err != nil {
			return
		}
		m.Read(frame)
		events, err := d.Decode(frame)
		readable = readable && err == nil
		for _, ev := range events {
			if ev.Kind == interline.UsageEvent {
				u := *ev.Usage
				used = &u
			}
		}
		if got := m.Usage(); readable && used != nil && (got == nil || *got != *used) {
			t.Fatalf("after %q the meter counted %+v, the decoder %+v", frame.Raw, got, used)
		}
		e.Append(nil, events)
	}
}
