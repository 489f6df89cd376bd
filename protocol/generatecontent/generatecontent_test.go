package generatecontent

import (
	"testing"

	"github.com/interline-ai/interline/protocol/protocoltest"
)

func TestLanguage(t *testing.T) { protocoltest.Run(t, New(), fixtures) }

func TestLanguageInAnArray(t *testing.T) { protocoltest.Run(t, Array(), arrayFixtures()) }

func FuzzRequest(f *testing.F) { protocoltest.FuzzRequest(f, New(), fixtures) }

func FuzzAnswer(f *testing.F) { protocoltest.FuzzAnswer(f, New(), fixtures) }

func FuzzAnswerInAnArray(f *testing.F) { protocoltest.FuzzAnswer(f, Array(), arrayFixtures()) }
