package gemini

import (
	"os"
	"testing"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestGemini(t *testing.T) {
	const origin, base = "https://generativelanguage.googleapis.com", "/v1beta"
	drivertest.Run(t, New(), map[string]*driver.Deployment{
		"flash":     {Name: "flash", Place: "gemini", Origin: origin, Base: base, Model: "gemini-3.8-flash"},
		"embedding": {Name: "embedding", Place: "gemini", Origin: origin, Base: base, Model: "gemini-embedding-001"},
		"odd":       {Name: "odd", Place: "gemini", Origin: origin, Base: base, Model: "../x"},
	}, os.DirFS("testdata"))
}
