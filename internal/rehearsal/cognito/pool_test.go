package cognito_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

func TestPool(t *testing.T) {
	f := newFixture(t, "us-east-2", 1)
	for got, want := range map[string]string{
		f.ID():             `^us-east-2_[A-Za-z0-9]{9}$`,
		f.ARN():            `^arn:aws:cognito-idp:us-east-2:123456789012:userpool/` + f.ID() + `$`,
		f.ProviderName():   `^cognito-idp\.us-east-2\.amazonaws\.com/` + f.ID() + `$`,
		f.Issuer():         `^https://cognito-idp\.us-east-2\.amazonaws\.com/` + f.ID() + `$`,
		f.Name():           `^ToDoMgmt$`,
		f.Tier():           `^LITE$`,
		f.Region():         `^us-east-2$`,
		f.Domain():         `^todomgmt-dev-api-123456789012$`,
		f.client.ID:        `^[a-z0-9]{26}$`,
		f.client.Secret:    `^[a-z0-9]{51}$`,
		f.client.Scopes[0]: `^api/upsert-delete$`,
		f.client.Flows[0]:  `^client_credentials$`,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%q does not match %s", got, want)
		}
	}
	if !f.Created().Equal(f.clock.Now()) || !f.client.Created.Equal(f.clock.Now()) || f.client.AccessTokenValidity != time.Hour || !f.client.OAuth {
		t.Errorf("got %s, %+v", f.Created(), f.client)
	}
	clients := f.Clients()
	if len(clients) != 1 || clients[0].ID != f.client.ID {
		t.Errorf("got %v", clients)
	}
}

func TestSeedsReproduceIDs(t *testing.T) {
	a, b, c := newFixture(t, "us-east-1", 7), newFixture(t, "us-east-1", 7), newFixture(t, "us-east-1", 8)
	if a.ID() != b.ID() || a.client.ID != b.client.ID || a.client.Secret != b.client.Secret || a.KeyID() != b.KeyID() {
		t.Errorf("one seed gave %s, %+v and %s, %+v", a.ID(), a.client, b.ID(), b.client)
	}
	if a.ID() == c.ID() || a.client.ID == c.client.ID || a.client.Secret == c.client.Secret {
		t.Error("two seeds gave the same")
	}
}

func TestValidity(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	for _, tt := range []struct {
		value any
		unit  string
		want  time.Duration
	}{
		{nil, "", time.Hour},
		{2, "", 2 * time.Hour},
		{"2", "hours", 2 * time.Hour},
		{5, "minutes", 5 * time.Minute},
		{300, "seconds", 5 * time.Minute},
		{1, "days", 24 * time.Hour},
	} {
		units := properties{"IdToken": "minutes"}
		if tt.unit != "" {
			units["AccessToken"] = tt.unit
		}
		if got := f.add(t, properties{"AccessTokenValidity": tt.value, "TokenValidityUnits": units}).AccessTokenValidity; got != tt.want {
			t.Errorf("%v %s is %s, want %s", tt.value, tt.unit, got, tt.want)
		}
	}
}

func TestNewPoolFails(t *testing.T) {
	config := cognito.Config{Region: "us-east-1", AccountID: "123456789012", Now: time.Now, Rand: strings.NewReader("")}
	for name, tt := range map[string]struct {
		config   cognito.Config
		resolved properties
		want     string
	}{
		"triggers":            {config, properties{"LambdaConfig": properties{}}, "AWS::Cognito::UserPool: property LambdaConfig is not modelled"},
		"an unknown property": {config, properties{"Other": 1}, "property Other"},
		"no Region":           {cognito.Config{}, nil, "needs Region"},
	} {
		t.Run("fails for "+name, func(t *testing.T) {
			_, err := cognito.NewPool(tt.config, tt.resolved)
			wantError(t, err, tt.want)
		})
	}
}

