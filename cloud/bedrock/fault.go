package bedrock

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
)

// exceptions is what each of AWS's exceptions permits, by its name in lower
// case without "exception" (service model of bedrock-runtime and common errors
// of AWS services, 2026-11). Validation and model errors depend on more than
// their name.
var exceptions = map[string]struct {
	class interline.Class
	code  interline.Code
}{
	"throttling":                 {interline.C5Throttle, interline.CodeRateLimit},
	"toomanyrequests":            {interline.C5Throttle, interline.CodeRateLimit},
	"modelnotready":              {interline.C6Overload, interline.CodeOverloaded},
	"serviceunavailable":         {interline.C6Overload, interline.CodeOverloaded},
	"internalserver":             {interline.C7Server, interline.CodeUpstream},
	"internalfailure":            {interline.C7Server, interline.CodeUpstream},
	"modelstreamerror":           {interline.C7Server, interline.CodeUpstream},
	"modeltimeout":               {interline.C9Ambiguous, interline.CodeTimeout},
	"servicequotaexceeded":       {interline.C4Quota, interline.CodeBilling},
	"resourcenotfound":           {interline.C2Capability, interline.CodeModel},
	"unknownoperation":           {interline.C2Capability, interline.CodeModel},
	"conflict":                   {interline.C0Client, interline.CodeInvalid},
	"serialization":              {interline.C0Client, interline.CodeInvalid},
	"accessdenied":               {interline.C3Credential, interline.CodePermission},
	"optinrequired":              {interline.C3Credential, interline.CodePermission},
	"notauthorized":              {interline.C3Credential, interline.CodePermission},
	"expiredtoken":               {interline.C3Credential, interline.CodeUpstreamAuth},
	"unrecognizedclient":         {interline.C3Credential, interline.CodeUpstreamAuth},
	"invalidclienttokenid":       {interline.C3Credential, interline.CodeUpstreamAuth},
	"invalidsignature":           {interline.C3Credential, interline.CodeUpstreamAuth},
	"signaturedoesnotmatch":      {interline.C3Credential, interline.CodeUpstreamAuth},
	"incompletesignature":        {interline.C3Credential, interline.CodeUpstreamAuth},
	"missingauthenticationtoken": {interline.C3Credential, interline.CodeUpstreamAuth},
	"requestexpired":             {interline.C3Credential, interline.CodeUpstreamAuth},
	"requesttimetooskewed":       {interline.C3Credential, interline.CodeUpstreamAuth},
}

// Fault implements driver.Driver.
func (p *place) Fault(_ *driver.Deployment, f *interline.Fault, h http.Header) *interline.Fault {
	return driver.Waiting(classify(f, h), h)
}

func classify(f *interline.Fault, h http.Header) *interline.Fault {
	e := readException(f.Body)
	name := e.name(h, f.Type)
	if name == "accessdenied" && says(f, uncached) {
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	if rule, ok := exceptions[name]; ok {
		return driver.Amend(f, rule.class, rule.code)
	}
	switch {
	case name == "modelerror":
		return byOriginal(f, e.Original)
	case name == "validation", f.Status == http.StatusBadRequest && f.Class == interline.C0Client:
		return validation(f)
	}
	return f
}

// exception is an error body of AWS's native paths. A model's error says the
// status that the model itself answered with.
type exception struct {
	Type     string `json:"__type"`
	Code     string `json:"code"`
	Original int    `json:"originalStatusCode"`
}

func readException(body []byte) exception {
	var e exception
	if json.Unmarshal(body, &e, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return exception{} // no error of these paths, or not JSON at all
	}
	return e
}

// name is the exception's name as the table has it. It is in a header, as in
// "ThrottlingException:http://...", in the body, as in
// "com.amazon.coral.service#UnknownOperationException", or, within a stream, in
// the frame, whose first letter may be small.
func (e exception) name(h http.Header, kind string) string {
	for _, v := range []string{h.Get("X-Amzn-Errortype"), e.Type, e.Code, kind} {
		if v == "" {
			continue
		}
		v, _, _ = strings.Cut(v, ":")
		if _, after, ok := strings.Cut(v, "#"); ok {
			v = after
		}
		return strings.TrimSuffix(strings.ToLower(v), "exception")
	}
	return ""
}

// byOriginal is the class of a model's own error: what the model refused is
// refused for good, what it could not do another may.
func byOriginal(f *interline.Fault, status int) *interline.Fault {
	switch {
	case status == http.StatusTooManyRequests:
		return driver.Amend(f, interline.C5Throttle, interline.CodeRateLimit)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity, status == http.StatusRequestEntityTooLarge:
		return validation(driver.Amend(f, interline.C0Client, interline.CodeInvalid))
	case status >= 400 && status < 500:
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	return driver.Amend(f, interline.C7Server, interline.CodeUpstream)
}

// Marks of what a ValidationException is about (recorded messages, 2026-08).
var (
	tooLong = []string{"input is too long", "prompt is too long", "maximum context length", "exceed context limit", "too many input tokens", "context window"}
	noModel = []string{"model identifier is invalid", "on-demand throughput isn", "end of its life"}
	// uncached is said with a 403 where the model caches no prompts and the
	// request marks some: "You invoked an unsupported model or your request did
	// not allow prompt caching". It is the feature that is refused, not the key.
	uncached = []string{"prompt caching"}
	unable   = []string{"not support", "n't support", "deprecated for this model", "n’t support"}
)

// validation tells a request that is wrong anywhere from one that this model
// or endpoint cannot serve.
func validation(f *interline.Fault) *interline.Fault {
	switch {
	case says(f, tooLong):
		return driver.Amend(f, interline.C2Capability, interline.CodeContext)
	case says(f, noModel):
		return driver.Amend(f, interline.C2Capability, interline.CodeModel)
	case says(f, unable):
		return driver.Amend(f, interline.C2Capability, interline.CodeInvalid)
	}
	return driver.Amend(f, interline.C0Client, interline.CodeInvalid)
}

// says reports whether the message has one of the marks, in whatever case.
func says(f *interline.Fault, marks []string) bool {
	message := strings.ToLower(f.Message)
	return slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(message, m) })
}

// maxRefusal is how long a hidden refusal can be; answers are longer.
const maxRefusal = 4 << 10

// Refused implements driver.Refuser: a path that the runtime does not know is
// answered with 200 and an exception in the body (probed 2026-08-22).
func (p *place) Refused(_ http.Header, body []byte) *interline.Fault {
	if len(body) > maxRefusal || !bytes.Contains(body, []byte("__type")) {
		return nil
	}
	var answer struct {
		Output exception `json:"Output"`
		exception
	}
	if err := json.Unmarshal(body, &answer, jsontext.AllowDuplicateNames(true)); err != nil {
		return nil //nolint:nilerr // what is no JSON is judged as an answer
	}
	kind := answer.Output.Type
	if kind == "" {
		kind = answer.exception.Type
	}
	if kind == "" {
		return nil
	}
	_, name, _ := strings.Cut(kind, "#")
	return &interline.Fault{
		Class: interline.C2Capability, Code: interline.CodeModel, Type: name, Status: http.StatusOK, Body: body,
		Message: "Bedrock's runtime endpoint does not know this API for the model",
	}
}
