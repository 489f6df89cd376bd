package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
	"github.com/interline-ai/interline/protocol/unread"
)

// HeaderModel is the request header that names the model, and so the place, for a
// request that is forwarded and names none itself.
const HeaderModel = "X-Interline-Model"

// Passing is a request for a path of an API that the house has no route for. It is
// forwarded to one deployment that has the API, and nothing of it is understood
// but the model's name and the usage.
type Passing struct {
	API    string // one of protocol's
	Method string
	// Before and After are the path below the API's root, escaped, with its query.
	// Where the path names the model, InPath, it stands between the two.
	Before, After string
	InPath        bool
	// Insert says that a body without a model gets one: the caller's path named it
	// where others' bodies do.
	Insert bool
	// Model is the model that the path or the body names; "" is none.
	Model string
	// Header is the model that the header names; "" is none.
	Header string
	Body   *unread.Body
	// Shown is the caller's whole path, for people.
	Shown       string
	ContentType string
}

// Pass walks one request of an operation that nobody here understands. It writes the
// answer as [Exchange.Serve] does; an answer that breaks off midway cuts the
// client's connection, by panicking with http.ErrAbortHandler.
func (x *Exchange) Pass(w http.ResponseWriter, r *http.Request, ask *Ask, p *Passing) {
	k := &walk{x: x, ask: ask, header: r.Header, client: client{w: w, push: http.NewResponseController(w)}}
	k.record = Record{ID: ask.ID, Key: ask.Key, Language: ask.In.Name(), Head: ask.Opened.Head, Received: ask.Received}
	// Nobody knows how long the operation takes, or how much it answers.
	ctx, cancel := r.Context(), context.CancelFunc(func() {})
	if limit := x.Limits.Stream; limit > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, limit, timeout("the request took longer than %s", limit))
	}
	defer cancel()
	defer k.release()
	fault := k.forward(ctx, p)
	k.finish(r.Context(), fault)
	if fault != nil && k.record.Begun {
		panic(http.ErrAbortHandler)
	}
}

// forward asks the chosen deployments. Another is asked only when the call was
// provably not processed: nobody knows what doing it twice would do.
func (k *walk) forward(ctx context.Context, p *Passing) *interline.Fault {
	p, bound, fault := k.unsealed(p)
	if fault != nil {
		return fault
	}
	candidates, fault := k.x.choose(p, bound.place)
	if fault != nil {
		return fault
	}
	plan := plan{limits: &k.x.Limits, candidates: candidates}
	for d := plan.first(); d != nil; d = plan.next(ctx) {
		k.told = len(k.record.Attempts)
		k.record.Attempts = append(k.record.Attempts, Attempt{Deployment: d, Started: time.Now(), Grade: Forwarded, Language: k.ask.In.Name()})
		a := k.record.last()
		fault := k.forwardTo(ctx, a, p)
		a.Took, a.Fault = time.Since(a.Started), fault
		if fault == nil || k.client.begun() || ctx.Err() != nil {
			return fault
		}
		plan.failed(fault, &k.record)
		renewed := fault.Class == interline.C3Credential && plan.again
		if fault.Class != interline.C8Unsent && !renewed {
			return fault
		}
	}
	k.told = plan.bestAt
	return plan.best
}

// choose says who is asked: the deployments of the model that the request names;
// else of the one that the header names; else, when exactly one place of the
// configuration has the API, that place. Where the request refers to what one place
// keeps, only that place's are. Only deployments that have the API are returned.
func (x *Exchange) choose(p *Passing, place string) ([]*cloud.Deployment, *interline.Fault) {
	name := p.Model
	if name == "" || p.Header != "" && len(x.Candidates(&interline.Head{Operation: interline.OperationPass, Model: name})) == 0 {
		name = p.Header
	}
	if name == "" {
		return x.onlyPlace(p, place)
	}
	all := x.Candidates(&interline.Head{Operation: interline.OperationPass, Model: name})
	if len(all) == 0 {
		return nil, unknownModel(name)
	}
	can := slices.DeleteFunc(slices.Clone(all), func(d *cloud.Deployment) bool {
		return !passes(d, p.API) || place != "" && d.Place != place
	})
	switch {
	case len(can) == 0 && place != "":
		return nil, unbound("model", "the place that keeps what the request refers to does not serve the model '"+name+"' here")
	case len(can) == 0:
		return nil, noSuchPath(fmt.Sprintf("no deployment of the model '%s' has the path %s", name, p.Shown))
	}
	return can, nil
}

