package bedrock

import (
	"slices"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// Embeds implements driver.Embedder. Which body InvokeModel takes is the model's
// matter; an ARN does not tell whose model it is. Titan's models of images take
// other bodies and are not asked here.
func (p *place) Embeds(d *driver.Deployment) []protocol.Embedder {
	id := d.Model
	if prefix, rest, ok := strings.Cut(id, "."); ok && slices.Contains(profiles, prefix) {
		id = rest
	}
	switch {
	case strings.HasPrefix(id, "amazon.titan-embed-text"), strings.HasPrefix(id, "amazon.titan-embed-g1-text"):
		return p.titan
	case strings.HasPrefix(id, "cohere.embed-"):
		return p.cohere
	}
	return nil
}
