package drivertest

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// hostile is a client's header of which nothing but the allowed may pass.
func hostile() http.Header {
	h := http.Header{
		"Content-Type": {"text/plain"}, "Accept": {"*/*"}, "User-Agent": {"client"}, "Host": {"elsewhere"},
		"Connection": {"X-Named, close"}, "X-Named": {"x"}, "Content-Length": {"7"}, "Accept-Encoding": {"br"},
		"Traceparent": {"00-x"}, "Baggage": {"b"}, "Openai-Organization": {"org"}, "Openai-Project": {"p"},
		"Anthropic-Workspace-Id": {"w"}, "X-Stainless-Retry-Count": {"1"}, "X-Forwarded-For": {"10.0.0.1"}, "Forwarded": {"for=x"},
	}
	for _, name := range append(slices.Clone(credentials), hopByHop...) {
		if h[name] == nil {
			h[name] = []string{canary}
		}
	}
	return h
}

const canary = "canary-credential"

var (
	credentials = []string{
		"Authorization", "Proxy-Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "Cookie",
		"X-Amz-Security-Token", "X-Amz-Date", "X-Amz-Content-Sha256", "Ocp-Apim-Subscription-Key",
	}
	hopByHop = []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
		"Content-Length", "Accept-Encoding", "User-Agent",
	}
	// passable are the only names a call may have. Accept and Content-Type are
	// the driver's own, as is a workspace.
	passable = []string{"Accept", "Content-Type", "Openai-Beta", "Anthropic-Version", "Anthropic-Beta", "Anthropic-Workspace-Id"}
)

// reporter is told of broken laws: a *testing.T, or a test of these laws.
type reporter interface {
	Errorf(format string, args ...any)
}

func laws(t reporter, drv driver.Driver, d *driver.Deployment) {
	spoken := drv.Speaks(d, interline.OperationChat)
	if len(spoken) == 0 {
		t.Errorf("the deployment speaks no language")
		return
	}
	if !slices.Equal(spoken, drv.Speaks(d, interline.OperationChat)) {
		t.Errorf("Speaks says something else the second time")
	}
	if other := drv.Speaks(d, "no_such_operation"); len(other) != 0 {
		t.Errorf("Speaks knows %d languages for an operation that does not exist", len(other))
	}
	for _, l := range spoken {
		for _, stream := range []bool{false, true} {
			callLaws(t, drv, d, l.Name(), interline.Head{Operation: interline.OperationChat, Stream: stream})
		}
		strangeModels(t, drv, d, l.Name(), interline.OperationChat)
		faultLaws(t, drv, d, l)
	}
	embedLaws(t, drv, d)
	if _, err := drv.Call(d, "klingon", &interline.Head{}, nil, nil); err == nil {
		t.Errorf("a language that the place does not speak is no error")
	}
	if p, ok := drv.(driver.Passer); ok {
		passLaws(t, p, d)
	}
	if r, ok := drv.(driver.Refuser); ok {
		for _, body := range []string{"", "{", "[]", `{"Output":1}`, `{"choices":[]}`} {
			if f := r.Refused(http.Header{}, []byte(body)); f != nil {
				t.Errorf("an innocent answer %q is refused: %v", body, f)
			}
		}
	}
}

// embedLaws are the same for vectors, where the place makes them.
func embedLaws(t reporter, drv driver.Driver, d *driver.Deployment) {
	e, ok := drv.(driver.Embedder)
	if !ok {
		return
	}
	embeds := e.Embeds(d)
	if !slices.Equal(embeds, e.Embeds(d)) {
		t.Errorf("Embeds says something else the second time")
	}
	for _, l := range embeds {
		callLaws(t, drv, d, l.Name(), interline.Head{Operation: interline.OperationEmbeddings})
		strangeModels(t, drv, d, l.Name(), interline.OperationEmbeddings)
		faultLaws(t, drv, d, l)
	}
	if _, err := drv.Call(d, "klingon", &interline.Head{Operation: interline.OperationEmbeddings}, nil, nil); err == nil {
		t.Errorf("vectors in a language that the place does not speak are no error")
	}
}

