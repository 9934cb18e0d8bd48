package failoveredge

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// The IDs of the two origins, which are also the values of [KeyActive]. They name a Region's home role. Which of them is
// active is nobody's name.
const (
	OriginPrimary   = string(topology.Primary)
	OriginSecondary = string(topology.Secondary)
)

// The keys that the function reads from the store.
const (
	// KeyActive holds the ID of the active Region's origin.
	KeyActive = topology.ActiveKey
	// KeyFence stops writes while it exists. Deleting it lets them through again; an empty value does not.
	KeyFence = topology.FenceKey
)

const (
	// RegionHeader is the request header that tells an API which Region the function chose.
	RegionHeader = topology.RoutedRegionHeader
	// FencedHeader is the response header, with the value [Fenced], of a write that was refused because of [KeyFence]. Nothing
	// else has it, so that it tells the fence from other failures.
	FencedHeader = topology.FencedHeader
	// Fenced is the value of [FencedHeader].
	Fenced = "closed"
)

// Edge is a CloudFront distribution in front of two Regional APIs, with the switch between them.
type Edge struct {
	constructs.Construct

	store        awscloudfront.KeyValueStore
	function     awscloudfront.Function
	headers      awscloudfront.ResponseHeadersPolicy
	logBucket    awss3.Bucket
	distribution awscloudfront.Distribution
	domainName   string
}

// New defines an Edge under scope. It panics with everything that is wrong with props.
func New(scope constructs.Construct, id string, props *Props) *Edge {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("failover edge", scope, id, p.validate())
	p = p.withDefaults()

	e := &Edge{}
	constructs.NewConstruct_Override(e, scope, &id)
	e.store = e.defineStore(p)
	e.function = e.defineFunction(p)
	e.headers = e.defineHeaders()
	e.logBucket = e.defineLogBucket(p)
	e.distribution = e.defineDistribution(p)
	e.domainName = *e.distribution.DistributionDomainName()
	if len(p.DomainNames) > 0 {
		e.domainName = p.DomainNames[0]
	}
	return e
}

// Distribution is the CloudFront distribution.
func (e *Edge) Distribution() awscloudfront.Distribution { return e.distribution }

// Store is the key-value store that holds [KeyActive] and [KeyFence]. Its ARN is known to CloudFront only after deployment.
func (e *Edge) Store() awscloudfront.KeyValueStore { return e.store }

// Function is the CloudFront Function that chooses the Region for each request.
func (e *Edge) Function() awscloudfront.Function { return e.function }

// ResponseHeadersPolicy is the policy that adds the security headers to responses.
func (e *Edge) ResponseHeadersPolicy() awscloudfront.ResponseHeadersPolicy { return e.headers }

// LogBucket is the bucket of access logs.
func (e *Edge) LogBucket() awss3.Bucket { return e.logBucket }

// DomainName is the host name for clients: the first of the domain names of your own, or else CloudFront's, which is a token.
func (e *Edge) DomainName() string { return e.domainName }

// GrantSwitch lets grantee read and write the keys of the store, which moves the traffic and fences writes.
func (e *Edge) GrantSwitch(grantee awsiam.IGrantable) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee,
		Actions: jsii.Strings(
			"cloudfront-keyvaluestore:DescribeKeyValueStore",
			"cloudfront-keyvaluestore:GetKey",
			"cloudfront-keyvaluestore:ListKeys",
			"cloudfront-keyvaluestore:PutKey",
			"cloudfront-keyvaluestore:DeleteKey",
			"cloudfront-keyvaluestore:UpdateKeys",
		),
		ResourceArns: &[]*string{e.store.KeyValueStoreArn()},
	})
}

// defineStore defines the store without a key. An initial value would name an active Region, and would be written again
// whenever the store is replaced.
func (e *Edge) defineStore(p Props) awscloudfront.KeyValueStore {
	props := &awscloudfront.KeyValueStoreProps{Comment: jsii.String("Which Region is active, and whether writes are fenced")}
	if p.StoreName != "" {
		props.KeyValueStoreName = jsii.String(p.StoreName)
	}
	return awscloudfront.NewKeyValueStore(e, jsii.String("Store"), props)
}

// defineHeaders defines the headers that OWASP recommends for REST APIs. The API's own Cache-Control goes before ours.
func (e *Edge) defineHeaders() awscloudfront.ResponseHeadersPolicy {
	override := jsii.Bool(true)
	return awscloudfront.NewResponseHeadersPolicy(e, jsii.String("ResponseHeadersPolicy"), &awscloudfront.ResponseHeadersPolicyProps{
		Comment: jsii.String("Security headers for an API"),
		SecurityHeadersBehavior: &awscloudfront.ResponseSecurityHeadersBehavior{
			ContentSecurityPolicy: &awscloudfront.ResponseHeadersContentSecurityPolicy{
				ContentSecurityPolicy: jsii.String("default-src 'none'; frame-ancestors 'none'"), Override: override,
			},
			ContentTypeOptions: &awscloudfront.ResponseHeadersContentTypeOptions{Override: override},
			FrameOptions: &awscloudfront.ResponseHeadersFrameOptions{
				FrameOption: awscloudfront.HeadersFrameOption_DENY, Override: override,
			},
			ReferrerPolicy: &awscloudfront.ResponseHeadersReferrerPolicy{
				ReferrerPolicy: awscloudfront.HeadersReferrerPolicy_NO_REFERRER, Override: override,
			},
			// Without subdomains: below a domain's apex may be hosts of others, which this edge knows nothing of.
			StrictTransportSecurity: &awscloudfront.ResponseHeadersStrictTransportSecurity{
				AccessControlMaxAge: awscdk.Duration_Days(jsii.Number(730)), IncludeSubdomains: jsii.Bool(false), Override: override,
			},
		},
		CustomHeadersBehavior: &awscloudfront.ResponseCustomHeadersBehavior{
			CustomHeaders: &[]*awscloudfront.ResponseCustomHeader{
				{Header: jsii.String("cache-control"), Value: jsii.String("no-store"), Override: jsii.Bool(false)},
			},
		},
	})
}

// defineLogBucket defines the bucket for CloudFront's standard logging. CloudFront delivers these logs through an ACL, so
// the bucket has to take ACLs; the account still owns every object, and public ACLs are still refused. Version 2 of standard
// logging needs no ACL, but three more resources, and those can only be defined in us-east-1.
func (e *Edge) defineLogBucket(p Props) awss3.Bucket {
	return awss3.NewBucket(e, jsii.String("LogBucket"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_PREFERRED,
		RemovalPolicy:     p.LogRemovalPolicy,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1)),
			Expiration:                          awscdk.Duration_Days(jsii.Number(p.LogRetentionDays)),
		}},
	})
}
