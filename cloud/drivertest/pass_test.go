package drivertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/chatcompletions"
)

// forwarding is a sample that forwards, and breaks one law.
type forwarding struct {
	sample
	every bool
	after func(d *driver.Deployment, from http.Header, c *driver.Call)
}

func (f *forwarding) Passes(_ *driver.Deployment, api string) bool {
	return f.every || api == protocol.APIOpenAI
}

func (f *forwarding) Pass(d *driver.Deployment, _, method, path string, from http.Header, body protocol.Segments, contentType string) (driver.Call, error) {
	c := driver.Passed(d, method, path, from, body, contentType)
	if f.after != nil {
		f.after(d, from, &c)
	}
	return c, nil
}

// TestPassLawsCatch breaks one law of forwarding at a time.
func TestPassLawsCatch(t *testing.T) {
	for name, tt := range map[string]struct {
		driver forwarding
		want   string
	}{
		"keeps them":       {forwarding{}, ""},
		"has every API":    {forwarding{every: true}, "an API that does not exist"},
		"passes a cookie":  {forwarding{after: func(_ *driver.Deployment, from http.Header, c *driver.Call) { driver.Pass(c.Header, from, "Cookie") }}, "the call has the header Cookie"},
		"loses the query":  {forwarding{after: func(_ *driver.Deployment, _ http.Header, c *driver.Call) { c.Path, _, _ = strings.Cut(c.Path, "?") }}, "forward to openai: POST"},
		"leaves the base":  {forwarding{after: func(d *driver.Deployment, _ http.Header, c *driver.Call) { c.Path = strings.TrimPrefix(c.Path, d.Base) }}, "is not below"},
		"always asks":      {forwarding{after: func(_ *driver.Deployment, _ http.Header, c *driver.Call) { c.Method = "GET" }}, "forward to openai: GET"},
		"types nothing":    {forwarding{after: func(_ *driver.Deployment, _ http.Header, c *driver.Call) { c.Header.Set("Content-Type", "a/b") }}, "without a body says what it is"},
		"shares a header":  {forwarding{after: func(_ *driver.Deployment, from http.Header, c *driver.Call) { c.Header["Accept"] = from["Accept"] }}, "what was given is changed"},
		"changes the name": {forwarding{after: func(d *driver.Deployment, _ http.Header, _ *driver.Call) { d.Name += "x" }}, "what was given is changed"},
	} {
		f := tt.driver
		f.languages = []protocol.Translator{chatcompletions.New(chatcompletions.Dialect{})}
		var got recorder
		laws(&got, &f, &driver.Deployment{Name: "d", Base: "/base", Model: "m"})
		if said := strings.Join(got, "\n"); (tt.want == "") != (said == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: want %q, the laws say:\n%s", name, tt.want, said)
		}
	}
}
