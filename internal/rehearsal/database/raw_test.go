package database_test

import (
	"bytes"
	"crypto/tls"
	"net"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// rawClient is a client that can send what no driver sends.
type rawClient struct {
	t    *testing.T
	conn net.Conn
	seq  byte
}

const rawCapabilities = wire.Protocol41 | wire.SSL | wire.SecureConnection | wire.PluginAuth | wire.LengthEncodedAuth

// dialRaw connects to an endpoint and begins TLS.
func dialRaw(t *testing.T, e *database.Endpoint, ca *authority.Authority) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", e.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &rawClient{t: t, conn: conn}
	if _, err := wire.ParseGreeting(c.read()); err != nil {
		t.Fatal(err)
	}
	request := wire.Login{Capabilities: rawCapabilities}.Append(nil)[:4+4+1+23]
	c.write(request)
	c.conn = tls.Client(conn, ca.ClientConfig("127.0.0.1"))
	return c
}

// login says who logs in and by which method, and answers every request to go on.
func (c *rawClient) login(user, plugin string, first []byte, password string) {
	c.t.Helper()
	c.write(wire.Login{Capabilities: rawCapabilities, User: user, Plugin: plugin, Auth: first}.Append(nil))
	for {
		switch reply := c.read(); {
		case reply[0] == wire.HeaderMoreData, reply[0] == wire.HeaderAuthSwitch && bytes.Contains(reply, []byte(wire.ClearPassword)):
			c.write(append([]byte(password), 0))
		case reply[0] == wire.HeaderAuthSwitch:
			c.write([]byte("any hash will do"))
		case reply[0] == wire.HeaderError:
			c.t.Fatal(wire.ParseError(reply))
		default:
			return
		}
	}
}

// command sends a command and returns the first packet of the response.
func (c *rawClient) command(payload ...byte) []byte {
	c.t.Helper()
	c.seq = 255
	c.write(payload)
	return c.read()
}

func (c *rawClient) wantOK() {
	c.t.Helper()
	if reply := c.command(0x0e); reply[0] != wire.HeaderOK {
		c.t.Errorf("a ping was answered by %q", reply)
	}
}

func (c *rawClient) read() []byte {
	c.t.Helper()
	frame, err := wire.ReadFrame(c.conn, nil, wire.MaxPayload)
	if err != nil {
		c.t.Fatal(err)
	}
	c.seq = frame.Seq()
	return frame.Payload()
}

func (c *rawClient) write(payload []byte) {
	c.t.Helper()
	c.seq++
	if _, err := c.conn.Write(append(wire.NewFrame(c.seq, len(payload)), payload...).Seal()); err != nil {
		c.t.Fatal(err)
	}
}
