package database

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

const (
	// serverVersion is the version that endpoints say they are: the one of MySQL that Aurora MySQL 3.10 is made from.
	serverVersion = "8.0.42"

	// charset is the one that endpoints begin with, and that they use instead of those that the servers behind do not
	// know: utf8mb4_general_ci.
	charset = 45

	// lastCommonCharset is the last number by which MySQL and MariaDB know the same character set.
	lastCommonCharset = 247

	// maxLoginPacket is the longest packet that somebody may send who has not logged in yet. Tokens are long.
	maxLoginPacket = 32 << 10

	// offered are the capabilities that endpoints have if the server behind has them. What would change packets that
	// are not expected to change, such as compression and query attributes, is missing, and so are files.
	offered = wire.LongPassword | wire.FoundRows | wire.LongFlag | wire.ConnectWithDB | wire.IgnoreSpace |
		wire.Protocol41 | wire.Transactions | wire.SecureConnection | wire.MultiStatements | wire.MultiResults |
		wire.PSMultiResults | wire.PluginAuth | wire.ConnectAttrs | wire.LengthEncodedAuth | wire.DeprecateEOF

	// added are capabilities of endpoints that do not depend on the server behind.
	added = wire.LongPassword | wire.SSL | wire.ConnectWithDB | wire.PluginAuth | wire.ConnectAttrs | wire.LengthEncodedAuth
)

// session is a client's connection to an endpoint.
type session struct {
	endpoint *Endpoint
	raw      net.Conn
	seq      byte // of the last packet while logging in
	salt     [wire.SaltSize]byte
	login    wire.Login

	client *tls.Conn
	reader *bufio.Reader
}

func newSession(e *Endpoint, conn net.Conn) *session {
	return &session{endpoint: e, raw: conn}
}

// serve logs the client in and passes on what they say until one side ends.
func (s *session) serve() {
	defer s.raw.Close()
	_ = s.raw.SetDeadline(time.Now().Add(loginTime))
	ctx, cancel := context.WithTimeout(s.endpoint.ctx, loginTime)
	defer cancel()
	back, answer, err := s.authenticate(ctx)
	if err != nil {
		s.refuse(err)
		return
	}
	defer back.Close()
	if s.write(func(b []byte) []byte { return append(b, answer...) }) != nil {
		return
	}
	_ = s.raw.SetDeadline(time.Time{})
	newRelay(s, back).run()
}

// refuse tells the client why they cannot log in, if they are still there and it is for them to know.
func (s *session) refuse(err error) {
	var refusal *wire.Error
	if !errors.As(err, &refusal) {
		s.endpoint.cluster.options.Log.Debug("log in to database", "endpoint", s.endpoint.Addr(), "err", err)
		return
	}
	_ = s.write(refusal.Append)
}

// host is where the client is.
func (s *session) host() string {
	host, _, err := net.SplitHostPort(s.raw.RemoteAddr().String())
	if err != nil {
		return s.raw.RemoteAddr().String()
	}
	return host
}

// greet introduces the endpoint, begins TLS, and learns who wants to log in.
func (s *session) greet() error {
	s.newSalt()
	greeting := wire.Greeting{
		Version:      serverVersion,
		ConnectionID: s.endpoint.cluster.connections.Add(1),
		Capabilities: s.endpoint.cluster.capabilities&offered | added,
		Charset:      charset,
		Plugin:       wire.CachingSHA2Password,
		Salt:         s.salt,
	}
	if err := writeFrame(s.raw, 0, greeting.Append); err != nil {
		return err
	}
	_, wantsTLS, err := s.readLogin()
	if err != nil {
		return err
	}
	if !wantsTLS {
		if s.endpoint.options.Role.proxy() {
			return errProxyNoTLS
		}
		return errNoTLS
	}
	s.client = tls.Server(s.raw, s.endpoint.tls)
	s.reader = bufio.NewReaderSize(s.client, bufferSize)
	login, again, err := s.readLogin()
	if err != nil {
		return err
	}
	if again {
		return errHandshake
	}
	if login.Charset == 0 || login.Charset > lastCommonCharset {
		login.Charset = charset
	}
	login.Capabilities &= greeting.Capabilities
	s.login = login
	return nil
}

// newSalt makes what passwords are hashed with. No byte is zero, because it ends a string.
func (s *session) newSalt() {
	_, _ = rand.Read(s.salt[:]) // it never fails
	for i, b := range s.salt {
		s.salt[i] = b%127 + 1
	}
}

func (s *session) readLogin() (wire.Login, bool, error) {
	payload, err := s.read()
	if err != nil {
		return wire.Login{}, false, err
	}
	login, wantsTLS, err := wire.ParseLogin(payload)
	if err != nil {
		return login, false, errHandshake
	}
	return login, wantsTLS, nil
}

// read reads a packet while logging in. Its payload stays as it is.
func (s *session) read() ([]byte, error) {
	var frame wire.Frame
	var err error
	if s.reader == nil {
		frame, err = wire.ReadFrame(s.raw, nil, maxLoginPacket)
	} else {
		frame, err = wire.ReadFrame(s.reader, nil, maxLoginPacket)
	}
	if errors.Is(err, wire.ErrTooLarge) {
		return nil, errHandshake
	}
	if err != nil {
		return nil, err
	}
	s.seq = frame.Seq()
	return frame.Payload(), nil
}

// write writes the packet that follows the last one that was read or written.
func (s *session) write(payload func([]byte) []byte) error {
	s.seq++
	if s.client == nil {
		return writeFrame(s.raw, s.seq, payload)
	}
	return writeFrame(s.client, s.seq, payload)
}
