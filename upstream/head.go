package upstream

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// Bounds of an answer's head.
const (
	maxHead          = 64 << 10
	maxFields        = 100
	maxInformational = 8
)

// head is the head of an answer.
type head struct {
	status  int
	header  http.Header
	keep    bool // the connection may be used again
	chunked bool
	length  int64 // -1 when not said
}

// readHead reads heads until one is final: 100 Continue and 103 Early Hints say
// nothing to us.
func (c *conn) readHead() (head, error) {
	for range maxInformational {
		h, err := c.readOneHead()
		if err != nil || h.status >= 200 {
			return h, err
		}
		if h.status == http.StatusSwitchingProtocols {
			return h, malformed("the server switched protocols unasked")
		}
	}
	return head{}, malformed("more than %d informational answers", maxInformational)
}

func (c *conn) readOneHead() (head, error) {
	left := maxHead
	line, err := c.line(&left)
	if err != nil {
		return head{}, err
	}
	h := head{length: -1}
	if h.status, h.keep, err = statusLine(line); err != nil {
		return h, err
	}
	h.header = make(http.Header, 16)
	values := make([]string, 0, 16) // one allocation for most answers' values
	for n := 0; ; n++ {
		line, err := c.line(&left)
		if err != nil {
			return h, err
		}
		if len(line) == 0 {
			return h, h.framing()
		}
		if n == maxFields {
			return h, malformed("more than %d header fields", maxFields)
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			return h, malformed("header line %.60q", line)
		}
		key := textproto.CanonicalMIMEHeaderKey(string(name))
		v := string(bytes.Trim(value, " \t"))
		if old := h.header[key]; old != nil {
			h.header[key] = append(old, v)
			continue
		}
		values = append(values, v)
		h.header[key] = values[len(values)-1 : len(values) : len(values)]
	}
}

// statusLine reads "HTTP/1.1 200 OK".
func statusLine(line []byte) (status int, keep bool, err error) {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if string(version) != "HTTP/1.1" && string(version) != "HTTP/1.0" {
		return 0, false, malformed("it begins with %.40q", line)
	}
	code, _, _ := bytes.Cut(rest, []byte(" "))
	status, err = strconv.Atoi(string(code))
	if err != nil || len(code) != 3 || status < 100 {
		return 0, false, malformed("status %.20q", rest)
	}
	return status, string(version) == "HTTP/1.1", nil
}

// framing reads the fields that say where the answer ends, and refuses what two
// readers could understand differently.
func (h *head) framing() error {
	for _, v := range h.header["Connection"] {
		for token := range strings.SplitSeq(v, ",") {
			switch strings.ToLower(strings.TrimSpace(token)) {
			case "close":
				h.keep = false
			case "keep-alive":
				h.keep = true
			}
		}
	}
	if te := h.header["Transfer-Encoding"]; len(te) > 0 {
		if len(te) > 1 || !strings.EqualFold(te[0], "chunked") {
			return malformed("transfer encoding %.40q", te)
		}
		h.chunked = true
		h.keep = h.keep && len(h.header["Content-Length"]) == 0
		delete(h.header, "Content-Length")
		return nil
	}
	for _, v := range h.header["Content-Length"] {
		n, err := strconv.ParseUint(v, 10, 63)
		if err != nil || h.length >= 0 && h.length != int64(n) {
			return malformed("content length %.40q", v)
		}
		h.length = int64(n)
	}
	return nil
}
