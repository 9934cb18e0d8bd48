package database

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// nobody is a world without access keys.
type nobody struct{}

func (nobody) SecretKey(string, string) (string, bool) { return "", false }
func (nobody) Allowed(string, string, string) bool     { return false }

// FuzzLogin sends an endpoint anything instead of a login. It must answer or hang up, and let nobody in.
func FuzzLogin(f *testing.F) {
	server, err := Start(f.Context(), Embedded)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { server.Close() })
	ca, err := authority.New()
	if err != nil {
		f.Fatal(err)
	}
	c, err := NewCluster(f.Context(), ClusterOptions{Server: server, Authority: ca, Identities: nobody{}, Region: "r", Account: "a"})
	if err != nil {
		f.Fatal(err)
	}
	e, err := c.Listen(f.Context(), EndpointOptions{ResourceID: "cluster-ABC"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { e.Close() })

	login := wire.Login{Capabilities: wire.Protocol41, User: "root", Plugin: wire.ClearPassword, Auth: []byte("x")}
	packet := func(payload []byte) []byte { return append(wire.NewFrame(1, len(payload)), payload...).Seal() }
	f.Add(packet(login.Append(nil)))
	login.Capabilities |= wire.SSL
	f.Add(packet(login.Append(nil)[:32]))
	f.Add(append(packet(login.Append(nil)[:32]), "\x16\x03\x01\x00\x05hello"...))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, input []byte) {
		client, conn := net.Pipe()
		go func() {
			_, _ = client.Write(input)
			client.Close()
		}()
		s := newSession(e, &halfPipe{Conn: conn})
		s.serve()
		if s.login.User != "" {
			t.Errorf("%q wants to be %q, which takes TLS", input, s.login.User)
		}
	})
}

// halfPipe is a connection whose client reads nothing.
type halfPipe struct{ net.Conn }

func (*halfPipe) Write(p []byte) (int, error) { return io.Discard.Write(p) }

func (*halfPipe) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// FuzzInspect sends an endpoint any command. Whatever a reader passes on must be what it was.
func FuzzInspect(f *testing.F) {
	c := &Cluster{options: ClusterOptions{Users: NewUsers(), Instances: 1}}
	c.readOnly.Store(true)
	s := newSession(&Endpoint{cluster: c, ctx: context.Background()}, nil)
	f.Add([]byte("\x03SELECT 1"))
	f.Add([]byte("\x03SELECT @@innodb_read_only"))
	f.Add([]byte("\x16INSERT INTO t VALUES (?)"))
	f.Add([]byte("\x17\x01\x00\x00\x00\x00\x01\x00\x00\x00"))
	f.Add([]byte("\x19\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) >= 1<<20 {
			return
		}
		r := &relay{session: s, writes: map[uint32]struct{}{1: {}}}
		frame := append(wire.NewFrame(0, len(payload)), payload...).Seal()
		got, refusal := r.inspect(frame)
		if refusal != nil {
			return
		}
		if wire.PayloadLen(got) != len(got.Payload()) || got[wire.HeaderSize] != payload[0] {
			t.Errorf("%q became %q", frame, got)
		}
		if payload[0] == comStmtExecute && string(payload[1:5]) == "\x01\x00\x00\x00" {
			t.Error("a write was passed on to a reader")
		}
	})
}
