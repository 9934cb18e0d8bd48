package cognito

import (
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// The structs of this file are the properties that the package knows, in the words of the CloudFormation reference. A field
// of type [properties.Ignored] has no bearing on the client credentials grant: unless it says otherwise, it concerns users.

// poolProperties is AWS::Cognito::UserPool.
type poolProperties struct {
	UserPoolName string
	UserPoolTier string

	AccountRecoverySetting      properties.Ignored
	AdminCreateUserConfig       properties.Ignored
	AliasAttributes             properties.Ignored
	AutoVerifiedAttributes      properties.Ignored
	DeletionProtection          properties.Ignored // a rehearsal deletes nothing
	DeviceConfiguration         properties.Ignored
	EmailAuthenticationMessage  properties.Ignored
	EmailAuthenticationSubject  properties.Ignored
	EmailConfiguration          properties.Ignored
	EmailVerificationMessage    properties.Ignored
	EmailVerificationSubject    properties.Ignored
	EnabledMfas                 properties.Ignored
	MfaConfiguration            properties.Ignored
	Policies                    properties.Ignored
	Schema                      properties.Ignored
	SmsAuthenticationMessage    properties.Ignored
	SmsConfiguration            properties.Ignored
	SmsVerificationMessage      properties.Ignored
	UserAttributeUpdateSettings properties.Ignored
	UsernameAttributes          properties.Ignored
	UsernameConfiguration       properties.Ignored
	UserPoolTags                properties.Ignored // says nothing to a caller
	VerificationMessageTemplate properties.Ignored
	WebAuthnRelyingPartyID      properties.Ignored
	WebAuthnUserVerification    properties.Ignored
}

// domainProperties is AWS::Cognito::UserPoolDomain.
type domainProperties struct {
	Domain     string
	UserPoolID string

	ManagedLoginVersion properties.Ignored
}

// serverProperties is AWS::Cognito::UserPoolResourceServer.
type serverProperties struct {
	Identifier string
	Scopes     []struct {
		ScopeName        string
		ScopeDescription properties.Ignored // says nothing to a caller
	}
	UserPoolID string

	Name properties.Ignored // says nothing to a caller
}

// clientProperties is AWS::Cognito::UserPoolClient.
type clientProperties struct {
	AccessTokenValidity             *properties.Int
	AllowedOAuthFlows               []string
	AllowedOAuthFlowsUserPoolClient properties.Bool
	AllowedOAuthScopes              []string
	ClientName                      string
	GenerateSecret                  properties.Bool
	TokenValidityUnits              struct {
		AccessToken string

		IDToken      properties.Ignored
		RefreshToken properties.Ignored
	}
	UserPoolID string

	AnalyticsConfiguration                   properties.Ignored
	AuthSessionValidity                      properties.Ignored
	CallbackURLs                             properties.Ignored
	DefaultRedirectURI                       properties.Ignored
	EnablePropagateAdditionalUserContextData properties.Ignored
	EnableTokenRevocation                    properties.Ignored // revokes refresh tokens, which this grant does not issue
	ExplicitAuthFlows                        properties.Ignored
	IDTokenValidity                          properties.Ignored
	LogoutURLs                               properties.Ignored
	PreventUserExistenceErrors               properties.Ignored
	ReadAttributes                           properties.Ignored
	RefreshTokenRotation                     properties.Ignored
	RefreshTokenValidity                     properties.Ignored
	SupportedIdentityProviders               properties.Ignored
	WriteAttributes                          properties.Ignored
}
