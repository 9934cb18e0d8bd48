package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

var (
	greeting = wire.Greeting{
		Version:      "8.0.42",
		ConnectionID: 7,
		Capabilities: wire.Protocol41 | wire.SSL | wire.PluginAuth | wire.DeprecateEOF,
		Charset:      45,
		Plugin:       wire.CachingSHA2Password,
		Salt:         [wire.SaltSize]byte([]byte("abcdefghijklmnopqrst")),
	}
	login = wire.Login{
		Capabilities: wire.Protocol41 | wire.SecureConnection | wire.PluginAuth | wire.LengthEncodedAuth | wire.ConnectWithDB,
		Charset:      45,
		User:         "app",
		Auth:         bytes.Repeat([]byte("x"), 300),
		Database:     "todo",
		Plugin:       wire.ClearPassword,
	}
	refusal = &wire.Error{Number: 1045, State: "28000", Message: "Access denied"}
)

func TestGreeting(t *testing.T) {
	got, err := wire.ParseGreeting(greeting.Append(nil))
	if err != nil || got != greeting {
		t.Errorf("read %+v, %v, want %+v", got, err, greeting)
	}
	if _, err := wire.ParseGreeting(refusal.Append(nil)); !reflect.DeepEqual(err, refusal) {
		t.Errorf("read %v, want %v", err, refusal)
	}
}

func TestLogin(t *testing.T) {
	got, wantsTLS, err := wire.ParseLogin(login.Append(nil))
	if err != nil || wantsTLS || !reflect.DeepEqual(got, login) {
		t.Errorf("read %+v, %t, %v, want %+v", got, wantsTLS, err, login)
	}
}

func TestLoginForms(t *testing.T) {
	head := func(c wire.Capabilities) []byte {
		return wire.Login{Capabilities: c}.Append(nil)[4 : 4+4+1+23]
	}
	caps := func(c wire.Capabilities) []byte { return []byte{byte(c), byte(c >> 8), byte(c >> 16), byte(c >> 24)} }
	build := func(c wire.Capabilities, rest string) []byte {
		return append(append(caps(c), head(c)...), rest...)
	}
	tests := map[string]struct {
		packet   []byte
		want     wire.Login
		wantsTLS bool
	}{
		"asks for TLS": {packet: build(wire.Protocol41|wire.SSL, ""), wantsTLS: true},
		"short authentication": {
			packet: build(wire.Protocol41|wire.SecureConnection, "app\x00\x03abc"),
			want:   wire.Login{User: "app", Auth: []byte("abc")},
		},
		"terminated authentication": {
			packet: build(wire.Protocol41, "app\x00abc\x00"),
			want:   wire.Login{User: "app", Auth: []byte("abc")},
		},
		"attributes": {
			packet: build(wire.Protocol41|wire.PluginAuth|wire.ConnectAttrs, "app\x00\x00plugin\x00\x04\x01a\x01b"),
			want:   wire.Login{User: "app", Auth: []byte{}, Plugin: "plugin"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, wantsTLS, err := wire.ParseLogin(test.packet)
			got.Capabilities = 0
			if err != nil || wantsTLS != test.wantsTLS || !reflect.DeepEqual(got, test.want) {
				t.Errorf("read %+v, %t, %v, want %+v, %t", got, wantsTLS, err, test.want, test.wantsTLS)
			}
		})
	}
}

func TestAuthSwitch(t *testing.T) {
	plugin, salt, err := wire.ParseAuthSwitch(wire.AppendAuthSwitch(nil, wire.NativePassword, greeting.Salt[:]))
	if err != nil || plugin != wire.NativePassword || !bytes.Equal(salt, greeting.Salt[:]) {
		t.Errorf("read %q, %q, %v", plugin, salt, err)
	}
}

