package dns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// New is a Handler as the environment variables of package dnsplan say, with the Region and the credentials that Lambda gives a
// function. AWS_ENDPOINT_URL, or the same followed by _DYNAMODB or _ROUTE_53, moves its calls to AWS.
func New(getenv func(string) string, log *slog.Logger) (*Handler, error) {
	plan, err := dnsplan.Decode(getenv(dnsplan.EnvPlan))
	errs := []error{wrap(err, "environment variable %s", dnsplan.EnvPlan)}
	for _, name := range []string{dnsplan.EnvTable, "AWS_REGION"} {
		if getenv(name) == "" {
			errs = append(errs, fmt.Errorf("environment variable %s is not set", name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	region, keys := getenv("AWS_REGION"), credentials.NewStaticCredentialsProvider(
		getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"))
	table := dynamodb.New(dynamodb.Options{Region: region, Credentials: keys, BaseEndpoint: endpoint(getenv, "DYNAMODB")})
	zone := route53.New(route53.Options{Region: region, Credentials: keys, BaseEndpoint: endpoint(getenv, "ROUTE_53")})
	return &Handler{
		Plan: plan, Store: NewStore(table, getenv(dnsplan.EnvTable)), Zone: NewZone(zone, plan.HostedZoneID),
		Now: time.Now, Owner: requestID, Log: log,
	}, nil
}

// endpoint is where a service is called, or nil for AWS's own.
func endpoint(getenv func(string) string, service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url := getenv(name); url != "" {
			return aws.String(url)
		}
	}
	return nil
}

// requestID is the id of an invocation. Lambda invokes again with the same after an error, when the one before has ended.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return "unknown"
}
