package restapi

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Props configures an [API]. Routes is required, and so is UserPools unless every route is public.
type Props struct {
	// Routes are the paths and methods of the API. Everything else is answered with 404.
	Routes []Route

	// UserPools issue the access tokens that open routes which are not public. A pool of another Region is imported by ARN, see
	// the package documentation.
	UserPools []awscognito.IUserPool

	// Name is the API's name in the console and in CloudWatch's metrics.
	//
	// Default: the construct's ID.
	Name string

	// Description says in the console what the API is for.
	//
	// Default: nothing.
	Description string

	// StageName is the first segment of every path: letters, digits, hyphens and underscores, up to 128.
	//
	// Default: "prod".
	StageName string

	// ThrottleRate is how many requests a second each method accepts over time. More are answered with 429.
	//
	// Default: 1000.
	ThrottleRate int

	// ThrottleBurst is how many requests each method accepts at once.
	//
	// Default: 500.
	ThrottleBurst int

	// AllowOrigins are the origins whose scripts may call the API from a browser, such as "https://app.example.com", or "*"
	// alone for all. They may send the headers Authorization and Content-Type. Preflight requests are then answered, for an hour,
	// and the scripts can read refusals.
	//
	// Default: none.
	AllowOrigins []string

	// AccessLogRetention is how long the access log, and the log of errors inside API Gateway, are kept.
	//
	// Default: one month.
	AccessLogRetention awslogs.RetentionDays

	// WebACLArn is the ARN of the Regional AWS WAF web ACL that guards the stage. It is an ARN because CDK has no type for a web
	// ACL that can also stand for one of another stack or of Firewall Manager.
	//
	// Default: no web ACL.
	WebACLArn string

	// DisableCloudWatchRole leaves out the role that API Gateway writes logs with, which is one for all APIs of an account in a
	// Region. Set it if the account has one, or if another API of the same account and Region defines it.
	//
	// Default: false, the role is defined.
	DisableCloudWatchRole bool

	// RemovalPolicy says whether the logs survive the deletion of their stack: RETAIN or DESTROY.
	//
	// Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
}

var (
	stageNamePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	originPattern    = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)
	webACLArnPattern = regexp.MustCompile(`^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[^/]+/[^/]+$`)
)

func (p Props) withDefaults(id string) Props {
	if p.Name == "" {
		p.Name = id
	}
	if p.StageName == "" {
		p.StageName = "prod"
	}
	if p.ThrottleRate == 0 {
		p.ThrottleRate = 1000
	}
	if p.ThrottleBurst == 0 {
		p.ThrottleBurst = 500
	}
	if p.AccessLogRetention == "" {
		p.AccessLogRetention = awslogs.RetentionDays_ONE_MONTH
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	}
	return p
}

// validate reports everything in p that API Gateway would refuse, and every route that could not work.
func (p Props) validate() error {
	errs := []error{p.validateRoutes(), p.validateOrigins()}
	if p.StageName != "" && !stageNamePattern.MatchString(p.StageName) {
		errs = append(errs, fmt.Errorf("StageName must be at most 128 letters, digits, hyphens and underscores, got %q", p.StageName))
	}
	if p.ThrottleRate < 0 {
		errs = append(errs, fmt.Errorf("ThrottleRate must be at least 1 request a second, got %d", p.ThrottleRate))
	}
	if p.ThrottleBurst < 0 {
		errs = append(errs, fmt.Errorf("ThrottleBurst must be at least 1 request, got %d", p.ThrottleBurst))
	}
	if p.WebACLArn != "" && !webACLArnPattern.MatchString(p.WebACLArn) && !cdkgo.Unresolved(p.WebACLArn) {
		errs = append(errs, fmt.Errorf(
			"WebACLArn must be like arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>, got %q", p.WebACLArn))
	}
	switch p.RemovalPolicy {
	case "", awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_DESTROY:
	default:
		errs = append(errs, fmt.Errorf("RemovalPolicy must be RETAIN or DESTROY, got %s", p.RemovalPolicy))
	}
	return errors.Join(errs...)
}

func (p Props) validateRoutes() error {
	var errs []error
	if len(p.Routes) == 0 {
		errs = append(errs, errors.New("Routes must have at least one route"))
	}
	seen := make(map[string]bool)
	for i, r := range p.Routes {
		errs = append(errs, r.validate(i))
		if seen[r.name()] {
			errs = append(errs, fmt.Errorf("Routes[%d] is %s, which an earlier route is already", i, r.name()))
		}
		seen[r.name()] = true
	}
	errs = append(errs, validateVariables(p.Routes))
	if !p.allPublic() && len(p.UserPools) == 0 {
		errs = append(errs, errors.New("UserPools is required, because some routes are not public"))
	}
	if p.allPublic() && len(p.UserPools) > 0 {
		errs = append(errs, errors.New("UserPools has no effect, because every route is public: remove it"))
	}
	if slices.Contains(p.UserPools, nil) {
		errs = append(errs, errors.New("UserPools has a nil pool"))
	}
	return errors.Join(errs...)
}

func (p Props) validateOrigins() error {
	var errs []error
	for _, origin := range p.AllowOrigins {
		switch {
		case origin == "*" && len(p.AllowOrigins) > 1:
			errs = append(errs, errors.New(`AllowOrigins has "*", which allows all origins: remove the others`))
		case origin != "*" && !originPattern.MatchString(origin) && !cdkgo.Unresolved(origin):
			errs = append(errs, fmt.Errorf(`AllowOrigins must be like https://app.example.com or "*", got %q`, origin))
		}
	}
	return errors.Join(errs...)
}

func (p Props) allPublic() bool {
	return !slices.ContainsFunc(p.Routes, func(r Route) bool { return !r.Public })
}
