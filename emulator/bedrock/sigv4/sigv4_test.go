package sigv4

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The access key of AWS's public documentation.
var known = Key{ID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func verifier(keys ...Key) Verifier {
	return Verifier{
		Region: "us-east-1", Service: "bedrock",
		Now: func() time.Time { return noon },
		Lookup: func(id string) (Key, bool) {
			for _, k := range append(keys, known) {
				if k.ID == id {
					return k, true
				}
			}
			return Key{}, false
		},
	}
}

// TestDocumentedVector is the example AWS works through in "Signature Version 4
// signing process" (IAM ListUsers).
func TestDocumentedVector(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/?Version=2010-05-08&Action=ListUsers", nil)
	r.Host = "iam.amazonaws.com"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
	v := verifier()
	v.Service = "iam"
	v.Now = func() time.Time { return time.Date(2015, 8, 30, 12, 36, 30, 0, time.UTC) }
	if _, err := v.Verify(r, nil); err != nil {
		t.Error(err)
	}
}

const body = `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`

// converse is a request signed by hand: the canonical request, with its path
// escaped twice, was hashed and signed outside Go.
func converse() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/model/us.amazon.nova-micro-v1%3A0/converse", strings.NewReader(body))
	r.Host = "bedrock-runtime.us-east-1.amazonaws.com"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Date", "20261124T120000Z")
	r.Header.Set("X-Amz-Content-Sha256", "c3335e07d6e89650bf94cb98664be69f8774dbc3198df221f113db0a59ea14f0")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/bedrock/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=a07cfd368f0dfa2ec78312d9f6dfa1913aeb52d65e07525a1a55624285d7d1fd")
	return r
}

func TestVerify(t *testing.T) {
	replace := func(old, fresh string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, fresh, 1))
		}
	}
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, tc := range []struct {
		name   string
		change func(*http.Request)
		code   string // of the refusal; "" when accepted
		say    string
	}{
		{"as signed", func(*http.Request) {}, "", ""},
		{"unsigned header added", set("User-Agent", "anyone"), "", ""},
		{"no authorization", func(r *http.Request) { r.Header.Del("Authorization") }, MissingToken, "Missing Authentication Token"},
		{"other scheme", set("Authorization", "Basic abc"), Incomplete, "requires 'AWS4-HMAC-SHA256' algorithm"},
		{"no signature", replace(", Signature=", ", Sig="), Incomplete, "requires 'Signature' parameter"},
		{"short scope", replace("/bedrock/aws4_request", "/bedrock"), Incomplete, "exactly 5 slash-delimited elements"},
		{"unsorted headers", replace("content-type;host", "host;content-type"), Incomplete, "sorted"},
		{"unknown key", replace("AKIDEXAMPLE", "AKIDUNKNOWN"), UnknownClient, "security token included in the request is invalid"},
		{"unexpected session token", set("X-Amz-Security-Token", "t"), UnknownClient, "invalid"},
		{"other signature", replace("Signature=a0", "Signature=a1"), InvalidSignature, "does not match"},
		{"other region", replace("us-east-1", "eu-west-1"), InvalidSignature, "valid region"},
		{"other service", replace("/bedrock/", "/s3/"), InvalidSignature, "correct service: 'bedrock'"},
		{"other day", replace("20261124", "20261123"), InvalidSignature, "'20261123' != '20261124', from '20261124T120000Z'"},
		{"host not signed", replace("content-type;host;", "content-type;"), InvalidSignature, "'Host' or ':authority' must be"},
		{"amz header not signed", replace("x-amz-content-sha256;", ""), InvalidSignature, "'X-Amz-Content-Sha256' must be a 'SignedHeader'"},
		{"expired", set("X-Amz-Date", "20261124T115459Z"), InvalidSignature, "Signature expired: 20261124T115459Z is now earlier than 20261124T115500Z (20261124T120000Z - 5 min.)"},
		{"from the future", set("X-Amz-Date", "20261124T120501Z"), InvalidSignature, "Signature not yet current: 20261124T120501Z is still later than 20261124T120500Z (20261124T120000Z + 5 min.)"},
		{"within the skew but altered", set("X-Amz-Date", "20261124T120200Z"), InvalidSignature, "does not match"},
		{"bad date", set("X-Amz-Date", "today"), Incomplete, "Got 'today'"},
		{"no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, Incomplete, "X-Amz-Date"},
		{"stated hash is wrong", set("X-Amz-Content-Sha256", strings.Repeat("0", 64)), InvalidSignature, "does not match"},
		{"unsigned payload", set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), InvalidSignature, "does not match"},
		{"path unescaped", func(r *http.Request) { r.RequestURI = strings.ReplaceAll(r.RequestURI, "%3A", ":") }, InvalidSignature, "does not match"},
		{"query added", func(r *http.Request) { r.RequestURI += "?a=b" }, InvalidSignature, "does not match"},
		{"method", func(r *http.Request) { r.Method = http.MethodPut }, InvalidSignature, "does not match"},
		{"host", func(r *http.Request) { r.Host = "example.com" }, InvalidSignature, "does not match"},
		{"content type", set("Content-Type", "text/plain"), InvalidSignature, "does not match"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := converse()
			tc.change(r)
			key, err := verifier().Verify(r, []byte(body))
			if tc.code == "" {
				if err != nil || key != known {
					t.Fatalf("key %v, %v; want it accepted", key, err)
				}
				return
			}
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Code != tc.code || !strings.Contains(refusal.Message, tc.say) {
				t.Errorf("got %v, want %s: … %s …", err, tc.code, tc.say)
			}
		})
	}
	if _, err := verifier().Verify(converse(), []byte(body+" ")); err == nil {
		t.Error("another body than the signed one was accepted")
	}
}

