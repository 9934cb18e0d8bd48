package cognito_test

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzVerify looks for a token that is accepted and that the pool did not issue.
func FuzzVerify(f *testing.F) {
	r := newRegions(f)
	good := r.pri.token(f, r.pri.client, "")
	parts := strings.Split(good, ".")
	for _, seed := range []string{
		good, "", "a.b.c", "..", parts[0] + "." + parts[1] + ".", "eyJhbGciOiJub25lIn0." + parts[1] + ".", parts[0] + ".." + parts[2],
		"eyJhbGciOiJSUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19." + parts[1] + "." + parts[2],
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := r.verifier.Verify([]string{r.pri.ARN(), r.secd.ARN()}, token)
		// Base64 can be written in more ways than one, so the same token may come in other bytes; the claims are what counts.
		if err == nil && (claims.ClientID != r.pri.client.ID || claims.Scope != scope || !strings.HasPrefix(token, parts[0]+"."+parts[1])) {
			t.Errorf("accepted %q as %+v", token, claims)
		}
	})
}

// FuzzToken looks for a request that gets a token without the secret, or crashes the endpoint.
func FuzzToken(f *testing.F) {
	pool := newFixture(f, "us-east-1", 1)
	id, secret := pool.client.ID, pool.client.Secret
	for _, seed := range [][2]string{
		{"grant_type=client_credentials", ""},
		{"grant_type=client_credentials&client_id=" + id, ""},
		{"grant_type=client_credentials&client_id=" + id + "&client_secret=" + secret[:50], ""},
		{"grant_type=client_credentials&scope=a", "Basic " + id},
		{"%zz=;&&=", "Basic OmE="},
		{"grant_type=refresh_token", "Basic Og=="},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, form, authorization string) {
		response, answer := pool.send(t, call{form: form, authorization: authorization})
		switch response.StatusCode {
		case http.StatusBadRequest:
			if _, ok := answer["error"].(string); !ok || len(answer) != 1 {
				t.Errorf("got %v", answer)
			}
		case http.StatusOK:
			if !strings.Contains(form, secret) && authorization == "" {
				t.Errorf("%q got a token", form)
			}
		default:
			t.Errorf("got %d", response.StatusCode)
		}
	})
}
