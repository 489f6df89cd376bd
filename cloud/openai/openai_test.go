package openai

import (
	"os"
	"testing"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestOpenAI(t *testing.T) {
	drivertest.Run(t, New(), map[string]*driver.Deployment{
		"gpt": {Name: "gpt", Place: "openai", Origin: "https://api.openai.com", Base: "/v1", Model: "gpt-5.5"},
	}, os.DirFS("testdata"))
}
