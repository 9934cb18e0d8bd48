package topology

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Limits of the services that the configuration ends up in.
const (
	minZones, maxZones      = 2, 6
	widestVpc, narrowestVpc = 16, 24 // a sixteenth of the narrowest is the smallest subnet that a VPC can have
)

var (
	applicationName = regexp.MustCompile(`^[A-Za-z](-?[A-Za-z0-9])*$`)
	account         = regexp.MustCompile(`^[0-9]{12}$`)
	domainName      = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	certificateArn  = regexp.MustCompile(`^arn:aws:acm:` + EdgeRegion + `:[0-9]{12}:certificate/[A-Za-z0-9-]+$`)
	corsOrigin      = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)
)

// retentionDays are the periods that CloudWatch Logs can keep logs for.
//
// Source: Amazon CloudWatch Logs API Reference, PutRetentionPolicy.
var retentionDays = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// Validate reports everything that is wrong with the configuration, joined, a line each: what some service would refuse at
// deployment, and what could not work together.
func (c Config) Validate() error {
	return errors.Join(
		c.validateNames(),
		c.validatePlaces(),
		c.validateNetwork(),
		c.validateDatabase(),
		c.validateOperation(),
		c.validateEdge(),
		c.validateSource(),
		c.validateRecovery(),
	)
}

func (c Config) validateNames() error {
	if !applicationName.MatchString(c.ApplicationName) {
		return fmt.Errorf("applicationName must start with a letter and go on with letters, digits and single hyphens, got %q", c.ApplicationName)
	}
	var errs []error
	lower := strings.ToLower(c.ApplicationName)
	for _, word := range []string{"aws", "amazon", "cognito"} {
		if strings.Contains(lower, word) {
			errs = append(errs, fmt.Errorf("applicationName must not contain %q, which Cognito refuses in a domain, got %q", word, c.ApplicationName))
		}
	}
	if strings.HasPrefix(lower, "ssm") {
		errs = append(errs, fmt.Errorf("applicationName must not start with \"ssm\", which Systems Manager refuses in a parameter's name, got %q", c.ApplicationName))
	}
	return errors.Join(append(errs, c.validateLengths())...)
}

// validateLengths checks the longest name that the application's name becomes part of. RDS has the tightest limit; the
// others are checked too, so that a change of names cannot make one of them the tightest unseen.
func (c Config) validateLengths() error {
	names := []struct {
		what, name string
		most       int
	}{
		{"RDS global cluster identifier", c.GlobalClusterIdentifier(), 63},
		{"RDS cluster identifier", c.ClusterIdentifier(Secondary), 63},
		{"RDS proxy name", c.ProxyName(Secondary), 60}, // its read-only endpoint has three more
		{"Lambda function name", c.FunctionName(Secondary, CreateTableFunction), 64},
		{"Cognito domain prefix", c.CognitoDomainPrefix(), 63},
		{"CloudFront key-value store name", c.StoreName(), 64},
		{"CodeCommit repository name", c.RepositoryName(), 100},
		{"CodePipeline pipeline name", c.PipelineName(), 100},
	}
	excess, tightest := 0, names[0]
	for _, n := range names {
		if len(n.name)-n.most > excess {
			excess, tightest = len(n.name)-n.most, n
		}
	}
	if excess == 0 {
		return nil
	}
	return fmt.Errorf("applicationName %q is too long by %d: the %s %q would have %d characters, of at most %d",
		c.ApplicationName, excess, tightest.what, tightest.name, len(tightest.name), tightest.most)
}

func (c Config) validatePlaces() error {
	var errs []error
	if !account.MatchString(c.Account) {
		errs = append(errs, fmt.Errorf("account must be an AWS account of 12 digits, got %q", c.Account))
	}
	for _, r := range []struct{ key, region string }{{"primaryRegion", c.PrimaryRegion}, {"secondaryRegion", c.SecondaryRegion}} {
		if !slices.Contains(globalDatabaseRegions, r.region) {
			errs = append(errs, fmt.Errorf("%s must be a Region with Aurora global databases, got %q; these have them: %s",
				r.key, r.region, strings.Join(globalDatabaseRegions, " ")))
		}
	}
	if slices.Contains(withoutCertificates, c.PrimaryRegion) {
		errs = append(errs, fmt.Errorf("primaryRegion must not be %q, whose RDS certificate authority CreateTableFunction does not know; it can be the secondaryRegion", c.PrimaryRegion))
	}
	if c.PrimaryRegion == c.SecondaryRegion {
		errs = append(errs, fmt.Errorf("primaryRegion and secondaryRegion must differ, got %q for both; set secondaryRegion (or CDK_SECONDARY_REGION), or primaryRegion", c.PrimaryRegion))
	}
	return errors.Join(errs...)
}

