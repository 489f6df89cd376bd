package acceptance

import (
	"slices"

	"github.com/interline-ai/interline/emulator"
)

// A Gateway is a gateway under judgement. Behind it stand emulated clouds and
// nothing else.
type Gateway struct {
	URL string // http://host:port; its protocols are below the usual paths
	// Key may call every model of Models. Clients that sign as AWS's do use
	// KeyName as the access key id and Key as the secret.
	Key, KeyName string
	Records      *Records
}

// Routed is a model of a gateway and the one place that answers for it.
type Routed struct {
	Model  string // as clients of the gateway say it
	Place  string // as the emulators name it: openai, azure, bedrock, anthropic
	Effort string // see [Door]
	// Speaks are the languages in which the place is asked without
	// translation.
	Speaks []string
	Cache  Caching
	Thinks Thinks
	// Emulators are the model's own, so that the trials of different models
	// may run at once.
	Emulators *emulator.Running
}

// Caching says which prompts a place caches.
type Caching int

// The ways of caching.
const (
	CachesNothing Caching = iota
	CachesMarked          // what a client marks, and Chat Completions has no marks for that
	CachesAlways
)

// Seats puts every client a gateway is made for before a model. The target's
// name is "gateway, " and the model.
func (g Gateway) Seats(m Routed) []Seat {
	key := Credential{Key: g.Key, Region: "us-east-1"}
	signed := Credential{AccessKeyID: g.KeyName, SecretAccessKey: g.Key, Region: "eu-central-1"}
	var seats []Seat
	for _, each := range []struct {
		kind Kind
		path string
		with Credential
	}{
		{OpenAI(), "/v1", key},
		{called("openai-go, azure v1", OpenAI()), "/openai/v1", key},
		{AzureDated(), "", key},
		{Responses(), "/v1", key},
		{called("openai-go, azure v1, responses", Responses()), "/openai/v1", key},
		{Gemini(), "", key},
		{VertexExpress(), "/vertex", key},
		{BedrockChat(), "/openai/v1", signed},
		{Anthropic(), "", key},
		{BedrockMessages(), "", signed},
		{Converse(), "", signed},
		{called("bedrockruntime, key", Converse()), "", key},
	} {
		seats = append(seats, g.seat(m, each.kind, each.path, each.with))
	}
	return seats
}

func (g Gateway) seat(m Routed, k Kind, path string, c Credential) Seat {
	return Seat{k, Target{
		Name: "gateway, " + m.Model, Place: m.Place, Speaks: m.Speaks, Records: g.Records,
		Door: Door{
			URL: g.URL + path, Model: m.Model, Effort: m.Effort, Thinks: m.Thinks, Credential: c,
			Caches: m.Cache == CachesAlways || m.Cache == CachesMarked && slices.Contains([]string{messagesAPI, converseAPI, invokeAPI}, k.Language),
		},
		Drills: m.Emulators.Drills(), Bill: m.Emulators.Bill(),
	}}
}

func called(name string, k Kind) Kind {
	k.Name = name
	return k
}

// kinds are the seats of the named kinds.
func kinds(seats []Seat, names ...string) []Seat {
	return slices.DeleteFunc(slices.Clone(seats), func(s Seat) bool { return !slices.Contains(names, s.Kind.Name) })
}
