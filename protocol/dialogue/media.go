package dialogue

import (
	"github.com/interline-ai/interline"
)

// CheckMedia returns the fault of the first image, document or sound that the
// language has no way to say. Leaving it out would change what is asked, so the
// request is refused here and may be served by another deployment. cannot says
// why a block cannot be sent, or "".
func CheckMedia(turns []interline.Turn, cannot func(interline.Block) string) error {
	for i, t := range turns {
		for j, b := range t.Blocks {
			if err := checkBlock(b, At{i, j}, cannot); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkBlock(b interline.Block, at At, cannot func(interline.Block) string) error {
	switch b.Kind {
	case interline.Image, interline.Document, interline.Audio:
		if reason := cannot(b); reason != "" {
			f := interline.Invalid(at.String(), "%s: %s", at, reason)
			f.Class = interline.C2Capability
			return f
		}
	case interline.ToolResultBlock:
		for _, inner := range b.Result.Blocks {
			if err := checkBlock(inner, at, cannot); err != nil {
				return err
			}
		}
	}
	return nil
}
