package protocoltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/envelope"
)

// FuzzRequest feeds bodies, changed along the grammar of JSON by [Mutate], to Open,
// Patch, ReadRequest and WriteRequest. What is refused must be refused with a fault;
// what is read must be written and read again; and what policy saw of a request is
// what a cloud sees that reads JSON in another way.
func FuzzRequest(f *testing.F, lang protocol.Translator, fx Fixtures) {
	spoken := fx.Requests[0].Spoken
	for _, r := range fx.Requests {
		for seed := range uint64(3) {
			f.Add([]byte(r.Body), seed)
		}
	}
	for _, m := range append(misuses(fx.Requests[0].Body), fx.Misuses...) {
		f.Add([]byte(m.Body), uint64(0))
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		body = Mutate(body, seed)
		o, err := lang.Open(spoken, body)
		if refused(t, err) {
			return
		}
		forwarded, _ := lang.Patch(o, protocol.Edits{})
		sameToAll(t, o, forwarded.Bytes())
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

// sameToAll holds what policy saw of a request against what readers of JSON with
// other habits see in what is sent: one that takes the last of two members and
// either letter case, as Go's does, and one that takes the first.
func sameToAll(t *testing.T, o *protocol.Opened, sent []byte) {
	first, lastOf := firstMembers(t, sent), map[string]json.RawMessage{}
	if err := json.Unmarshal(sent, &lastOf); err != nil {
		t.Fatalf("what is sent cannot be read: %v\n%s", err, sent)
	}
	for name, value := range lastOf {
		if !bytes.Equal(value, first[name]) {
			t.Fatalf("%s is %s and %s in\n%s", name, first[name], value, sent)
		}
	}
	if o.Spoken.Model != "" {
		return // the path says what policy goes by
	}
	var last struct {
		Model  json.RawMessage
		Stream json.RawMessage
	}
	if err := json.Unmarshal(sent, &last); err != nil {
		t.Fatalf("what is sent cannot be read: %v\n%s", err, sent)
	}
	for name, value := range map[string]json.RawMessage{"model": last.Model, "stream": last.Stream} {
		seen := o.Members.Value(name)
		if !bytes.Equal(compact(seen), compact(value)) || !bytes.Equal(compact(seen), compact(first[name])) {
			t.Fatalf("policy saw %s %s; others see %s and %s in\n%s", name, seen, value, first[name], sent)
		}
	}
	var model string
	if json.Unmarshal(last.Model, &model) == nil && last.Model != nil && model != o.Head.Model {
		t.Fatalf("policy saw the model %q, the cloud %q in\n%s", o.Head.Model, model, sent)
	}
}

// firstMembers are the members of an object, the first of each name.
func firstMembers(t *testing.T, body []byte) map[string]json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(body))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		t.Fatalf("what is sent is no object: %s", body)
	}
	all := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			t.Fatalf("what is sent cannot be read: %s", body)
		}
		if _, said := all[name.(string)]; !said {
			all[name.(string)] = value
		}
	}
	return all
}

func compact(v []byte) []byte {
	var b bytes.Buffer
	if len(v) == 0 || json.Compact(&b, v) != nil {
		return v
	}
	return b.Bytes()
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
		for seed := range uint64(3) {
			f.Add(bytesOf(f, lang, a.Stream), seed)
			f.Add([]byte(a.Body), seed)
		}
	}
	for _, s := range fx.Strange {
		f.Add(bytesOf(f, lang, s.Stream), uint64(0))
	}
	for _, code := range faultCodes {
		_, _, body := lang.WriteFault(&interline.Fault{Code: code, Message: "m"}, "r")
		f.Add(body, uint64(0))
		f.Add(lang.AppendFault(nil, &interline.Fault{Code: code, Message: "m"}, "r"), uint64(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		data = Mutate(data, seed)
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
	m, d, wide := lang.Meter(true), lang.Decoder(true), lang.Decoder(true)
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
		if again, wideErr := wide.Decode(spaced(frame)); (err == nil) != (wideErr == nil) || !sameTold(events, again) {
			t.Fatalf("%q tells %+v, %v; with a space more %+v, %v", frame.Data, events, err, again, wideErr)
		}
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

// spaced is a frame with a space that means nothing, with which decoders that know
// the form of what vendors write must read it as any other.
func spaced(f protocol.Frame) protocol.Frame {
	if rest, ok := bytes.CutPrefix(f.Data, []byte("{")); ok {
		f.Data = append([]byte("{ "), rest...)
	}
	return f
}

// sameTold reports whether events tell the same. What a fault repeats of the answer
// may differ.
func sameTold(a, b []interline.Event) bool {
	x, y := Fold(clone(a)), Fold(clone(b))
	x.Fault, y.Fault = nil, nil
	return reflect.DeepEqual(x, y)
}
