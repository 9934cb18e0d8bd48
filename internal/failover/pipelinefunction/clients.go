package pipelinefunction

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
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
	return rds.NewFromConfig(c.config("RDS", region, aws.NopRetryer{}))
}

// Edge sends requests through the edge.
func (c *Clients) Edge() *http.Client { return c.edge }

// failover are the clients of an application's engine. They do not retry, because the engine does.
func (c *Clients) failover(d topology.Document) failover.Clients {
	all := failover.Clients{Regions: map[string]failover.Regional{}, Edge: c.keyValueStore(), HTTP: c.edge}
	for _, site := range d.Regions {
		all.Regions[site.Region] = failover.Regional{
			RDS:        c.RDS(site.Region),
			CloudWatch: cloudwatch.NewFromConfig(c.config("CLOUDWATCH", site.Region, aws.NopRetryer{})),
			Lambda:     lambda.NewFromConfig(c.config("LAMBDA", site.Region, aws.NopRetryer{})),
		}
	}
	return all
}

// keyValueStore is the client of the key-value store, which has one endpoint for all Regions and takes signatures of version 4A
// only; the SDK makes them.
func (c *Clients) keyValueStore() *cloudfrontkeyvaluestore.Client {
	const service = "CLOUDFRONT_KEYVALUESTORE"
	return cloudfrontkeyvaluestore.NewFromConfig(c.config(service, c.Region, aws.NopRetryer{}), func(o *cloudfrontkeyvaluestore.Options) {
		if url := c.endpoint(service); url != "" {
			o.EndpointResolverV2 = fixed(url)
		}
	})
}

// fixed is an endpoint of the key-value store that is used as it is. The SDK would put the account before the host's name, which
// is then none that a local endpoint has.
type fixed string

// ResolveEndpoint returns the endpoint.
func (f fixed) ResolveEndpoint(context.Context, cloudfrontkeyvaluestore.EndpointParameters) (smithyendpoints.Endpoint, error) {
	uri, err := url.Parse(string(f))
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	var signer, properties smithy.Properties
	smithyhttp.SetSigV4ASigningName(&signer, "cloudfront-keyvaluestore")
	smithyhttp.SetSigV4ASigningRegions(&signer, []string{"*"})
	smithyauth.SetAuthOptions(&properties, []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDSigV4A, SignerProperties: signer}})
	return smithyendpoints.Endpoint{URI: *uri, Properties: properties}, nil
}

// newEdge is a client for requests through the edge. A redirect is an answer like any other.
func newEdge() *http.Client {
	const dialing = 3 * time.Second
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: dialing}).DialContext,
			TLSHandshakeTimeout: dialing,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 4,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
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
