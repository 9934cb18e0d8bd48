package cognito

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"
)

// clientCredentials is the one grant that is modelled, and the flow that allows a client to use it.
const clientCredentials = "client_credentials"

// The bounds and the default of an access token's validity.
const (
	minTokenValidity     = 5 * time.Minute
	maxTokenValidity     = 24 * time.Hour
	defaultTokenValidity = time.Hour
)

// validityUnits are the values of TokenValidityUnits.
var validityUnits = map[string]time.Duration{
	"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
}

// AddClient adds the app client that the resolved properties of an AWS::Cognito::UserPoolClient describe. The error tells
// what is not modelled, and what Cognito would refuse.
func (p *Pool) AddClient(resolved map[string]any) (Client, error) {
	var props clientProperties
	if err := p.decode("AWS::Cognito::UserPoolClient", resolved, &props, &props.UserPoolID); err != nil {
		return Client{}, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if err := props.validate(p.scopes); err != nil {
		return Client{}, fmt.Errorf("client %s of user pool %s: %w", props.ClientName, p.id, err)
	}
	c := Client{
		Name:                props.ClientName,
		Flows:               props.AllowedOAuthFlows,
		OAuth:               bool(props.AllowedOAuthFlowsUserPoolClient),
		Scopes:              props.AllowedOAuthScopes,
		AccessTokenValidity: props.validity(),
		Created:             p.cfg.Now(),
	}
	var err error
	if c.ID, err = p.randomLocked(lowerAlphanumeric, 26); err != nil {
		return Client{}, err
	}
	if props.GenerateSecret {
		if c.Secret, err = p.randomLocked(lowerAlphanumeric, 51); err != nil {
			return Client{}, err
		}
	}
	c.secretHash = sha256.Sum256([]byte(c.Secret))
	p.clients = append(p.clients, c)
	return c, nil
}

// validity is how long access tokens are good for.
func (p clientProperties) validity() time.Duration {
	if p.AccessTokenValidity == nil {
		return defaultTokenValidity
	}
	return time.Duration(*p.AccessTokenValidity) * validityUnits[cmp.Or(p.TokenValidityUnits.AccessToken, "hours")]
}

// validate reports what is wrong with a client of a pool with the given scopes.
func (p clientProperties) validate(scopes []string) error {
	var errs []error
	if unit := p.TokenValidityUnits.AccessToken; unit != "" && validityUnits[unit] == 0 {
		errs = append(errs, fmt.Errorf("the unit %s of AccessTokenValidity is not seconds, minutes, hours or days", unit))
	} else if v := p.validity(); v < minTokenValidity || v > maxTokenValidity {
		errs = append(errs, fmt.Errorf("AccessTokenValidity must be between %s and %s, got %s", minTokenValidity, maxTokenValidity, v))
	}
	for _, flow := range p.AllowedOAuthFlows {
		if flow != clientCredentials {
			errs = append(errs, fmt.Errorf("the flow %s of AllowedOAuthFlows is not modelled, only %s is", flow, clientCredentials))
		}
	}
	if len(p.AllowedOAuthFlows) > 0 && !bool(p.GenerateSecret) {
		errs = append(errs, errors.New("GenerateSecret must be true for the flow "+clientCredentials))
	}
	if len(p.AllowedOAuthFlows) > 0 && len(p.AllowedOAuthScopes) == 0 {
		errs = append(errs, errors.New("AllowedOAuthScopes must not be empty for the flow "+clientCredentials))
	}
	for _, scope := range p.AllowedOAuthScopes {
		if !slices.Contains(scopes, scope) {
			errs = append(errs, fmt.Errorf("AllowedOAuthScopes has %s, which no resource server defines", scope))
		}
	}
	return errors.Join(errs...)
}
