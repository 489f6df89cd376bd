package exchange

import (
	"io"
	"strconv"
	"sync"
)

// mostInOne is how much of a stream goes out as one chunk of [wire], in bytes.
const mostInOne = 4 << 10

// wire writes chunks of HTTP/1.1 straight to a client's connection. Once the
// head of a chunked answer is flushed, net/http holds nothing back and only adds
// the last chunk at the end; an event of a stream then needs neither its two
// buffers nor its way of writing a chunk's size. What was written through
// net/http must be flushed before the wire is used again.
type wire struct {
	conn io.WriteCloser // nil: the answer is not chunked, or its connection unknown
}

// takes reports whether the wire can be used for n bytes.
func (w wire) takes(n int) bool { return w.conn != nil && n <= mostInOne }

// chunks are buffers for chunks: shared by all streams, so that the one at hand
// is in the processor's cache.
var chunks = sync.Pool{New: func() any { return new([mostInOne + 16]byte) }}

// chunk writes b, which is not empty, as one chunk in one write. A connection on
// which that fails is closed: net/http does not know of the failure, and would
// put the end of the answer behind half a chunk.
func (w wire) chunk(b []byte) error {
	buf := chunks.Get().(*[mostInOne + 16]byte)
	p := strconv.AppendUint(buf[:0], uint64(len(b)), 16)
	p = append(p, "\r\n"...)
	p = append(p, b...)
	p = append(p, "\r\n"...)
	_, err := w.conn.Write(p)
	chunks.Put(buf)
	if err != nil {
		_ = w.conn.Close() // the write's error says more
	}
	return err
}
