package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/azure"
	"github.com/interline-ai/interline/emulator/core"
)

func start(t *testing.T, o Options) *Running {
	t.Helper()
	run, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := run.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return run
}

// ask sends JSON over a connection of its own and returns the status and body.
func ask(t *testing.T, method, url, body string, headers ...string) (int, []byte, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, got, err
}

// mustAsk is ask where the request must be answered with the status.
func mustAsk(t *testing.T, status int, method, url, body string, headers ...string) []byte {
	t.Helper()
	got, answer, err := ask(t, method, url, body, headers...)
	if err != nil || got != status {
		t.Fatalf("%s %s: status %d, %v: %s", method, url, got, err, answer)
	}
	return answer
}

const hi = `{"model":"gpt-4.1","messages":[{"role":"user","content":"hi"}]}`

func TestEveryPlaceIsThere(t *testing.T) {
	run := start(t, Options{Aliases: map[string]string{"azure-west": "azure"}})
	var list struct{ Places []Place }
	if err := json.Unmarshal(mustAsk(t, 200, "GET", run.Control+"/places", ""), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Places) != len(Names()) {
		t.Fatalf("places %+v", list.Places)
	}
	for i, p := range list.Places {
		if p.Name != Names()[i] || !strings.HasPrefix(p.URL, "http://127.0.0.1:") || len(p.Credentials) == 0 {
			t.Errorf("place %+v", p)
		}
		for part, secret := range p.Credentials {
			if !strings.Contains(strings.ToLower(secret), "emulated") && !strings.HasPrefix(secret, "00000000-") && !strings.Contains(part, "region") && part != "location" {
				t.Errorf("credential %s of %s is not plainly fake: %q", part, p.Name, secret)
			}
		}
	}
	if p := run.Place("azure-west"); p.Name != "azure" || !slices.Equal(p.Aliases, []string{"azure-west"}) {
		t.Errorf("by alias: %+v", p)
	}
	answer := mustAsk(t, 200, "POST", run.Place("openai").URL+"/v1/chat/completions", hi, "Authorization", "Bearer "+run.Place("openai").Credentials["key"])
	if !bytes.Contains(answer, []byte("emulated answer by openai")) {
		t.Errorf("answer %s", answer)
	}
}

func TestDrillsByControl(t *testing.T) {
	run := start(t, Options{Aliases: map[string]string{"azure-west": "azure"}})
	drills := run.Control + "/drills"
	place := run.Place("azure")
	chat := func() (int, []byte, error) {
		return ask(t, "POST", place.URL+"/openai/v1/chat/completions", hi, "api-key", place.Credentials["key"])
	}
	var added struct{ ID string }
	if err := json.Unmarshal(mustAsk(t, 201, "POST", drills, `{"target":"azure-west","kind":"status","status":503,"for":"30s","count":1}`), &added); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := chat(); status != 503 {
		t.Errorf("status %d, want 503", status)
	}
	mustAsk(t, 404, "DELETE", drills+"/"+added.ID, "")
	mustAsk(t, 201, "POST", drills, `{"target":"azure","kind":"down"}`)
	if _, _, err := chat(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a place that is down: %v", err)
	}
	mustAsk(t, 200, "GET", run.Place("openai").URL+"/v1/models", "", "Authorization", "Bearer "+run.Place("openai").Credentials["key"])
	if got := mustAsk(t, 200, "GET", drills, ""); !bytes.Contains(got, []byte(`"kind":"down"`)) {
		t.Errorf("drills %s", got)
	}
	mustAsk(t, 204, "DELETE", drills, "")
	if status, body, err := chat(); status != 200 {
		t.Errorf("after the drills: status %d, %v: %s", status, err, body)
	}
}

func TestControlRefuses(t *testing.T) {
	run := start(t, Options{Places: mustPlaces(t, "openai")})
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/drills", `{"target":"mars","kind":"down"}`, 400, "valid: openai"},
		{"POST", "/drills", `{"target":"openai","kind":"flood"}`, 400, "valid: down, hang"},
		{"POST", "/drills", `{"target":"openai","kind":"down","forever":true}`, 400, "fields: target, kind"},
		{"POST", "/drills", `{"target":"openai","kind":"down","for":"soon"}`, 400, "30s"},
		{"POST", "/drills", `{"target":"openai","kind":"down"} {}`, 400, "more than one"},
		{"POST", "/drills", ``, 400, "read drill"},
		{"PUT", "/drills", ``, 405, "GET, POST"},
		{"DELETE", "/drills/drill-9", ``, 404, "drill-9"},
		{"GET", "/bill?place=mars", ``, 400, "valid: openai"},
		{"GET", "/nowhere", ``, 404, "GET /"},
	} {
		status, got, err := ask(t, tt.method, run.Control+tt.path, tt.body)
		var e struct{ Error string }
		if err != nil || json.Unmarshal(got, &e) != nil || status != tt.status || !strings.Contains(e.Error, tt.says) {
			t.Errorf("%s %s %s: status %d, %v: %s", tt.method, tt.path, tt.body, status, err, got)
		}
	}
	var about any
	if err := json.Unmarshal(mustAsk(t, 200, "GET", run.Control+"/", ""), &about); err != nil {
		t.Errorf("about: %v", err)
	}
}

