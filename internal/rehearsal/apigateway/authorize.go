package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Claims are the claims of a token, of the types that encoding/json decodes to.
type Claims map[string]any

var (
	// ErrTokenInvalid is the error of a token that no pool of the authorizer has issued, or that was changed.
	ErrTokenInvalid = errors.New("the token is not valid")

	// ErrTokenExpired is the error of a token that was valid.
	ErrTokenExpired = errors.New("the token has expired")
)

// Verifier checks a token's signature, issuer and expiry against the user pools with these ARNs. It returns [ErrTokenInvalid] or
// [ErrTokenExpired] if the token is at fault. Any other error says that it could not check.
type Verifier func(ctx context.Context, userPoolARNs []string, token string) (Claims, error)

// authorize refuses a request without a good token. A route with scopes takes access tokens with one of them, and a route
// without takes identity tokens: see "Integrate a REST API with an Amazon Cognito user pool" in the developer guide.
func (x *exchange) authorize(verify Verifier) *refusal {
	if x.route.authorizer == nil {
		return nil
	}
	token := bearer(x.headers.Get(x.route.authorizer.header))
	if token == "" {
		return &noToken
	}
	claims, err := verify(x.context(), x.route.authorizer.pools, token)
	switch {
	case errors.Is(err, ErrTokenExpired):
		return &tokenExpired
	case errors.Is(err, ErrTokenInvalid):
		return &noToken
	case err != nil:
		x.authorizerError = err.Error()
		return &authorizerUnreachable
	}
	return x.admit(claims)
}

func (x *exchange) admit(claims Claims) *refusal {
	use := "id"
	if len(x.route.scopes) > 0 {
		use = "access"
	}
	if claims["token_use"] != use {
		return &noToken
	}
	x.claims = texts(claims)
	scopes := strings.Fields(x.claims["scope"])
	if use == "access" && !slices.ContainsFunc(x.route.scopes, func(s string) bool { return slices.Contains(scopes, s) }) {
		return &scopeMissing
	}
	return nil
}

// bearer is the token in a header. API Gateway takes it with and without the word before it.
func bearer(header string) string {
	const word = "bearer "
	if len(header) >= len(word) && strings.EqualFold(header[:len(word)], word) {
		header = header[len(word):]
	}
	return strings.TrimSpace(header)
}

// texts are claims as functions get them, which is all as text. The times of issue and expiry read like Java's Date, and lists
// have commas. AWS shows none of this; it is as people have published it.
func texts(claims Claims) map[string]string {
	texts := make(map[string]string, len(claims))
	for name, value := range claims {
		text := claimText(value)
		if name == "exp" || name == "iat" {
			if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
				text = time.Unix(seconds, 0).UTC().Format(time.UnixDate)
			}
		}
		texts[name] = text
	}
	return texts
}

func claimText(value any) string {
	if text, ok := asText(value); ok {
		return text
	}
	if list, ok := value.([]any); ok {
		var parts []string
		for _, item := range list {
			parts = append(parts, claimText(item))
		}
		return strings.Join(parts, ",")
	}
	if data, err := json.Marshal(value); err == nil {
		return string(data)
	}
	return fmt.Sprint(value)
}
