package acceptance

import (
	"github.com/interline-ai/interline/emulator/core"
)

// A Target is what is judged: one door, and the emulated place that answers
// behind it.
type Target struct {
	Name  string // for people and for gaps, such as emulated or gateway
	Place string // the emulated place that answers, as drills and bills name it
	Door  Door

	Drills *core.Drills // of the emulated clouds behind the door
	Bill   *core.Bill
	Reset  func() // called before every trial; may be nil

	// Records are those of the gateway before the clouds; nil for the clouds
	// themselves. Speaks are then the languages that the place behind takes,
	// which a gateway must forward.
	Records *Records
	Speaks  []string
}

// A Door is where a client knocks: an address, what proves who knocks, and what
// the client must say to get the model.
type Door struct {
	// URL is http://host:port, and the path below which the paths of the
	// client's own protocol begin where the protocol does not fix it.
	URL string
	// CertificatePEM is what signed the door's certificate, where the URL is
	// https and only a test would trust it. Only [Converse] looks at it.
	CertificatePEM []byte
	Credential     Credential
	Model          string // as this client must say it
	// Effort is sent with every question where it is not empty: OpenAI's
	// models since gpt-5.4 take function tools only with effort none.
	Effort string
	// Caches says that the model behind takes this client's cache marks, so
	// that a prompt heard twice must be told as read from a cache.
	Caches bool
	Thinks Thinks // how the model behind is asked to reason; empty when it cannot
	Wire   *Wire  // watches what is sent; may be nil
}

// Credential is whatever a client needs of these; the rest is empty.
type Credential struct {
	Key string // API key, bearer token or api-key header

	// For AWS Signature Version 4.
	AccessKeyID, SecretAccessKey, Region string

	Workspace string // of the Claude Platform on AWS

	// For a client secret of Microsoft Entra.
	Tenant, ClientID, ClientSecret string
	Authority                      string // https://host:port
	AuthorityPEM                   []byte // the certificate it is signed by
}

// Wrong is a credential of the same kind that nobody knows.
func (c Credential) Wrong() Credential {
	if c.Key != "" {
		c.Key = "emulated-wrong-key"
	}
	if c.SecretAccessKey != "" {
		c.SecretAccessKey = "emulated-wrong-secret"
	}
	if c.ClientSecret != "" {
		c.ClientSecret = "emulated-wrong-secret"
	}
	return c
}
