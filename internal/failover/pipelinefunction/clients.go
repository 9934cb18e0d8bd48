package pipelinefunction

import (
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
)

// attempts is how often a call is made that must arrive: reading the topology and answering a job.
const attempts = 8

// Clients makes the clients of a function, for its role.
type Clients struct {
	// Region is the function's own.
	Region string

	credentials aws.CredentialsProvider
	getenv      func(string) string
	edge        *http.Client
}

// config is that of a service's clients in a Region, who retry with r.
func (c *Clients) config(service, region string, r aws.Retryer) aws.Config {
	config := aws.Config{Region: region, Credentials: c.credentials, Retryer: func() aws.Retryer { return r }}
	if url := c.endpoint(service); url != "" {
		config.BaseEndpoint = &url
	}
	return config
}

// endpoint is where a service is reached instead of at AWS, as the AWS SDKs' environment variables say; empty for AWS.
func (c *Clients) endpoint(service string) string {
	if url := c.getenv("AWS_ENDPOINT_URL_" + service); url != "" {
		return url
	}
	return c.getenv("AWS_ENDPOINT_URL")
}

// patient retries until the call has arrived, or its context ends.
func patient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = attempts })
}

// SSM is the client of the function's own Region.
func (c *Clients) SSM() *ssm.Client { return ssm.NewFromConfig(c.config("SSM", c.Region, patient())) }

// CodePipeline is the client of the function's own Region.
func (c *Clients) CodePipeline() *codepipeline.Client {
	return codepipeline.NewFromConfig(c.config("CODEPIPELINE", c.Region, patient()))
}

// S3 is the client of the function's own Region.
func (c *Clients) S3() *s3.Client {
	return s3.NewFromConfig(c.config("S3", c.Region, retry.NewStandard()), func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil
	})
}

// RDS is the client of a Region. It does not retry.
func (c *Clients) RDS(region string) *rds.Client {
	return rds.NewFromConfig(awsclients.In(c.config("RDS", region, aws.NopRetryer{}), region))
}

// Edge sends requests through the edge.
func (c *Clients) Edge() *http.Client { return c.edge }

// failover are the clients of an application's engine. They do not retry, because the engine does.
func (c *Clients) failover(d topology.Document) failover.Clients {
	return awsclients.New(aws.Config{Region: c.Region, Credentials: c.credentials, BaseEndpoint: c.config("", c.Region, nil).BaseEndpoint}, d)
}

// required reads variables that must be set, and returns the names of those that are not.
func required(getenv func(string) string, names ...string) string {
	var missing []string
	for _, name := range names {
		if getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	return strings.Join(missing, ", ")
}
