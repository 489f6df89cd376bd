package drivertest

import (
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// tell checks the pairs of one file.
func tell(t *testing.T, drv driver.Driver, deployments map[string]*driver.Deployment, file *txtar.Archive) {
	if len(strings.TrimSpace(string(file.Comment))) == 0 {
		t.Error("the story does not say where it was seen")
	}
	if len(file.Files) == 0 || len(file.Files)%2 != 0 {
		t.Fatalf("%d sections are not pairs", len(file.Files))
	}
	for i := 0; i < len(file.Files); i += 2 {
		given, want := file.Files[i], strings.TrimSpace(string(file.Files[i+1].Data))
		m, err := read(given.Data)
		if err != nil {
			t.Fatalf("section %d: %v", i+1, err)
		}
		d := deployments[m.start[0]]
		if d == nil {
			t.Fatalf("section %d: no deployment %q", i+1, m.start[0])
		}
		var got string
		switch given.Name + " " + file.Files[i+1].Name {
		case "request call":
			got, err = call(drv, d, m)
		case "response fault":
			got, err = fault(drv, d, m)
		default:
			t.Fatalf("sections %d: %q is not followed by its outcome", i+1, given.Name)
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("section %d, %s:\ngot:\n%s\nwant:\n%s", i+1, strings.Join(m.start, " "), got, want)
		}
	}
}

// message is a section that is written like an HTTP message.
type message struct {
	start  []string
	header http.Header
	body   string
}

func read(data []byte) (message, error) {
	head, body, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	m := message{start: strings.Fields(lines[0]), header: http.Header{}, body: strings.TrimSpace(body)}
	if len(m.start) < 2 {
		return m, fmt.Errorf("%q does not name a deployment and a language", lines[0])
	}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return m, fmt.Errorf("%q is not a header", line)
		}
		m.header.Add(name, strings.TrimSpace(value))
	}
	return m, nil
}

// call writes the call of a request as a story does.
func call(drv driver.Driver, d *driver.Deployment, m message) (string, error) {
	h := &interline.Head{Operation: interline.OperationChat, Model: d.Model, Stream: slices.Contains(m.start, "stream")}
	if slices.Contains(m.start, "count") {
		h.Operation = interline.OperationCount
	}
	if slices.Contains(m.start, "embed") {
		h.Operation = interline.OperationEmbeddings
	}
	var c driver.Call
	var err error
	if len(m.start) > 2 && m.start[2] == "pass" {
		c, err = pass(drv, d, m)
	} else {
		c, err = drv.Call(d, m.start[1], h, m.header, protocol.Segments{[]byte(m.body)})
	}
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", c.Method, c.Path)
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		if name != textproto.CanonicalMIMEHeaderKey(name) {
			return "", fmt.Errorf("header %q is not in canonical form", name)
		}
		for _, v := range c.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	fmt.Fprintf(&b, "\n%s", c.Body.Bytes())
	return strings.TrimSpace(b.String()), nil
}

// fault writes the fault of an answer as a story does.
func fault(drv driver.Driver, d *driver.Deployment, m message) (string, error) {
	if len(m.start) < 3 {
		return "", fmt.Errorf("%q does not name a status", strings.Join(m.start, " "))
	}
	status, err := strconv.Atoi(m.start[2])
	if err != nil {
		return "", fmt.Errorf("read the status: %w", err)
	}
	f, err := meet(drv, d, m.start[1], status, m)
	if err != nil || f == nil {
		return "none", err
	}
	got := f.Class.String() + " " + string(f.Code)
	if f.RetryAfter > 0 {
		got += " " + f.RetryAfter.String()
	}
	return got, nil
}

// languages are all in which the deployment can be asked for an answer or for
// vectors.
func languages(drv driver.Driver, d *driver.Deployment) []protocol.Protocol {
	var all []protocol.Protocol
	for _, l := range drv.Speaks(d, interline.OperationChat) {
		all = append(all, l)
	}
	if e, ok := drv.(driver.Embedder); ok {
		for _, l := range e.Embeds(d) {
			all = append(all, l)
		}
	}
	return all
}

// meet does with an answer what the exchange does with it.
func meet(drv driver.Driver, d *driver.Deployment, language string, status int, m message) (*interline.Fault, error) {
	if status == http.StatusOK {
		r, ok := drv.(driver.Refuser)
		if !ok {
			return nil, fmt.Errorf("the driver is no Refuser")
		}
		return r.Refused(m.header, []byte(m.body)), nil
	}
	for _, l := range languages(drv, d) {
		if l.Name() == language {
			return drv.Fault(d, l.ReadFault(status, m.header, []byte(m.body)), m.header), nil
		}
	}
	return nil, fmt.Errorf("%s does not speak %s", d.Name, language)
}
