package acceptance

// A Gap is something known not to work, and why. Empty Mode means both. A gap
// names one client, one target and one case exactly, so that it cannot hide
// anything else.
type Gap struct {
	Client string // a Kind's name
	Target string // a Target's name
	Mode   string // unary, streamed, or "" for both
	Case   string
	Reason string
}

func (g Gap) covers(s Seat, name string, stream bool) bool {
	return g.Client == s.Kind.Name && g.Target == s.Target.Name && g.Case == name && (g.Mode == "" || g.Mode == mode(stream))
}
