// Package config is the one document that says what this gateway is: read,
// strictly decoded, checked, and turned into the world that requests walk
// through.
//
// A document is YAML. Every name in it is known or an error; every problem is
// found at once and shown where it stands, with what was probably meant. Any
// scalar may be written as a reference, replaced after parsing so that a value
// can never become structure:
//
//	${NAME}            an environment variable, which must be set
//	${NAME:-default}   the same, or the default when it is unset or empty
//	${file:/path}      the content of a file, without its last line break
//	$${                a literal "${"
//
// References may stand within other text. Anchors, aliases and tags are not
// supported.
//
// [Load] does no network I/O and starts nothing; neither does [Config.Build].
// A configuration that loads can be built, and one that cannot be built does
// not load. [Watch] tells when a file has changed; stepping into the next world
// is the program's.
package config

import (
	"time"

	"github.com/interline-ai/interline/auth"
	"github.com/interline-ai/interline/cloud/all"
)

// Config is a document, decoded and checked.
type Config struct {
	Listen   string   `json:"listen,omitempty" jsonschema:"Address to listen on. Defaults to 127.0.0.1:7171. An address that others can reach needs keys."`
	TLS      TLS      `json:"tls,omitzero" jsonschema:"Serve HTTPS, with HTTP/2, instead of plain HTTP."`
	Keys     []Key    `json:"keys,omitempty" jsonschema:"Keys that callers may use. Without any, everybody who can reach a loopback address may come in."`
	Places   []Place  `json:"places" jsonschema:"Places where models are served, by the name that deployments refer to them with."`
	Models   []Model  `json:"models" jsonschema:"Models that callers may ask for, by the name they ask with, in the order they are listed to callers."`
	Fetch    Fetch    `json:"fetch,omitempty" jsonschema:"How images and documents that callers name by their address are fetched, for clouds that fetch nothing themselves."`
	State    State    `json:"lost_state,omitempty" jsonschema:"What to do with a request that refers to what only an absent place keeps, such as an earlier response: refuse it (the default), or drop the reference, which the caller is told as a loss."`
	Losses   Losses   `json:"losses,omitempty" jsonschema:"What to do when a request says something that a cloud's language cannot: strict refuses it, warn (the default) tells the caller in a header, silent only records it."`
	Timeouts Timeouts `json:"timeouts,omitzero" jsonschema:"Time limits. Durations are written as 500ms, 5s or 10m; 0s is no limit."`
	Limits   Limits   `json:"limits,omitzero" jsonschema:"Sizes and counts."`
	Drain    Drain    `json:"drain,omitzero" jsonschema:"How the gateway stops."`

	doc *document // where everything stands; nil for one that was not read
}

// TLS is what the gateway shows callers of who it is.
type TLS struct {
	Certificate string `json:"certificate" jsonschema:"File of the certificate and those that signed it, in PEM. It is read again with the configuration."`
	Key         string `json:"key" jsonschema:"File of the certificate's private key, in PEM."`
}

// Key lets a caller in.
type Key struct {
	Name string      `json:"name" jsonschema:"Name of the key in logs and records; letters, digits, dots, hyphens and underscores. It is also the access key id of callers that sign as AWS clients do."`
	Key  auth.Secret `json:"key" jsonschema:"The key itself."`
}

// Place is a configured place.
type Place struct {
	Name     string       `json:"-"`
	Kind     string       `json:"kind"`
	Settings all.Settings `json:"-"` // the rest of its fields
}

// Model is what callers ask for.
type Model struct {
	Name        string       `json:"-"`
	Aliases     []string     `json:"aliases,omitempty" jsonschema:"Other names that callers may ask with."`
	Deployments []Deployment `json:"deployments" jsonschema:"Where the model can be asked, best first."`
}

// Deployment is one model at one place.
type Deployment struct {
	Place  string   `json:"place" jsonschema:"Name of the place."`
	Model  string   `json:"model,omitempty" jsonschema:"What the place calls the model or deployment. Left out, it is what the catalog knows such a place to call it."`
	Is     string   `json:"is,omitempty" jsonschema:"Which model it is, where the place's name for it does not tell, as with Azure's deployments. Its habits are then known."`
	Speaks []string `json:"speaks,omitempty" jsonschema:"Languages to ask it in, best first, instead of the usual ones of the place: chatcompletions, messages, converse or invoke."`
}

// State is what to do about conversations whose earlier part another place keeps.
type State string

// The ways of handling lost state.
const (
	RefuseState State = "refuse"
	DropState   State = "drop"
)

// Losses is what to do about what would be lost in translation.
type Losses string

// The loss modes.
const (
	Strict Losses = "strict"
	Warn   Losses = "warn"
	Silent Losses = "silent"
)

