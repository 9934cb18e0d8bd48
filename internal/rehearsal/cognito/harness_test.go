package cognito_test

import (
	"encoding/json"
	"io"
	"maps"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

// properties is a JSON object of a template.
type properties = map[string]any

const scope = "api/upsert-delete"

// clock is a clock that stands still unless it is moved.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// fixture is a pool as the reference application has it.
type fixture struct {
	*cognito.Pool
	clock  *clock
	client cognito.Client
}

// newPool makes a pool without anything in it.
func newPool(t testing.TB, region string, seed int64) fixture {
	t.Helper()
	c := &clock{now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	pool, err := cognito.NewPool(cognito.Config{
		Region: region, AccountID: "123456789012", Now: c.Now, Rand: rand.New(rand.NewSource(seed)), //nolint:gosec // reproducible
	}, properties{"UserPoolName": "ToDoMgmt", "UserPoolTier": "LITE", "DeletionProtection": "ACTIVE"})
	if err != nil {
		t.Fatal(err)
	}
	return fixture{Pool: pool, clock: c}
}

// newFixture makes a pool with a domain, a resource server and a client.
func newFixture(t testing.TB, region string, seed int64) fixture {
	t.Helper()
	f := newPool(t, region, seed)
	if _, err := f.SetDomain(properties{"Domain": "todomgmt-dev-api-123456789012", "UserPoolId": f.ID()}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddResourceServer(f.server(nil)); err != nil {
		t.Fatal(err)
	}
	f.client = f.add(t, nil)
	return f
}

// server is a resource server of two scopes, with changes.
func (f fixture) server(changes properties) properties {
	p := properties{
		"Identifier": "api", "Name": "api", "UserPoolId": f.ID(),
		"Scopes": []any{
			properties{"ScopeName": "upsert-delete", "ScopeDescription": "writes"},
			properties{"ScopeName": "other", "ScopeDescription": "more"},
		},
	}
	maps.Copy(p, changes)
	return p
}

// properties are those of the reference application's client, with changes.
func (f fixture) properties(changes properties) properties {
	p := properties{
		"AccessTokenValidity": 60, "AllowedOAuthFlows": []any{"client_credentials"}, "AllowedOAuthFlowsUserPoolClient": true,
		"AllowedOAuthScopes": []any{scope}, "EnableTokenRevocation": true, "ExplicitAuthFlows": []any{"ALLOW_REFRESH_TOKEN_AUTH"},
		"GenerateSecret": true, "PreventUserExistenceErrors": "ENABLED", "SupportedIdentityProviders": []any{"COGNITO"},
		"TokenValidityUnits": properties{"AccessToken": "minutes"}, "UserPoolId": f.ID(),
	}
	maps.Copy(p, changes)
	return p
}

// add adds a client.
func (f fixture) add(t testing.TB, changes properties) cognito.Client {
	t.Helper()
	c, err := f.AddClient(f.properties(changes))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// call is a request to a token endpoint.
type call struct {
	method, contentType, user, password string
	authorization                       string // instead of user and password
	form                                string
}

// send sends c to the pool. It returns the status and the JSON of the answer.
func (f fixture) send(t testing.TB, c call) (*http.Response, map[string]any) {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodPost
	}
	if c.contentType == "" {
		c.contentType = "application/x-www-form-urlencoded"
	}
	r := httptest.NewRequest(c.method, "/oauth2/token", strings.NewReader(c.form))
	r.Header.Set("Content-Type", c.contentType)
	if c.user != "" {
		r.SetBasicAuth(c.user, c.password)
	}
	if c.authorization != "" {
		r.Header.Set("Authorization", c.authorization)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	data, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := map[string]any{}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(data, &answer); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	}
	return w.Result(), answer
}

// token gets a token for a client.
func (f fixture) token(t testing.TB, c cognito.Client, scopes string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scopes}}
	response, answer := f.send(t, call{user: c.ID, password: c.Secret, form: form.Encode()})
	token, ok := answer["access_token"].(string)
	if !ok {
		t.Fatalf("got %d %v", response.StatusCode, answer)
	}
	return token
}
