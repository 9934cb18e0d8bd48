package machineidentity

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Identity is the user pool that machine-to-machine callers of an API get their tokens from.
type Identity struct {
	constructs.Construct

	pool   awscognito.UserPool
	server awscognito.UserPoolResourceServer
	domain awscognito.UserPoolDomain
	client awscognito.UserPoolClient
	scopes []string
}

// New defines an Identity under scope. It panics with everything that is wrong with props.
func New(scope constructs.Construct, id string, props *Props) *Identity {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("machine identity", scope, id, p.validate())
	p = p.withDefaults()

	m := &Identity{}
	constructs.NewConstruct_Override(m, scope, &id)
	m.pool = m.definePool(p)
	m.domain = m.defineDomain(p)
	m.defineServerAndClient(p)
	return m
}

// UserPool is the pool that issues the tokens, which the authorizer of an API trusts.
func (m *Identity) UserPool() awscognito.UserPool { return m.pool }

// ResourceServer stands for the API in the pool and holds its scopes.
func (m *Identity) ResourceServer() awscognito.UserPoolResourceServer { return m.server }

// Domain is the pool's domain, which serves the token endpoint.
func (m *Identity) Domain() awscognito.UserPoolDomain { return m.domain }

// Client is the confidential client that callers authenticate as. Do not read its UserPoolClientSecret: that defines a Lambda
// function which puts the secret in the template's reach.
func (m *Identity) Client() awscognito.UserPoolClient { return m.client }

// Scopes are the full names of the scopes, such as "api/upsert-delete", as an authorizer compares them.
func (m *Identity) Scopes() []string { return append([]string(nil), m.scopes...) }

// TokenEndpoint is the URL that issues access tokens, https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token.
func (m *Identity) TokenEndpoint() string { return *m.domain.BaseUrl(nil) + "/oauth2/token" }

func (m *Identity) definePool(p Props) awscognito.UserPool {
	props := &awscognito.UserPoolProps{
		FeaturePlan: awscognito.FeaturePlan_LITE,
		// Nobody has an account here, so nobody can sign up, recover one, or be sent a text message.
		SelfSignUpEnabled:  jsii.Bool(false),
		AccountRecovery:    awscognito.AccountRecovery_NONE,
		EnableSmsRole:      jsii.Bool(false),
		RemovalPolicy:      p.RemovalPolicy,
		DeletionProtection: jsii.Bool(p.RemovalPolicy == awscdk.RemovalPolicy_RETAIN),
	}
	if p.Name != "" {
		props.UserPoolName = &p.Name
	}
	return awscognito.NewUserPool(m, jsii.String("Resource"), props)
}

func (m *Identity) defineDomain(p Props) awscognito.UserPoolDomain {
	domain := m.pool.AddDomain(jsii.String("Domain"), &awscognito.UserPoolDomainOptions{
		CognitoDomain: &awscognito.CognitoDomainOptions{DomainPrefix: &p.DomainPrefix},
	})
	domain.ApplyRemovalPolicy(p.dependentPolicy())
	return domain
}

func (m *Identity) defineServerAndClient(p Props) {
	var scopes []awscognito.ResourceServerScope
	for _, name := range p.Scopes {
		full := p.ResourceServer + "/" + name
		m.scopes = append(m.scopes, full)
		scopes = append(scopes, awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
			ScopeName:        jsii.String(name),
			ScopeDescription: &full,
		}))
	}
	m.server = m.pool.AddResourceServer(jsii.String("ResourceServer"), &awscognito.UserPoolResourceServerOptions{
		Identifier: &p.ResourceServer,
		Scopes:     &scopes,
	})
	m.server.ApplyRemovalPolicy(p.dependentPolicy())

	m.client = m.pool.AddClient(jsii.String("Client"), m.clientOptions(p, scopes))
	m.client.ApplyRemovalPolicy(p.dependentPolicy())
}

func (m *Identity) clientOptions(p Props, scopes []awscognito.ResourceServerScope) *awscognito.UserPoolClientOptions {
	var allowed []awscognito.OAuthScope
	for _, scope := range scopes {
		allowed = append(allowed, awscognito.OAuthScope_ResourceServer(m.server, scope))
	}
	return &awscognito.UserPoolClientOptions{
		GenerateSecret: jsii.Bool(true),
		// A client without explicit flows allows users to sign in with a password over SRP. False here leaves only the
		// refresh of tokens, which a client credentials grant never issues.
		AuthFlows: &awscognito.AuthFlow{UserSrp: jsii.Bool(false)},
		OAuth: &awscognito.OAuthSettings{
			Flows:  &awscognito.OAuthFlows{ClientCredentials: jsii.Bool(true)},
			Scopes: &allowed,
		},
		AccessTokenValidity:        awscdk.Duration_Minutes(jsii.Number(p.AccessTokenValidity.Minutes())),
		EnableTokenRevocation:      jsii.Bool(true),
		PreventUserExistenceErrors: jsii.Bool(true),
	}
}

// dependentPolicy is the removal policy of what belongs to the pool. It is the pool's, except that a first deployment that
// fails leaves none of it behind: the domain's prefix would be taken at the second. The pool itself cannot be so, because its
// deletion protection would make the rollback fail too.
func (p Props) dependentPolicy() awscdk.RemovalPolicy {
	return cdkgo.RetainAfterCreation(p.RemovalPolicy)
}
