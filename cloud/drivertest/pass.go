package drivertest

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// apis are all that can be forwarded.
var apis = []string{protocol.APIOpenAI, protocol.APIAnthropic, protocol.APIBedrock, protocol.APIGemini, protocol.APIVertex}

// pass is the call of a request that is forwarded without being understood, told as
//
//	DEPLOYMENT API pass METHOD PATH
func pass(drv driver.Driver, d *driver.Deployment, m message) (driver.Call, error) {
	p, ok := drv.(driver.Passer)
	if !ok || len(m.start) != 5 {
		return driver.Call{}, fmt.Errorf("%q is not forwarded", strings.Join(m.start, " "))
	}
	if !p.Passes(d, m.start[1]) {
		return driver.Call{}, fmt.Errorf("%s does not have the API %s", d.Name, m.start[1])
	}
	var body protocol.Segments
	if m.body != "" {
		body = protocol.Segments{[]byte(m.body)}
	}
	return p.Pass(d, m.start[1], m.start[3], m.start[4], m.header, body, m.header.Get("Content-Type"))
}

// forwardable are the headers that a forwarded call may have besides those that any
// call may.
var forwardable = []string{
	"Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Range", "Idempotency-Key",
	"X-Amzn-Bedrock-Accept", "X-Amzn-Bedrock-Trace", "X-Amzn-Bedrock-Guardrailidentifier", "X-Amzn-Bedrock-Guardrailversion",
	"X-Amzn-Bedrock-Performanceconfig-Latency", "X-Amzn-Bedrock-Service-Tier",
}

// passLaws: what is forwarded is as pure as any call, keeps its query and its
// body, and brings no credential of the client.
func passLaws(t reporter, p driver.Passer, d *driver.Deployment) {
	for _, api := range apis {
		if !p.Passes(d, api) {
			continue
		}
		path := "/publishers/google/models/m:do?after=a%2Fb" // a path of Vertex AI's, whose others may be refused
		from, before := hostile(), *d
		body := protocol.Segments{[]byte(`{"a":`), []byte(`1}`)}
		first, err := p.Pass(d, api, http.MethodPost, path, from, body, "a/b")
		if err != nil {
			t.Errorf("forward to %s: %v", api, err)
			continue
		}
		second, err := p.Pass(d, api, http.MethodPost, path, from, body, "a/b")
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("forward to %s: the second call differs: %+v, %v", api, second, err)
		}
		for name, values := range first.Header {
			if !slices.Contains(passable, name) && !slices.Contains(forwardable, name) || slices.Contains(values, canary) {
				t.Errorf("forward to %s: the call has the header %s: %v", api, name, values)
			}
			values[0] = "written by a signer"
		}
		if !reflect.DeepEqual(from, hostile()) || !reflect.DeepEqual(before, *d) {
			t.Errorf("forward to %s: what was given is changed", api)
		}
		if !bytes.Equal(first.Body.Bytes(), body.Bytes()) || first.Method != http.MethodPost || !strings.HasSuffix(first.Path, "after=a%2Fb") {
			t.Errorf("forward to %s: %s %s %s", api, first.Method, first.Path, first.Body.Bytes())
		}
		checkPath(t, d, first.Path)
		if c, err := p.Pass(d, api, http.MethodGet, path, nil, nil, ""); err == nil && len(c.Header["Content-Type"]) > 0 {
			t.Errorf("forward to %s: a call without a body says what it is", api)
		}
	}
	if p.Passes(d, "klingon") {
		t.Errorf("an API that does not exist is forwarded")
	}
}
