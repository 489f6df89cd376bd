package compatible

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func find(t *testing.T, name string) Vendor {
	t.Helper()
	v, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGroq(t *testing.T) {
	drivertest.Run(t, New(find(t, "groq")), map[string]*driver.Deployment{
		"oss": {Name: "oss", Place: "groq", Origin: "https://api.groq.com", Base: "/openai/v1", Model: "openai/gpt-oss-120b"},
	}, os.DirFS("testdata/groq"))
}

func TestServersOfOnesOwn(t *testing.T) {
	for _, name := range []string{"vllm", "sglang", "llamacpp"} {
		drivertest.Run(t, New(find(t, name)), map[string]*driver.Deployment{
			"own": {Name: "own", Place: "own", Origin: "http://10.0.0.7:8000", Base: "/v1", Model: "Qwen/Qwen3-32B"},
		}, os.DirFS("testdata/"+name))
	}
}

// TestVendors reads every file, so that a vendor with a mistake in it does not
// ship.
func TestVendors(t *testing.T) {
	if len(Names()) < 12 {
		t.Errorf("only %v", Names())
	}
	read := regexp.MustCompile(`^(never|20\d\d-(0[1-9]|1[0-2])(-\d\d)?)$`)
	for _, name := range Names() {
		v := find(t, name)
		u, err := url.Parse(v.Endpoint)
		if err != nil || u.Host == "" || (u.Scheme != "https" && !v.Local) {
			t.Errorf("%s: endpoint %q, %v", name, v.Endpoint, err)
		}
		if v.Title == "" || len(v.Sources) == 0 || v.Local == (v.KeyVariable != "") {
			t.Errorf("%s: without a title, a source or the right key: %+v", name, v)
		}
		for _, s := range v.Sources {
			if u, err := url.Parse(s.Page); err != nil || u.Scheme != "https" || !read.MatchString(s.Read) {
				t.Errorf("%s: source %+v", name, s)
			}
		}
		for _, h := range append(v.Resets, v.KeyHeader) {
			if h != http.CanonicalHeaderKey(h) {
				t.Errorf("%s: header %q is not in canonical form", name, h)
			}
		}
		for _, r := range v.Faults {
			if !r.Means.known() || (r.Code == "") == (r.Says == "") {
				t.Errorf("%s: rule %+v", name, r)
			}
		}
	}
	if v, err := Find("no-such-vendor"); err == nil {
		t.Errorf("found %+v", v)
	}
	if v, err := Find("../compatible"); err == nil {
		t.Errorf("found %+v", v)
	}
}

// TestOwnErrors shows that a vendor's rule is heeded, for each rule there is.
func TestOwnErrors(t *testing.T) {
	for _, name := range Names() {
		v := find(t, name)
		d := New(v)
		for _, r := range v.Faults {
			f := &interline.Fault{Status: 400, Class: interline.C0Client, Code: interline.CodeInvalid, Type: r.Code, Message: "before " + r.Says + " after"}
			got := d.Fault(&driver.Deployment{}, f, http.Header{})
			if got.Class != r.Means.class() || got.Code != r.Means.code() || got.Class == f.Class {
				t.Errorf("%s: %+v became %v %v", name, r, got.Class, got.Code)
			}
		}
	}
}
