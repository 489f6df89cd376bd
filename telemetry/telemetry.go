// Package telemetry holds the names under which the gateway tells what it did,
// and tells it: one line of JSON for every request, written beside the
// requests and never by them.
//
// Names are those of OpenTelemetry's semantic conventions for generative AI
// where there are any (open-telemetry/semantic-conventions-genai, schema
// gen-ai/1.42.0, development status, 2026-11); our own begin with interline.
// No prompt, no answer and no key is ever among them.
package telemetry

import (
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/exchange"
)

// Line is what is told of one request.
type Line struct {
	Time      time.Time `json:"time"`
	Level     string    `json:"level"` // info, or warn where the request failed
	Message   string    `json:"msg"`   // always "request"
	ID        string    `json:"interline.request.id"`
	Key       string    `json:"interline.key,omitempty"` // its name
	Language  string    `json:"interline.language"`      // the client's
	Operation string    `json:"gen_ai.operation.name"`
	Model     string    `json:"gen_ai.request.model"`
	Stream    bool      `json:"gen_ai.request.stream"`
	Status    int       `json:"http.response.status_code"`
	Seconds   float64   `json:"gen_ai.client.operation.duration"` // in seconds
	Begun     bool      `json:"interline.begun"`                  // some of an answer reached the client
	Error     *Error    `json:"error,omitempty"`
	Usage     *Usage    `json:"gen_ai.usage,omitempty"`            // of all attempts together
	Cost      *int64    `json:"interline.cost.nano_usd,omitempty"` // likewise, by list prices; absent where one is unknown
	Attempts  []Attempt `json:"interline.attempts"`
}

// Usage is tokens, as totals that include the finer counts beside them.
type Usage struct {
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	CacheRead  int64 `json:"cache_read.input_tokens,omitempty"`
	CacheWrite int64 `json:"cache_creation.input_tokens,omitempty"`
	Reasoning  int64 `json:"reasoning.output_tokens,omitempty"`
}

// Attempt is what is told of one call to one deployment.
type Attempt struct {
	Deployment string   `json:"deployment"`
	Place      string   `json:"place"`
	Language   string   `json:"language,omitempty"`
	Grade      string   `json:"grade,omitempty"`
	Status     int      `json:"status,omitempty"` // the cloud's
	UpstreamID string   `json:"upstream_request_id,omitempty"`
	Seconds    float64  `json:"duration"`                        // in seconds
	First      float64  `json:"time_to_first_content,omitempty"` // in seconds
	Error      *Error   `json:"error,omitempty"`
	Losses     []string `json:"losses,omitempty"`
	Usage      *Usage   `json:"usage,omitempty"`
	Cost       *int64   `json:"cost_nano_usd,omitempty"`
}

// Error is a fault in short. Its cause is told here and nowhere else.
type Error struct {
	Class   string `json:"class"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"` // the field it is about
	Cause   string `json:"cause,omitempty"`
}

func lineOf(r *exchange.Record) Line {
	l := Line{
		Time: r.Received.UTC(), Level: "info", Message: "request", ID: r.ID, Key: r.Key, Language: r.Language,
		Operation: r.Head.Operation, Model: r.Head.Model, Stream: r.Head.Stream,
		Status: r.Status, Seconds: r.Took.Seconds(), Begun: r.Begun, Error: errorOf(r.Fault), Attempts: []Attempt{},
	}
	if r.Fault != nil {
		l.Level = "warn"
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		at := Attempt{
			Deployment: a.Deployment.Name, Place: a.Deployment.Place, Language: a.Language, Grade: string(a.Grade),
			Status: a.Status, UpstreamID: a.UpstreamID, Seconds: a.Took.Seconds(), First: a.FirstContent.Seconds(), Error: errorOf(a.Fault),
		}
		for _, loss := range a.Losses {
			at.Losses = append(at.Losses, loss.Field+" "+string(loss.Action)+": "+loss.Reason)
		}
		if a.Reported {
			at.Usage, at.Cost = usageOf(a.Usage), costOf(a)
			l.Usage = usageOf(r.Usage())
		}
		l.Attempts = append(l.Attempts, at)
	}
	l.Cost = sum(l.Attempts)
	return l
}

// costOf is what an attempt costs by the list; nil when that is unknown.
func costOf(a *exchange.Attempt) *int64 {
	if a.Deployment.Cost == nil {
		return nil
	}
	if nano, known := a.Deployment.Cost(a.Usage, a.Started); known {
		return &nano
	}
	return nil
}

// sum is what all attempts cost that used something.
func sum(attempts []Attempt) *int64 {
	var all *int64
	for _, a := range attempts {
		switch {
		case a.Usage == nil:
		case a.Cost == nil:
			return nil
		case all == nil:
			all = new(*a.Cost)
		default:
			*all += *a.Cost
		}
	}
	return all
}

func usageOf(u interline.Usage) *Usage {
	return &Usage{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite(), Reasoning: u.Reasoning}
}

func errorOf(f *interline.Fault) *Error {
	if f == nil {
		return nil
	}
	e := &Error{Class: f.Class.String(), Code: string(f.Code), Message: f.Message, Param: f.Param}
	if f.Status > 0 && f.Class <= interline.C2Capability {
		// What a cloud says of a request may repeat a piece of it.
		e.Message = "the cloud refused the request; its words are not logged"
	}
	if f.Err != nil {
		e.Cause = f.Err.Error()
	}
	return e
}
