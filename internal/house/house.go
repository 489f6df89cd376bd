// Package house keeps the plan of the house: which rooms there are, and which
// doors open. Its test walks every package and fails on a room that is not in
// the plan and on a door that is not drawn.
//
// Words at the bottom import only the standard library. Languages know words. A
// cloud knows words, the languages it speaks, and cloud/driver; never another
// cloud, never the network. The exchange knows its neighbours. Only config and
// cmd know everyone. The emulators stand beside the house: they judge it, so
// they share nothing with it.
package house

// module is the path of the main module.
const module = "github.com/interline-ai/interline"

// Room is one row of the plan.
type Room struct {
	// Name is the package's path under the module; "" is the module's root, and
	// a trailing "/" stands for every package below.
	Name string
	// Opens lists the rooms it may import, in the same form.
	Opens []string
	// Libraries lists the modules outside the standard library that it may
	// import directly.
	Libraries []string
}

const (
	jsonLibrary = "github.com/go-json-experiment/json"
	awsLibrary  = "github.com/aws/aws-sdk-go-v2"
	azure       = "github.com/Azure/azure-sdk-for-go"
)

// Plan is the whole house. The first row that fits a package counts.
var Plan = []Room{
	{Name: ""},
	{Name: "internal/house"},
	{Name: "internal/matrix", Opens: []string{"", "cloud", "cloud/all", "config", "exchange", "protocol", "protocol/all", "protocol/loss"}},
	{Name: "internal/jsonscan", Libraries: []string{jsonLibrary, "golang.org/x/sys"}},

	{Name: "protocol", Opens: []string{"", "internal/jsonscan"}, Libraries: []string{jsonLibrary}},
	{Name: "protocol/all", Opens: []string{"protocol", "protocol/"}},
	{Name: "protocol/", Opens: []string{"", "protocol", "protocol/", "internal/jsonscan"}, Libraries: []string{jsonLibrary, "github.com/google/go-cmp", "golang.org/x/tools"}},

	{Name: "cloud/driver", Opens: []string{"", "protocol"}},
	{Name: "cloud/drivertest", Opens: []string{"", "protocol", "protocol/", "cloud/driver", "cloud"}, Libraries: []string{"github.com/google/go-cmp", "golang.org/x/tools"}},
	{Name: "cloud/all", Opens: []string{"cloud", "cloud/", "auth", "catalog", ""}},
	{Name: "cloud", Opens: []string{"", "cloud/driver"}},
	{Name: "cloud/compatible", Opens: []string{"", "protocol", "protocol/", "cloud/driver"}, Libraries: []string{jsonLibrary, "github.com/goccy/go-yaml"}},
	{Name: "cloud/mantle", Opens: []string{"", "protocol", "protocol/", "cloud/driver"}, Libraries: []string{"github.com/goccy/go-yaml"}},
	{Name: "cloud/", Opens: []string{"", "protocol", "protocol/", "cloud/driver"}, Libraries: []string{jsonLibrary}},

	{Name: "catalog", Opens: []string{""}, Libraries: []string{"github.com/goccy/go-yaml"}},
	{Name: "tokens", Opens: []string{""}, Libraries: []string{"github.com/tiktoken-go/tokenizer"}},
	{Name: "auth", Opens: []string{"cloud", "cloud/driver", "protocol"}, Libraries: []string{awsLibrary, azure, "golang.org/x/oauth2", "golang.org/x/sync"}},
	{Name: "upstream", Opens: []string{"cloud/driver", "protocol"}},
	{Name: "seal"},
	{Name: "fetch"},
	{Name: "route", Opens: []string{"", "cloud", "catalog"}},
	{Name: "exchange", Opens: []string{"", "cloud", "cloud/driver", "protocol", "protocol/envelope", "protocol/unread", "protocol/loss", "upstream"}},
	{Name: "telemetry", Opens: []string{"", "exchange"}},
	{Name: "server", Opens: []string{"", "exchange", "internal/jsonscan", "protocol", "protocol/all", "protocol/unread", "route"}, Libraries: []string{"golang.org/x/sync"}},

	{Name: "config", Opens: []string{"", "protocol", "cloud", "cloud/", "auth", "catalog", "route"}, Libraries: []string{"github.com/goccy/go-yaml", "github.com/google/jsonschema-go", "github.com/fsnotify/fsnotify"}},

	{Name: "emulator", Opens: []string{"emulator/"}},
	{Name: "emulator/", Opens: []string{"emulator/"}, Libraries: []string{"github.com/tiktoken-go/tokenizer"}},

	{Name: "cmd/", Opens: []string{"/"}, Libraries: []string{"github.com/spf13/cobra"}},
	{Name: "bench", Opens: nil},
}
