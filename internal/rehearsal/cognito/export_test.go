package cognito

import "github.com/go-jose/go-jose/v4/jwt"

// Sign signs claims as the pool signs access tokens.
func (p *Pool) Sign(claims any) (string, error) {
	return jwt.Signed(p.signer).Claims(claims).Serialize()
}

// KeyID is the ID of the key that signs access tokens.
func (p *Pool) KeyID() string { return p.access.id }
