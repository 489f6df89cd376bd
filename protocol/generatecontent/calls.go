package generatecontent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/interline-ai/interline"
)

// calls gives tool calls and their results the ids that other languages want
// and Gemini often leaves out. Ids are made of the function's name and the
// call's place, so equal conversations give equal ids. A result without an id
// answers the first open call of its name.
type calls struct {
	turns   int
	role    interline.Role
	placed  int // calls and results of this turn
	pending []waiting
}

type waiting struct{ id, name string }

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
	if id == "" {
		id = c.made(name)
	}
	c.pending = append(c.pending, waiting{id, name})
	return id
}

func (c *calls) made(name string) string {
	c.placed++
	return madeID(fmt.Sprintf("%d\x00%d\x00%s", c.turns, c.placed, name))
}

// result returns the id of the call that a result answers.
func (c *calls) result(id, name string) string {
	for i, w := range c.pending {
		if id == w.id || id == "" && name == w.name {
			c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
			return w.id
		}
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
