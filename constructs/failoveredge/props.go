package failoveredge

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

const (
	defaultComment            = "REST API with failover between Regions"
	defaultReadTimeoutSeconds = 10
	defaultLogRetentionDays   = 90

	maxReadTimeoutSeconds = 120 // CloudFront's limit for the response timeout of an origin
	maxCommentLength      = 128 // CloudFront's limit for the comment of a distribution
)

var (
	regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d+$`)
	hostName   = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)
	aliasName  = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)
	originPath = regexp.MustCompile(`^(/[^/]+)*$`)
	storeName  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	webACLArn  = regexp.MustCompile(`^arn:[a-z-]+:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+$`)
)

// Origin is the API of one Region.
type Origin struct {
	// Region is the Region's name, such as "us-east-1". It cannot be a token, because the function's code holds it.
	Region string

	// DomainName is the API's host name, such as "abc123.execute-api.us-east-1.amazonaws.com".
	DomainName string

	// OriginPath is put before the path of each request, such as "/prod" for a stage. It begins with a slash and does not
	// end with one.
	//
	// Default: requests keep their path.
	OriginPath string
}

// Props configures an [Edge]. Primary and Secondary are required.
type Props struct {
	// Primary is the API in the home primary Region.
	Primary Origin

	// Secondary is the API in the home secondary Region.
	Secondary Origin

	// StoreName is the name of the key-value store, unique in the account. Another name replaces the store, and with it the
	// keys that say which Region is active.
	//
	// Default: a name that CDK derives from the construct's path.
	StoreName string

	// DomainNames are the distribution's own names. They need a Certificate.
	//
	// Default: the name under cloudfront.net that CloudFront gives to the distribution.
	DomainNames []string

	// Certificate is the certificate for DomainNames. It must be in us-east-1, where CloudFront reads certificates.
	//
	// Default: CloudFront's own certificate.
	Certificate awscertificatemanager.ICertificate

	// WebACLArn is the ARN of an AWS WAF web ACL of scope CLOUDFRONT, which is in us-east-1. It is an ARN because CDK has
	// no construct for web ACLs that one could be looked up as, and because they are often another team's.
	//
	// Default: no web ACL.
	WebACLArn string

	// ReadTimeoutSeconds is how long CloudFront waits for an API's answer, from 1 to 120. A read is tried twice at the
	// active Region before the other one is asked, so the other one's answer can come after twice this time.
	//
	// Default: 10.
	ReadTimeoutSeconds int

	// Comment describes the distribution in lists. It has at most 128 characters.
	//
	// Default: "REST API with failover between Regions".
	Comment string

	// PriceClass limits the edge locations in use.
	//
	// Default: all edge locations.
	PriceClass awscloudfront.PriceClass

	// LogRetentionDays is how many days access logs are kept.
	//
	// Default: 90.
	LogRetentionDays int

	// LogRemovalPolicy says what becomes of the bucket of access logs when it is removed from the stack. A bucket that is
	// to be destroyed has to be emptied first.
	//
	// Default: it is retained.
	LogRemovalPolicy awscdk.RemovalPolicy
}

// withDefaults is p with every zero value replaced by its default, if it has one.
func (p Props) withDefaults() Props {
	p.ReadTimeoutSeconds = cmp.Or(p.ReadTimeoutSeconds, defaultReadTimeoutSeconds)
	p.Comment = cmp.Or(p.Comment, defaultComment)
	p.PriceClass = cmp.Or(p.PriceClass, awscloudfront.PriceClass_PRICE_CLASS_ALL)
	p.LogRetentionDays = cmp.Or(p.LogRetentionDays, defaultLogRetentionDays)
	p.LogRemovalPolicy = cmp.Or(p.LogRemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	return p
}

// validate reports everything that is wrong with p.
func (p Props) validate() error {
	return errors.Join(
		p.Primary.validate("Primary"),
		p.Secondary.validate("Secondary"),
		p.validatePair(),
		p.validateNames(),
		p.validateLimits(),
	)
}

// validatePair reports what is wrong with both origins together.
func (p Props) validatePair() error {
	var errs []error
	if p.Primary.Region != "" && p.Primary.Region == p.Secondary.Region {
		errs = append(errs, fmt.Errorf("Primary and Secondary must be in two Regions, both are in %q", p.Primary.Region))
	}
	if p.Primary.DomainName != "" && p.Primary.DomainName == p.Secondary.DomainName {
		errs = append(errs, fmt.Errorf("Primary and Secondary must be two APIs, both have DomainName %q", p.Primary.DomainName))
	}
	if n := len(functionCode(p.Primary.Region, p.Secondary.Region)); n > maxCodeBytes {
		errs = append(errs, fmt.Errorf("the function's code must have at most %d bytes, it has %d; use the Regions' names", maxCodeBytes, n))
	}
	return errors.Join(errs...)
}

// validateNames reports what is wrong with the names of the distribution, the store and the web ACL.
func (p Props) validateNames() error {
	var errs []error
	if len(p.DomainNames) > 0 && p.Certificate == nil {
		errs = append(errs, fmt.Errorf("DomainNames %q need a Certificate", p.DomainNames))
	}
	if len(p.DomainNames) == 0 && p.Certificate != nil {
		errs = append(errs, errors.New("a Certificate needs DomainNames, got none"))
	}
	for _, name := range p.DomainNames {
		if malformed(name, aliasName) {
			errs = append(errs, fmt.Errorf(`DomainNames must be names such as "api.example.com", got %q`, name))
		}
	}
	if p.StoreName != "" && malformed(p.StoreName, storeName) {
		errs = append(errs, fmt.Errorf("StoreName must be 1 to 64 letters, digits, hyphens and underscores, got %q", p.StoreName))
	}
	if p.WebACLArn != "" && malformed(p.WebACLArn, webACLArn) {
		errs = append(errs, fmt.Errorf("WebACLArn must be the ARN of a web ACL of scope CLOUDFRONT in us-east-1, got %q", p.WebACLArn))
	}
	return errors.Join(errs...)
}

// validateLimits reports the numbers and lengths that are out of range.
func (p Props) validateLimits() error {
	var errs []error
	if p.ReadTimeoutSeconds < 0 || p.ReadTimeoutSeconds > maxReadTimeoutSeconds {
		errs = append(errs, fmt.Errorf("ReadTimeoutSeconds must be between 1 and %d, got %d", maxReadTimeoutSeconds, p.ReadTimeoutSeconds))
	}
	if n := utf8.RuneCountInString(p.Comment); n > maxCommentLength {
		errs = append(errs, fmt.Errorf("Comment must have at most %d characters, got %d", maxCommentLength, n))
	}
	if p.LogRetentionDays < 0 {
		errs = append(errs, fmt.Errorf("LogRetentionDays must be 1 or more, got %d", p.LogRetentionDays))
	}
	return errors.Join(errs...)
}

// validate reports everything that is wrong with o, which is the prop called name.
func (o Origin) validate(name string) error {
	var errs []error
	if !regionName.MatchString(o.Region) {
		errs = append(errs, fmt.Errorf(`%s.Region must be the name of a Region such as "us-east-1", got %q`, name, o.Region))
	}
	if malformed(o.DomainName, hostName) {
		errs = append(errs, fmt.Errorf(
			`%s.DomainName must be a host name such as "abc123.execute-api.us-east-1.amazonaws.com", without scheme and path, got %q`,
			name, o.DomainName))
	}
	if malformed(o.OriginPath, originPath) {
		errs = append(errs, fmt.Errorf(
			`%s.OriginPath must be empty or begin with a slash and not end with one, as "/prod" does, got %q`, name, o.OriginPath))
	}
	return errors.Join(errs...)
}

// malformed reports whether s does not match pattern, although its value is known.
func malformed(s string, pattern *regexp.Regexp) bool {
	return !pattern.MatchString(s) && !cdkgo.Unresolved(s)
}
