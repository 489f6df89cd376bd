package acceptance

import (
	"context"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator"
)

// Models of the emulated clouds, as their clients must say them. sol and sonnet
// are served by more than one cloud.
const (
	sol            = "gpt-5.6-sol" // an Azure deployment of the same name, too
	solOnBedrock   = "us.openai.gpt-5.6-sol"
	gpt41          = "gpt-4.1"
	sonnet         = "claude-sonnet-4-5"
	sonnetBedrock  = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
	sonnet5        = "claude-sonnet-5"
	sonnet5Bedrock = "us.anthropic.claude-sonnet-5"
	novaPro        = "us.amazon.nova-pro-v1:0"
)

// TestDirect lets every SDK talk to the emulated clouds themselves. It judges
// the emulators: what an SDK cannot do here, no gateway can be asked for.
func TestDirect(t *testing.T) {
	run, err := emulator.Start(context.Background(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := run.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	seats := direct(run)
	Judge(t, directGaps(seats), seats...)
}

// direct is every client before the cloud it is made for.
func direct(run *emulator.Running) []Seat {
	var seats []Seat
	sit := func(k Kind, place, name, path, model, effort string, c Credential) *Door {
		p := run.Place(place)
		seats = append(seats, Seat{k, Target{
			Name: name, Place: place, Door: Door{URL: p.URL + path, Credential: c, Model: model, Effort: effort},
			Drills: run.Drills(), Bill: run.Bill(),
		}})
		return &seats[len(seats)-1].Door
	}
	openai, azure, anthropic, bedrock := run.Place("openai"), run.Place("azure"), run.Place("anthropic"), run.Place("bedrock")
	key := func(p emulator.Place) Credential { return Credential{Key: p.Credentials["key"]} }
	entra := Credential{
		Tenant: azure.Credentials["tenant"], ClientID: azure.Credentials["client"], ClientSecret: azure.Credentials["secret"],
		Authority: azure.Authority, AuthorityPEM: run.CertificatePEM,
	}
	region := bedrock.Credentials["region"]
	signed := Credential{
		Region: region, AccessKeyID: bedrock.Credentials["access_key_id"], SecretAccessKey: bedrock.Credentials["secret_access_key"],
	}
	bearer := Credential{Region: region, Key: bedrock.Credentials["api_key"]}

	sit(OpenAI(), "openai", "openai, gpt-4.1", "/v1", gpt41, "", key(openai))
	sit(OpenAI(), "openai", "openai, sol", "/v1", sol, "none", key(openai))
	sit(OpenAI(), "azure", "azure v1, key, sol", "/openai/v1", sol, "none", key(azure))
	sit(AzureV1Entra(), "azure", "azure v1, entra, gpt-4.1", "/openai/v1", gpt41, "", entra)
	sit(AzureDated(), "azure", "azure dated, key, sol", "", sol, "none", key(azure))
	sit(AzureDatedEntra(), "azure", "azure dated, entra, gpt-4.1", "", gpt41, "", entra)
	sit(BedrockChat(), "bedrock", "bedrock chat, signed, sol", "/openai/v1", solOnBedrock, "none", signed)
	sit(BedrockChat(), "bedrock", "bedrock chat, bearer, sol", "/openai/v1", solOnBedrock, "none", bearer)
	sit(Anthropic(), "anthropic", "anthropic, sonnet", "", sonnet, "", key(anthropic))
	sit(Anthropic(), "anthropic", "anthropic, sonnet 5", "", sonnet5, "none", key(anthropic))
	sit(BedrockMessages(), "bedrock", "bedrock invoke, signed, sonnet 5", "", sonnet5Bedrock, "none", signed)
	sit(Converse(), "bedrock", "converse, signed, sonnet 5", "", sonnet5Bedrock, "none", signed)
	sit(BedrockMessages(), "bedrock", "bedrock invoke, signed, sonnet", "", sonnetBedrock, "", signed)
	sit(BedrockMessages(), "bedrock", "bedrock invoke, bearer, sonnet", "", sonnetBedrock, "", bearer)
	sit(Converse(), "bedrock", "converse, signed, sonnet", "", sonnetBedrock, "", signed)
	secure := sit(Converse(), "bedrock", "converse, bearer, sonnet", "", sonnetBedrock, "", bearer)
	secure.URL, secure.CertificatePEM = bedrock.SecureURL, run.CertificatePEM
	sit(Converse(), "bedrock", "converse, signed, sol", "", solOnBedrock, "none", signed)
	sit(Converse(), "bedrock", "converse, signed, nova", "", novaPro, "", signed)
	for i := range seats {
		habits(&seats[i].Door)
	}
	return seats
}

// habits completes a door by what its model does.
func habits(d *Door) {
	d.Caches = d.Model != solOnBedrock // Bedrock does not cache for OpenAI's models on these paths
	switch {
	case d.Model == sonnet5, d.Model == sonnet5Bedrock:
		d.Thinks = ThinksAdaptively
	case d.Effort != "":
		d.Thinks = ThinksByEffort
	case d.Model == sonnet, d.Model == sonnetBedrock:
		d.Thinks = ThinksByBudget
	}
}
