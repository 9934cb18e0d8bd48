package cognito

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// accessUse is the use of access tokens.
const accessUse = "access"

// Why a token is not accepted. The errors of [Verifier.Verify] wrap one of these.
var (
	// ErrMalformed says that it is not a token, or not one that is signed with RS256.
	ErrMalformed = errors.New("the token is malformed")
	// ErrIssuer says that no pool that is trusted issued it.
	ErrIssuer = errors.New("the token is of an unknown issuer")
	// ErrSignature says that the pool that it names did not sign it.
	ErrSignature = errors.New("the token's signature is wrong")
	// ErrExpired says that it is not good any more.
	ErrExpired = errors.New("the token has expired")
	// ErrTokenUse says that it is not an access token.
	ErrTokenUse = errors.New("the token is not an access token")
)

// Verifier verifies access tokens for APIs, as "Verifying JSON web tokens" describes it. It is safe for use by several
// goroutines. It knows the pools themselves, and so needs no connection to verify a token, as an authorizer that has the
// keys in its cache.
type Verifier struct {
	now func() time.Time

	mutex sync.RWMutex
	pools []*Pool
}

// NewVerifier makes a verifier that knows no pools yet. now is the clock that tokens expire by.
func NewVerifier(now func() time.Time) *Verifier { return &Verifier{now: now} }

// Add makes a pool known. Its tokens are good for APIs that trust it.
func (v *Verifier) Add(p *Pool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.pools = append(v.pools, p)
}

// Verify returns what a token says, if it is an access token that is good now and one of the pools with these ARNs signed
// it. The token comes without a scheme such as Bearer. A pool of another Region is as good as any.
func (v *Verifier) Verify(providerARNs []string, token string) (Claims, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var claims Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	pool := v.pool(providerARNs, claims.Issuer)
	if pool == nil {
		return Claims{}, fmt.Errorf("%w: %q", ErrIssuer, claims.Issuer)
	}
	if id := parsed.Headers[0].KeyID; id != pool.access.id {
		return Claims{}, fmt.Errorf("%w: %s signs access tokens with no key %q", ErrSignature, pool.id, id)
	}
	claims = Claims{}
	if err := parsed.Claims(&pool.access.key.PublicKey, &claims); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if err := claims.check(v.now()); err != nil {
		return Claims{}, err
	}
	return claims, nil
}

// pool is the pool that is an issuer and has one of these ARNs, or nil.
func (v *Verifier) pool(arns []string, issuer string) *Pool {
	v.mutex.RLock()
	defer v.mutex.RUnlock()
	for _, p := range v.pools {
		if p.Issuer() == issuer && slices.Contains(arns, p.ARN()) {
			return p
		}
	}
	return nil
}

// check reports why claims that are truly a pool's are not good.
func (c Claims) check(now time.Time) error {
	if now.Unix() >= c.Expires {
		return fmt.Errorf("%w at %s", ErrExpired, time.Unix(c.Expires, 0).UTC().Format(time.RFC3339))
	}
	if c.TokenUse != accessUse {
		return fmt.Errorf("%w: token_use is %q", ErrTokenUse, c.TokenUse)
	}
	return nil
}
