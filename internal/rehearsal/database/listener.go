package database

import (
	"net"
	"sync"
)

// listener is a listener that takes its connections with it when it is closed.
type listener struct {
	net.Listener

	mu     sync.Mutex
	closed bool
	conns  map[*trackedConn]struct{}
	open   sync.WaitGroup
}

func newListener(l net.Listener) *listener {
	return &listener{Listener: l, conns: map[*trackedConn]struct{}{}}
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		raw.Close()
		return nil, net.ErrClosed
	}
	c := &trackedConn{Conn: raw, listener: l}
	l.conns[c] = struct{}{}
	l.open.Add(1)
	return c, nil
}

// Close stops listening and interrupts every connection. Those who serve them have still to close them.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	for c := range l.conns {
		c.Conn.Close()
	}
	return l.Listener.Close()
}

// Wait returns when every connection has been closed by who serves it.
func (l *listener) Wait() { l.open.Wait() }

// trackedConn is a connection that its listener knows of until it is closed.
type trackedConn struct {
	net.Conn

	listener *listener
	once     sync.Once
}

// Close closes the connection and has its listener forget it.
func (c *trackedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.listener.mu.Lock()
		delete(c.listener.conns, c)
		c.listener.mu.Unlock()
		c.listener.open.Done()
	})
	return err
}