// Timeouts are the time limits of a request's walk. Zero is no limit.
type Timeouts struct {
	HeaderRead            time.Duration `json:"header_read,omitempty" jsonschema:"For a caller to send the head of a request. Defaults to 10s."`
	BodyIdle              time.Duration `json:"body_idle,omitempty" jsonschema:"For a caller to send the next piece of a body. Defaults to 30s."`
	BodyTotal             time.Duration `json:"body_total,omitempty" jsonschema:"For a caller to send a whole body. Defaults to 300s."`
	Connect               time.Duration `json:"connect,omitempty" jsonschema:"To look up a cloud and connect to it. Defaults to 5s."`
	TLS                   time.Duration `json:"tls,omitempty" jsonschema:"For the TLS handshake with a cloud. Defaults to 5s."`
	WriteIdle             time.Duration `json:"write_idle,omitempty" jsonschema:"For a cloud to take the next piece of a request. Defaults to 30s."`
	FirstContent          time.Duration `json:"first_content,omitempty" jsonschema:"For a stream to show its first content. Defaults to 60s."`
	FirstContentReasoning time.Duration `json:"first_content_reasoning,omitempty" jsonschema:"The same for a model that reasons before it answers. Defaults to 300s."`
	IdleBytes             time.Duration `json:"idle_bytes,omitempty" jsonschema:"For a stream to send anything at all. Defaults to 60s."`
	IdleContent           time.Duration `json:"idle_content,omitempty" jsonschema:"For a stream to show more content. Defaults to 120s."`
	Total                 time.Duration `json:"total,omitempty" jsonschema:"For a whole stream. Defaults to 3600s."`
	TotalUnary            time.Duration `json:"total_unary,omitempty" jsonschema:"For a whole answer that is not streamed. Defaults to 600s."`
	ClientStall           time.Duration `json:"client_stall,omitempty" jsonschema:"For a caller to take the next piece of an answer. Defaults to 60s."`
	KeepAlive             time.Duration `json:"keep_alive,omitempty" jsonschema:"How long an unused connection to a cloud is kept. Defaults to 50s."`
	CommitHold            time.Duration `json:"commit_hold,omitempty" jsonschema:"How long a stream without content is kept from the caller so that another deployment may still be asked. Defaults to 30s."`
	Ping                  time.Duration `json:"ping,omitempty" jsonschema:"How long the caller of a stream hears nothing before it gets a sign of life. Defaults to 15s."`
}

// Limits are sizes and counts.
type Limits struct {
	Body     Size `json:"body,omitempty" jsonschema:"Longest request body, as in 64MiB (the default)."`
	Attempts int  `json:"attempts,omitempty" jsonschema:"Most calls to clouds for one request. Defaults to 3."`
}

// Fetch is how what callers name by its address is fetched, for clouds that do not.
type Fetch struct {
	Mode    FetchMode     `json:"mode,omitempty" jsonschema:"What is fetched: what is on the public internet (public, the default), or nothing (off)."`
	Allow   []string      `json:"allow,omitempty" jsonschema:"Hosts, as host or host:port, that are fetched from although they are not public."`
	Bytes   Size          `json:"bytes,omitempty" jsonschema:"The most that is fetched from one address. Defaults to 20MiB."`
	Timeout time.Duration `json:"timeout,omitempty" jsonschema:"For one address, from the lookup to the last byte. Defaults to 10s."`
}

// FetchMode says what is fetched.
type FetchMode string

// The fetch modes.
const (
	FetchPublic FetchMode = "public"
	FetchOff    FetchMode = "off"
)

// Drain is how the gateway stops.
type Drain struct {
	Delay   time.Duration `json:"delay,omitempty" jsonschema:"How long it still accepts requests after it says that it is not ready. Defaults to 0s."`
	Timeout time.Duration `json:"timeout,omitempty" jsonschema:"How long answers under way may take to end. Defaults to 120s."`
}

// DefaultListen is where a gateway listens that is not told otherwise.
const DefaultListen = "127.0.0.1:7171"

// defaults are what a document that says nothing means (reliability
// specification, 3.5).
func defaults() Config {
	return Config{
		Listen: DefaultListen, Losses: Warn, State: RefuseState, Fetch: Fetch{Mode: FetchPublic, Bytes: 20 << 20, Timeout: 10 * time.Second},
		Timeouts: Timeouts{
			HeaderRead: 10 * time.Second, BodyIdle: 30 * time.Second, BodyTotal: 300 * time.Second,
			Connect: 5 * time.Second, TLS: 5 * time.Second, WriteIdle: 30 * time.Second,
			FirstContent: 60 * time.Second, FirstContentReasoning: 300 * time.Second,
			IdleBytes: 60 * time.Second, IdleContent: 120 * time.Second,
			Total: 3600 * time.Second, TotalUnary: 600 * time.Second,
			ClientStall: 60 * time.Second, KeepAlive: 50 * time.Second, CommitHold: 30 * time.Second, Ping: 15 * time.Second,
		},
		Limits: Limits{Body: 64 << 20, Attempts: 3},
		Drain:  Drain{Timeout: 120 * time.Second},
	}
}
