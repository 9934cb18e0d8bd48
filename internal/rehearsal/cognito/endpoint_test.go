package cognito_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

func TestToken(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	both := f.add(t, properties{"AllowedOAuthScopes": []any{"api/other", scope}, "AccessTokenValidity": 2, "TokenValidityUnits": properties{"AccessToken": "hours"}})
	const form = "grant_type=client_credentials"
	for name, tt := range map[string]struct {
		client cognito.Client
		call   call
		scope  string
		valid  float64
	}{
		"basic":           {f.client, call{user: f.client.ID, password: f.client.Secret, form: form}, scope, 3600},
		"in the body":     {f.client, call{form: form + "&client_id=" + f.client.ID + "&client_secret=" + f.client.Secret}, scope, 3600},
		"basic and an ID": {f.client, call{user: f.client.ID, password: f.client.Secret, form: form + "&client_id=" + f.client.ID}, scope, 3600},
		"with a scope":    {f.client, call{user: f.client.ID, password: f.client.Secret, form: form + "&scope=api%2Fupsert-delete"}, scope, 3600},
		"all scopes":      {both, call{user: both.ID, password: both.Secret, form: form}, "api/other " + scope, 7200},
		"some scopes":     {both, call{user: both.ID, password: both.Secret, form: form + "&scope=api/other"}, "api/other", 7200},
		"scopes in another order": {
			both, call{user: both.ID, password: both.Secret, form: form + "&scope=" + scope + "+api/other"}, scope + " api/other", 7200,
		},
		"with a character set": {
			f.client,
			call{user: f.client.ID, password: f.client.Secret, form: form, contentType: "application/x-www-form-urlencoded; charset=utf-8"},
			scope, 3600,
		},
	} {
		t.Run(name, func(t *testing.T) {
			response, answer := f.send(t, tt.call)
			if response.StatusCode != 200 || answer["token_type"] != "Bearer" || answer["expires_in"] != tt.valid || len(answer) != 3 {
				t.Fatalf("got %d %v", response.StatusCode, answer)
			}
			if got := response.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
				t.Errorf("Cache-Control is %q", got)
			}
			parsed, err := jwt.ParseSigned(answer["access_token"].(string), []jose.SignatureAlgorithm{jose.RS256})
			if err != nil {
				t.Fatal(err)
			}
			var claims map[string]any
			if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
				t.Fatal(err)
			}
			now := float64(f.clock.Now().Unix())
			want := map[string]any{
				"sub": tt.client.ID, "client_id": tt.client.ID, "token_use": "access", "scope": tt.scope, "auth_time": now, "iat": now,
				"exp": now + tt.valid, "iss": "https://cognito-idp.us-east-1.amazonaws.com/" + f.ID(), "version": 2.0, "jti": claims["jti"],
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTokenIsRefused(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	plain := f.add(t, properties{"AllowedOAuthFlows": nil, "AllowedOAuthScopes": nil, "AllowedOAuthFlowsUserPoolClient": false})
	flowless := f.add(t, properties{"AllowedOAuthFlows": nil, "AllowedOAuthScopes": nil})
	const form = "grant_type=client_credentials"
	id, secret := f.client.ID, f.client.Secret
	good := call{user: id, password: secret, form: form}
	with := func(change func(*call)) call {
		c := good
		change(&c)
		return c
	}
	for name, tt := range map[string]struct {
		call call
		want string
	}{
		"no body":                     {with(func(c *call) { c.form = "" }), "invalid_request"},
		"no grant":                    {with(func(c *call) { c.form = "scope=api/other" }), "invalid_request"},
		"a broken body":               {with(func(c *call) { c.form = form + "&%zz" }), "invalid_request"},
		"a semicolon":                 {with(func(c *call) { c.form = form + ";scope=a" }), "invalid_request"},
		"a parameter twice":           {with(func(c *call) { c.form = form + "&" + form }), "invalid_request"},
		"a long body":                 {with(func(c *call) { c.form = form + "&a=" + strings.Repeat("a", 64<<10) }), "invalid_request"},
		"JSON":                        {with(func(c *call) { c.contentType = "application/json" }), "invalid_request"},
		"a broken content type":       {with(func(c *call) { c.contentType = "/" }), "invalid_request"},
		"nobody":                      {call{form: form}, "invalid_request"},
		"a secret of nobody":          {call{form: form + "&client_secret=a"}, "invalid_request"},
		"two clients":                 {with(func(c *call) { c.form = form + "&client_id=" + plain.ID }), "invalid_request"},
		"two authentications":         {with(func(c *call) { c.form = form + "&client_secret=" + secret }), "invalid_request"},
		"a wrong secret":              {with(func(c *call) { c.password = secret[1:] + "a" }), "invalid_client"},
		"a secret's beginning":        {with(func(c *call) { c.password = secret[:50] }), "invalid_client"},
		"no secret":                   {call{form: form + "&client_id=" + id}, "invalid_client"},
		"an unknown client":           {with(func(c *call) { c.user = "unknown" }), "invalid_client"},
		"an unknown client in a body": {call{form: form + "&client_id=unknown&client_secret=" + secret}, "invalid_client"},
		"another scheme":              {with(func(c *call) { c.user, c.authorization = "", "Bearer a" }), "invalid_client"},
		"broken authorization":        {with(func(c *call) { c.user, c.authorization = "", "Basic %" }), "invalid_client"},
		"authorization without a colon": {
			with(func(c *call) { c.user, c.authorization = "", "Basic "+base64.StdEncoding.EncodeToString([]byte(id)) }), "invalid_client",
		},
		"a password grant":        {with(func(c *call) { c.form = "grant_type=password" }), "unsupported_grant_type"},
		"an authorization code":   {with(func(c *call) { c.form = "grant_type=authorization_code&code=a" }), "unauthorized_client"},
		"a refresh token":         {with(func(c *call) { c.form = "grant_type=refresh_token&refresh_token=a" }), "unauthorized_client"},
		"a client without OAuth":  {call{user: plain.ID, password: plain.Secret, form: form}, "invalid_grant"},
		"a client without flows":  {call{user: flowless.ID, password: flowless.Secret, form: form}, "unauthorized_client"},
		"an unknown scope":        {with(func(c *call) { c.form = form + "&scope=api/unknown" }), "invalid_scope"},
		"a scope it may not have": {with(func(c *call) { c.form = form + "&scope=" + scope + "+api/other" }), "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			response, answer := f.send(t, tt.call)
			if response.StatusCode != 400 || len(answer) != 1 || answer["error"] != tt.want {
				t.Errorf("got %d %v, want %s", response.StatusCode, answer, tt.want)
			}
			if got := response.Header.Get("Content-Type"); got != "application/json;charset=UTF-8" {
				t.Errorf("Content-Type is %q", got)
			}
		})
	}
}

func TestAClientWithoutASecretCannotGetIn(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	public := f.add(t, properties{"GenerateSecret": false, "AllowedOAuthFlows": nil, "AllowedOAuthScopes": nil, "AllowedOAuthFlowsUserPoolClient": false})
	if public.Secret != "" {
		t.Errorf("its secret is %q", public.Secret)
	}
	_, answer := f.send(t, call{form: "grant_type=client_credentials&client_id=" + public.ID})
	if answer["error"] != "invalid_grant" {
		t.Errorf("got %v", answer)
	}
}

func TestMethods(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		response, _ := f.send(t, call{method: method})
		if response.StatusCode != 405 || response.Header.Get("Allow") != "POST" {
			t.Errorf("%s got %d", method, response.StatusCode)
		}
	}
}

// get fetches a document of the pool.
func (f fixture) get(method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
	return w
}

func TestPaths(t *testing.T) {
	bare := newPool(t, "us-east-1", 1)
	f := newFixture(t, "us-east-1", 2)
	for _, tt := range []struct {
		f            fixture
		method, path string
		status       int
	}{
		{bare, "POST", "/oauth2/token", 404},
		{f, "GET", "/", 404},
		{f, "GET", "/.well-known/jwks.json", 404},
		{f, "GET", "/" + bare.ID() + "/.well-known/jwks.json", 404},
		{f, "GET", "/" + f.ID() + "/.well-known/other", 404},
		{f, "GET", "/" + f.ID() + "/.well-known/jwks.json", 200},
		{f, "HEAD", "/" + f.ID() + "/.well-known/jwks.json", 200},
		{f, "POST", "/" + f.ID() + "/.well-known/jwks.json", 405},
		{f, "GET", "/" + f.ID() + "/.well-known/openid-configuration", 200},
	} {
		if got := tt.f.get(tt.method, tt.path).Code; got != tt.status {
			t.Errorf("%s %s got %d, want %d", tt.method, tt.path, got, tt.status)
		}
	}
}

func TestKeys(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	var set jose.JSONWebKeySet
	body := f.get("GET", "/"+f.ID()+"/.well-known/jwks.json").Body.Bytes()
	if err := json.Unmarshal(body, &set); err != nil || len(set.Keys) != 2 {
		t.Fatalf("got %s, %v", body, err)
	}
	for _, key := range set.Keys {
		if len(key.KeyID) != 44 || key.Algorithm != "RS256" || key.Use != "sig" || !key.IsPublic() || !key.Valid() {
			t.Errorf("got %+v", key)
		}
	}
	if bytes.Contains(body, []byte(`"d"`)) {
		t.Error("the private key is shown")
	}
	parsed, err := jwt.ParseSigned(f.token(t, f.client, ""), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	keys := set.Key(parsed.Headers[0].KeyID)
	if len(keys) != 1 {
		t.Fatalf("the set has %d keys %s", len(keys), parsed.Headers[0].KeyID)
	}
	var claims cognito.Claims
	if err := parsed.Claims(keys[0], &claims); err != nil || !slices.Equal(claims.Scopes(), []string{scope}) {
		t.Errorf("got %+v, %v", claims, err)
	}
}

func TestConfiguration(t *testing.T) {
	f := newFixture(t, "us-east-2", 1)
	var got map[string]any
	if err := json.Unmarshal(f.get("GET", "/"+f.ID()+"/.well-known/openid-configuration").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	issuer := "https://cognito-idp.us-east-2.amazonaws.com/" + f.ID()
	for name, want := range map[string]string{
		"issuer": issuer, "jwks_uri": issuer + "/.well-known/jwks.json",
		"token_endpoint": "https://todomgmt-dev-api-123456789012.auth.us-east-2.amazoncognito.com/oauth2/token",
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %s", name, got[name], want)
		}
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	v := cognito.NewVerifier(f.clock.Now)
	v.Add(f.Pool)
	var wg sync.WaitGroup
	var mutex sync.Mutex
	ids := map[string]bool{}
	for range 8 {
		wg.Go(func() {
			f.get("GET", "/"+f.ID()+"/.well-known/jwks.json")
			for range 5 {
				claims, err := v.Verify([]string{f.ARN()}, f.token(t, f.client, ""))
				if err != nil {
					t.Error(err)
				}
				mutex.Lock()
				ids[claims.ID] = true
				mutex.Unlock()
			}
		})
	}
	wg.Wait()
	if len(ids) != 40 {
		t.Errorf("there are %d token IDs, want 40", len(ids))
	}
}

// limited is a source of randomness that ends.
type limited struct{ left int }

var errNoMore = errors.New("no more")

func (l *limited) Read(p []byte) (int, error) {
	if l.left < len(p) {
		return 0, errNoMore
	}
	l.left -= len(p)
	return len(p), nil
}

func TestRandomnessThatEnds(t *testing.T) {
	source := &limited{left: 1 << 20}
	now := func() time.Time { return time.Unix(0, 0) }
	pool, err := cognito.NewPool(cognito.Config{Region: "us-east-1", AccountID: "123456789012", Now: now, Rand: source}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{Pool: pool}
	if _, err := f.SetDomain(properties{"Domain": "a", "UserPoolId": f.ID()}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddResourceServer(f.server(nil)); err != nil {
		t.Fatal(err)
	}
	f.client = f.add(t, nil)
	for _, left := range []int{0, 26} {
		source.left = left
		if _, err := f.AddClient(f.properties(nil)); !errors.Is(err, errNoMore) {
			t.Errorf("with %d bytes: %v", left, err)
		}
	}
	source.left = 0
	response, _ := f.send(t, call{user: f.client.ID, password: f.client.Secret, form: "grant_type=client_credentials"})
	if response.StatusCode != 500 {
		t.Errorf("got %d, want 500", response.StatusCode)
	}
	for _, left := range []int{0, 9, 9 + 32} {
		_, err := cognito.NewPool(cognito.Config{Region: "us-east-1", AccountID: "123456789012", Now: now, Rand: &limited{left}}, nil)
		if !errors.Is(err, errNoMore) {
			t.Errorf("with %d bytes: %v", left, err)
		}
	}
}
