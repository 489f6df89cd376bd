package core

import (
	"log/slog"
	"net/http"
	"sync"
)

// Place is an emulated cloud. Implementations are made by the dialect packages.
type Place interface {
	// Name is the place's name in drills, on the bill and in answers.
	Name() string
	// Kind names the dialect: openai, azure, anthropic or bedrock.
	Kind() string
	// Credentials are the plainly fake credentials the place accepts, by
	// the name of their part (such as key, or access_key_id), for printing.
	Credentials() map[string]string
	// Handler serves the place's whole surface. It is called once.
	Handler(c *Core) http.Handler
}

// Authority is a place that also issues tokens, on a host of its own that
// speaks TLS, as Azure's Entra does.
type Authority interface {
	Place
	// AuthorityHandler serves the token endpoints. Drills do not touch them.
	AuthorityHandler(c *Core) http.Handler
}

// Config says how the emulated clouds of one run behave. The zero value works.
type Config struct {
	Seed uint64 // changes the answers and the pace; same seed, same answers
	// Speed divides every wait of the pace: 1 is realistic, 10 ten times as
	// fast, 0 as fast as possible. It does not change the delays of drills.
	Speed  float64
	Paces  map[string]Pace   // by place; a place without has DefaultPace
	Limits map[string]Limits // by place; a place without has DefaultLimits
	// Names maps each place's name and aliases to the place's name. Drills
	// accept no other target.
	Names  map[string]string
	Logger *slog.Logger // nil discards
}

// Core is what the emulated clouds of one run share.
type Core struct {
	Bill   *Bill
	Drills *Drills
	Quota  *Quota
	Cache  *Cache
	Logger *slog.Logger

	seed    uint64
	speed   float64
	paces   map[string]Pace
	release chan struct{}
	once    sync.Once
}

// New makes the shared part of a run.
func New(cfg Config) *Core {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Core{
		Bill:   &Bill{},
		Drills: NewDrills(cfg.Names),
		Quota:  NewQuota(cfg.Limits),
		Cache:  NewCache(),
		Logger: cfg.Logger,
		seed:   cfg.Seed,
		speed:  cfg.Speed,
		paces:  cfg.Paces,

		release: make(chan struct{}),
	}
}

// Release lets go of every request that a drill keeps waiting (hang, stall),
// now and from now on, so that servers can stop. It may be called repeatedly.
func (c *Core) Release() { c.once.Do(func() { close(c.release) }) }

// Reading is a prompt after it was tokenized, which is done once per request.
type Reading struct {
	Prompt Prompt
	Tokens int      // of the whole prompt
	ids    [][]uint // tokens of each segment's text
}

// Read tokenizes a prompt.
func (c *Core) Read(p Prompt) *Reading {
	r := &Reading{Prompt: p, ids: make([][]uint, len(p.Segments))}
	for i, s := range p.Segments {
		r.ids[i] = Encode(s.Text)
		r.Tokens += len(r.ids[i]) + s.Extra
	}
	return r
}

// Reply is the model's answers to a prompt and what they cost when they are
// heard to the end.
type Reply struct {
	Answers []Answer // one, or as many as the prompt's Count
	Usage   Usage
}

// Partial is the usage of a reply that broke off after so many tokens were
// said, of which so many were reasoning. The prompt was read in any case.
func (r Reply) Partial(said, reasoned int) Usage {
	u := r.Usage
	u.Output, u.Reasoning = said, reasoned
	return u
}

// Complete lets the model answer and settles the cache. scope is what shares a
// cache: normally the place, credential and model.
func (c *Core) Complete(scope string, r *Reading, rule CacheRule) Reply {
	hit := c.Cache.Look(scope, r, rule)
	reply := Reply{Usage: Usage{
		Input: r.Tokens, CacheRead: hit.Read,
		CacheWrite5m: hit.Write5m, CacheWrite30m: hit.Write30m, CacheWrite1h: hit.Write1h,
	}}
	for i := range max(1, r.Prompt.Count) {
		a := Think(c.seed, i, r.Prompt)
		reply.Answers = append(reply.Answers, a)
		reply.Usage.Output += a.Output
		reply.Usage.Reasoning += a.Reasoning
	}
	return reply
}
