package acceptance

import (
	"path/filepath"
	"testing"
)

// TestGateway lets every SDK talk to every place through the gateway, whatever
// language the place speaks. The trials of one model follow each other; models
// share nothing but the gateway.
func TestGateway(t *testing.T) {
	dir := t.TempDir()
	certificate := filepath.Join(dir, "authority.pem")
	all := stands()
	_, g := up(t, dir, emulateStands(t, all, certificate), "SSL_CERT_FILE="+certificate)
	for _, s := range all {
		t.Run(s.Model, func(t *testing.T) {
			t.Parallel()
			seats := g.Seats(s.Routed)
			Judge(t, gatewayGaps(seats), seats...)
		})
	}
}
