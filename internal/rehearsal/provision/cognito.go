package provision

import (
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

func (c *call) userPool() (cloudformation.Physical, error) {
	pool, err := cognito.NewPool(cognito.Config{Region: c.Region, AccountID: c.Account, Now: c.now, Rand: c.source}, c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	c.UserPools = append(c.UserPools, pool)
	c.region.UserPools.Put(pool.ID(), awssim.UserPool{
		ID: pool.ID(), Name: pool.Name(), ARN: pool.ARN(), Created: pool.Created(), LastModified: pool.Created(),
	})
	return physical(pool.ID(), attributes{
		"Arn": pool.ARN(), "UserPoolId": pool.ID(), "ProviderName": pool.ProviderName(), "ProviderURL": pool.Issuer(),
	})
}

// ofPool is a creator of something that belongs to a user pool.
func ofPool(create func(*call, *cognito.Pool) (cloudformation.Physical, error)) creator {
	return func(c *call) (cloudformation.Physical, error) {
		for _, pool := range c.UserPools {
			if pool.Region() == c.Region && pool.ID() == c.Properties["UserPoolId"] {
				return create(c, pool)
			}
		}
		return failf("%s: User pool %v does not exist.", c.Type, c.Properties["UserPoolId"])
	}
}

func (c *call) userPoolDomain(pool *cognito.Pool) (cloudformation.Physical, error) {
	for _, other := range c.UserPools {
		if other.Region() == c.Region && other.Domain() == c.Properties["Domain"] {
			return failf("%s: Domain already associated with another user pool: %s", c.Type, other.Domain())
		}
	}
	domain, err := pool.SetDomain(c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	return physical(domain, nil)
}

func (c *call) userPoolResourceServer(pool *cognito.Pool) (cloudformation.Physical, error) {
	identifier, err := pool.AddResourceServer(c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	return physical(identifier, nil)
}

func (c *call) userPoolClient(pool *cognito.Pool) (cloudformation.Physical, error) {
	client, err := pool.AddClient(c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	state, _ := c.region.UserPools.Get(pool.ID())
	state.Clients = append(state.Clients[:len(state.Clients):len(state.Clients)], c.clientState(client))
	c.region.UserPools.Put(pool.ID(), state)
	return physical(client.ID, attributes{"ClientId": client.ID, "ClientSecret": client.Secret, "Name": client.Name})
}

// clientState is a client as Cognito shows it. What concerns users only is what the template says, since nothing acts on it.
func (c *call) clientState(client cognito.Client) awssim.UserPoolClient {
	text := func(key string) string {
		s, _ := c.Properties[key].(string)
		return s
	}
	revocation := c.Properties["EnableTokenRevocation"]
	return awssim.UserPoolClient{
		ID: client.ID, Name: client.Name, Secret: client.Secret, AllowedFlows: client.Flows, AllowedScopes: client.Scopes,
		FlowsEnabled: client.OAuth, ExplicitAuthFlows: texts(c.Properties["ExplicitAuthFlows"]),
		IdentityProviders:   texts(c.Properties["SupportedIdentityProviders"]),
		AccessTokenValidity: int(client.AccessTokenValidity / time.Minute), AccessTokenUnit: "minutes",
		PreventUserExistence: text("PreventUserExistenceErrors"), TokenRevocation: revocation == true || revocation == "true",
		Created: client.Created, LastModified: client.Created,
	}
}

// texts are the texts of a list in a template.
func texts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return all
}
