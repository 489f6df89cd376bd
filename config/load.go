package config

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/interline-ai/interline/cloud/all"
	"github.com/interline-ai/interline/protocol"
)

// Load reads, decodes and checks the document in a file. What is wrong with it
// is returned as a [Problems]; other errors are those of reading the file. A
// nil env is the process's own environment.
func Load(path string, env Env) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, env)
}

// Parse decodes and checks a document. file is its name in problems.
func Parse(file string, data []byte, env Env) (*Config, error) {
	doc, err := parse(file, data)
	if err != nil {
		return nil, err
	}
	c := defaults()
	c.doc = doc
	d := &decoder{doc: doc, env: env}
	d.value(doc.root, reflect.ValueOf(&c).Elem(), "")
	k := &checker{config: &c, report: func(path, message, hint string) { d.report(d.doc.nearby(path), path, message, hint) }}
	k.door()
	k.models(k.places(all.Options{}))
	k.numbers()
	k.certificate()
	if err := d.verdict(); err != nil {
		return nil, err
	}
	return &c, nil
}

// checker checks what a whole configuration means. It skips what the decoder
// could not read, which has been told.
type checker struct {
	config *Config
	report func(path, message, hint string)
}

var keyName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// door checks where callers come in, and who may.
func (k *checker) door() {
	c := k.config
	host, port, err := net.SplitHostPort(c.Listen)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		k.report("listen", fmt.Sprintf("%q is not an address", c.Listen), "write it as in 127.0.0.1:7171")
	} else if !loopback(host) && len(c.Keys) == 0 {
		k.report("listen", fmt.Sprintf("others can reach %s, and there are no keys", c.Listen), "add keys, or listen on 127.0.0.1")
	}
	seenNames, seenKeys := map[string]bool{}, map[string]bool{}
	for i, key := range c.Keys {
		path := fmt.Sprintf("keys[%d]", i)
		switch secret := key.Key.Reveal(); {
		case key.Name == "" || secret == "":
		case !keyName.MatchString(key.Name):
			k.report(path+".name", fmt.Sprintf("%q cannot be the name of a key", key.Name), "use letters, digits, dots, hyphens and underscores")
		case seenNames[key.Name]:
			k.report(path+".name", fmt.Sprintf("there is another key named %q", key.Name), "")
		case seenKeys[secret]:
			k.report(path+".key", "it is the same as another key", "every name needs a key of its own")
		case strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }):
			k.report(path+".key", "it holds characters that no header can carry", "use visible ASCII without spaces")
		default:
			seenNames[key.Name], seenKeys[secret] = true, true
		}
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// places checks and opens the places, and returns those that could be opened.
func (k *checker) places(o all.Options) map[string]*all.Place {
	open := make(map[string]*all.Place, len(k.config.Places))
	for _, p := range k.config.Places {
		path := "places." + p.Name
		if p.Settings == nil {
			continue
		}
		problems := p.Settings.Check()
		for _, q := range problems {
			k.report(below(path, q.Field), q.Message, q.Hint)
		}
		if len(problems) > 0 {
			continue
		}
		place, err := p.Settings.Open(o)
		if err != nil {
			k.report(path, err.Error(), "")
			continue
		}
		if k.own(place.Origin) {
			k.report(path+".endpoint", place.Origin+" is this gateway's own address, so requests would go in a circle",
				"if it comes from a variable that is meant for clients, unset that where the gateway starts")
		}
		open[p.Name] = place
	}
	return open
}

// own reports whether an origin is where this gateway listens.
func (k *checker) own(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(k.config.Listen)
	theirs := u.Port()
	if theirs == "" {
		theirs = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if err != nil || port != theirs || port == "0" {
		return false
	}
	target := u.Hostname()
	wildcard := host == "" || net.ParseIP(host).IsUnspecified()
	return strings.EqualFold(host, target) || loopback(target) && (wildcard || loopback(host)) || wildcard && net.ParseIP(target).IsUnspecified()
}

// certificate reads what TLS needs, so that a file that is wrong changes
// nothing.
func (k *checker) certificate() {
	t := k.config.TLS
	if t.Certificate == "" || t.Key == "" {
		return // it is not asked for, or a field is missing, which was told
	}
	if _, err := tls.LoadX509KeyPair(t.Certificate, t.Key); err != nil {
		k.report("tls", fmt.Sprintf("the certificate cannot be used: %v", err), "name a certificate and its own key, both in PEM")
	}
}

// numbers checks words and numbers that stand for themselves.
func (k *checker) numbers() {
	c := k.config
	if !slices.Contains([]FetchMode{FetchPublic, FetchOff}, c.Fetch.Mode) {
		k.report("fetch.mode", fmt.Sprintf("unknown word %q", c.Fetch.Mode), "it is public or off")
	}
	if !slices.Contains([]State{RefuseState, DropState}, c.State) {
		k.report("lost_state", fmt.Sprintf("unknown word %q", c.State), "it is refuse or drop")
	}
	if !slices.Contains([]Losses{Strict, Warn, Silent}, c.Losses) {
		k.report("losses", fmt.Sprintf("unknown word %q", c.Losses), "it is strict, warn or silent")
	}
	if c.Limits.Body < 1<<10 || c.Limits.Body > 1<<30 {
		k.report("limits.body", fmt.Sprintf("%v is not between 1KiB and 1GiB", c.Limits.Body), "")
	}
	if c.Limits.Attempts < 1 || c.Limits.Attempts > 10 {
		k.report("limits.attempts", fmt.Sprintf("%d is not between 1 and 10", c.Limits.Attempts), "")
	}
}

// nearby is where a path stands, or where what holds it does.
func (d *document) nearby(path string) *token.Position {
	for {
		if at := d.at[path]; at != nil {
			return at
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return d.at[""]
		}
		path = path[:i]
	}
}

// languages are the words that speaks may hold.
var languages = []string{protocol.ChatCompletions, protocol.Messages, protocol.Converse, protocol.Invoke}
