package database

import (
	"bytes"
	"context"
	"errors"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/iamtoken"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// authenticate greets the client, has them prove who they are, and logs them in to the server behind.
func (s *session) authenticate(ctx context.Context) (*backend, []byte, error) {
	if err := s.greet(); err != nil {
		return nil, nil, err
	}
	password, err := s.password()
	if err != nil {
		return nil, nil, err
	}
	denied := accessDenied(s.login.User, s.host(), password != "")
	users := s.endpoint.cluster.options.Users
	if users.isIAM(s.login.User) {
		if err := s.verifyToken(password); err != nil {
			s.logDenied(err)
			return nil, nil, denied
		}
		password = users.secret(s.login.User)
	}
	back, answer, err := dialBackend(ctx, s.endpoint.cluster.server.Load().Addr(), s.login, password)
	if e := (*wire.Error)(nil); errors.As(err, &e) && e.Number == errnoAccessDenied {
		s.logDenied(err)
		return nil, nil, denied
	}
	if err != nil {
		return nil, nil, err
	}
	if err := s.endpoint.available(); err != nil {
		back.Close()
		return nil, nil, err
	}
	return back, answer, nil
}

func (s *session) logDenied(err error) {
	s.endpoint.cluster.options.Log.Warn("access denied", "endpoint", s.endpoint.Addr(), "user", s.login.User, "err", err)
}

// password asks for the client's password, or for their token. It is encrypted by TLS only: tokens have to be read, and
// passwords are checked by the server behind.
func (s *session) password() (string, error) {
	if s.endpoint.cluster.options.Users.isIAM(s.login.User) {
		return s.clearPassword()
	}
	hash := s.login.Auth
	if s.login.Plugin != wire.CachingSHA2Password {
		s.newSalt()
		var err error
		if hash, err = s.switchTo(wire.CachingSHA2Password); err != nil {
			return "", err
		}
	}
	if empty := bytes.TrimRight(hash, "\x00"); len(empty) == 0 {
		return "", nil
	}
	// "Perform full authentication" has the client send the password itself, because the connection is secure.
	if err := s.write(func(b []byte) []byte { return append(b, wire.HeaderMoreData, 4) }); err != nil {
		return "", err
	}
	password, err := s.read()
	return string(bytes.TrimSuffix(password, []byte{0})), err
}

// clearPassword is what the client has sent in place of a hash, or sends if asked to.
func (s *session) clearPassword() (string, error) {
	token := s.login.Auth
	if s.login.Plugin != wire.ClearPassword {
		var err error
		if token, err = s.switchTo(wire.ClearPassword); err != nil {
			return "", err
		}
	}
	return string(bytes.TrimSuffix(token, []byte{0})), nil
}

// switchTo has the client authenticate by another method.
func (s *session) switchTo(plugin string) ([]byte, error) {
	err := s.write(func(b []byte) []byte { return wire.AppendAuthSwitch(b, plugin, s.salt[:]) })
	if err != nil {
		return nil, err
	}
	return s.read()
}

// verifyToken checks a client's token, and that they may log in as the user whom it names.
func (s *session) verifyToken(token string) error {
	o := s.endpoint.cluster.options
	expected := iamtoken.Expectation{Hosts: s.endpoint.hosts, User: s.login.User, Region: o.Region}
	key, err := iamtoken.Verify(token, expected, o.Now(), o.Identities.SecretKey)
	if err != nil {
		return err
	}
	if resource := s.endpoint.resource(s.login.User); !o.Identities.Allowed(key, "rds-db:connect", resource) {
		return errors.New(key + " is not allowed rds-db:connect on " + resource)
	}
	return nil
}
