package exchange

import (
	"time"

	"github.com/interline-ai/interline"
	"github.com/interline-ai/interline/cloud"
)

// Grade is how an attempt was carried out.
type Grade string

// The grades.
const (
	Forwarded  Grade = "forward"   // the bytes of the client's own language
	Translated Grade = "translate" // read and written anew
)

// Attempt is one call to one deployment.
type Attempt struct {
	Deployment *cloud.Deployment
	Language   string // the language it was asked in
	Grade      Grade
	Started    time.Time
	// FirstContent and Took count from Started; FirstContent is 0 when there
	// was none.
	FirstContent, Took time.Duration
	Status             int    // the cloud's HTTP status, 0 when it did not answer
	UpstreamID         string // the cloud's own id of the request
	Fault              *interline.Fault
	Losses             []interline.Loss
	// Usage is what the cloud reported, if Reported.
	Usage    interline.Usage
	Reported bool
}

// Record is what became of a request.
type Record struct {
	ID, Key  string
	Language string
	Head     interline.Head
	Received time.Time
	Took     time.Duration
	Attempts []Attempt
	Status   int // the HTTP status the client got; 499 when it had gone
	// Fault is what the client was told, or, when Begun, what cut its answer.
	Fault *interline.Fault
	Begun bool // some of an answer reached the client
}

// Usage is what all attempts used together.
func (r *Record) Usage() interline.Usage {
	var u interline.Usage
	for i := range r.Attempts {
		u = u.Add(r.Attempts[i].Usage)
	}
	return u
}

// last returns the attempt under way.
func (r *Record) last() *Attempt { return &r.Attempts[len(r.Attempts)-1] }
