package drivertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
	"github.com/interline-ai/interline/protocol/embed"
)

// recorder keeps what the laws say.
type recorder []string

func (r *recorder) Errorf(format string, args ...any) { *r = append(*r, fmt.Sprintf(format, args...)) }

// sample is a driver that keeps the laws until it is told to break one.
type sample struct {
	languages []protocol.Translator
	call      func(d *driver.Deployment, h *interline.Head, from http.Header, c *driver.Call)
	fault     func(*interline.Fault) *interline.Fault
	changing  bool
	lenient   bool
	refuses   bool
}

func (s *sample) Speaks(_ *driver.Deployment, operation string) []protocol.Translator {
	switch {
	case operation != interline.OperationChat && !s.lenient:
		return nil
	case s.changing:
		return []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}
	}
	return s.languages
}

func (s *sample) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	if language != protocol.ChatCompletions && !s.lenient {
		return driver.Call{}, fmt.Errorf("no %s", language)
	}
	name, err := driver.Segment(d.Model)
	if err != nil {
		return driver.Call{}, err
	}
	c := driver.Call{Method: "POST", Path: d.Base + "/m/" + name, Header: driver.Header("application/json"), Body: body}
	if s.call != nil {
		s.call(d, h, from, &c)
	}
	return c, nil
}

func (s *sample) Fault(_ *driver.Deployment, f *interline.Fault, _ http.Header) *interline.Fault {
	if s.fault != nil {
		return s.fault(f)
	}
	return f
}

func (s *sample) Refused(_ http.Header, body []byte) *interline.Fault {
	if s.refuses && len(body) > 0 {
		return &interline.Fault{}
	}
	return nil
}

// TestLawsCatch breaks one law at a time.
func TestLawsCatch(t *testing.T) {
	calls := 0
	for name, tt := range map[string]struct {
		driver sample
		want   string // "" when nothing is broken
	}{
		"keeps them": {sample{}, ""},
		"passes everything": {sample{call: func(_ *driver.Deployment, _ *interline.Head, from http.Header, c *driver.Call) {
			driver.Pass(c.Header, from, "X-Api-Key", "Cookie")
		}}, "the call has the header"},
		"passes a credential under an allowed name": {sample{call: func(_ *driver.Deployment, _ *interline.Head, from http.Header, c *driver.Call) {
			if v := from.Get("Authorization"); v != "" {
				c.Header.Set("Openai-Beta", v)
			}
		}}, "the call has the header"},
		"sets a hop-by-hop header": {sample{call: func(_ *driver.Deployment, _ *interline.Head, _ http.Header, c *driver.Call) {
			c.Header.Set("Connection", "close")
		}}, "the call has the header"},
		"changes the client's header": {sample{call: func(_ *driver.Deployment, _ *interline.Head, from http.Header, _ *driver.Call) {
			delete(from, "Cookie")
		}}, "what was given is changed"},
		"shares the client's header": {sample{call: func(_ *driver.Deployment, _ *interline.Head, from http.Header, c *driver.Call) {
			c.Header["Accept"] = from["Accept"]
		}}, "what was given is changed"},
		"changes the deployment": {sample{call: func(d *driver.Deployment, _ *interline.Head, _ http.Header, _ *driver.Call) {
			d.Name += "x"
		}}, "what was given is changed"},
		"counts": {sample{call: func(_ *driver.Deployment, _ *interline.Head, _ http.Header, c *driver.Call) {
			calls++
			c.Header.Set("Openai-Beta", fmt.Sprint(calls))
		}}, "the second call differs"},
		"loses the body": {sample{call: func(_ *driver.Deployment, _ *interline.Head, _ http.Header, c *driver.Call) {
			c.Body = nil
		}}, "the body is"},
		"does not escape": {sample{call: func(d *driver.Deployment, _ *interline.Head, _ http.Header, c *driver.Call) {
			c.Path = d.Base + "/m/" + d.Model
		}}, "not as it must be sent"},
		"forgets the base": {sample{call: func(_ *driver.Deployment, _ *interline.Head, _ http.Header, c *driver.Call) {
			c.Path = "/m/x"
		}}, "is not below"},
		"says something else each time": {sample{changing: true}, "something else the second time"},
		"knows every operation":         {sample{lenient: true}, "for an operation that does not exist"},
		"takes every language":          {sample{lenient: true}, "is no error"},
		"refuses innocent answers":      {sample{refuses: true}, "is refused"},
		"has no fault":                  {sample{fault: func(*interline.Fault) *interline.Fault { return nil }}, "no fault"},
		"changes the fault that it is given": {sample{fault: func(f *interline.Fault) *interline.Fault {
			f.Message += "!"
			return f
		}}, "the given fault is changed"},
		"forgets what the cloud said": {sample{fault: func(f *interline.Fault) *interline.Fault {
			return &interline.Fault{Class: f.Class, Code: f.Code, Message: f.Message}
		}}, "fault {"},
		"calls every failure the client's": {sample{fault: func(f *interline.Fault) *interline.Fault {
			return driver.Amend(f, interline.C0Client, f.Code)
		}}, "class C0"},
	} {
		s := tt.driver
		s.languages = []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}
		var got recorder
		laws(&got, &s, &driver.Deployment{Name: "d", Base: "/base", Model: "m"})
		if said := strings.Join(got, "\n"); (tt.want == "") != (said == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: want %q, the laws say:\n%s", name, tt.want, said)
		}
	}
}

// embedding is a sample that makes vectors, badly.
type embedding struct {
	sample
	header string // of its calls for vectors
}

func (e *embedding) Embeds(*driver.Deployment) []protocol.Embedder {
	return []protocol.Embedder{embed.NewOpenAI()}
}

func (e *embedding) Call(d *driver.Deployment, language string, h *interline.Head, from http.Header, body protocol.Segments) (driver.Call, error) {
	c, err := e.sample.Call(d, language, h, from, body)
	if err == nil && e.header != "" && h.Operation == interline.OperationEmbeddings {
		c.Header.Set(e.header, "x")
	}
	return c, err
}

// TestLawsOfVectorsCatch: what holds for answers holds for vectors.
func TestLawsOfVectorsCatch(t *testing.T) {
	for name, tt := range map[string]struct {
		driver embedding
		want   string
	}{
		"cannot be called":         {embedding{}, "call in embeddings"},
		"takes every language":     {embedding{sample: sample{lenient: true}}, "vectors in a language"},
		"sets a hop-by-hop header": {embedding{sample: sample{lenient: true}, header: "Connection"}, "embeddings: the call has the header"},
	} {
		e := tt.driver
		e.languages = []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}
		var got recorder
		laws(&got, &e, &driver.Deployment{Name: "d", Base: "/base", Model: "m"})
		if said := strings.Join(got, "\n"); !strings.Contains(said, tt.want) {
			t.Errorf("%s: want %q, the laws say:\n%s", name, tt.want, said)
		}
	}
}

// TestStoriesAreRead reads the forms a story may have.
func TestStoriesAreRead(t *testing.T) {
	s := &sample{languages: []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}}
	d := &driver.Deployment{Name: "d", Model: "m"}
	for text, want := range map[string]string{
		"d chatcompletions 429\n\n{}": "C5 rate_limit",
		"d chatcompletions 500":       "C7 upstream",
		"d chatcompletions 200\n\n{}": "none",
		"d chatcompletions many\n":    "error",
		"d chatcompletions\n":         "error",
		"d messages 500\n":            "error",
	} {
		m, err := read([]byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := fault(s, d, m)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d\n", "d chatcompletions\nno header here\n"} {
		if _, err := read([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
