package bedrock

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// counts are the languages in which CountTokens can be asked: Converse, and
// InvokeModel with Claude's bodies. It is for Claude alone, and not for the newest,
// which answer 400 (Bedrock user guide, "Count tokens", 2026-11).
func (p *place) counts(d *driver.Deployment) []protocol.Translator {
	if d.Traits.Family != "claude" {
		return nil
	}
	return []protocol.Translator{p.converse, p.invoke}
}

// count describes the call of CountTokens, whose body has the request within. It
// knows models by their own ids, not by those of inference profiles.
func count(d *driver.Deployment, language string, body protocol.Segments) (driver.Call, error) {
	model := d.Model
	if prefix, rest, ok := strings.Cut(model, "."); ok && slices.Contains(profiles, prefix) {
		model = rest
	}
	id, err := driver.Segment(model)
	if err != nil {
		return driver.Call{}, fmt.Errorf("call %s: %w", d.Name, err)
	}
	c := driver.Call{Method: http.MethodPost, Path: d.Base + "/model/" + id + "/count-tokens", Header: driver.Header("application/json")}
	switch language {
	case protocol.Converse:
		c.Body = append(protocol.Segments{[]byte(`{"input":{"converse":`)}, body...)
		c.Body = append(c.Body, []byte(`}}`))
	case protocol.Invoke:
		text := base64.StdEncoding.AppendEncode([]byte(`{"input":{"invokeModel":{"body":"`), body.Bytes())
		c.Body = protocol.Segments{append(text, `"}}}`...)}
	default:
		return driver.Call{}, fmt.Errorf("call %s: Bedrock's runtime does not count tokens in %s", d.Name, language)
	}
	return c, nil
}
