package wire

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
)

// Capabilities are what a client and a server can do, one bit each.
type Capabilities uint32

// The capabilities that matter to who only passes packets on.
const (
	LongPassword      Capabilities = 1 << 0
	FoundRows         Capabilities = 1 << 1
	LongFlag          Capabilities = 1 << 2
	ConnectWithDB     Capabilities = 1 << 3
	IgnoreSpace       Capabilities = 1 << 8
	Protocol41        Capabilities = 1 << 9
	SSL               Capabilities = 1 << 11
	Transactions      Capabilities = 1 << 13
	SecureConnection  Capabilities = 1 << 15
	MultiStatements   Capabilities = 1 << 16
	MultiResults      Capabilities = 1 << 17
	PSMultiResults    Capabilities = 1 << 18
	PluginAuth        Capabilities = 1 << 19
	ConnectAttrs      Capabilities = 1 << 20
	LengthEncodedAuth Capabilities = 1 << 21
	DeprecateEOF      Capabilities = 1 << 24
)

const (
	protocolVersion  = 10
	statusAutocommit = 2
	maxPacketSize    = 1 << 24
	loginFiller      = 23
)

// The first bytes of packets in the connection phase and of responses.
const (
	HeaderOK         = 0x00
	HeaderMoreData   = 0x01
	HeaderAuthSwitch = 0xfe
	HeaderError      = 0xff
)

// The authentication methods that are spoken here.
const (
	NativePassword      = "mysql_native_password"
	CachingSHA2Password = "caching_sha2_password"
	ClearPassword       = "mysql_clear_password"
)

// SaltSize is how many random bytes a server gives a client to hash its password with.
const SaltSize = 20

// Greeting is what a server begins with (Protocol::HandshakeV10).
type Greeting struct {
	Version      string
	ConnectionID uint32
	Capabilities Capabilities
	Charset      byte
	Plugin       string
	Salt         [SaltSize]byte
}

// Append appends the packet's payload to b.
func (g Greeting) Append(b []byte) []byte {
	b = appendTerminated(append(b, protocolVersion), g.Version)
	b = binary.LittleEndian.AppendUint32(b, g.ConnectionID)
	b = append(append(b, g.Salt[:8]...), 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(g.Capabilities))
	b = binary.LittleEndian.AppendUint16(append(b, g.Charset), statusAutocommit)
	b = binary.LittleEndian.AppendUint16(b, uint16(g.Capabilities>>16))
	b = append(b, SaltSize+1)
	b = append(b, make([]byte, 10)...)
	b = append(append(b, g.Salt[8:]...), 0)
	return appendTerminated(b, g.Plugin)
}

// ParseGreeting reads a greeting. A server that refuses a client at once sends an error instead, which is returned.
func ParseGreeting(payload []byte) (Greeting, error) {
	if len(payload) > 0 && payload[0] == HeaderError {
		return Greeting{}, ParseError(payload)
	}
	r := newReader(payload)
	version := r.uint8()
	g := Greeting{Version: string(r.terminated()), ConnectionID: r.uint32()}
	copy(g.Salt[:8], r.bytes(8))
	r.bytes(1)
	low := r.uint16()
	g.Charset = r.uint8()
	r.bytes(2)
	g.Capabilities = Capabilities(low) | Capabilities(r.uint16())<<16
	r.bytes(1 + 10)
	copy(g.Salt[8:], r.bytes(SaltSize-8))
	r.bytes(1)
	g.Plugin = string(r.terminated())
	if !r.ok || version != protocolVersion {
		return Greeting{}, fmt.Errorf("read server greeting: %w", errMalformed)
	}
	return g, nil
}

// Login is what a client answers (Protocol::HandshakeResponse41). It can stop after the charset to ask for TLS, and is
// then sent again.
type Login struct {
	Capabilities Capabilities
	Charset      byte
	User         string
	Auth         []byte
	Database     string
	Plugin       string
}

// Append appends the packet's payload to b. It has a database if the capabilities say so, and always a plugin.
func (l Login) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(l.Capabilities|LengthEncodedAuth|PluginAuth))
	b = binary.LittleEndian.AppendUint32(b, maxPacketSize)
	b = append(b, l.Charset)
	b = append(b, make([]byte, loginFiller)...)
	b = appendTerminated(b, l.User)
	b = appendLengthEncoded(b, l.Auth)
	if l.Capabilities&ConnectWithDB != 0 {
		b = appendTerminated(b, l.Database)
	}
	return appendTerminated(b, l.Plugin)
}

// ParseLogin reads a client's answer. Connection attributes at its end are ignored. If the client asks for TLS, there is
// no user in it, and wantsTLS is true.
func ParseLogin(payload []byte) (l Login, wantsTLS bool, err error) {
	r := newReader(payload)
	l.Capabilities = Capabilities(r.uint32())
	r.bytes(4)
	l.Charset = r.uint8()
	r.bytes(loginFiller)
	if r.ok && len(r.rest) == 0 && l.Capabilities&SSL != 0 {
		return l, true, nil
	}
	l.User = string(r.terminated())
	switch {
	case l.Capabilities&LengthEncodedAuth != 0:
		l.Auth = r.lengthEncoded()
	case l.Capabilities&SecureConnection != 0:
		l.Auth = r.bytes(uint64(r.uint8()))
	default:
		l.Auth = r.terminated()
	}
	if l.Capabilities&ConnectWithDB != 0 {
		l.Database = string(r.terminated())
	}
	if l.Capabilities&PluginAuth != 0 {
		l.Plugin = string(r.terminated())
	}
	if !r.ok || l.Capabilities&Protocol41 == 0 {
		return Login{}, false, fmt.Errorf("read login: %w", errMalformed)
	}
	return l, false, nil
}

// AppendAuthSwitch appends the payload of a request to authenticate by another method (Protocol::AuthSwitchRequest).
func AppendAuthSwitch(b []byte, plugin string, salt []byte) []byte {
	b = appendTerminated(append(b, HeaderAuthSwitch), plugin)
	return append(append(b, salt...), 0)
}

// ParseAuthSwitch reads a request to authenticate by another method.
func ParseAuthSwitch(payload []byte) (plugin string, salt []byte, err error) {
	r := newReader(payload)
	header := r.uint8()
	plugin = string(r.terminated())
	salt = r.bytes(SaltSize)
	if !r.ok || header != HeaderAuthSwitch {
		return "", nil, fmt.Errorf("read request for another authentication method: %w", errMalformed)
	}
	return plugin, salt, nil
}

// NativePasswordHash is how a client proves that it knows a password with the method [NativePassword].
func NativePasswordHash(password string, salt []byte) []byte {
	if password == "" {
		return nil
	}
	once := sha1.Sum([]byte(password))
	twice := sha1.Sum(once[:])
	hash := sha1.Sum(append(append([]byte{}, salt...), twice[:]...))
	for i := range hash {
		hash[i] ^= once[i]
	}
	return hash[:]
}
