package failbackcheck

import (
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
)

// New is a Checker as the environment variables of package checks say, with the credentials that Lambda gives a function.
func New(getenv func(string) string, log *slog.Logger) (*Checker, error) {
	stack, region := getenv(checks.EnvAccessStack), getenv(checks.EnvAccessStackRegion)
	if (stack == "") != (region == "") {
		return nil, fmt.Errorf("environment variables %s and %s must be set together, got %q and %q", checks.EnvAccessStack, checks.EnvAccessStackRegion, stack, region)
	}
	keys := credentials.NewStaticCredentialsProvider(getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"))
	return &Checker{
		PrimaryURL: getenv(checks.EnvPrimaryURL), PublicURL: getenv(checks.EnvPublicURL), AccessStack: stack,
		Stacks:     cloudformation.New(cloudformation.Options{Region: region, Credentials: keys, BaseEndpoint: endpoint(getenv, "CLOUDFORMATION")}),
		Executions: ssm.New(ssm.Options{Region: getenv("AWS_REGION"), Credentials: keys, BaseEndpoint: endpoint(getenv, "SSM")}),
		HTTP:       NewHTTPClient(), Log: log,
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
