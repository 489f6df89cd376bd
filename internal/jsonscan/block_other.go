//go:build !amd64 || purego

package jsonscan

// blocks says that strings are walked a word at a time here.
const blocks = false

func specials(*byte) uint64 { return ^uint64(0) }

func plainBlocks(*byte, int) int { return 0 }
