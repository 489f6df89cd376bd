package azure

import (
	"os"
	"testing"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestCurrent(t *testing.T) {
	drivertest.Run(t, New(Options{}), map[string]*driver.Deployment{
		"mine":   {Name: "mine", Place: "west", Origin: "https://x.openai.azure.com", Model: "my deployment"},
		"claude": {Name: "claude", Place: "west", Origin: "https://x.services.ai.azure.com", Model: "claude", Traits: interline.Traits{Family: "claude"}},
	}, os.DirFS("testdata/v1"))
}

func TestDated(t *testing.T) {
	drivertest.Run(t, New(Options{APIVersion: "2024-10-21"}), map[string]*driver.Deployment{
		"mine":   {Name: "mine", Place: "west", Origin: "https://x.openai.azure.com", Model: "my deployment"},
		"behind": {Name: "behind", Place: "west", Origin: "https://apim.example.com", Base: "/ai", Model: "gpt"},
	}, os.DirFS("testdata/dated"))
}
