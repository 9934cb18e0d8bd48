package steady

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// checkTokens gets a token in each Region, and is refused others. What Cognito answers is in its Developer Guide, "The token
// issuer endpoint": https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html.
func (r *run) checkTokens(ctx context.Context) {
	r.begin("tokens")
	for _, region := range r.Application.Regions() {
		r.check(ctx, "a client of "+region+" gets one", r.tokenRequest(region, "its client", r.Endpoints.Clients[region], ""), token())
	}
	primary := r.Application.Primary
	known := r.Endpoints.Clients[primary]
	stranger := endpoints.Client{ID: known.ID, Secret: known.Secret + "-not"}
	r.check(ctx, "a wrong secret gets none", r.tokenRequest(primary, "its client with a wrong secret", stranger, ""),
		tokenError("invalid_client"))
	// The documentation does not say which of the two it is.
	r.check(ctx, "an unknown scope gets none", r.tokenRequest(primary, "its client", known, "api/unknown"),
		tokenError("invalid_scope", "invalid_grant"))
}

// tokenRequest asks for a token and, if it gets one of all scopes, keeps it. The answer that it returns is without it.
func (r *run) tokenRequest(region, who string, as endpoints.Client, scope string) call {
	c := call{text: fmt.Sprintf("POST %s as %s, grant_type=client_credentials", r.Endpoints.Token[region], who)}
	if scope != "" {
		c.text += "&scope=" + scope
	}
	c.send = func(ctx context.Context) client.Answer {
		answer := r.client.Token(ctx, region, as, scope)
		var body map[string]any
		if json.Unmarshal(answer.Body, &body) != nil {
			return answer
		}
		value, _ := body["access_token"].(string)
		if value == "" {
			return answer
		}
		if as == r.Endpoints.Clients[region] && scope == "" {
			r.tokens[region] = value
		}
		body["access_token"] = fmt.Sprintf("%d characters", len(value))
		answer.Body, answer.Err = json.Marshal(body)
		return answer
	}
	return c
}

// token is the answer with a token.
func token() want {
	const body = `{"access_token":…,"token_type":"Bearer","expires_in":…}`
	return want{status: http.StatusOK, body: body, matches: func(a client.Answer) error {
		var got struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
		}
		if err := json.Unmarshal(a.Body, &got); err != nil {
			return fmt.Errorf("the body is not JSON: %w", err)
		}
		if got.AccessToken == "" || got.TokenType != "Bearer" || got.ExpiresIn <= 0 {
			return errors.New("the body must have an access_token, the token_type Bearer, and how long until it expires_in")
		}
		return nil
	}}
}

// tokenError is a refusal of the token endpoint, for one of the reasons given.
func tokenError(codes ...string) want {
	body := `{"error":…} that is ` + strings.Join(codes, " or ")
	return want{status: http.StatusBadRequest, body: body, matches: func(a client.Answer) error {
		var got struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal(a.Body, &got); err != nil {
			return fmt.Errorf("the body is not JSON: %w", err)
		}
		if !slices.Contains(codes, got.Error) {
			return fmt.Errorf("the error is %q, not %s", got.Error, strings.Join(codes, " or "))
		}
		return nil
	}}
}
