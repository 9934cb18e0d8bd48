package cognito_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

// regions are the pools of two Regions and a verifier that knows both.
type regions struct {
	pri, secd fixture
	verifier  *cognito.Verifier
}

func newRegions(t testing.TB) regions {
	t.Helper()
	r := regions{pri: newFixture(t, "us-east-1", 1), secd: newFixture(t, "us-east-2", 2)}
	r.verifier = cognito.NewVerifier(r.pri.clock.Now)
	r.verifier.Add(r.pri.Pool)
	r.verifier.Add(r.secd.Pool)
	return r
}

func TestVerify(t *testing.T) {
	r := newRegions(t)
	pri, secd := r.pri.token(t, r.pri.client, ""), r.secd.token(t, r.secd.client, "")
	for _, tt := range []struct {
		name  string
		arns  []string
		token string
		want  error
	}{
		{"a token of the Region", []string{r.pri.ARN()}, pri, nil},
		{"the primary's token in the secondary", []string{r.secd.ARN(), r.pri.ARN()}, pri, nil},
		{"the secondary's token in the secondary", []string{r.secd.ARN(), r.pri.ARN()}, secd, nil},
		{"the secondary's token in the primary", []string{r.pri.ARN()}, secd, cognito.ErrIssuer},
		{"nobody trusted", nil, pri, cognito.ErrIssuer},
		{"a pool that nobody knows", []string{"arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_none"}, pri, cognito.ErrIssuer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			claims, err := r.verifier.Verify(tt.arns, tt.token)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if tt.want == nil && (claims.Scope != scope || claims.Subject != claims.ClientID || claims.Version != 2) {
				t.Errorf("got %+v", claims)
			}
			if tt.want != nil && claims != (cognito.Claims{}) {
				t.Errorf("got %+v with an error", claims)
			}
		})
	}
}

func TestVerifyExpiry(t *testing.T) {
	r := newRegions(t)
	token := r.pri.token(t, r.pri.client, "")
	for _, step := range []struct {
		after time.Duration
		want  error
	}{{0, nil}, {time.Hour - time.Second, nil}, {time.Second, cognito.ErrExpired}, {24 * time.Hour, cognito.ErrExpired}} {
		r.pri.clock.move(step.after)
		if _, err := r.verifier.Verify([]string{r.pri.ARN()}, token); !errors.Is(err, step.want) {
			t.Errorf("after %s: got %v, want %v", step.after, err, step.want)
		}
	}
}

// part encodes a part of a token.
func part(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func TestForgedTokens(t *testing.T) {
	r := newRegions(t)
	good := r.pri.token(t, r.pri.client, "")
	parts := strings.Split(good, ".")
	claims := func(changes properties) properties {
		now := r.pri.clock.Now().Unix()
		c := properties{
			"sub": r.pri.client.ID, "client_id": r.pri.client.ID, "token_use": "access", "scope": scope, "iss": r.pri.Issuer(),
			"exp": now + 3600, "iat": now, "auth_time": now, "version": 2, "jti": "a",
		}
		for key, value := range changes {
			c[key] = value
		}
		return c
	}
	own := func(changes properties) string {
		token, err := r.pri.Sign(claims(changes))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(algorithm jose.SignatureAlgorithm, key any, id string) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(signer).Claims(claims(nil)).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	none := part(t, properties{"alg": "none", "kid": r.pri.KeyID()})
	hmacKey := r.pri.get("GET", "/"+r.pri.ID()+"/.well-known/jwks.json").Body.Bytes()
	for name, tt := range map[string]struct {
		token string
		want  error
	}{
		"empty":                               {"", cognito.ErrMalformed},
		"text":                                {"token", cognito.ErrMalformed},
		"two parts":                           {parts[0] + "." + parts[1], cognito.ErrMalformed},
		"four parts":                          {good + ".a", cognito.ErrMalformed},
		"with a scheme":                       {"Bearer " + good, cognito.ErrMalformed},
		"JSON form":                           {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, cognito.ErrMalformed},
		"no algorithm":                        {none + "." + parts[1] + ".", cognito.ErrMalformed},
		"no algorithm, with a signature":      {none + "." + parts[1] + "." + parts[2], cognito.ErrMalformed},
		"HS256 with the public key":           {signed(jose.HS256, hmacKey, r.pri.KeyID()), cognito.ErrMalformed},
		"RS512":                               {signed(jose.RS512, stranger, r.pri.KeyID()), cognito.ErrMalformed},
		"PS256":                               {signed(jose.PS256, stranger, r.pri.KeyID()), cognito.ErrMalformed},
		"a payload that is no JSON":           {parts[0] + ".YQ." + parts[2], cognito.ErrMalformed},
		"claims of other types":               {own(properties{"exp": "soon"}), cognito.ErrMalformed},
		"another key":                         {signed(jose.RS256, stranger, r.pri.KeyID()), cognito.ErrSignature},
		"another key with another ID":         {signed(jose.RS256, stranger, "other"), cognito.ErrSignature},
		"another key without an ID":           {signed(jose.RS256, stranger, ""), cognito.ErrSignature},
		"another payload":                     {parts[0] + "." + part(t, claims(properties{"scope": "api/other"})) + "." + parts[2], cognito.ErrSignature},
		"no signature":                        {parts[0] + "." + parts[1] + ".", cognito.ErrSignature},
		"the other pool's signature":          {strings.Join(append(parts[:2:2], strings.Split(r.secd.token(t, r.secd.client, ""), ".")[2]), "."), cognito.ErrSignature},
		"another issuer":                      {own(properties{"iss": "https://example.com"}), cognito.ErrIssuer},
		"no issuer":                           {own(properties{"iss": ""}), cognito.ErrIssuer},
		"the other pool's issuer":             {own(properties{"iss": r.secd.Issuer()}), cognito.ErrSignature},
		"an ID token":                         {own(properties{"token_use": "id"}), cognito.ErrTokenUse},
		"no use":                              {own(properties{"token_use": ""}), cognito.ErrTokenUse},
		"an expired ID token":                 {own(properties{"token_use": "id", "exp": 1}), cognito.ErrExpired},
		"no expiry":                           {own(properties{"exp": 0}), cognito.ErrExpired},
		"the same claims, signed by the pool": {own(nil), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := r.verifier.Verify([]string{r.pri.ARN(), r.secd.ARN()}, tt.token); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	r := newRegions(b)
	token := r.pri.token(b, r.pri.client, "")
	for b.Loop() {
		if _, err := r.verifier.Verify([]string{r.secd.ARN(), r.pri.ARN()}, token); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewPool(b *testing.B) {
	for b.Loop() {
		newPool(b, "us-east-1", 1)
	}
}
