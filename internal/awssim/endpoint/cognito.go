package endpoint

import (
	"cmp"
	"context"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// cognito is Cognito's user pools, of which pools and clients can be looked at.
func cognito() *service {
	pool := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string { return r.UserPoolARN(c.Str("UserPoolId")) })
	})
	return &service{
		name:      "cognito-idp",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: []operation{
			{name: "ListUserPools", do: listUserPools},
			{name: "ListUserPoolClients", resources: pool, do: listUserPoolClients},
			{name: "DescribeUserPoolClient", resources: pool, do: describeUserPoolClient},
		},
	}
}

// maxPools is the greatest number of pools or clients in an answer.
const maxPools = 60

// cognitoPage returns the part of the items that is asked for. Without MaxResults it fails if required.
func cognitoPage[T any](c *Call, items []T, required bool) ([]T, string, error) {
	var in struct {
		MaxResults *int
		NextToken  string
	}
	if err := c.Bind(&in); err != nil {
		return nil, "", err
	}
	size := maxPools
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if size < 1 || size > maxPools || required && in.MaxResults == nil {
		return nil, "", failure(http.StatusBadRequest, "InvalidParameterException",
			"1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must be between 1 and %d", maxPools)
	}
	part, next, ok := page(items, in.NextToken, size)
	if !ok {
		return nil, "", failure(http.StatusBadRequest, "InvalidParameterException", "Invalid pagination token.")
	}
	return part, next, nil
}

func findPool(c *Call) (awssim.UserPool, error) {
	id := c.Str("UserPoolId")
	p, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.UserPool, bool) { return r.UserPools.Get(id) })
	if !ok {
		return p, failure(http.StatusBadRequest, "ResourceNotFoundException", "User pool %s does not exist.", id)
	}
	return p, nil
}

func listUserPools(_ context.Context, c *Call) (any, error) {
	type pool struct {
		ID               string `json:"Id"`
		Name             string
		LastModifiedDate *stamp
		CreationDate     *stamp
	}
	pools := []pool{}
	for _, p := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.UserPool { return r.UserPools.Values() }) {
		pools = append(pools, pool{p.ID, p.Name, stampOf(p.LastModified), stampOf(p.Created)})
	}
	part, next, err := cognitoPage(c, pools, true)
	return struct {
		UserPools []pool
		NextToken string `json:",omitempty"`
	}{part, next}, err
}

func listUserPoolClients(_ context.Context, c *Call) (any, error) {
	p, err := findPool(c)
	if err != nil {
		return nil, err
	}
	type client struct {
		ClientID   string `json:"ClientId"`
		UserPoolID string `json:"UserPoolId"`
		ClientName string
	}
	clients := []client{}
	for _, cl := range p.Clients {
		clients = append(clients, client{cl.ID, p.ID, cl.Name})
	}
	part, next, err := cognitoPage(c, clients, false)
	return struct {
		UserPoolClients []client
		NextToken       string `json:",omitempty"`
	}{part, next}, err
}

// userPoolClient is a client as DescribeUserPoolClient shows it.
type userPoolClient struct {
	UserPoolID                      string `json:"UserPoolId"`
	ClientName                      string
	ClientID                        string `json:"ClientId"`
	ClientSecret                    string `json:",omitempty"`
	LastModifiedDate                *stamp
	CreationDate                    *stamp
	AccessTokenValidity             int                 `json:",omitempty"`
	TokenValidityUnits              *tokenValidityUnits `json:",omitempty"`
	ExplicitAuthFlows               []string            `json:",omitempty"`
	SupportedIdentityProviders      []string            `json:",omitempty"`
	AllowedOAuthFlows               []string            `json:",omitempty"`
	AllowedOAuthScopes              []string            `json:",omitempty"`
	AllowedOAuthFlowsUserPoolClient bool
	PreventUserExistenceErrors      string `json:",omitempty"`
	EnableTokenRevocation           bool
}

type tokenValidityUnits struct{ AccessToken string }

func describeUserPoolClient(_ context.Context, c *Call) (any, error) {
	p, err := findPool(c)
	if err != nil {
		return nil, err
	}
	cl, ok := p.Client(c.Str("ClientId"))
	if !ok {
		return nil, failure(http.StatusBadRequest, "ResourceNotFoundException", "User pool client %s does not exist.", c.Str("ClientId"))
	}
	out := userPoolClient{
		UserPoolID: p.ID, ClientName: cl.Name, ClientID: cl.ID, ClientSecret: cl.Secret,
		LastModifiedDate: stampOf(cl.LastModified), CreationDate: stampOf(cl.Created),
		ExplicitAuthFlows: cl.ExplicitAuthFlows, SupportedIdentityProviders: cl.IdentityProviders,
		AllowedOAuthFlows: cl.AllowedFlows, AllowedOAuthScopes: cl.AllowedScopes, AllowedOAuthFlowsUserPoolClient: cl.FlowsEnabled,
		PreventUserExistenceErrors: cl.PreventUserExistence, EnableTokenRevocation: cl.TokenRevocation,
	}
	if cl.AccessTokenValidity > 0 {
		out.AccessTokenValidity = cl.AccessTokenValidity
		out.TokenValidityUnits = &tokenValidityUnits{cmp.Or(cl.AccessTokenUnit, "hours")}
	}
	return struct{ UserPoolClient userPoolClient }{out}, nil
}
