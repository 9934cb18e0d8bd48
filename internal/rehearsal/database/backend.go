package database

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// bufferSize is how much is read or written at once. Most responses fit.
const bufferSize = 16 << 10

// backend is an authenticated connection to the server behind an endpoint.
type backend struct {
	net.Conn

	reader       *bufio.Reader
	capabilities wire.Capabilities // of the server
}

// dialBackend logs in to a server. What the login says is kept, but for how it authenticates and that there would be
// TLS. It returns the server's answer, which is meant for whoever logs in; a refusal is a [*wire.Error].
func dialBackend(ctx context.Context, addr string, login wire.Login, password string) (*backend, []byte, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	b := &backend{Conn: conn, reader: bufio.NewReaderSize(conn, bufferSize)}
	answer, err := b.login(login, password)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return b, answer, nil
}

func (b *backend) login(login wire.Login, password string) ([]byte, error) {
	frame, err := wire.ReadFrame(b.reader, nil, maxLoginPacket)
	if err != nil {
		return nil, err
	}
	greeting, err := wire.ParseGreeting(frame.Payload())
	if err != nil {
		return nil, err
	}
	b.capabilities = greeting.Capabilities
	login.Capabilities = backendCapabilities(login, greeting.Capabilities)
	login.Plugin = wire.NativePassword
	login.Auth = wire.NativePasswordHash(password, greeting.Salt[:])
	if err := b.send(frame.Seq()+1, login.Append); err != nil {
		return nil, err
	}
	return b.finishLogin(password)
}

// finishLogin reads the server's answer, and authenticates once more if the server wants to have chosen the method.
func (b *backend) finishLogin(password string) ([]byte, error) {
	for range 2 {
		frame, err := wire.ReadFrame(b.reader, nil, maxLoginPacket)
		if err != nil {
			return nil, err
		}
		payload := frame.Payload()
		switch {
		case len(payload) == 0:
			return nil, errors.New("server's answer to a login is empty")
		case payload[0] == wire.HeaderOK:
			return payload, nil
		case payload[0] == wire.HeaderError:
			return nil, wire.ParseError(payload)
		}
		plugin, salt, err := wire.ParseAuthSwitch(payload)
		if err != nil {
			return nil, err
		}
		if plugin != wire.NativePassword {
			return nil, fmt.Errorf("server wants authentication method %q", plugin)
		}
		hash := wire.NativePasswordHash(password, salt)
		if err := b.send(frame.Seq()+1, func(p []byte) []byte { return append(p, hash...) }); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("server goes on changing the authentication method")
}

// send writes a packet.
func (b *backend) send(seq byte, payload func([]byte) []byte) error {
	return writeFrame(b.Conn, seq, payload)
}

// writeFrame writes a packet whose payload is appended by a function.
func writeFrame(w io.Writer, seq byte, payload func([]byte) []byte) error {
	_, err := w.Write(wire.Frame(payload(wire.NewFrame(seq, 256))).Seal())
	return err
}

// backendCapabilities are what a client's connection to the server behind can do. It has to be what the client's
// connection to the endpoint can, because responses are passed on as they are.
func backendCapabilities(login wire.Login, server wire.Capabilities) wire.Capabilities {
	c := login.Capabilities & server & offered &^ (wire.SSL | wire.ConnectAttrs | wire.ConnectWithDB)
	c |= wire.LongPassword | wire.Protocol41 | wire.SecureConnection // the first tells MariaDB that this is MySQL
	if login.Database != "" {
		c |= wire.ConnectWithDB
	}
	return c
}
