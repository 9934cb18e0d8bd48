package cognito

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// maxBodyBytes is how long the body of a token request may be here. Cognito's own limit is not documented; what is allowed
// in it fits many times.
const maxBodyBytes = 64 << 10

// ServeHTTP serves the pool's token endpoint, keys and configuration.
func (p *Pool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wellKnown, isWellKnown := strings.CutPrefix(r.URL.Path, "/"+p.id+"/.well-known/")
	switch {
	case r.URL.Path == "/oauth2/token" && p.Domain() != "":
		p.serveToken(w, r)
	case isWellKnown && wellKnown == "jwks.json":
		p.serveKeys(w, r)
	case isWellKnown && wellKnown == "openid-configuration":
		get(w, r, p.configuration())
	default:
		http.NotFound(w, r)
	}
}

// The errors of the token endpoint.
var (
	errInvalidRequest       = errors.New("invalid_request")
	errInvalidClient        = errors.New("invalid_client")
	errInvalidGrant         = errors.New("invalid_grant")
	errUnauthorizedClient   = errors.New("unauthorized_client")
	errUnsupportedGrantType = errors.New("unsupported_grant_type")
	errInvalidScope         = errors.New("invalid_scope")
)

// serveToken answers a request for a token.
func (p *Pool) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	w.Header().Set("Pragma", "no-cache")
	client, scopes, err := p.grant(w, r)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		return
	}
	token, err := p.accessToken(client, scopes)
	if err != nil {
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token,
		"expires_in":   int(client.AccessTokenValidity.Seconds()),
		"token_type":   "Bearer",
	})
}

// grant decides who gets a token with which scopes. Its error is the one that the caller is told.
func (p *Pool) grant(w http.ResponseWriter, r *http.Request) (Client, []string, error) {
	form, err := parseForm(http.MaxBytesReader(w, r.Body, maxBodyBytes), r.Header.Get("Content-Type"))
	if err != nil {
		return Client{}, nil, errInvalidRequest
	}
	grant := form.Get("grant_type")
	switch grant {
	case "":
		return Client{}, nil, errInvalidRequest
	case clientCredentials, "authorization_code", "refresh_token":
	default:
		return Client{}, nil, errUnsupportedGrantType
	}
	client, err := p.authenticate(r, form)
	if err != nil {
		return Client{}, nil, err
	}
	switch {
	case !client.OAuth:
		return Client{}, nil, errInvalidGrant // observed, for a client without AllowedOAuthFlowsUserPoolClient
	case grant != clientCredentials || !slices.Contains(client.Flows, grant):
		return Client{}, nil, errUnauthorizedClient
	}
	scopes, err := client.granted(strings.Fields(form.Get("scope")))
	return client, scopes, err
}

// parseForm reads the parameters of a token request, each of which may be given once.
func parseForm(body io.Reader, contentType string) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, errInvalidRequest
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, err
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, errInvalidRequest
		}
	}
	return form, nil
}

// authenticate finds the client that the request proves to be from: by Basic authorization, or in the body.
func (p *Pool) authenticate(r *http.Request, form url.Values) (Client, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if r.Header.Get("Authorization") != "" {
		user, password, ok := r.BasicAuth()
		if !ok {
			return Client{}, errInvalidClient
		}
		if id != "" && id != user || secret != "" {
			return Client{}, errInvalidRequest // RFC 6749, 2.3: one method for each request
		}
		id, secret = user, password
	}
	if id == "" {
		return Client{}, errInvalidRequest
	}
	var client Client // nobody has an empty ID, and so this is nobody
	for _, c := range p.Clients() {
		if c.ID == id {
			client = c
		}
	}
	hash := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(hash[:], client.secretHash[:]) != 1 || client.ID == "" {
		return Client{}, errInvalidClient
	}
	return client, nil
}

// granted are the scopes that a client gets: those it asks for, if it may have all of them, and all it may have if it asks
// for none.
func (c Client) granted(asked []string) ([]string, error) {
	if len(asked) == 0 {
		return c.Scopes, nil
	}
	for _, scope := range asked {
		if !slices.Contains(c.Scopes, scope) {
			return nil, errInvalidScope
		}
	}
	return asked, nil
}

// serveKeys answers with the public keys.
func (p *Pool) serveKeys(w http.ResponseWriter, r *http.Request) {
	idToken, err := p.idToken()
	if err != nil {
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	}
	get(w, r, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{idToken.public(), p.access.public()}})
}

// configuration is what clients of OpenID Connect discover. Its URLs are those of AWS.
func (p *Pool) configuration() map[string]any {
	domain := "https://" + p.Domain() + ".auth." + p.cfg.Region + ".amazoncognito.com"
	return map[string]any{
		"authorization_endpoint":                domain + "/oauth2/authorize",
		"end_session_endpoint":                  domain + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"issuer":                                p.Issuer(),
		"jwks_uri":                              p.Issuer() + "/.well-known/jwks.json",
		"response_types_supported":              []string{"code", "token"},
		"revocation_endpoint":                   domain + "/oauth2/revoke",
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint":                        domain + "/oauth2/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"userinfo_endpoint":                     domain + "/oauth2/userInfo",
	}
}

// get answers GET and HEAD with a document.
func get(w http.ResponseWriter, r *http.Request, document any) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	writeJSON(w, http.StatusOK, document)
}

// writeJSON answers with JSON.
func writeJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(document) // a caller that has gone needs no answer
}
