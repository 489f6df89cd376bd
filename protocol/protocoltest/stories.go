package protocoltest

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/tools/txtar"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/protocol"
)

// Stories runs every story of a folder, with the languages by the names that
// the stories call them. A story is one whole exchange between a
// client of one language and a cloud of another, in one txtar file:
//
//	What happens, in a sentence or two.
//	client: messages  cloud: converse  model: us.anthropic.claude-…
//	traits: family=claude thinking=adaptive
//	-- client.request --     POST, the path, an empty line and the body
//	-- upstream.request --   what we say to the cloud
//	-- upstream.response --  what it answers: a body, a stream, or "HTTP 429" and headers before a body
//	-- client.response --    what we say to the client
//	-- usage --
//	-- losses --
//
// What we say is compared, or rewritten with -update; then it must be read by a
// person. Bodies are indented for that person. A story with only a request has
// none of the last sections but losses; a request that is refused has the
// client's error instead.
func Stories(t *testing.T, dir string, langs map[string]protocol.Translator) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories in %s (%v)", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			runStory(t, file, langs)
		})
	}
}

// update is set by the flag -update, which the go command hands to every test
// binary that imports this package.
var update = flag.Bool("update", false, "rewrite what we say in the stories")

// story is one story: what was given, and what came of it.
type story struct {
	given         map[string]string
	client, cloud protocol.Translator
	target        protocol.Target
	said          []txtar.File
}

func runStory(t *testing.T, file string, langs map[string]protocol.Translator) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{given: map[string]string{}}
	for _, f := range archive.Files {
		s.given[f.Name] = string(f.Data)
	}
	if err := s.cast(string(archive.Comment), langs); err != nil {
		t.Fatal(err)
	}
	s.play(t)
	if *update {
		told := &txtar.Archive{Comment: archive.Comment, Files: s.said}
		if err := os.WriteFile(file, txtar.Format(told), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range s.said {
		if got := string(f.Data); got != s.given[f.Name] {
			t.Errorf("%s is\n%s\nwant\n%s", f.Name, got, s.given[f.Name])
		}
		delete(s.given, f.Name)
	}
	for name := range s.given {
		t.Errorf("the story has a part %s that nothing came of", name)
	}
}

// cast reads who takes part, from the words with a colon in the comment.
func (s *story) cast(comment string, langs map[string]protocol.Translator) error {
	words := strings.Fields(comment)
	for i, w := range words[:max(0, len(words)-1)] {
		switch w {
		case "client:":
			s.client = langs[words[i+1]]
		case "cloud:":
			s.cloud = langs[words[i+1]]
		case "model:":
			s.target.Model = words[i+1]
		case "traits:":
			for _, trait := range words[i+1:] {
				if err := addTrait(&s.target.Traits, trait); err != nil {
					return err
				}
			}
		}
	}
	if s.client == nil || s.cloud == nil {
		return fmt.Errorf("the story does not say which of our languages the client and the cloud speak")
	}
	s.target.From = s.client.Name()
	return nil
}

func addTrait(t *interline.Traits, word string) error {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "family":
		t.Family = value
	case "thinking":
		t.Thinking = map[string]interline.ThinkingRule{
			"budget": interline.ThinkingBudget, "adaptive": interline.ThinkingAdaptive, "effort": interline.ThinkingEffort,
		}[value]
	case "nosampling":
		t.Sampling = interline.SamplingNone
	case "noforcedtools":
		t.NoForcedTools = true
	case "noprefill":
		t.NoPrefill = true
	case "cachemarks":
		t.CacheMarks = true
	case "completiontokens":
		t.CompletionTokens = true
	default:
		return fmt.Errorf("the story names a trait %q that is not known", word)
	}
	return nil
}

func (s *story) say(name, text string) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	s.said = append(s.said, txtar.File{Name: name, Data: []byte(text)})
}

// play runs the exchange.
func (s *story) play(t *testing.T) {
	s.say("client.request", s.given["client.request"])
	spoken, body := s.request(t)
	o, err := s.client.Open(spoken, body)
	if err != nil {
		s.refuse(t, err)
		return
	}
	words, err := s.client.ReadRequest(o)
	if err != nil {
		s.refuse(t, err)
		return
	}
	up, losses, err := s.cloud.WriteRequest(words, s.target)
	if err != nil {
		s.refuse(t, err)
		return
	}
	s.say("upstream.request", indented(up))
	if answer, ok := s.given["upstream.response"]; ok {
		s.say("upstream.response", answer)
		s.answer(t, o, answer)
	}
	var lost strings.Builder
	for _, l := range losses {
		fmt.Fprintf(&lost, "%s: %s: %s\n", l.Field, l.Action, l.Reason)
	}
	s.say("losses", lost.String())
}

