package generatecontent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/interline-ai/interline"
)

// calls gives tool calls and their results the ids that other languages want
// and Gemini often leaves out. Ids are made of the function's name and the
// call's place, so equal conversations give equal ids. A result without an id
// answers the first open call of its name, and so does one whose id is the
// client's own invention for a call that had none (Gemini CLI, 2026).
type calls struct {
	turns   int
	role    interline.Role
	placed  int // calls and results of this turn
	pending []waiting
}

type waiting struct {
	id, name string
	made     bool // the id is ours
}

// turn begins a turn. The calls of an earlier answer wait no more.
func (c *calls) turn(role interline.Role) {
	if role == interline.Assistant && c.role != interline.Assistant {
		c.pending = nil
	}
	c.turns++
	c.role, c.placed = role, 0
}

// call returns the id of a call, which then waits for its result.
func (c *calls) call(id, name string) string {
	made := id == ""
	if made {
		id = c.made(name)
	}
	c.pending = append(c.pending, waiting{id, name, made})
	return id
}

func (c *calls) made(name string) string {
	c.placed++
	return madeID(fmt.Sprintf("%d\x00%d\x00%s", c.turns, c.placed, name))
}

// result returns the id of the call that a result answers.
func (c *calls) result(id, name string) string {
	at := slices.IndexFunc(c.pending, func(w waiting) bool { return id == w.id })
	if at < 0 {
		at = slices.IndexFunc(c.pending, func(w waiting) bool { return name == w.name && (id == "" || w.made) })
	}
	if at >= 0 {
		id = c.pending[at].id
		c.pending = slices.Concat(c.pending[:at], c.pending[at+1:])
		return id
	}
	if id == "" {
		id = c.made(name)
	}
	return id
}

// madeID is an id made of what is the call's own.
func madeID(of string) string {
	sum := sha256.Sum256([]byte(of))
	return "call_" + hex.EncodeToString(sum[:12])
}
