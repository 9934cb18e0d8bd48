package test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/machineidentity"
)

func TestMachineIdentityDefaults(t *testing.T) {
	stack := newStack(t)
	identity := machineidentity.New(stack, "Callers", &machineidentity.Props{DomainPrefix: "todo-123456789012"})
	if got := identity.Scopes(); len(got) != 1 || got[0] != "api/upsert-delete" {
		t.Errorf("Scopes() = %q, want api/upsert-delete", got)
	}
	awscdk.NewCfnOutput(stack, jsii.String("Endpoint"), &awscdk.CfnOutputProps{Value: jsii.String(identity.TokenEndpoint())})
	s := synthesize(t, stack)

	pool := s.only(t, "AWS::Cognito::UserPool")
	propertyIs(t, pool, "UserPoolTier", `"LITE"`)
	propertyIs(t, pool, "DeletionProtection", `"ACTIVE"`)
	propertyIs(t, pool, "AdminCreateUserConfig", `{"AllowAdminCreateUserOnly":true}`)
	propertyIs(t, pool, "AccountRecoverySetting", `{"RecoveryMechanisms":[{"Name":"admin_only","Priority":1}]}`)
	propertyIs(t, pool, "UserPoolName", `null`)
	propertyIs(t, pool, "SmsConfiguration", `null`)
	removalIs(t, pool, "Retain", "Retain")

	domain := s.only(t, "AWS::Cognito::UserPoolDomain")
	propertyIs(t, domain, "Domain", `"todo-123456789012"`)
	removalIs(t, domain, "RetainExceptOnCreate", "Retain")

	server := s.only(t, "AWS::Cognito::UserPoolResourceServer")
	propertyIs(t, server, "Identifier", `"api"`)
	propertyIs(t, server, "Scopes", `[{"ScopeDescription":"api/upsert-delete","ScopeName":"upsert-delete"}]`)
	removalIs(t, server, "RetainExceptOnCreate", "Retain")

	endpoint, _ := json.Marshal(s.json["Outputs"].(map[string]any)["Endpoint"])
	want := `{"Value":{"Fn::Join":["",["https://",{"Ref":"` + domain.id + `"},".auth.us-east-1.amazoncognito.com/oauth2/token"]]}}`
	if string(endpoint) != want {
		t.Errorf("token endpoint is %s, want %s", endpoint, want)
	}
}

func TestMachineIdentityClientMayOnlyUseClientCredentials(t *testing.T) {
	stack := newStack(t)
	machineidentity.New(stack, "Callers", &machineidentity.Props{DomainPrefix: "todo"})
	s := synthesize(t, stack)
	server, client := s.only(t, "AWS::Cognito::UserPoolResourceServer"), s.only(t, "AWS::Cognito::UserPoolClient")

	propertyIs(t, client, "GenerateSecret", `true`)
	propertyIs(t, client, "AllowedOAuthFlowsUserPoolClient", `true`)
	propertyIs(t, client, "AllowedOAuthFlows", `["client_credentials"]`)
	propertyIs(t, client, "AllowedOAuthScopes", `[{"Fn::Join":["",[{"Ref":"`+server.id+`"},"/upsert-delete"]]}]`)
	propertyIs(t, client, "ExplicitAuthFlows", `["ALLOW_REFRESH_TOKEN_AUTH"]`)
	propertyIs(t, client, "CallbackURLs", `null`)
	propertyIs(t, client, "LogoutURLs", `null`)
	propertyIs(t, client, "AccessTokenValidity", `60`)
	propertyIs(t, client, "TokenValidityUnits", `{"AccessToken":"minutes"}`)
	propertyIs(t, client, "EnableTokenRevocation", `true`)
	propertyIs(t, client, "PreventUserExistenceErrors", `"ENABLED"`)
	removalIs(t, client, "RetainExceptOnCreate", "Retain")
}

// The secret of a client reaches a template only through a custom resource that reads it.
func TestMachineIdentityKeepsTheSecretOutOfTheTemplate(t *testing.T) {
	stack := newStack(t)
	machineidentity.New(stack, "Callers", &machineidentity.Props{DomainPrefix: "todo"})
	s := synthesize(t, stack)
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0)) })
	check(t, func() { s.ResourceCountIs(jsii.String("Custom::DescribeCognitoUserPoolClient"), jsii.Number(0)) })
}

func TestMachineIdentityProps(t *testing.T) {
	stack := newStack(t)
	identity := machineidentity.New(stack, "Callers", &machineidentity.Props{
		DomainPrefix:        "orders-" + *awscdk.Aws_ACCOUNT_ID(),
		Name:                "Orders",
		ResourceServer:      "orders",
		Scopes:              []string{"read", "write"},
		AccessTokenValidity: 5 * time.Minute,
		RemovalPolicy:       awscdk.RemovalPolicy_DESTROY,
	})
	if got := strings.Join(identity.Scopes(), " "); got != "orders/read orders/write" {
		t.Errorf("Scopes() = %q, want orders/read orders/write", got)
	}
	pool, server, client := *identity.UserPool().Node().Path(), *identity.ResourceServer().Node().Path(), *identity.Client().Node().Path()
	if want := "Test/Callers/Resource"; pool != want || server != want+"/ResourceServer" || client != want+"/Client" {
		t.Errorf("paths are %s, %s and %s", pool, server, client)
	}
	if got := *identity.Domain().Node().Path(); got != "Test/Callers/Resource/Domain" {
		t.Errorf("path of the domain is %s", got)
	}
	s := synthesize(t, stack)

	propertyIs(t, s.only(t, "AWS::Cognito::UserPool"), "UserPoolName", `"Orders"`)
	propertyIs(t, s.only(t, "AWS::Cognito::UserPool"), "DeletionProtection", `"INACTIVE"`)
	propertyIs(t, s.only(t, "AWS::Cognito::UserPoolDomain"), "Domain", `{"Fn::Join":["",["orders-",{"Ref":"AWS::AccountId"}]]}`)
	propertyIs(t, s.only(t, "AWS::Cognito::UserPoolResourceServer"), "Identifier", `"orders"`)
	propertyIs(t, s.only(t, "AWS::Cognito::UserPoolClient"), "AccessTokenValidity", `5`)
	if got := len(s.only(t, "AWS::Cognito::UserPoolClient").properties["AllowedOAuthScopes"].([]any)); got != 2 {
		t.Errorf("the client may have %d scopes, want 2", got)
	}
	for _, typ := range []string{"UserPool", "UserPoolDomain", "UserPoolResourceServer", "UserPoolClient"} {
		removalIs(t, s.only(t, "AWS::Cognito::"+typ), "Delete", "Delete")
	}
}

func TestMachineIdentityFailsWithoutProps(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { machineidentity.New(stack, "Callers", nil) }, "machine identity Test/Callers: ", "DomainPrefix is required")
}

// propertyIs compares a property, as compact JSON with sorted keys, with want. An absent property is null.
func propertyIs(t *testing.T, r resource, name, want string) {
	t.Helper()
	got, err := json.Marshal(r.properties[name])
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s of %s is %s, want %s", name, r.id, got, want)
	}
}

// removalIs compares what happens to r when its stack is deleted, and when r is replaced.
func removalIs(t *testing.T, r resource, onDelete, onReplace string) {
	t.Helper()
	if r.raw["DeletionPolicy"] != onDelete || r.raw["UpdateReplacePolicy"] != onReplace {
		t.Errorf("%s has policies %v and %v, want %s and %s",
			r.id, r.raw["DeletionPolicy"], r.raw["UpdateReplacePolicy"], onDelete, onReplace)
	}
}
