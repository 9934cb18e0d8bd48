package authority_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
)

func newAuthority(t *testing.T) *authority.Authority {
	t.Helper()
	a, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// handshake connects a client to a server with a certificate.
func handshake(t *testing.T, certificate tls.Certificate, client *tls.Config) error {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(io.Discard, conn)
	}()
	conn, err := tls.Dial("tcp", l.Addr().String(), client)
	if err == nil {
		conn.Close()
	}
	<-done
	return err
}

func TestCertificate(t *testing.T) {
	a := newAuthority(t)
	certificate, err := a.Certificate("127.0.0.1", "localhost", "proxy.example.com")
	if err != nil {
		t.Fatal(err)
	}
	fromPEM := x509.NewCertPool()
	if !fromPEM.AppendCertsFromPEM(a.PEM()) {
		t.Fatal("no certificate in PEM")
	}
	for _, name := range []string{"127.0.0.1", "localhost", "proxy.example.com"} {
		for _, client := range []*tls.Config{a.ClientConfig(name), {RootCAs: fromPEM, ServerName: name}} {
			if err := handshake(t, certificate, client); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := handshake(t, certificate, a.ClientConfig("other.example.com")); err == nil {
		t.Error("a client has accepted another name")
	}
	if err := handshake(t, certificate, newAuthority(t).ClientConfig("localhost")); err == nil {
		t.Error("a client has accepted another authority")
	}
}
