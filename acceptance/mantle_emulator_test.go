package acceptance

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/interline-ai/interline/emulator"
)

// Models of bedrock-mantle, as its clients must say them.
const (
	solOnMantle     = "openai.gpt-5.6-sol"
	sol55OnMantle   = "openai.gpt-5.5"
	grokOnMantle    = "xai.grok-4.6"
	sonnet5OnMantle = "anthropic.claude-sonnet-5"
	haikuOnMantle   = "anthropic.claude-haiku-4-5"
)

// gallery collects the seats before one emulated place.
type gallery struct {
	run   *emulator.Running
	place emulator.Place
	seats []Seat
	gaps  []Gap
}

// gather runs a place alone.
func gather(t *testing.T, place string) *gallery {
	run := emulate(t, emulatorOf(t, place))
	return &gallery{run: run, place: run.Place(place)}
}

// sit puts a client before the place. Every SDK takes the polite end of a stream
// for its end.
func (g *gallery) sit(k Kind, name, path, model string, c Credential) *Door {
	g.seats = append(g.seats, Seat{k, Target{
		Name: name, Place: g.place.Name, Door: Door{URL: g.place.URL + path, Credential: c, Model: model, Caches: true},
		Drills: g.run.Drills(), Bill: g.run.Bill(),
	}})
	g.gap("streamed", "ended early", unnoticed)
	return &g.seats[len(g.seats)-1].Door
}

// gap says what is known not to work in the last seat.
func (g *gallery) gap(mode, name, reason string) {
	s := g.seats[len(g.seats)-1]
	g.gaps = append(g.gaps, Gap{s.Kind.Name, s.Target.Name, mode, name, reason})
}

// sitOpenAI is sit for a model that reasons by effort, and not unless asked.
// Grok takes stop sequences on Chat Completions, and caches nothing here.
func (g *gallery) sitOpenAI(k Kind, name, path, model string, c Credential) {
	d := g.sit(k, name, path, model, c)
	d.Effort, d.Thinks = "none", ThinksByEffort
	d.Caches = !strings.HasSuffix(model, grokOnMantle)
	switch {
	case k.Language == responsesAPI:
		g.gap("", "stop sequence", noWord)
	case d.Caches:
		g.gap("", "stop sequence", noStop)
	}
}

// sitClaude is sit for Claude: later ones think adaptively. What the suite says
// to a cache is too short for Haiku's.
func (g *gallery) sitClaude(k Kind, name, path, model string, adaptive bool, c Credential) {
	d := g.sit(k, name, path, model, c)
	d.Thinks, d.Caches = ThinksByBudget, !strings.Contains(model, "haiku")
	if adaptive {
		d.Effort, d.Thinks = "none", ThinksAdaptively
	}
}

// awsKeys are the ways to prove oneself at a place of AWS.
func awsKeys(p emulator.Place) (signed, bearer Credential) {
	c := p.Credentials
	signed = Credential{Region: c["region"], AccessKeyID: c["access_key_id"], SecretAccessKey: c["secret_access_key"], Workspace: c["workspace"]}
	return signed, Credential{Region: c["region"], Key: c["api_key"], Workspace: c["workspace"]}
}

// TestMantleDirect lets openai-go's and anthropic-sdk-go's packages for
// bedrock-mantle judge its emulator.
func TestMantleDirect(t *testing.T) {
	g := gather(t, "mantle")
	signed, bearer := awsKeys(g.place)
	g.sitOpenAI(MantleChat(), "mantle, signed, sol", "/openai/v1", solOnMantle, signed)
	g.sitOpenAI(MantleChat(), "mantle, bearer, gpt-5.5", "/openai/v1", sol55OnMantle, bearer)
	g.sitOpenAI(MantleResponses(), "mantle, signed, sol", "/openai/v1", solOnMantle, signed)
	g.sitOpenAI(MantleResponses(), "mantle, bearer, gpt-5.5", "/openai/v1", sol55OnMantle, bearer)
	g.sitOpenAI(MantleChat(), "mantle, signed, grok", "/openai/v1", grokOnMantle, signed)
	for name, c := range map[string]Credential{"signed": signed, "bearer": bearer} {
		g.sitClaude(MantleMessages(), "mantle, "+name+", sonnet 5", "/anthropic", sonnet5OnMantle, true, c)
		g.gap("", "schema", noSchemaNew)
		g.sitClaude(MantleMessages(), "mantle, "+name+", haiku", "/anthropic", haikuOnMantle, false, c)
		g.gap("", "schema", noSchemaNew)
	}
	Judge(t, g.gaps, g.seats...)
}

// TestMantleService signs with AWS's own signer. The SDKs sign for
// bedrock-mantle; the runtime's service is accepted as well, and no other.
func TestMantleService(t *testing.T) {
	g := gather(t, "mantle")
	keys, _ := awsKeys(g.place)
	const body = `{"model":"` + solOnMantle + `","input":"hello"}`
	sum := sha256.Sum256([]byte(body))
	for service, status := range map[string]int{"bedrock-mantle": 200, "bedrock": 200, "s3": 403} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.place.URL+"/openai/v1/responses", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		key := aws.Credentials{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey}
		if err := v4.NewSigner().SignHTTP(t.Context(), key, r, hex.EncodeToString(sum[:]), service, keys.Region, time.Now()); err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close() // only the status is looked at
		if resp.StatusCode != status {
			t.Errorf("signed for %s: status %d, want %d", service, resp.StatusCode, status)
		}
	}
}