// callLaws: pure, no credential, no hop-by-hop header, the same body, and from
// may be nil.
func callLaws(t reporter, drv driver.Driver, d *driver.Deployment, language string, head interline.Head) {
	h := &head
	h.Model = "as the caller wrote it"
	body := protocol.Segments{[]byte(`{"a":`), []byte(`1}`)}
	from, before := hostile(), *d
	first, err := drv.Call(d, language, h, from, body)
	if err != nil {
		t.Errorf("call in %s: %v", language, err)
		return
	}
	second, err := drv.Call(d, language, h, from, body)
	if err != nil || !reflect.DeepEqual(first, second) {
		t.Errorf("%s: the second call differs: %+v, %v; first %+v", language, second, err, first)
	}
	for name, values := range first.Header {
		if !slices.Contains(passable, name) || slices.Contains(values, canary) {
			t.Errorf("%s: the call has the header %s: %v", language, name, values)
		}
		values[0] = "written by a signer"
	}
	first.Header["Authorization"] = []string{"x"}
	if !reflect.DeepEqual(from, hostile()) || !reflect.DeepEqual(before, *d) {
		t.Errorf("%s: what was given is changed: %v, %+v", language, from, *d)
	}
	if !bytes.Equal(first.Body.Bytes(), body.Bytes()) {
		t.Errorf("%s: the body is %s", language, first.Body.Bytes())
	}
	if _, err := drv.Call(d, language, h, nil, body); err != nil {
		t.Errorf("%s: without the client's header: %v", language, err)
	}
	checkPath(t, d, first.Path)
}

func checkPath(t reporter, d *driver.Deployment, path string) {
	if !strings.HasPrefix(path, d.Base+"/") {
		t.Errorf("path %q is not below %q", path, d.Base)
	}
	u, err := url.ParseRequestURI(path)
	if err != nil || u.RequestURI() != path || strings.Contains(u.Path, "//") {
		t.Errorf("path %q is not as it must be sent: %v", path, err)
	}
	if clean := strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '#' }); clean {
		t.Errorf("path %q is not escaped", path)
	}
}

// strangeModels: whatever the operator calls a model, it stays in its segment.
func strangeModels(t reporter, drv driver.Driver, d *driver.Deployment, language, operation string) {
	h := &interline.Head{Operation: operation}
	usual, err := drv.Call(d, language, h, nil, nil)
	if err != nil {
		t.Errorf("call in %s: %v", language, err)
		return
	}
	for _, model := range []string{"a b", "a/../../b", "a?b=c#d", "arn:aws:x:1:p/q", "é%2f", "a\r\nX: y", "..", ""} {
		strange := *d
		strange.Model = model
		if c, err := drv.Call(&strange, language, h, nil, nil); err == nil { // refused is fine
			checkPath(t, &strange, c.Path)
		}
		strange.Model = d.Model + model // some paths depend on how the name begins
		c, err := drv.Call(&strange, language, h, nil, nil)
		if err != nil {
			continue
		}
		checkPath(t, &strange, c.Path)
		if strings.Count(c.Path, "/") != strings.Count(usual.Path, "/") || strings.Count(c.Path, "?") != strings.Count(usual.Path, "?") {
			t.Errorf("model %q leaves its place in %q", model, c.Path)
		}
	}
}

// faultLaws: a fault keeps what the cloud said, and no answer is too broken to
// be read.
func faultLaws(t reporter, drv driver.Driver, d *driver.Deployment, l protocol.Protocol) {
	bodies := []string{"", "{", "null", "[]", `{"error":{}}`, `{"message":5}`, "<html>", `{"error":{"message":"m","code":"c","type":"t"}}`}
	for _, status := range []int{0, 400, 401, 403, 404, 408, 413, 422, 424, 429, 499, 500, 502, 503, 504, 529, 599} {
		for _, body := range bodies {
			read := l.ReadFault(status, http.Header{}, []byte(body))
			before := *read
			f := drv.Fault(d, read, http.Header{})
			switch {
			case f == nil:
				t.Errorf("%d %s: no fault", status, body)
			case !reflect.DeepEqual(before, *read):
				t.Errorf("%d %s: the given fault is changed", status, body)
			case f.Status != status || string(f.Body) != body || f.Code == "" || f.Message == "":
				t.Errorf("%d %s: fault %+v", status, body, *f)
			case f.Class == interline.C12Local || status >= 500 && (f.Class < interline.C4Quota || f.Class > interline.C9Ambiguous):
				t.Errorf("%d %s: class %v", status, body, f.Class)
			}
		}
	}
}
