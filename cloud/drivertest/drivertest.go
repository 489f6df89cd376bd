// Package drivertest is what every place must prove: the stories in its
// testdata, told in [Run]'s format, and the laws of [driver.Driver].
//
// A story is a txtar file of pairs of sections. A request and the call it
// becomes, byte for byte:
//
//	-- request --
//	DEPLOYMENT LANGUAGE [stream | count | embed]
//	Client-Header: value
//
//	{"the":"body"}
//	-- call --
//	POST /the/path?query
//	Header: value
//
//	{"the":"body"}
//
// where a request that is forwarded without being understood begins with
//
//	DEPLOYMENT API pass METHOD PATH
//
// and an answer and the fault it becomes; "none" for an answer that hides no
// error:
//
//	-- response --
//	DEPLOYMENT LANGUAGE STATUS
//	Header: value
//
//	{"error":"..."}
//	-- fault --
//	C5 rate_limit 1.5s
//
// A response with status 200 is given to the place's Refused; one with status 0
// is an error within a stream. Files may hold any number of pairs; the text
// before the first section is the file's comment and says where the story was
// seen, and when.
package drivertest

import (
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/interline-ai/interline/cloud/driver"
)

// Run tells every story in the files and checks the laws on every deployment.
// The deployments are known to the stories by the names they have here.
func Run(t *testing.T, drv driver.Driver, deployments map[string]*driver.Deployment, files fs.FS) {
	t.Helper()
	names, err := fs.Glob(files, "*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("find stories: %d files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
			data, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			tell(t, drv, deployments, txtar.Parse(data))
		})
	}
	for name, d := range deployments {
		t.Run("laws of "+name, func(t *testing.T) { laws(t, drv, d) })
	}
}
