package all

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// endpoint is a place's address, taken apart.
type endpoint struct{ origin, base string }

// parseEndpoint reads an address. path is the base path of an address that has
// none. cut are endings that belong to the paths a driver writes and that people
// copy along with the address.
func parseEndpoint(address, path string, cut ...string) (endpoint, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return endpoint{}, errors.New("it is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return endpoint{}, errors.New("it must begin with https:// or http://")
	case u.Hostname() == "":
		return endpoint{}, errors.New("it names no host")
	case u.User != nil:
		return endpoint{}, errors.New("it must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return endpoint{}, errors.New("it must not have a query or fragment")
	}
	base := strings.TrimRight(u.EscapedPath(), "/")
	for _, ending := range cut {
		if rest, ok := strings.CutSuffix(base, ending); ok {
			base = rest
			break
		}
	}
	if base == "" {
		base = path
	}
	return endpoint{origin: u.Scheme + "://" + host(u), base: base}, nil
}

// host is the host and port in the form that goes into the Host header: lower
// case, and without the scheme's own port, which signatures leave out too.
func host(u *url.URL) string {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(name, ":") {
			return "[" + name + "]"
		}
		return name
	}
	return net.JoinHostPort(name, port)
}

// checkEndpoint reports an address that cannot be read.
func checkEndpoint(address string) []Problem {
	if address == "" {
		return nil
	}
	if _, err := parseEndpoint(address, ""); err != nil {
		return one("endpoint", fmt.Sprintf("%q cannot be an endpoint: %v", address, err), "write it as in https://host/path")
	}
	return nil
}
