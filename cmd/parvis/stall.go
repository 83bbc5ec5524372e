package main

import (
	"net"
	"time"
)

// stallListener gives up connections whose other side takes nothing of an answer for a while. An answer as a
// whole may take as long as it wants, since exports stream, but nobody holds the engine by not reading.
type stallListener struct {
	net.Listener
	patience time.Duration
}

// Accept waits for the next connection.
func (l stallListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return stallConn{c, l.patience}, nil
}

type stallConn struct {
	net.Conn
	patience time.Duration
}

// stallPiece is the most that one deadline is for, so that a slow reader of a large piece is not taken for none.
const stallPiece = 64 << 10

// Write sends p; each piece of it has the listener's patience.
func (c stallConn) Write(p []byte) (n int, err error) {
	for {
		piece := p[n:min(n+stallPiece, len(p))]
		if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
			return n, err
		}
		m, err := c.Conn.Write(piece)
		if n += m; err != nil || n == len(p) {
			return n, err
		}
	}
}
