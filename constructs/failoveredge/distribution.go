package failoveredge

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"
)

// How long CloudFront tries to connect to an origin before it gives up on it. CloudFront's own 3 attempts of 10 seconds would
// keep every read of a lost Region waiting for half a minute; 2 of 3 seconds still outlast one lost packet.
const (
	connectionAttempts       = 2
	connectionTimeoutSeconds = 3
)

// errorStatuses are the statuses that CloudFront caches for 10 seconds by default ("Control how long CloudFront caches errors"
// in its Developer Guide). That is a setting of the distribution, not of the cache policy. One client's error must not be
// another's, nor outlive a failover.
var errorStatuses = []int{400, 403, 404, 405, 414, 500, 501, 502, 503, 504}

func (e *Edge) defineDistribution(p Props) awscloudfront.Distribution {
	d := awscloudfront.NewDistribution(e, jsii.String("Resource"), e.distributionProps(p))
	defineOrigins(d, p)
	return d
}

func (e *Edge) distributionProps(p Props) *awscloudfront.DistributionProps {
	props := &awscloudfront.DistributionProps{
		Comment:         jsii.String(p.Comment),
		DefaultBehavior: e.behavior(p),
		ErrorResponses:  uncachedErrors(),
		HttpVersion:     awscloudfront.HttpVersion_HTTP2_AND_3,
		LogBucket:       e.logBucket,
		PriceClass:      p.PriceClass,
	}
	if p.WebACLArn != "" {
		props.WebAclId = jsii.String(p.WebACLArn)
	}
	if len(p.DomainNames) > 0 {
		props.DomainNames = jsii.Strings(p.DomainNames...)
		props.Certificate = p.Certificate
		props.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021
	}
	return props
}

// behavior is the only cache behaviour. Its origin is the one that CloudFront would use without the function; it never does.
func (e *Edge) behavior(p Props) *awscloudfront.BehaviorOptions {
	return &awscloudfront.BehaviorOptions{
		Origin: awscloudfrontorigins.NewHttpOrigin(jsii.String(p.Primary.DomainName), &awscloudfrontorigins.HttpOriginProps{
			OriginId: jsii.String(OriginPrimary),
		}),
		AllowedMethods: awscloudfront.AllowedMethods_ALLOW_ALL(),
		// Nothing is cached. But CloudFront repeats an OPTIONS request at the second origin only if it is listed here.
		CachedMethods: awscloudfront.CachedMethods_CACHE_GET_HEAD_OPTIONS(),
		CachePolicy:   awscloudfront.CachePolicy_CACHING_DISABLED(),
		// API Gateway finds the API by the Host header, so it has to be the origin's. All the others are forwarded: an origin
		// request policy cannot list Authorization, it can only forward it with everything else.
		OriginRequestPolicy:   awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(),
		ResponseHeadersPolicy: e.headers,
		ViewerProtocolPolicy:  awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
		FunctionAssociations: &[]*awscloudfront.FunctionAssociation{{
			EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST,
			Function:  e.function,
		}},
	}
}

// uncachedErrors are all errors, to be cached for no time.
func uncachedErrors() *[]*awscloudfront.ErrorResponse {
	var responses []*awscloudfront.ErrorResponse
	for _, status := range errorStatuses {
		responses = append(responses, &awscloudfront.ErrorResponse{
			HttpStatus: jsii.Number(status),
			Ttl:        awscdk.Duration_Seconds(jsii.Number(0)),
		})
	}
	return &responses
}

// defineOrigins defines d's two origins. CDK only adds an origin together with a behaviour or a group that uses it, and the
// second one is used by nothing but the function. Both are written here, so that they cannot differ.
func defineOrigins(d awscloudfront.Distribution, p Props) {
	resource := d.Node().DefaultChild().(awscloudfront.CfnDistribution)
	resource.AddPropertyOverride(jsii.String("DistributionConfig.Origins"), []any{
		origin(OriginPrimary, p.Primary, p.ReadTimeoutSeconds),
		origin(OriginSecondary, p.Secondary, p.ReadTimeoutSeconds),
	})
}

// origin is an origin as CloudFormation has it.
func origin(id string, o Origin, readTimeoutSeconds int) map[string]any {
	properties := map[string]any{
		"Id":                 id,
		"DomainName":         o.DomainName,
		"ConnectionAttempts": connectionAttempts,
		"ConnectionTimeout":  connectionTimeoutSeconds,
		"CustomOriginConfig": map[string]any{
			"OriginProtocolPolicy": "https-only",
			"OriginSSLProtocols":   []string{"TLSv1.2"},
			"OriginReadTimeout":    readTimeoutSeconds,
		},
	}
	if o.OriginPath != "" {
		properties["OriginPath"] = o.OriginPath
	}
	return properties
}
