package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/exchange"
)

func record() *exchange.Record {
	d := &cloud.Deployment{Deployment: driver.Deployment{Name: "m/a", Place: "a"}}
	return &exchange.Record{
		ID: "req_1", Key: "app", Language: "messages", Head: interline.Head{Operation: "chat", Model: "m", Stream: true},
		Received: time.Now(), Took: 1500 * time.Millisecond, Status: 200, Begun: true,
		Attempts: []exchange.Attempt{
			{Deployment: d, Status: 500, Fault: &interline.Fault{Class: interline.C7Server, Code: interline.CodeUpstream, Message: "failed", Err: errors.New("why")}},
			{
				Deployment: d, Language: "converse", Grade: exchange.Translated, Status: 200, Reported: true,
				Usage:  interline.Usage{Input: 10, CacheRead: 4, Output: 3},
				Losses: []interline.Loss{{Field: "seed", Action: interline.LossDropped, Reason: "no such field"}},
			},
		},
	}
}

func TestLines(t *testing.T) {
	var out bytes.Buffer
	a := NewAccess(&out)
	for range 100 {
		a.Done(record())
	}
	a.Close()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 100 {
		t.Fatalf("%d lines", len(lines))
	}
	var l Line
	if err := json.Unmarshal([]byte(lines[0]), &l); err != nil {
		t.Fatal(err)
	}
	if l.Usage == nil || *l.Usage != (Usage{Input: 10, CacheRead: 4, Output: 3}) || l.Seconds != 1.5 {
		t.Errorf("line: %s", lines[0])
	}
	if l.Attempts[0].Error.Cause != "why" || l.Attempts[1].Losses[0] != "seed dropped: no such field" {
		t.Errorf("attempts: %+v", l.Attempts)
	}
}

// What a request costs is all its attempts' cost, and unknown where one's is.
func TestCosts(t *testing.T) {
	priced := func(known bool) func(u interline.Usage, _ time.Time) (int64, bool) {
		return func(u interline.Usage, _ time.Time) (int64, bool) { return u.Total() * 1000, known }
	}
	for _, tt := range []struct {
		first, second func(interline.Usage, time.Time) (int64, bool)
		want          string
	}{
		{priced(true), priced(true), "26000"},
		{nil, priced(true), ""},
		{priced(true), priced(false), ""},
	} {
		r := record()
		for i, cost := range []func(interline.Usage, time.Time) (int64, bool){tt.first, tt.second} {
			a := &r.Attempts[i]
			d := *a.Deployment
			d.Cost, a.Deployment, a.Reported, a.Usage = cost, &d, true, interline.Usage{Input: 10, Output: 3}
		}
		got := ""
		if c := lineOf(r).Cost; c != nil {
			got = strconv.FormatInt(*c, 10)
		}
		if got != tt.want {
			t.Errorf("costs %q, want %q", got, tt.want)
		}
	}
	if l := lineOf(record()); l.Cost != nil || l.Attempts[0].Cost != nil {
		t.Errorf("a cost without a price: %+v", l)
	}
}

// full is a log that fails once.
type full struct {
	bytes.Buffer
	failures int
}

func (f *full) Write(p []byte) (int, error) {
	if f.failures--; f.failures >= 0 {
		return 0, errors.New("disk full")
	}
	return f.Buffer.Write(p)
}

// A log that could not be written for a moment goes on, and says what it lost.
func TestLogGoesOnAfterAFailure(t *testing.T) {
	out := &full{failures: 1}
	a := NewAccess(out)
	a.Done(record())
	for deadline := time.Now().Add(5 * time.Second); a.missed.Load() == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	a.Done(record())
	a.Close()
	if got := out.String(); strings.Count(got, `"msg":"request"`) != 1 || !strings.Contains(got, `"count":1`) {
		t.Errorf("log: %s", got)
	}
}

// stuck is a log that cannot be written for a while.
type stuck struct{ free chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	<-s.free
	return len(p), nil
}

// A log that cannot be written holds nobody up; what is missing is counted.
func TestLogNeverBlocks(t *testing.T) {
	s := stuck{make(chan struct{})}
	a := NewAccess(s)
	for range 3 * waiting {
		a.Done(record())
	}
	if a.missed.Load() == 0 {
		t.Error("nothing was missed, though nothing could be written")
	}
	close(s.free)
	a.Close()
}
