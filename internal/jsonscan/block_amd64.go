//go:build !purego

package jsonscan

import "golang.org/x/sys/cpu"

// blocks says that this processor can look at a block at once.
var blocks = cpu.X86.HasAVX2

// specials returns a bit for each of the 64 bytes at p, the lowest for the
// first: whether it needs a closer look within a string.
//
//go:noescape
func specials(p *byte) uint64

// plainBlocks returns how many of the n blocks at p, from the first, have no
// byte that needs a closer look.
//
//go:noescape
func plainBlocks(p *byte, n int) int