func TestAddFails(t *testing.T) {
	f := newFixture(t, "us-east-1", 1)
	domain := func(changes properties) error {
		p := properties{"Domain": "a", "UserPoolId": f.ID()}
		maps.Copy(p, changes)
		_, err := f.SetDomain(p)
		return err
	}
	server := func(changes properties) error {
		_, err := f.AddResourceServer(f.server(changes))
		return err
	}
	client := func(changes properties) error {
		_, err := f.AddClient(f.properties(changes))
		return err
	}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a second domain", domain(nil), "Domain must be set once"},
		{"a custom domain", domain(properties{"CustomDomainConfig": properties{}}), "UserPoolDomain: property CustomDomainConfig is not modelled"},
		{"another pool's domain", domain(properties{"UserPoolId": "other"}), `UserPoolId is "other", not us-east-1_`},
		{"a second resource server", server(nil), `Identifier "api" of a resource server`},
		{"a nameless resource server", server(properties{"Identifier": ""}), "must be set"},
		{"an unknown property of one", server(properties{"Other": 1}), "UserPoolResourceServer: property Other"},
		{"another pool's resource server", server(properties{"UserPoolId": "other"}), "UserPoolId"},
		{"an unknown property of a client", client(properties{"Other": 1}), "UserPoolClient: property Other"},
		{"another pool's client", client(properties{"UserPoolId": "other"}), "UserPoolId"},
		{"another flow", client(properties{"AllowedOAuthFlows": []any{"code"}}), "the flow code of AllowedOAuthFlows is not modelled"},
		{"no secret", client(properties{"GenerateSecret": false}), "GenerateSecret must be true"},
		{"no scopes", client(properties{"AllowedOAuthScopes": []any{}}), "AllowedOAuthScopes must not be empty"},
		{"an unknown scope", client(properties{"AllowedOAuthScopes": []any{"api/none"}}), "api/none, which no resource server defines"},
		{"a short validity", client(properties{"AccessTokenValidity": 4}), "between 5m0s and 24h0m0s, got 4m0s"},
		{"a long validity", client(properties{"AccessTokenValidity": 1441}), "got 24h1m0s"},
		{"another unit", client(properties{"TokenValidityUnits": properties{"AccessToken": "weeks"}}), "the unit weeks"},
		{"everything at once", client(properties{"AllowedOAuthFlows": []any{"code"}, "GenerateSecret": false, "AccessTokenValidity": 1}), "GenerateSecret"},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) { wantError(t, tt.err, tt.want) })
	}
}

// wantError fails unless err's text holds part.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("error %v does not say %q", err, part)
	}
}

// TestTheTemplate makes the pool of the reference application's golden template.
func TestTheTemplate(t *testing.T) {
	data, err := os.ReadFile("../../../test/testdata/PriDeploy-ToDoMgmt-app-pri.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties properties
		}
	}
	if err := json.Unmarshal(data, &template); err != nil {
		t.Fatal(err)
	}
	resolved := map[string]properties{}
	for _, r := range template.Resources {
		resolved[r.Type] = r.Properties
	}
	pool, err := cognito.NewPool(cognito.Config{
		Region: "us-east-1", AccountID: "123456789012", Now: time.Now, Rand: &limited{1 << 20},
	}, resolved["AWS::Cognito::UserPool"])
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"Domain", "ResourceServer", "Client"} {
		resolved["AWS::Cognito::UserPool"+kind]["UserPoolId"] = pool.ID()
	}
	if _, err := pool.SetDomain(resolved["AWS::Cognito::UserPoolDomain"]); err != nil {
		t.Error(err)
	}
	if _, err := pool.AddResourceServer(resolved["AWS::Cognito::UserPoolResourceServer"]); err != nil {
		t.Error(err)
	}
	resolved["AWS::Cognito::UserPoolClient"]["AllowedOAuthScopes"] = []any{scope}
	c, err := pool.AddClient(resolved["AWS::Cognito::UserPoolClient"])
	if err != nil || !slices.Equal(c.Scopes, []string{scope}) {
		t.Errorf("got %+v, %v", c, err)
	}
}
