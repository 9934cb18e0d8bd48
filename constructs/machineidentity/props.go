package machineidentity

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Props configures an [Identity]. DomainPrefix is required.
type Props struct {
	// DomainPrefix is the first label of the token endpoint's host, <prefix>.auth.<region>.amazoncognito.com. It is unique
	// among all AWS accounts in a Region, so it usually ends with the account. Up to 63 lower-case letters, digits and
	// hyphens, with no hyphen at either end, and none of the words aws, amazon and cognito.
	DomainPrefix string

	// Name is the user pool's name in the console. Up to 128 letters, digits, spaces and any of _+=,.@-
	//
	// Default: CloudFormation makes one up.
	Name string

	// ResourceServer identifies the API in scopes: the part before the slash.
	//
	// Default: "api".
	ResourceServer string

	// Scopes are what a caller may be allowed to do: the part after the slash. The client is allowed all of them.
	//
	// Default: "upsert-delete".
	Scopes []string

	// AccessTokenValidity is how long an access token can be used, from 5 minutes to a day, in whole minutes. A client
	// credentials grant has no refresh token: clients ask for a new access token.
	//
	// Default: 1 hour.
	AccessTokenValidity time.Duration

	// RemovalPolicy says whether the identity survives the deletion of its stack: RETAIN or DESTROY. RETAIN also protects the
	// pool from deletion by anyone.
	//
	// Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
}

// The limits are those of https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/, operations
// CreateUserPool, CreateUserPoolDomain, CreateResourceServer and CreateUserPoolClient.
const (
	maxScopes        = 100
	minTokenValidity = 5 * time.Minute
	maxTokenValidity = 24 * time.Hour
)

var (
	domainPrefixPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	namePattern         = regexp.MustCompile(`^[\w\s+=,.@-]{1,128}$`)
	identifierPattern   = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`)
	scopePattern        = regexp.MustCompile(`^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$`)

	// reservedWords are refused by Cognito anywhere in a prefix. See
	// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html.
	reservedWords = []string{"aws", "amazon", "cognito"}
)

func (p Props) withDefaults() Props {
	if p.ResourceServer == "" {
		p.ResourceServer = "api"
	}
	if len(p.Scopes) == 0 {
		p.Scopes = []string{"upsert-delete"}
	}
	if p.AccessTokenValidity == 0 {
		p.AccessTokenValidity = time.Hour
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	}
	return p
}

// validate reports everything in p that Cognito would refuse.
func (p Props) validate() error {
	errs := []error{p.validateDomainPrefix(), p.validateScopes()}
	if p.Name != "" && !namePattern.MatchString(p.Name) && !cdkgo.Unresolved(p.Name) {
		errs = append(errs, fmt.Errorf("Name must be at most 128 letters, digits, spaces and _+=,.@-, got %q", p.Name))
	}
	if p.ResourceServer != "" && !identifierPattern.MatchString(p.ResourceServer) {
		errs = append(errs, fmt.Errorf(
			"ResourceServer must be at most 256 printable ASCII characters without spaces, quotes and backslashes, got %q",
			p.ResourceServer))
	}
	if v := p.AccessTokenValidity; v != 0 && (v < minTokenValidity || v > maxTokenValidity || v%time.Minute != 0) {
		errs = append(errs, fmt.Errorf("AccessTokenValidity must be whole minutes between %v and %v, got %v",
			minTokenValidity, maxTokenValidity, v))
	}
	switch p.RemovalPolicy {
	case "", awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_DESTROY:
	default:
		errs = append(errs, fmt.Errorf("RemovalPolicy must be RETAIN or DESTROY, got %s", p.RemovalPolicy))
	}
	return errors.Join(errs...)
}

func (p Props) validateDomainPrefix() error {
	if p.DomainPrefix == "" {
		return errors.New("DomainPrefix is required: set it to a name that no other account in the Region has")
	}
	if cdkgo.Unresolved(p.DomainPrefix) {
		return nil
	}
	var errs []error
	if !domainPrefixPattern.MatchString(p.DomainPrefix) {
		errs = append(errs, fmt.Errorf(
			"DomainPrefix must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end, got %q",
			p.DomainPrefix))
	}
	for _, word := range reservedWords {
		if strings.Contains(p.DomainPrefix, word) {
			errs = append(errs, fmt.Errorf("DomainPrefix must not contain %q, which Cognito reserves, got %q", word, p.DomainPrefix))
		}
	}
	return errors.Join(errs...)
}

func (p Props) validateScopes() error {
	var errs []error
	if len(p.Scopes) > maxScopes {
		errs = append(errs, fmt.Errorf("Scopes must be at most %d, got %d", maxScopes, len(p.Scopes)))
	}
	seen := make(map[string]bool)
	for _, scope := range p.Scopes {
		if !scopePattern.MatchString(scope) {
			errs = append(errs, fmt.Errorf(
				"Scopes must each be 1 to 256 printable ASCII characters without spaces, quotes, slashes and backslashes, got %q",
				scope))
		}
		if seen[scope] {
			errs = append(errs, fmt.Errorf("Scopes has %q twice", scope))
		}
		seen[scope] = true
	}
	return errors.Join(errs...)
}
