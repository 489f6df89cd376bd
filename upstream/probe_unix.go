//go:build unix

package upstream

import (
	"net"
	"syscall"
)

// speaks looks, without waiting, whether the other side has said something or
// has closed the connection.
func speaks(c net.Conn) bool {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	gone := true
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, rerr := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = rerr != syscall.EAGAIN && rerr != syscall.EWOULDBLOCK
		return true
	})
	return err != nil || gone
}