// TestAgainstTheSDK has AWS's own signer sign what clients send and checks that
// both agree, over the paths and headers that are easy to get wrong.
func TestAgainstTheSDK(t *testing.T) {
	session := Key{ID: "ASIAEXAMPLE", Secret: "s3cret", Token: "session/token=="}
	for _, tc := range []struct {
		path    string
		headers http.Header
		key     Key
	}{
		{"/model/anthropic.claude-sonnet-5/converse", nil, known},
		{"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x/converse-stream", nil, known},
		{"/openai/v1/chat/completions", http.Header{"Content-Type": {"application/json"}}, session},
		{"/p?b=2&a=x%20y&a=%2F&c", http.Header{"X-Amz-Meta": {"  two   spaces  "}}, known},
	} {
		t.Run(tc.path, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := verifier(session).Verify(r, []byte(body)); err != nil {
					w.WriteHeader(http.StatusForbidden)
					fmt.Fprint(w, err)
				}
			}))
			defer server.Close()
			r, err := http.NewRequest(http.MethodPost, server.URL+tc.path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for name, values := range tc.headers {
				r.Header[name] = values
			}
			credentials := aws.Credentials{AccessKeyID: tc.key.ID, SecretAccessKey: tc.key.Secret, SessionToken: tc.key.Token}
			if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hexHash([]byte(body)), "bedrock", "us-east-1", noon); err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("refused what AWS's signer signed: %s", r.Header.Get("Authorization"))
			}
		})
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add(converse().Header.Get("Authorization"))
	f.Add("AWS4-HMAC-SHA256 Credential=,SignedHeaders=;,Signature==")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := ParseAuthorization(header)
		if err != nil {
			return
		}
		again := algorithm + " Credential=" + a.KeyID + "/" + a.scope() + ", SignedHeaders=" + strings.Join(a.SignedHeaders, ";") + ", Signature=" + a.Signature
		b, err := ParseAuthorization(again)
		if err != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%q read as %+v, written and read again as %+v, %v", header, a, b, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add("/model/a%3A0/converse?x=%zz&=", "host", "v")
	f.Fuzz(func(t *testing.T, uri, header, value string) {
		r := converse()
		r.RequestURI = uri
		r.Header.Set(header, value)
		if _, err := verifier().Verify(r, []byte(body)); err == nil && uri != "/model/us.amazon.nova-micro-v1%3A0/converse" && uri != "" {
			if path, _ := target(r); path != "/model/us.amazon.nova-micro-v1%3A0/converse" {
				t.Fatalf("a request for %q passed with a signature for another path", uri)
			}
		}
	})
}
