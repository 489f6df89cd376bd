package anthropic

import (
	"os"
	"testing"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/cloud/drivertest"
)

func TestAnthropic(t *testing.T) {
	drivertest.Run(t, New(Options{}), map[string]*driver.Deployment{
		"claude": {Name: "claude", Place: "anthropic", Origin: "https://api.anthropic.com", Model: "claude-sonnet-5"},
		"behind": {Name: "behind", Place: "proxy", Origin: "https://proxy.example.com", Base: "/anthropic", Model: "claude-sonnet-5"},
	}, os.DirFS("testdata/api"))
}

func TestOnAWS(t *testing.T) {
	drivertest.Run(t, New(Options{Workspace: "wrkspc_1"}), map[string]*driver.Deployment{
		"claude": {Name: "claude", Place: "anthropic-aws", Origin: OnAWS("us-east-1"), Model: "claude-sonnet-5"},
	}, os.DirFS("testdata/aws"))
}
