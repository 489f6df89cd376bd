package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/interline-ai/interline/cloud/all"
)

var update = flag.Bool("update", false, "rewrite what the program says in testdata")

// env is an environment of NAME=value lines.
func env(text string) Env {
	vars := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			vars[name] = value
		}
	}
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

// section returns a file of an archive.
func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// TestProblems compares what is said of bad documents. Each file is a story: a
// document, its environment, and the problems.
func TestProblems(t *testing.T) {
	stories, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatalf("stories %v, %v", stories, err)
	}
	for _, path := range stories {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse("interline.yaml", []byte(section(a, "interline.yaml")), env(section(a, "env")))
			var problems Problems
			if c != nil || !errors.As(err, &problems) {
				t.Fatalf("no problems but %+v, %v", c, err)
			}
			got := err.Error() + "\n"
			for line := range strings.Lines(section(a, "secrets")) {
				if strings.Contains(got, strings.TrimSpace(line)) {
					t.Errorf("the problems show %s", line)
				}
			}
			if *update {
				a.Files[len(a.Files)-1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := section(a, "problems"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

const whole = `
listen: 0.0.0.0:7171
keys:
  - {name: app, key: "${INTERLINE_KEY}"}
  - name: other
    key: ${file:FILE}
places:
  openai: {kind: openai, api_key: "${OPENAI_API_KEY}"}
  west: {kind: azure, endpoint: "https://X.openai.azure.com/", api_key: k, api_version: "2024-10-21"}
  entra: {kind: azure, endpoint: "https://y.openai.azure.com/openai/v1", entra: {}}
  bedrock:
    kind: bedrock
    region: us-east-1
  keyed: {kind: bedrock, region: eu-central-1, endpoint: "http://127.0.0.1:9/bedrock", access_key_id: id, secret_access_key: s}
  claude: {kind: anthropic, api_key: k, endpoint: "https://proxy.example.com/a/v1"}
  groq: {kind: compatible, vendor: groq, api_key: k}
  local: {kind: compatible, vendor: ollama, endpoint: "http://10.0.0.7:11434"}
models:
  gpt-5.5:
    aliases: [best, "${ALIAS:-fastest}"]
    deployments:
      - {place: openai, model: gpt-5.5}
      - {place: west, model: mine, is: gpt-5.5}
      - {place: west, model: spare, is: gpt-5.5}
      - {place: entra, model: mine}
  sol:
    deployments:
      - {place: bedrock, model: us.openai.gpt-5.6-sol, speaks: [converse]}
      - {place: keyed, model: us.openai.gpt-5.6-sol}
  claude: {deployments: [{place: claude, model: claude-sonnet-5}]}
  open: {deployments: [{place: groq, model: openai/gpt-oss-120b}, {place: local, model: gpt-oss:20b}]}
losses: strict
timeouts: {connect: 1500ms, ping: 0s, total: 2h}
limits: {body: 1MiB, attempts: "${ATTEMPTS}"}
drain: {delay: 5s}
`

func parseWhole(t *testing.T) *Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("key-from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse("interline.yaml", []byte(strings.Replace(whole, "FILE", file, 1)), env("INTERLINE_KEY=key-from-env\nOPENAI_API_KEY=sk\nATTEMPTS=5"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWholeDocument(t *testing.T) {
	c := parseWhole(t)
	if c.Listen != "0.0.0.0:7171" || c.Losses != Strict || c.Limits != (Limits{1 << 20, 5}) || c.Drain != (Drain{5 * time.Second, 2 * time.Minute}) {
		t.Errorf("config %+v", c)
	}
	want := defaults().Timeouts
	want.Connect, want.Ping, want.Total = 1500*time.Millisecond, 0, 2*time.Hour
	if c.Timeouts != want {
		t.Errorf("timeouts %+v", c.Timeouts)
	}
	if len(c.Keys) != 2 || c.Keys[0].Key.Reveal() != "key-from-env" || c.Keys[1].Key.Reveal() != "key-from-file" {
		t.Errorf("keys %v %q %q", c.Keys, c.Keys[0].Key.Reveal(), c.Keys[1].Key.Reveal())
	}
	if !reflect.DeepEqual(c.Models[0].Aliases, []string{"best", "fastest"}) {
		t.Errorf("aliases %v", c.Models[0].Aliases)
	}
	seen := fmt.Sprintf("%+v %#v", c, c)
	if strings.Contains(seen, "key-from") {
		t.Errorf("printing the configuration shows keys: %s", seen)
	}
}

func TestWorld(t *testing.T) {
	w, err := parseWhole(t).Build(all.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, m := range w.Models {
		fmt.Fprintln(&got, m.Name, m.Aliases)
		for _, d := range m.Deployments {
			var languages []string
			for _, l := range d.Driver.Speaks(&d.Deployment, "chat") {
				languages = append(languages, l.Name())
			}
			fmt.Fprintf(&got, "  %s: %s %s%s %s %q %T\n", d.Name, d.Model, d.Origin, d.Base, languages, d.Traits.Family, d.Signer)
		}
	}
	const want = `gpt-5.5 [best fastest]
  openai: gpt-5.5 https://api.openai.com/v1 [responses chatcompletions] "gpt" auth.key
  west/mine: mine https://x.openai.azure.com [chatcompletions] "gpt" auth.key
  west/spare: spare https://x.openai.azure.com [chatcompletions] "gpt" auth.key
  entra: mine https://y.openai.azure.com [chatcompletions responses] "" *auth.entra
sol []
  bedrock: us.openai.gpt-5.6-sol https://bedrock-runtime.us-east-1.amazonaws.com [converse] "gpt" *auth.sigV4
  keyed: us.openai.gpt-5.6-sol http://127.0.0.1:9/bedrock [responses chatcompletions converse] "gpt" *auth.sigV4
claude []
  claude: claude-sonnet-5 https://proxy.example.com/a [messages] "claude" auth.key
open []
  groq: openai/gpt-oss-120b https://api.groq.com/openai/v1 [chatcompletions] "gpt-oss" auth.key
  local: gpt-oss:20b http://10.0.0.7:11434/v1 [chatcompletions] "gpt-oss" auth.none
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
	if w.Listen != "0.0.0.0:7171" || len(w.Keys) != 2 || w.Losses != Strict || w.Limits.Attempts != 5 || w.Drain.Delay != 5*time.Second {
		t.Errorf("world %+v", w)
	}
}

func TestDefaults(t *testing.T) {
	c, err := Parse("x", []byte("places: {o: {kind: openai, api_key: k}}\nmodels: {m: {deployments: [{place: o, model: m}]}}"), env(""))
	if err != nil {
		t.Fatal(err)
	}
	d := defaults()
	if c.Listen != "127.0.0.1:7171" || c.Losses != Warn || c.Timeouts != d.Timeouts || c.Limits != (Limits{64 << 20, 3}) || c.Drain != (Drain{0, 120 * time.Second}) {
		t.Errorf("defaults %+v", c)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "interline.yaml")
	if _, err := Load(path, env("")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(path, []byte("\xef\xbb\xbfplaces: {o: {kind: openai, api_key: k}}\r\nmodels: {m: {deployments: [{place: o, model: m}]}}\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(path, env("")); err != nil || len(c.Models) != 1 {
		t.Errorf("with a byte order mark and CRLF: %+v, %v", c, err)
	}
}

// TestReferencesCannotBecomeStructure: what a reference brings is text, whatever
// it looks like.
func TestReferencesCannotBecomeStructure(t *testing.T) {
	const document = "places: {o: {kind: openai, api_key: \"${K}\"}}\nmodels: {m: {deployments: [{place: o, model: \"${M}\"}]}}"
	c, err := Parse("x", []byte(document), env("K=a\", endpoint: \"http://evil\nM=${K}: {x: y} # not a comment"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Models[0].Deployments[0].Model; got != "${K}: {x: y} # not a comment" {
		t.Errorf("model %q", got)
	}
	w, err := c.Build(all.Options{})
	if err != nil || w.Models[0].Deployments[0].Origin != "https://api.openai.com" {
		t.Errorf("world %+v, %v", w, err)
	}
}

func TestExpand(t *testing.T) {
	e := env("A=1\nEMPTY=\nSECRET=s3")
	for text, want := range map[string]string{
		"plain": "plain", "${A}": "1", "x${A}y${A}": "x1y1", "${EMPTY}": "", "${EMPTY:-d}": "d", "${NO:-}": "", "${NO:-a:-b}": "a:-b",
		"$${A}": "${A}", "$A": "$A", "$": "$", "${NO:-$A}": "$A",
	} {
		if got, err := e.expand(text); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${NO}", "${", "${A", "${}", "${1}", "${A-B}", "${file:/no/such/file}", "${file:" + t.TempDir() + "}", "${A}${NO}"} {
		if got, err := e.expand(text); err == nil || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"64MiB": 64 << 20, "1 KiB": 1024, "10MB": 10_000_000, "7": 7, "5B": 5, "2GiB": 2 << 30} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1.5MiB", "1TiB", "9999999999GiB", "2000GiB", "0x10"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: %d", text, s)
		}
	}
	for size, want := range map[Size]string{64 << 20: "64MiB", 1000: "1000B", 0: "0B", 1 << 30: "1GiB"} {
		if size.String() != want {
			t.Errorf("%d: %s", int64(size), size)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"endpoint", "api_key", "api_version", "entra", "kind", "model", "place"}
	for word, want := range map[string]string{
		"endpont": "endpoint", "Endpoint": "endpoint", "api-key": "api_key", "apikey": "api_key", "kidn": "kind", "modle": "model",
		"zzz": "", "x": "", "": "", "region": "", "api_verison": "api_version",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
