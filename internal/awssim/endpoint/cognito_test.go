package endpoint_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestUserPools(t *testing.T) {
	f := newFixture(t)
	var (
		pool   awssim.UserPool
		client awssim.UserPoolClient
	)
	f.in(primary, func(r *awssim.Region) {
		pool = r.CreateUserPool(awssim.UserPool{Name: "ToDoMgmt"})
		client, _ = r.CreateUserPoolClient(pool.ID, awssim.UserPoolClient{
			Name: "client", AllowedFlows: []string{"client_credentials"}, AllowedScopes: []string{"api/upsert-delete"}, FlowsEnabled: true, AccessTokenValidity: 1,
		}, true)
		r.CreateUserPoolClient(pool.ID, awssim.UserPoolClient{Name: "public"}, false)
		for i := range 4 {
			r.CreateUserPool(awssim.UserPool{Name: fmt.Sprint(i)})
		}
	})
	api := cognitoidentityprovider.NewFromConfig(f.config(primary))
	pools := cognitoidentityprovider.NewListUserPoolsPaginator(api, &cognitoidentityprovider.ListUserPoolsInput{MaxResults: aws.Int32(2)})
	sizes := ""
	for pools.HasMorePages() {
		sizes += fmt.Sprint(len(must(pools.NextPage(t.Context()))(t).UserPools), " ")
	}
	equal(t, "pages", sizes, "2 2 1 ")
	clients := must(api.ListUserPoolClients(t.Context(), &cognitoidentityprovider.ListUserPoolClientsInput{UserPoolId: &pool.ID, MaxResults: aws.Int32(1)}))(t)
	equal(t, "client", *clients.UserPoolClients[0].ClientId, client.ID)
	clients = must(api.ListUserPoolClients(t.Context(), &cognitoidentityprovider.ListUserPoolClientsInput{UserPoolId: &pool.ID, NextToken: clients.NextToken}))(t)
	equal(t, "client", *clients.UserPoolClients[0].ClientName, "public")
	out := must(api.DescribeUserPoolClient(t.Context(), &cognitoidentityprovider.DescribeUserPoolClientInput{UserPoolId: &pool.ID, ClientId: &client.ID}))(t)
	equal(t, "secret", *out.UserPoolClient.ClientSecret, client.Secret)
	equal(t, "scope", out.UserPoolClient.AllowedOAuthScopes[0], "api/upsert-delete")
	equal(t, "validity", *out.UserPoolClient.AccessTokenValidity, 1)

	_, err := api.DescribeUserPoolClient(t.Context(), &cognitoidentityprovider.DescribeUserPoolClientInput{UserPoolId: &pool.ID, ClientId: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = api.DescribeUserPoolClient(t.Context(), &cognitoidentityprovider.DescribeUserPoolClientInput{UserPoolId: aws.String("us-east-1_none"), ClientId: &client.ID})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = api.ListUserPoolClients(t.Context(), &cognitoidentityprovider.ListUserPoolClientsInput{UserPoolId: aws.String("us-east-1_none")})
	f.wantCode(err, "ResourceNotFoundException")
	for _, in := range []*cognitoidentityprovider.ListUserPoolsInput{{MaxResults: aws.Int32(61)}, {MaxResults: aws.Int32(1), NextToken: aws.String("?")}} {
		_, err = api.ListUserPools(t.Context(), in)
		f.wantCode(err, "InvalidParameterException")
	}
}
