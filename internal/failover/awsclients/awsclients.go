// Package awsclients makes a failover's clients of AWS's configuration: of the Lambda functions' and of the operator's command.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	clients := awsclients.New(cfg, document) // for failover.Engine
//
// They do not retry, because the engine does. The configuration's endpoint is used for every service, so that the same clients work
// with a rehearsal: see [KeyValueStore] for what that takes.
package awsclients

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// New returns the clients of an application's engine. The configuration's Region is only where the key-value store's calls are
// said to come from; its retryer is not used.
func New(cfg aws.Config, d topology.Document) failover.Clients {
	all := failover.Clients{Regions: map[string]failover.Regional{}, Edge: KeyValueStore(cfg), HTTP: Edge()}
	for _, site := range d.Regions {
		there := In(cfg, site.Region)
		all.Regions[site.Region] = failover.Regional{
			RDS: rds.NewFromConfig(there), CloudWatch: cloudwatch.NewFromConfig(there), Lambda: lambda.NewFromConfig(there),
		}
	}
	return all
}

// In is the configuration of clients of a Region that do not retry.
func In(cfg aws.Config, region string) aws.Config {
	there := cfg.Copy()
	there.Region = region
	there.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	there.HTTPClient = plain{cfg.HTTPClient}
	return there
}

// plain sends requests whose bodies are readers and nothing else. The SDK closes a request's body as soon as the answer begins. If
// net/http finds then that it can write the body to the connection at once, the SDK says that the body has ended, and net/http
// takes that for a failure and drops the connection. Only a server as near as a rehearsal's answers early enough for that, and
// retries, which these clients do without, would hide it.
type plain struct{ client aws.HTTPClient }

// Do sends a request.
func (p plain) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	if p.client == nil {
		return http.DefaultClient.Do(r)
	}
	return p.client.Do(r)
}

// KeyValueStore is the client of CloudFront's key-value store, which has one endpoint for all Regions and takes signatures of
// version 4A only; the SDK makes them.
//
// The SDK puts the account in front of the host's name, also of an endpoint that is configured (package cloudfrontkeyvaluestore of
// the SDK, endpoints.go). A rehearsal's endpoint has no such name, so an endpoint that is configured is used as it is.
func KeyValueStore(cfg aws.Config) *cloudfrontkeyvaluestore.Client {
	return cloudfrontkeyvaluestore.NewFromConfig(In(cfg, cfg.Region), func(o *cloudfrontkeyvaluestore.Options) {
		if o.BaseEndpoint != nil {
			o.EndpointResolverV2 = withoutAccount{cloudfrontkeyvaluestore.NewDefaultEndpointResolverV2()}
		}
	})
}

// withoutAccount takes the account away from the host's name.
type withoutAccount struct {
	cloudfrontkeyvaluestore.EndpointResolverV2
}

// ResolveEndpoint returns the endpoint that is configured.
func (r withoutAccount) ResolveEndpoint(ctx context.Context, p cloudfrontkeyvaluestore.EndpointParameters) (smithyendpoints.Endpoint, error) {
	endpoint, err := r.EndpointResolverV2.ResolveEndpoint(ctx, p)
	if err != nil {
		return endpoint, err
	}
	_, endpoint.URI.Host, _ = strings.Cut(endpoint.URI.Host, ".")
	return endpoint, nil
}

// dialing is how long it may take to connect to the edge, and how long its handshake may take. CloudFront's locations are near.
const dialing = 3 * time.Second

// Edge is a client for requests through the edge. A redirect is an answer like any other.
func Edge() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialing}).DialContext,
			TLSHandshakeTimeout: dialing,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 4,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
