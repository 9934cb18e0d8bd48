package cognito

import (
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4/jwt"
)

// Claims are what an access token of the client credentials grant says.
type Claims struct {
	// Subject is the client's ID, as there is no user.
	Subject string `json:"sub"`
	// TokenUse is "access".
	TokenUse string `json:"token_use"`
	// Scope are the scopes, separated by spaces.
	Scope string `json:"scope"`
	// AuthTime is when the client authenticated, in seconds since 1970.
	AuthTime int64 `json:"auth_time"`
	// Issuer is the pool, as [Pool.Issuer] has it.
	Issuer string `json:"iss"`
	// Expires is the second from which on the token is not good any more.
	Expires int64 `json:"exp"`
	// IssuedAt is when the token was made, in seconds since 1970.
	IssuedAt int64 `json:"iat"`
	// Version is the version of the token's form, 2.
	Version int `json:"version"`
	// ID is the token's own ID.
	ID string `json:"jti"`
	// ClientID is the client's ID.
	ClientID string `json:"client_id"`
}

// Scopes are the scopes one by one.
func (c Claims) Scopes() []string { return strings.Fields(c.Scope) }

// accessToken makes a token for a client with these scopes.
func (p *Pool) accessToken(c Client, scopes []string) (string, error) {
	id, err := p.uuid()
	if err != nil {
		return "", err
	}
	now := p.cfg.Now().Unix()
	token, err := jwt.Signed(p.signer).Claims(Claims{
		Subject:  c.ID,
		TokenUse: accessUse,
		Scope:    strings.Join(scopes, " "),
		AuthTime: now,
		Issuer:   p.Issuer(),
		Expires:  now + int64(c.AccessTokenValidity.Seconds()),
		IssuedAt: now,
		Version:  2,
		ID:       id,
		ClientID: c.ID,
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign a token of client %s: %w", c.ID, err)
	}
	return token, nil
}
