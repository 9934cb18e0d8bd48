package failoverpipeline

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Props configures a [Pipeline]. Document, Activates and TopologyParameterName are required.
type Props struct {
	// Document is the application, with both of its Regions: what to move, and by which names. The edge's ARN and URL may be
	// tokens. Its names of the pipeline and the report bucket are those that the construct gives them.
	Document topology.Document

	// Activates is the home role of the Region that the pipeline activates. The stack must be in that Region.
	Activates topology.Role

	// TopologyParameterName is the full name of the Systems Manager parameter that holds the Document in this Region, such as
	// /shop/secd/topology. The construct defines it.
	TopologyParameterName string

	// LogRetention is how long the functions' logs are kept.
	//
	// Default: three months.
	LogRetention awslogs.RetentionDays

	// RemovalPolicy says what becomes of the reports and their key when they are removed from the stack.
	//
	// Default: they are retained.
	RemovalPolicy awscdk.RemovalPolicy
}

// Names that S3 and Systems Manager accept, and a pipeline's whose functions are named after it.
var (
	bucketName    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	pipelineName  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)
	parameterName = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+){1,15}$`)
)

// What stands for tokens while the document is checked.
const (
	someStore = "arn:aws:cloudfront::123456789012:key-value-store/known-after-deployment"
	someURL   = "https://known-after-deployment.example.com"
)

func (p Props) withDefaults() Props {
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	}
	return p
}

// validate reports everything that is wrong with the props. region is the stack's; it may be unresolved.
func (p Props) validate(region string) error {
	d := p.Document
	if cdkgo.Unresolved(d.Edge.StoreArn) {
		d.Edge.StoreArn = someStore
	}
	if cdkgo.Unresolved(d.Edge.URL) {
		d.Edge.URL = someURL
	}
	errs := []error{d.Validate()}
	if !slices.Contains(topology.Roles(), p.Activates) {
		return errors.Join(append(errs, fmt.Errorf("Activates must be one of %v, got %q", topology.Roles(), p.Activates))...)
	}
	site := d.Regions[p.Activates]
	if site.Region != "" && region != site.Region {
		errs = append(errs, fmt.Errorf("the stack must be in %s, which the pipeline activates, got Region %q; set Env of the stack", site.Region, region))
	}
	if !pipelineName.MatchString(site.Pipeline) {
		errs = append(errs, fmt.Errorf("Document: Pipeline of %s must be 1 to 50 letters, digits, hyphens and underscores, got %q", p.Activates, site.Pipeline))
	}
	if !bucketName.MatchString(site.ReportBucket) {
		errs = append(errs, fmt.Errorf("Document: ReportBucket of %s must be 3 to 63 lower-case letters, digits and hyphens, got %q", p.Activates, site.ReportBucket))
	}
	if !parameterName.MatchString(p.TopologyParameterName) {
		errs = append(errs, fmt.Errorf("TopologyParameterName must be levels such as /shop/secd/topology, got %q", p.TopologyParameterName))
	}
	return errors.Join(errs...)
}
