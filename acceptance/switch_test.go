package acceptance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interline-ai/interline/emulator/core"
)

// A relief is a model with two deployments at different places, of which the first
// goes down in the middle of a conversation.
type relief struct {
	name          string
	first, second stand
	apart         bool // what the first has sealed, the second cannot open
}

// reliefs are the switches that gateways are made for: the same model elsewhere,
// and another vendor's model under one name. OpenAI and Google seal reasoning for
// the account that asked; Anthropic's signatures hold at every place of Claude.
func reliefs() []relief {
	byName := map[string]stand{}
	for _, s := range stands() {
		byName[s.Model] = s
	}
	var out []relief
	for _, pair := range []struct {
		first, second string
		apart         bool
	}{
		{"openai", "azure-v1", true},
		{"openai", "bedrock-sol", true},
		{"openai", "bedrock-chat", true},
		{"anthropic-adaptive", "bedrock-adaptive", false},
		{"anthropic-adaptive", "vertex-claude", false},
		{"bedrock-adaptive", "mantle-claude", false},
		{"gemini", "vertex", true},
		{"anthropic-adaptive", "openai", true},
		{"openai", "anthropic", true},
		{"gemini", "anthropic-adaptive", true},
		{"gemini", "openai", true},
		{"bedrock-claude", "gemini", true},
		{"anthropic-adaptive", "gemini", true},
		{"openai", "gemini", true},
	} {
		r := relief{pair.first + " to " + pair.second, byName[pair.first], byName[pair.second], pair.apart}
		r.first.Model, r.second.Model = pair.first+"-then-"+pair.second, pair.second+"-after-"+pair.first
		out = append(out, r)
	}
	return out
}

// TestSwitchOfPlace lets every SDK keep a conversation whose place goes down after
// its second turn and comes back before its fifth. Every turn is answered, by who
// is there; what the one has sealed never breaks a request to the other.
func TestSwitchOfPlace(t *testing.T) {
	all := reliefs()
	var places []stand
	for _, r := range all {
		places = append(places, r.first, r.second)
	}
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	document := emulateStands(t, places, certificate)
	for i := range all {
		r := &all[i]
		r.first, r.second = places[2*i], places[2*i+1]
		document += fmt.Sprintf("  %s:\n    deployments:\n      - {place: %s, %s}\n      - {place: %s, %s}\n",
			r.model(), r.first.Model, r.first.deployed, r.second.Model, r.second.deployed)
	}
	_, g := up(t, dir, document, "SSL_CERT_FILE="+certificate)
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, seat := range kinds(g.Seats(r.routed()), talkers...) {
				for _, stream := range []bool{false, true} {
					t.Run(seat.Kind.Name+"/"+mode(stream), func(t *testing.T) {
						if err := r.talk(t.Context(), seat, stream); err != nil {
							t.Error(err)
						}
					})
				}
			}
		})
	}
}

func (r relief) model() string { return "both-" + r.first.Model }

// routed is the model as its clients see it: with the first place's ways, and
// asked for nothing that the second refuses in the client's own language.
func (r relief) routed() Routed {
	m := r.first.Routed
	m.Model = r.model()
	m.Speaks = slices.Concat(r.first.Speaks, r.second.Speaks)
	m.Cache = min(r.first.Cache, r.second.Cache)
	m.Effort = cmp.Or(r.first.Effort, r.second.Effort)
	if r.second.Thinks == ThinksAdaptively {
		m.Thinks = ThinksAdaptively // in Claude's own words, which are forwarded
	}
	return m
}

func (r relief) talk(ctx context.Context, s Seat, stream bool) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	drills := r.first.Emulators.Drills()
	drills.Clear()
	defer drills.Clear()
	l, err := begin(ctx, s, stream)
	if err != nil {
		return err
	}
	sealed := false
	return l.run(func(n int, a Answer) error {
		place := l.trial.wire.Header.Get("X-Interline-Place")
		want := []stand{r.first}
		switch n {
		case 2, 3:
			want = []stand{r.second}
		case 4:
			want = append(want, r.second) // the first may rest a while yet
		}
		by := slices.IndexFunc(want, func(s stand) bool { return s.Model == place })
		if by < 0 {
			return fmt.Errorf("answered by %q", place)
		}
		if err := r.billed(want[by], a); err != nil {
			return err
		}
		sealed = sealed || n < 2 && len(a.Thoughts) > 0
		switch n {
		case 1:
			_, err := drills.Add(core.Drill{Target: r.first.Place, Kind: core.Down})
			return err
		case 2:
			return r.withheld(l, sealed)
		case 3:
			drills.Clear()
		}
		return nil
	}, func() {
		r.first.Emulators.Bill().Clear()
		r.second.Emulators.Bill().Clear()
	})
}

// billed holds the usage that was told against the bill of who answered.
func (r relief) billed(s stand, a Answer) error {
	rows := slices.DeleteFunc(s.Emulators.Bill().Rows(""), func(r core.Row) bool { return r.Cut })
	if len(rows) != 1 || !agree(a.Usage, rows[0].Usage) {
		return fmt.Errorf("usage told %+v, bill of %s %+v", a.Usage, s.Model, rows)
	}
	return nil
}

// withheld sees that reasoning which the second place cannot open was withheld, and
// that this was said; what it can open must reach it.
func (r relief) withheld(l *conversing, sealed bool) error {
	rec, err := l.trial.Records.Find(l.trial.ctx, l.trial.wire.ID)
	if err != nil {
		return err
	}
	last := rec.Attempts[len(rec.Attempts)-1]
	lost := slices.ContainsFunc(last.Losses, func(said string) bool {
		return strings.Contains(said, "sealed reasoning goes to its issuer only") || strings.HasSuffix(said, "reasoning that is not sealed cannot be given back")
	})
	said := l.trial.wire.Header.Get("X-Interline-Losses") != ""
	switch {
	case last.Language == converseAPI && !r.apart:
		return nil // Converse carries no other reasoning than Claude's
	case sealed && r.apart && !(lost && said):
		return fmt.Errorf("reasoning that this place cannot open was not withheld: %v", last.Losses)
	case lost && !r.apart:
		return errors.New("reasoning that this place can open was withheld")
	}
	return nil
}
