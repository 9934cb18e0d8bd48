package cognito

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// Config is where a pool lives and what it is made with. All fields are required.
type Config struct {
	// Region is the pool's Region, such as "us-east-1".
	Region string
	// AccountID is the pool's account, 12 digits.
	AccountID string
	// Now is the clock that tokens are dated by.
	Now func() time.Time
	// Rand is what IDs, secrets and the IDs of tokens are made of. A pool reads it in one goroutine at a time.
	Rand io.Reader
}

// Pool is a user pool. It is safe for use by several goroutines.
type Pool struct {
	cfg     Config
	id      string
	name    string
	tier    string
	created time.Time
	access  *keyPair
	idToken func() (*keyPair, error)
	signer  jose.Signer

	mutex   sync.Mutex
	domain  string
	scopes  []string // of the resource servers, as "identifier/name"
	servers []string
	clients []Client
}

// Client is an app client of a pool.
type Client struct {
	// ID is the client ID, 26 lower-case letters and digits.
	ID string
	// Name is the client's name, empty if the template does not give one.
	Name string
	// Secret is the client secret, 51 lower-case letters and digits, or empty if the client has none.
	Secret string
	// Flows are the OAuth flows that the client is allowed: client_credentials or none.
	Flows []string
	// OAuth says that the client may use the OAuth endpoints at all.
	OAuth bool
	// Scopes are the scopes that the client may have, as "identifier/name".
	Scopes []string
	// AccessTokenValidity is how long its tokens are good for.
	AccessTokenValidity time.Duration
	// Created is when the client was added.
	Created time.Time

	secretHash [sha256.Size]byte
}

// NewPool makes the pool that the resolved properties of an AWS::Cognito::UserPool describe. The error names the property
// that is not modelled.
func NewPool(cfg Config, resolved map[string]any) (*Pool, error) {
	var props poolProperties
	if err := properties.Decode("AWS::Cognito::UserPool", resolved, &props); err != nil {
		return nil, err
	}
	if cfg.Region == "" || cfg.AccountID == "" || cfg.Now == nil || cfg.Rand == nil {
		return nil, errors.New("a user pool needs Region, AccountID, Now and Rand")
	}
	p := &Pool{cfg: cfg, name: props.UserPoolName, tier: cmp.Or(props.UserPoolTier, "ESSENTIALS"), created: cfg.Now()}
	suffix, err := p.random(upperAndLower, 9)
	if err != nil {
		return nil, err
	}
	p.id = cfg.Region + "_" + suffix
	if err := p.makeKeys(); err != nil {
		return nil, fmt.Errorf("user pool %s: %w", p.id, err)
	}
	return p, nil
}

// ID is the pool's ID, such as "us-east-1_AbCdEf123". It is what Ref gives.
func (p *Pool) ID() string { return p.id }

// Name is the pool's name, empty if the template does not give one.
func (p *Pool) Name() string { return p.name }

// Tier is the pool's feature plan.
func (p *Pool) Tier() string { return p.tier }

// Created is when the pool was made.
func (p *Pool) Created() time.Time { return p.created }

// Region is the Region that the pool lives in.
func (p *Pool) Region() string { return p.cfg.Region }

// ARN is the pool's ARN, the attribute Arn.
func (p *Pool) ARN() string {
	return fmt.Sprintf("arn:aws:cognito-idp:%s:%s:userpool/%s", p.cfg.Region, p.cfg.AccountID, p.id)
}

// ProviderName is the issuer without its scheme, the attribute ProviderName.
func (p *Pool) ProviderName() string {
	return fmt.Sprintf("cognito-idp.%s.amazonaws.com/%s", p.cfg.Region, p.id)
}

// Issuer is who the pool's tokens say issued them, the attribute ProviderURL.
func (p *Pool) Issuer() string { return "https://" + p.ProviderName() }

// Domain is the prefix of the pool's domain, empty if it has none.
func (p *Pool) Domain() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.domain
}

// Clients are the pool's app clients, in the order in which they were added.
func (p *Pool) Clients() []Client {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.clients)
}

// SetDomain gives the pool the domain that the resolved properties of an AWS::Cognito::UserPoolDomain describe, and with it
// a token endpoint. It returns the domain, which is what Ref gives.
func (p *Pool) SetDomain(resolved map[string]any) (string, error) {
	var props domainProperties
	if err := p.decode("AWS::Cognito::UserPoolDomain", resolved, &props, &props.UserPoolID); err != nil {
		return "", err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.domain != "" || props.Domain == "" {
		return "", fmt.Errorf("user pool %s: Domain must be set once, got %q after %q", p.id, props.Domain, p.domain)
	}
	p.domain = props.Domain
	return p.domain, nil
}

// AddResourceServer adds the resource server that the resolved properties of an AWS::Cognito::UserPoolResourceServer
// describe. It returns the identifier, which is what Ref gives.
func (p *Pool) AddResourceServer(resolved map[string]any) (string, error) {
	var props serverProperties
	if err := p.decode("AWS::Cognito::UserPoolResourceServer", resolved, &props, &props.UserPoolID); err != nil {
		return "", err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if props.Identifier == "" || slices.Contains(p.servers, props.Identifier) {
		return "", fmt.Errorf("user pool %s: Identifier %q of a resource server must be set and not taken", p.id, props.Identifier)
	}
	p.servers = append(p.servers, props.Identifier)
	for _, scope := range props.Scopes {
		p.scopes = append(p.scopes, props.Identifier+"/"+scope.ScopeName)
	}
	return props.Identifier, nil
}

// decode reads the properties of a resource of this pool. poolID is where they say whose it is.
func (p *Pool) decode(resourceType string, resolved map[string]any, target any, poolID *string) error {
	if err := properties.Decode(resourceType, resolved, target); err != nil {
		return err
	}
	if *poolID != p.id {
		return fmt.Errorf("%s: UserPoolId is %q, not %s", resourceType, *poolID, p.id)
	}
	return nil
}
