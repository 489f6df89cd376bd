package core

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// Pace is how fast a place answers: medians of two log-normal distributions.
type Pace struct {
	First time.Duration // until the first token
	Token time.Duration // between tokens
	// Spread is the standard deviation of the logarithm; 0.35 gives a 95th
	// percentile near 1.8 times the median.
	Spread float64
}

// DefaultPace is about what a middle-sized hosted model does: 350 ms to the
// first token and 80 tokens a second.
var DefaultPace = Pace{First: 350 * time.Millisecond, Token: 12 * time.Millisecond, Spread: 0.35}

// Beat hands out the waits of one answer. It is not safe for concurrent use.
type Beat struct {
	pace  Pace
	speed float64
	fault Fault
	rnd   *rand.Rand
}

func newBeat(pace Pace, speed float64, fault Fault, seed uint64) *Beat {
	return &Beat{pace: pace, speed: speed, fault: fault, rnd: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
}

// First waits as long as the model thinks before its first token. A slow drill
// adds its whole delay. It returns the context's error when that ends sooner.
func (b *Beat) First(ctx context.Context) error {
	return wait(ctx, b.draw(b.pace.First)+b.fault.delayFirst())
}

// Tokens waits as long as n tokens take. A slow drill adds a twentieth of its
// delay for each token.
func (b *Beat) Tokens(ctx context.Context, n int) error {
	var d time.Duration
	for range n {
		d += b.draw(b.pace.Token) + b.fault.delayToken()
	}
	return wait(ctx, d)
}

// draw is a log-normal sample at the emulator's speed; speed 0 means no waiting.
func (b *Beat) draw(median time.Duration) time.Duration {
	if b.speed <= 0 {
		return 0
	}
	return time.Duration(float64(median) * math.Exp(b.pace.Spread*b.rnd.NormFloat64()) / b.speed)
}

// wait sleeps, but not beyond the end of the context.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