// Forwards reports whether there is a deployment to forward the request to.
func (x *Exchange) Forwards(p *Passing) bool {
	_, fault := x.choose(p, "")
	return fault == nil
}

// onlyPlace returns a deployment of the place that is meant, or else of the only one
// that has the API.
func (x *Exchange) onlyPlace(p *Passing, place string) ([]*cloud.Deployment, *interline.Fault) {
	var only []*cloud.Deployment
	if x.Every != nil {
		for _, d := range x.Every() {
			switch {
			case !passes(d, p.API), place != "" && d.Place != place:
			case len(only) == 0:
				only = append(only, d)
			case only[0].Place != d.Place:
				return nil, interline.Invalid("x-interline-model", "the request names no model, and more than one place could be meant: name a model of the place in the header x-interline-model")
			}
		}
	}
	switch {
	case len(only) == 0 && place != "":
		return nil, unbound("path", "the place that keeps what the request refers to is not in the configuration any more")
	case len(only) == 0:
		return nil, noSuchPath("no such path: " + p.Shown + "; no place of the configuration has its API, and `interline routes` lists the others")
	}
	return only, nil
}

func passes(d *cloud.Deployment, api string) bool {
	p, ok := d.Driver.(driver.Passer)
	return ok && p.Passes(&d.Deployment, api)
}

func noSuchPath(message string) *interline.Fault {
	return &interline.Fault{Class: interline.C12Local, Code: interline.CodeNotFound, Message: message}
}

// forwardTo asks one deployment.
func (k *walk) forwardTo(ctx context.Context, a *Attempt, p *Passing) *interline.Fault {
	d := a.Deployment
	call, err := p.call(d, k.header)
	if err != nil {
		f := noSuchPath(fmt.Sprintf("%s does not have the path %s", d.Name, p.Shown))
		f.Err = err
		return f
	}
	ctx, watch := newWatch(ctx, k, a)
	defer watch.end()
	if err := d.Signer.Sign(ctx, d.Origin, &call); err != nil {
		return k.unsigned(ctx, d, err)
	}
	k.asked++
	answer, err := k.x.Send(ctx, d.Origin, &call)
	if err != nil {
		return unanswered(ctx, d, err)
	}
	defer func() { _ = answer.Body.Close() }()
	a.Status, a.UpstreamID = answer.Status, upstreamID(answer.Header)
	if (answer.Status < 200 || answer.Status > 299) && answer.Status != http.StatusNotModified {
		return k.refused(d, k.ask.In, answer, watch)
	}
	t := through{k: k, a: a, watch: watch, answer: answer, meter: unread.NewMeter(p.API, answer.Header)}
	t.ids = k.telling(p, d, strings.Join(answer.Header["Content-Type"], ""))
	fault := t.run(ctx)
	if u, ok := t.meter.Usage(); ok {
		a.Usage, a.Reported = u, true
	}
	return fault
}

// call names the deployment's model where the caller's stood.
func (p *Passing) call(d *cloud.Deployment, from http.Header) (driver.Call, error) {
	drv, ok := d.Driver.(driver.Passer)
	if !ok {
		return driver.Call{}, errors.New("the place forwards no API")
	}
	path := p.Before + p.After
	if p.InPath {
		id, err := driver.Segment(d.Model)
		if err != nil {
			return driver.Call{}, err
		}
		path = p.Before + id + p.After
	}
	var body protocol.Segments
	if p.Body != nil {
		var err error
		if body, err = p.Body.Naming(d.Model, p.Insert); err != nil {
			return driver.Call{}, err
		}
	}
	return drv.Pass(&d.Deployment, p.API, p.Method, path, from, body, p.ContentType)
}
