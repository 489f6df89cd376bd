package responses

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/interline-ai/interline"
)

// callID is the id of a call as it is told to a client of another language. Where
// the vendor counts calls from 0 in every response, the response's id makes it one
// of the conversation: most clients take the ids of calls for unique, and Messages
// and Converse refuse a history in which one comes twice. Equal answers give equal
// ids, and what they are made of is legal in every language. They are not taken
// apart on the way back, since the vendor takes any id that a call and its result
// share.
func (d *decoder) callID(kind interline.BlockKind, id string) string {
	if !d.l.dialect.LocalCalls || kind != interline.ToolCallBlock || id == "" || d.id == "" {
		return id
	}
	sum := sha256.Sum256([]byte(d.id))
	return id + "_" + hex.EncodeToString(sum[:8])
}
