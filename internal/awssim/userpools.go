package awssim

import (
	"slices"
	"time"
)

// UserPool is a user pool of Cognito with its clients. Users are not modelled: the application's clients are programs.
type UserPool struct {
	ID           string // <Region>_<9 characters>
	Name         string
	ARN          string
	Created      time.Time
	LastModified time.Time
	Clients      []UserPoolClient
}

// UserPoolClient is an app client of a user pool.
type UserPoolClient struct {
	ID                   string
	Name                 string
	Secret               string // empty if it has none
	AllowedFlows         []string
	AllowedScopes        []string
	FlowsEnabled         bool // AllowedOAuthFlowsUserPoolClient
	ExplicitAuthFlows    []string
	IdentityProviders    []string
	AccessTokenValidity  int // in AccessTokenUnit; 0 is Cognito's default, 60 minutes
	AccessTokenUnit      string
	PreventUserExistence string // ENABLED or LEGACY
	TokenRevocation      bool
	Created              time.Time
	LastModified         time.Time
}

// CreateUserPool stores a user pool. It fills in id, ARN and dates.
func (r *Region) CreateUserPool(p UserPool) UserPool {
	p.ID = r.name + "_" + r.state.newID(9, alphanum)
	p.ARN = r.UserPoolARN(p.ID)
	p.Created = r.state.Now()
	p.LastModified = p.Created
	r.UserPools.Put(p.ID, p)
	return p
}

// CreateUserPoolClient adds a client to the pool, and says whether the pool exists. It fills in id and dates, and the secret
// if one is to be generated.
func (r *Region) CreateUserPoolClient(pool string, c UserPoolClient, generateSecret bool) (UserPoolClient, bool) {
	p, ok := r.UserPools.Get(pool)
	if !ok {
		return c, false
	}
	c.ID = r.state.newID(26, lower)
	if generateSecret {
		c.Secret = r.state.newID(52, lower)
	}
	c.Created = r.state.Now()
	c.LastModified = c.Created
	p.Clients = append(slices.Clone(p.Clients), c)
	r.UserPools.Put(pool, p)
	return c, true
}

// Client returns the pool's client with that id.
func (p UserPool) Client(id string) (UserPoolClient, bool) {
	i := slices.IndexFunc(p.Clients, func(c UserPoolClient) bool { return c.ID == id })
	if i < 0 {
		return UserPoolClient{}, false
	}
	return p.Clients[i], true
}

// UserPoolARN is the ARN of the pool with that id, whether it exists or not.
func (r *Region) UserPoolARN(id string) string { return r.arn("cognito-idp", "userpool/"+id) }