// request reads the client's request line and body.
func (s *story) request(t *testing.T) (protocol.Spoken, []byte) {
	line, body, _ := strings.Cut(s.given["client.request"], "\n")
	path, ok := strings.CutPrefix(line, "POST ")
	if !ok {
		t.Fatalf("client.request must begin with POST and a path, not %q", line)
	}
	spoken := protocol.Spoken{Operation: interline.OperationChat}
	if rest, ok := strings.CutPrefix(path, "/model/"); ok {
		spoken.Model, _, _ = strings.Cut(rest, "/")
		spoken.Stream = strings.HasSuffix(path, "-stream") // of Converse and of InvokeModel
	}
	if rest, ok := strings.CutPrefix(path, "/v1beta/models/"); ok {
		spoken.Model, rest, _ = strings.Cut(rest, ":")
		spoken.Stream = strings.HasPrefix(rest, "streamGenerateContent")
	}
	return spoken, []byte(strings.TrimSpace(body))
}

// refuse says why a request goes no further.
func (s *story) refuse(t *testing.T, err error) {
	var f *interline.Fault
	if !errors.As(err, &f) {
		t.Fatalf("an error that is no fault: %v", err)
	}
	s.fault(f)
}

func (s *story) fault(f *interline.Fault) {
	status, header, body := s.client.WriteFault(f, "req_01")
	text := "HTTP " + strconv.Itoa(status) + "\n"
	for _, name := range []string{"X-Amzn-Errortype", "X-Amzn-Requestid"} {
		if v := header.Get(name); v != "" {
			text += name + ": " + v + "\n"
		}
	}
	s.say("client.response", text+"\n"+indented(body))
	s.say("class", fmt.Sprintf("%s %s", f.Class, f.Code))
}

// answer brings the cloud's answer to the client.
func (s *story) answer(t *testing.T, o *protocol.Opened, given string) {
	if rest, ok := strings.CutPrefix(given, "HTTP "); ok {
		s.fault(s.upstreamFault(t, rest))
		return
	}
	var events []interline.Event
	if o.Head.Stream {
		events = DecodeStream(t, s.cloud, bytesOf(t, s.cloud, given))
	} else {
		events = DecodeBody(t, s.cloud, []byte(given))
	}
	told := Fold(events)
	e := s.client.Encoder(protocol.Answer{Head: o.Head, ID: "01", Created: 1764000000})
	var out []byte
	for i := range events {
		if events[i].Kind == interline.FaultEvent {
			break
		}
		out = e.Append(out, events[i:i+1])
	}
	switch {
	case told.Fault != nil:
		out = s.client.AppendFault(out, told.Fault, "req_01")
	case told.Ended:
		out = e.Finish(out)
	default:
		out = s.client.AppendFault(out, &interline.Fault{Code: interline.CodeUpstream, Message: "the answer ended before it was whole"}, "req_01")
	}
	if !o.Head.Stream {
		s.say("client.response", indented(out))
	} else {
		text, err := Text(s.client.Envelope(), out)
		if err != nil {
			t.Fatal(err)
		}
		s.say("client.response", strings.TrimRight(text, "\n"))
	}
	s.say("usage", usageLine(told.Usage))
}

// upstreamFault reads a status, headers and a body.
func (s *story) upstreamFault(t *testing.T, text string) *interline.Fault {
	line, rest, _ := strings.Cut(text, "\n")
	status, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the status of upstream.response: %v", err)
	}
	r := bufio.NewReader(strings.NewReader(rest))
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		t.Fatalf("the headers of upstream.response: %v", err)
	}
	var body bytes.Buffer
	if _, err := r.WriteTo(&body); err != nil {
		t.Fatal(err)
	}
	return s.cloud.ReadFault(status, http.Header(header), bytes.TrimSpace(body.Bytes()))
}

func usageLine(u *interline.Usage) string {
	if u == nil {
		return "not told"
	}
	line := fmt.Sprintf("input %d  cache_read %d  output %d", u.Input, u.CacheRead, u.Output)
	if u.CacheWrite() > 0 {
		line += fmt.Sprintf("  cache_write_5m %d  cache_write_1h %d", u.CacheWrite5m, u.CacheWrite1h)
	}
	if u.Reasoning > 0 {
		line += fmt.Sprintf("  reasoning %d", u.Reasoning)
	}
	return line
}

// indented lays JSON out for a reader, in the same order and the same numbers.
func indented(body []byte) string {
	v := jsontext.Value(bytes.Clone(body))
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		return string(body)
	}
	return string(v)
}
