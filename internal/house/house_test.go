package house

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

// packages are all packages of the main module.
func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,GoFiles", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// fits reports whether a name of the plan stands for the package.
func fits(name, path string) bool {
	if name == "/" {
		return true
	}
	if strings.HasSuffix(name, "/") {
		return strings.HasPrefix(path, name)
	}
	return path == name
}

func room(path string) *Room {
	for i := range Plan {
		if fits(Plan[i].Name, path) {
			return &Plan[i]
		}
	}
	return nil
}

func TestDoors(t *testing.T) {
	used := map[string]bool{}
	for _, p := range packages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		r := room(path)
		if r == nil {
			t.Errorf("%s is not in the plan", p.ImportPath)
			continue
		}
		used[r.Name] = true
		for _, to := range p.Imports {
			if !allowed(r, path, to) {
				t.Errorf("%s opens a door to %s that is not in the plan", p.ImportPath, to)
			}
		}
	}
	for _, r := range Plan {
		if !used[r.Name] {
			t.Errorf("the plan has a room %q that is not built", r.Name)
		}
	}
}

func allowed(r *Room, from, to string) bool {
	inside, ours := strings.CutPrefix(to, module)
	if !ours {
		first, _, _ := strings.Cut(to, "/")
		standard := !strings.Contains(first, ".")
		return standard || slices.ContainsFunc(r.Libraries, func(l string) bool { return to == l || strings.HasPrefix(to, l+"/") })
	}
	inside = strings.TrimPrefix(inside, "/")
	// A package may always use those that lie within it.
	if strings.HasPrefix(inside, from+"/") {
		return true
	}
	return slices.ContainsFunc(r.Opens, func(name string) bool { return fits(name, inside) })
}

// The data plane's rooms never hold the network: only these may import it
// (cloud/all reads addresses with it).
func TestWhoHasATelephone(t *testing.T) {
	holders := []string{"upstream", "auth", "emulator", "cmd/", "config", "bench", "cloud/all", "fetch"}
	for _, p := range packages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if slices.Contains(p.Imports, "net") && !slices.ContainsFunc(holders, func(h string) bool { return fits(h, path) || strings.HasPrefix(path, h+"/") }) {
			t.Errorf("%s imports net", p.ImportPath)
		}
	}
}

// Names that say that a thing has not been understood.
func TestNames(t *testing.T) {
	for _, p := range packages(t) {
		for _, part := range strings.Split(p.ImportPath, "/") {
			if slices.Contains([]string{"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}, part) {
				t.Errorf("%s: %q is no name for a room", p.ImportPath, part)
			}
		}
		for _, f := range p.GoFiles {
			name := strings.TrimSuffix(f, ".go")
			if slices.Contains([]string{"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}, name) {
				t.Errorf("%s/%s: %q is no name for a file", p.ImportPath, f, name)
			}
		}
	}
}