func mustPlaces(t *testing.T, names ...string) []core.Place {
	t.Helper()
	places, err := Places(names...)
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func TestBillAddsUp(t *testing.T) {
	run := start(t, Options{Places: mustPlaces(t, "openai", "azure")})
	openai, azure := run.Place("openai"), run.Place("azure")
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			_, _, err := ask(t, "POST", openai.URL+"/v1/chat/completions", hi, "Authorization", "Bearer "+openai.Credentials["key"])
			_, _, err2 := ask(t, "POST", azure.URL+"/openai/v1/chat/completions", hi, "api-key", azure.Credentials["key"])
			if err != nil || err2 != nil {
				t.Error(err, err2)
			}
		})
	}
	asking.Wait()
	read := func(path string) (total core.Usage, rows []core.Row) {
		var got struct {
			Total core.Usage
			Rows  []core.Row
		}
		if err := json.Unmarshal(mustAsk(t, 200, "GET", run.Control+path, ""), &got); err != nil {
			t.Fatal(err)
		}
		return got.Total, got.Rows
	}
	total, rows := read("/bill")
	var sum core.Usage
	for _, r := range rows {
		sum = sum.Add(r.Usage)
	}
	if len(rows) != 16 || sum != total || total.Input == 0 || total.Output == 0 {
		t.Errorf("%d rows, total %+v, sum %+v", len(rows), total, sum)
	}
	if _, rows := read("/bill?place=azure"); len(rows) != 8 {
		t.Errorf("%d rows of azure", len(rows))
	}
	mustAsk(t, 204, "DELETE", run.Control+"/bill", "")
	if _, rows := read("/bill"); len(rows) != 0 {
		t.Errorf("%d rows after clearing", len(rows))
	}
}

func TestCloseLetsGoOfHangingRequests(t *testing.T) {
	run := start(t, Options{Places: mustPlaces(t, "openai")})
	if _, err := run.Drills().Add(core.Drill{Target: "openai", Kind: core.Hang, Count: 1}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _, _ = ask(t, "GET", run.Place("openai").URL+"/v1/models", "") // what comes of it is not the point
	}()
	for len(run.Drills().List()) > 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := run.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	<-ended
	if _, err := net.Dial("tcp", strings.TrimPrefix(run.Control, "http://")); err == nil {
		t.Error("the control interface still listens")
	}
}

func TestTheContextStopsEverything(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	run, err := Start(ctx, Options{Places: mustPlaces(t, "openai")})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	run.serving.Wait()
	if err := run.Close(context.Background()); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	twice := append(mustPlaces(t, "openai"), mustPlaces(t, "openai")...)
	for _, tt := range []struct {
		name string
		o    Options
		says string
	}{
		{"two of a name", Options{Places: twice}, `two places are named "openai"`},
		{"alias of nothing", Options{Aliases: map[string]string{"a": "b"}}, `no place is named "b"`},
		{"alias that is a name", Options{Aliases: map[string]string{"openai": "azure"}}, "is the name of a place"},
		{"public address", Options{Addresses: map[string]string{"control": "0.0.0.0:0"}}, "not on loopback"},
		{"no address", Options{Addresses: map[string]string{"openai": "x"}}, "read address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Start(t.Context(), tt.o); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
	if _, err := Places("mars"); err == nil || !strings.Contains(err.Error(), "openai") {
		t.Errorf("an unknown place: %v", err)
	}
}

func TestTwoPlacesOfOneKind(t *testing.T) {
	var places []core.Place
	for _, name := range []string{"azure-east", "azure-west"} {
		p, err := azure.New(azure.Options{Name: name, Deployments: map[string]string{"chat": "gpt-4.1"}})
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, p)
	}
	run := start(t, Options{Places: places})
	if _, err := run.Drills().Add(core.Drill{Target: "azure-east", Kind: core.Throttle}); err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(hi, "gpt-4.1", "chat", 1)
	mustAsk(t, 429, "POST", run.Place("azure-east").URL+"/openai/v1/chat/completions", body, "api-key", azure.DefaultKey)
	mustAsk(t, 200, "POST", run.Place("azure-west").URL+"/openai/v1/chat/completions", body, "api-key", azure.DefaultKey)
}

func FuzzReadOrder(f *testing.F) {
	f.Add(`{"target":"azure-west","kind":"down","for":"30s","count":3,"after":5,"status":500,"delay":"2s"}`)
	f.Fuzz(func(t *testing.T, body string) {
		o, err := readOrder(strings.NewReader(body))
		if err == nil && (o.For < 0 || o.Delay < 0) {
			t.Errorf("order %+v has a negative time", o)
		}
	})
}
