package database

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// script is what a server sends, packet by packet: the greeting, then one packet after each that it gets.
type script [][]byte

// play starts a server that keeps to the script and then hangs up. What it gets is in got once it has.
func (s script) play(t *testing.T) (addr string, got <-chan [][]byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	result := make(chan [][]byte, 1)
	go func() {
		var packets [][]byte
		defer func() { result <- packets }()
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for i, payload := range s {
			if i > 0 {
				frame, err := wire.ReadFrame(conn, nil, wire.MaxPayload)
				if err != nil {
					return
				}
				packets = append(packets, frame.Payload())
			}
			if writeFrame(conn, byte(2*i), func(b []byte) []byte { return append(b, payload...) }) != nil {
				return
			}
		}
	}()
	return l.Addr().String(), result
}

var (
	testGreeting = wire.Greeting{
		Version:      "8",
		Capabilities: wire.Protocol41 | wire.PluginAuth,
		Plugin:       wire.NativePassword,
		Salt:         [wire.SaltSize]byte([]byte("abcdefghijklmnopqrst")),
	}
	otherSalt = []byte("tsrqponmlkjihgfedcba")
	okPacket  = []byte{wire.HeaderOK, 0, 0, 2, 0, 0, 0}
)

func TestDialBackendChangesMethod(t *testing.T) {
	addr, got := script{
		testGreeting.Append(nil),
		wire.AppendAuthSwitch(nil, wire.NativePassword, otherSalt),
		okPacket,
	}.play(t)
	b, answer, err := dialBackend(t.Context(), addr, wire.Login{User: "app"}, "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !bytes.Equal(answer, okPacket) {
		t.Errorf("answered %x, want %x", answer, okPacket)
	}
	packets := <-got
	login, _, err := wire.ParseLogin(packets[0])
	if err != nil || !bytes.Equal(login.Auth, wire.NativePasswordHash("secret", testGreeting.Salt[:])) {
		t.Errorf("logged in with %+v, %v", login, err)
	}
	if want := wire.NativePasswordHash("secret", otherSalt); !bytes.Equal(packets[1], want) {
		t.Errorf("then authenticated with %x, want %x", packets[1], want)
	}
}

func TestDialBackendFails(t *testing.T) {
	denied := &wire.Error{Number: errnoAccessDenied, State: "28000", Message: "no"}
	change := wire.AppendAuthSwitch(nil, wire.NativePassword, otherSalt)
	for name, test := range map[string]struct {
		script script
		want   string
	}{
		"fails without a greeting":         {script{}, "EOF"},
		"fails on another protocol":        {script{[]byte("HTTP/1.1 400 Bad Request")}, "malformed"},
		"fails when refused at once":       {script{denied.Append(nil)}, "ERROR 1045"},
		"fails without an answer":          {script{testGreeting.Append(nil)}, "EOF"},
		"fails on an empty answer":         {script{testGreeting.Append(nil), nil}, "empty"},
		"fails when refused":               {script{testGreeting.Append(nil), denied.Append(nil)}, "ERROR 1045"},
		"fails on an unknown answer":       {script{testGreeting.Append(nil), []byte("?")}, "malformed"},
		"fails on another method":          {script{testGreeting.Append(nil), wire.AppendAuthSwitch(nil, "sha256_password", otherSalt)}, `"sha256_password"`},
		"fails when the method is changed": {script{testGreeting.Append(nil), change, change}, "goes on changing"},
	} {
		t.Run(name, func(t *testing.T) {
			addr, _ := test.script.play(t)
			b, _, err := dialBackend(t.Context(), addr, wire.Login{User: "app"}, "secret")
			if err == nil {
				b.Close()
				t.Fatal("logged in")
			}
			if !strings.Contains(err.Error(), test.want) && !strings.Contains(err.Error(), "reset by peer") {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestDialBackendIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // it never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			defer conn.Close()
			cancel()
			_, _ = conn.Read(make([]byte, 1))
		}
	}()
	if _, _, err := dialBackend(ctx, l.Addr().String(), wire.Login{}, ""); err == nil {
		t.Error("logged in")
	}
	if _, _, err := dialBackend(ctx, l.Addr().String(), wire.Login{}, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}