func (c Config) validateNetwork() error {
	var errs []error
	if c.Zones < minZones || c.Zones > maxZones {
		errs = append(errs, fmt.Errorf("zones must be %d to %d, got %d", minZones, maxZones, c.Zones))
	}
	errs = append(errs,
		validateZones("primaryZones", c.PrimaryZones, c.PrimaryRegion),
		validateZones("secondaryZones", c.SecondaryZones, c.SecondaryRegion))
	primary, err := parseCidr("primaryCidr", c.PrimaryCidr)
	errs = append(errs, err)
	secondary, err := parseCidr("secondaryCidr", c.SecondaryCidr)
	errs = append(errs, err)
	if primary.IsValid() && secondary.IsValid() && primary.Overlaps(secondary) {
		errs = append(errs, fmt.Errorf("primaryCidr and secondaryCidr must not overlap, got %s and %s; set one of them", primary, secondary))
	}
	return errors.Join(errs...)
}

// validateZones checks the names of a Region's zones: the Region's name and a letter.
func validateZones(key string, zones []string, region string) error {
	if len(zones) == 0 {
		return nil
	}
	var errs []error
	if len(zones) < minZones || len(zones) > maxZones {
		errs = append(errs, fmt.Errorf("%s must name %d to %d zones, got %d", key, minZones, maxZones, len(zones)))
	}
	for i, zone := range zones {
		letter, found := strings.CutPrefix(zone, region)
		if !found || len(letter) != 1 || letter < "a" || letter > "z" {
			errs = append(errs, fmt.Errorf("%s must be zones of %s such as %sa, got %q", key, region, region, zone))
		} else if slices.Contains(zones[:i], zone) {
			errs = append(errs, fmt.Errorf("%s must be different zones, got %q twice", key, zone))
		}
	}
	return errors.Join(errs...)
}

// parseCidr parses the address range of a VPC and checks that its subnets fit.
func parseCidr(key, value string) (netip.Prefix, error) {
	cidr, err := netip.ParsePrefix(value)
	if err != nil || !cidr.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("%s must be an IPv4 range such as 10.0.0.0/16, got %q", key, value)
	}
	if cidr != cidr.Masked() {
		return netip.Prefix{}, fmt.Errorf("%s must not have bits set behind its length, got %s; did you mean %s?", key, cidr, cidr.Masked())
	}
	if cidr.Bits() < widestVpc {
		return cidr, fmt.Errorf("%s is too large: a VPC is /%d at most, got %s", key, widestVpc, cidr)
	}
	if cidr.Bits() > narrowestVpc {
		return cidr, fmt.Errorf("%s is too small: subnets of a sixteenth of it need /%d or wider, got %s", key, narrowestVpc, cidr)
	}
	return cidr, nil
}

func (c Config) validateOperation() error {
	var errs []error
	if c.RemovalPolicy != Retain && c.RemovalPolicy != Destroy {
		errs = append(errs, fmt.Errorf("removalPolicy must be %q or %q, got %q", Retain, Destroy, c.RemovalPolicy))
	}
	if !slices.Contains(retentionDays, c.LogRetentionDays) {
		errs = append(errs, fmt.Errorf("logRetentionDays must be one of %v, got %d", retentionDays, c.LogRetentionDays))
	}
	for _, origin := range c.CorsOrigins {
		if !corsOrigin.MatchString(origin) {
			errs = append(errs, fmt.Errorf("corsOrigins must be origins such as https://www.example.com, got %q", origin))
		}
	}
	return errors.Join(errs...)
}

func (c Config) validateEdge() error {
	var errs []error
	if (c.DomainName == "") != (c.CertificateArn == "") {
		errs = append(errs, fmt.Errorf("domainName and certificateArn must be set together, got %q and %q", c.DomainName, c.CertificateArn))
	}
	if c.DomainName != "" && !domainName.MatchString(c.DomainName) {
		errs = append(errs, fmt.Errorf("domainName must be a domain name in lower case, got %q", c.DomainName))
	}
	if c.CertificateArn != "" && !certificateArn.MatchString(c.CertificateArn) {
		errs = append(errs, fmt.Errorf("certificateArn must be the ARN of a certificate in %s, where CloudFront looks for it, got %q", EdgeRegion, c.CertificateArn))
	}
	return errors.Join(errs...)
}
