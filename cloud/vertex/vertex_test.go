package vertex

import (
	"os"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestProject(t *testing.T) {
	const origin = "https://europe-west4-aiplatform.googleapis.com"
	drivertest.Run(t, New(Options{Project: "my-project", Location: "europe-west4"}), map[string]*driver.Deployment{
		"flash":  {Name: "flash", Place: "vertex", Origin: origin, Model: "gemini-3.8-flash"},
		"text":   {Name: "text", Place: "vertex", Origin: origin, Model: "text-embedding-005"},
		"second": {Name: "second", Place: "vertex", Origin: origin, Model: "gemini-embedding-2"},
		"sonnet": {Name: "sonnet", Place: "vertex", Origin: origin, Model: "claude-sonnet-4-5@20250929", Traits: interline.Traits{Family: "claude"}},
		"oss":    {Name: "oss", Place: "vertex", Origin: origin, Base: "/private", Model: "openai/gpt-oss-120b-maas"},
	}, os.DirFS("testdata/project"))
}

func TestExpress(t *testing.T) {
	const origin = "https://aiplatform.googleapis.com"
	drv := New(Options{Location: "global"})
	drivertest.Run(t, drv, map[string]*driver.Deployment{
		"flash": {Name: "flash", Place: "vertex", Origin: origin, Model: "gemini-3.8-flash"},
	}, os.DirFS("testdata/express"))
	for _, model := range []string{"claude-sonnet-5", "openai/gpt-oss-120b-maas"} {
		if l := drv.Speaks(&driver.Deployment{Model: model}, interline.OperationChat); l != nil {
			t.Errorf("the express mode speaks %v to %s", l, model)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for location, want := range map[string]string{
		"global": "https://aiplatform.googleapis.com", "eu": "https://aiplatform.eu.rep.googleapis.com",
		"us-east5": "https://us-east5-aiplatform.googleapis.com",
	} {
		if got := Endpoint(location); got != want {
			t.Errorf("%s is at %s", location, got)
		}
	}
}
