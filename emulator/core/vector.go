package core

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// spread is how many places of a vector each token touches.
const spread = 32

// Vector is what a model makes of tokens: for each a few seeded numbers at seeded
// places, added to a faint direction of the whole. It depends on the tokens and the
// model's name only, and texts that share words are near each other.
func Vector(model string, tokens []uint, size int) []float64 {
	h := fnv.New64a()
	h.Write([]byte(model))
	seed := h.Sum64()
	for _, id := range tokens {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(id)))
	}
	whole := rand.New(rand.NewPCG(seed, h.Sum64()))
	v := make([]float64, size)
	for i := range v {
		v[i] = 0.05 * whole.NormFloat64()
	}
	for _, id := range tokens {
		rnd := rand.New(rand.NewPCG(seed, uint64(id)))
		for range spread {
			v[rnd.IntN(size)] += rnd.NormFloat64()
		}
	}
	return v
}

// Unit scales a vector to length one.
func Unit(v []float64) []float32 {
	length := 0.0
	for _, n := range v {
		length += n * n
	}
	out := make([]float32, len(v))
	for i, n := range v {
		out[i] = float32(n / math.Sqrt(length))
	}
	return out
}
