package acceptance

import (
	"github.com/interline-ai/interline/emulator"
)

// A Gateway is a gateway under judgement, however it was started: in this
// process or as a program. Behind it stand emulated clouds and nothing else.
//
// It must not fall back from one place to another for the models judged here,
// must send each request to its place once more at most, and must forget the
// health of a place when Reset is called, since the cases break each place on
// purpose.
type Gateway struct {
	URL string // http://host:port; its protocols are below the usual paths
	Key string // a key of its own that may call every model of Models
	// Models are what it serves, each at one place.
	Models    []Routed
	Emulators *emulator.Running
	Reset     func() // nil when it remembers nothing
}

// Routed is a model of a gateway and the place that answers for it.
type Routed struct {
	Model  string // as clients of the gateway say it
	Place  string // as the emulators name it: openai, azure, bedrock, anthropic
	Effort string // see [Door]
}

// Seats puts every client a gateway is made for before every model: Chat
// Completions with a bearer key and by Azure's dated paths, Messages, and
// Converse with a bearer key. The target's name is "gateway, " and the model.
func (g Gateway) Seats() []Seat {
	var seats []Seat
	for _, m := range g.Models {
		for _, each := range []struct {
			kind Kind
			url  string
		}{
			{OpenAI(), g.URL + "/v1"}, {AzureDated(), g.URL}, {Anthropic(), g.URL}, {Converse(), g.URL},
		} {
			seats = append(seats, Seat{each.kind, Target{
				Name: "gateway, " + m.Model, Place: m.Place, Reset: g.Reset,
				Door:   Door{URL: each.url, Model: m.Model, Effort: m.Effort, Credential: Credential{Key: g.Key, Region: "us-east-1"}},
				Drills: g.Emulators.Drills(), Bill: g.Emulators.Bill(),
			}})
		}
	}
	return seats
}
