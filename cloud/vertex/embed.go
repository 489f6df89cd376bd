package vertex

import (
	"errors"
	"strings"

	"github.com/interline-ai/interline/cloud/driver"
	"github.com/interline-ai/interline/protocol"
)

// methods are those of vectors, by language.
var methods = map[string]string{protocol.EmbedContent: ":embedContent", protocol.Predict: ":predict"}

// Embeds implements driver.Embedder. The newer models of Gemini are asked by
// embedContent, one input at a time, and the others by predict: gemini-embedding-001
// too, which Google's own clients treat as one of the others (genai v1.77.0,
// tIsVertexEmbedContentModel).
func (p *place) Embeds(d *driver.Deployment) []protocol.Embedder {
	switch {
	case openly(d.Model) || isClaude(d):
		return nil
	case strings.Contains(d.Model, "gemini") && d.Model != "gemini-embedding-001", strings.Contains(d.Model, "maas"):
		return p.embeds
	}
	return p.predicts
}

// vectorPath is what follows the project and location when vectors are asked for.
func vectorPath(d *driver.Deployment, language string) (string, error) {
	id, err := driver.Segment(d.Model)
	if err != nil {
		return "", err
	}
	if methods[language] == "" {
		return "", errors.New("Vertex AI makes no vectors in " + language)
	}
	return "/publishers/google/models/" + strings.ReplaceAll(id, "%40", "@") + methods[language], nil
}
