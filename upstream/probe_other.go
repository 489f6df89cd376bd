//go:build !unix

package upstream

import "net"

// closedByPeer cannot look here; a closed connection is found when it is used.
func closedByPeer(net.Conn) bool { return false }