func TestError(t *testing.T) {
	if err := wire.ParseError(refusal.Append(nil)); !reflect.DeepEqual(err, refusal) {
		t.Errorf("read %v, want %v", err, refusal)
	}
	if got, want := refusal.Error(), "ERROR 1045 (28000): Access denied"; got != want {
		t.Errorf("described as %q, want %q", got, want)
	}
	var e *wire.Error
	if err := wire.ParseError([]byte("\xff\x10\x04Too many connections")); !errors.As(err, &e) || e.Number != 1040 || e.Message != "Too many connections" {
		t.Errorf("read %v, want an error without a state", err)
	}
}

// TestTruncated cuts packets at every byte: each cut is an error or, where what is optional begins, no panic.
func TestTruncated(t *testing.T) {
	for name, test := range map[string]struct {
		packet []byte
		parse  func([]byte) error
	}{
		"greeting":    {greeting.Append(nil), func(b []byte) error { _, err := wire.ParseGreeting(b); return err }},
		"login":       {login.Append(nil), func(b []byte) error { _, _, err := wire.ParseLogin(b); return err }},
		"auth switch": {wire.AppendAuthSwitch(nil, "p", greeting.Salt[:]), func(b []byte) error { _, _, err := wire.ParseAuthSwitch(b[:max(0, len(b)-1)]); return err }},
	} {
		for n := range test.packet {
			if err := test.parse(test.packet[:n]); err == nil {
				t.Errorf("%s of %d bytes of %d was read", name, n, len(test.packet))
			}
		}
	}
}

func TestNativePasswordHash(t *testing.T) {
	// SHA1(password) XOR SHA1(salt + SHA1(SHA1(password)))
	const want = "8817c50fa779daef010ee7577825b0847df9842e"
	if got := hex.EncodeToString(wire.NativePasswordHash("secret", greeting.Salt[:])); got != want {
		t.Errorf("hashed to %s, want %s", got, want)
	}
	if got := wire.NativePasswordHash("", greeting.Salt[:]); got != nil {
		t.Errorf("hashed no password to %x", got)
	}
}

func TestFrame(t *testing.T) {
	frame := append(wire.NewFrame(3, 5), "hello"...).Seal()
	if want := "\x05\x00\x00\x03hello"; string(frame) != want {
		t.Errorf("framed as %q, want %q", frame, want)
	}
	got, err := wire.ReadFrame(bytes.NewReader(append(frame, "more"...)), nil, 6)
	if err != nil || got.Seq() != 3 || string(got.Payload()) != "hello" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestReadFrameFails(t *testing.T) {
	for name, test := range map[string]struct {
		in    string
		limit int
		want  error
	}{
		"fails at the end":             {"", 10, io.EOF},
		"fails within the header":      {"\x01\x00", 10, io.ErrUnexpectedEOF},
		"fails without the payload":    {"\x01\x00\x00\x00", 10, io.ErrUnexpectedEOF},
		"fails within the payload":     {"\x02\x00\x00\x00a", 10, io.ErrUnexpectedEOF},
		"fails at the limit":           {"\x0a\x00\x00\x00", 10, wire.ErrTooLarge},
		"fails on a continued payload": {"\xff\xff\xff\x00", 1 << 30, wire.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := wire.ReadFrame(strings.NewReader(test.in), nil, test.limit); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func FuzzParseLogin(f *testing.F) {
	f.Add(login.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, wantsTLS, err := wire.ParseLogin(b)
		if err != nil || wantsTLS {
			return
		}
		again, _, err := wire.ParseLogin(l.Append(nil))
		l.Capabilities |= wire.PluginAuth | wire.LengthEncodedAuth
		if err != nil || again.User != l.User || !bytes.Equal(again.Auth, l.Auth) || again.Database != l.Database || again.Plugin != l.Plugin {
			t.Errorf("wrote %+v, read %+v, %v", l, again, err)
		}
	})
}

func FuzzParseGreeting(f *testing.F) {
	f.Add(greeting.Append(nil))
	f.Add(refusal.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := wire.ParseGreeting(b)
		if err != nil {
			return
		}
		if again, err := wire.ParseGreeting(g.Append(nil)); err != nil || again != g {
			t.Errorf("wrote %+v, read %+v, %v", g, again, err)
		}
	})
}
