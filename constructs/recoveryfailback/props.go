package recoveryfailback

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Props configures a [Failback]. Application and PrimaryRegion are required.
type Props struct {
	// Application is what the people who approve call the application.
	Application string

	// PrimaryRegion is the Region that the application goes home to.
	PrimaryRegion string

	// Name is the runbook's name in its Region.
	//
	// Default: CloudFormation chooses a name.
	Name string

	// PrimaryURL answers with a status of 2xx when the application works in its primary environment. https, or http for tests.
	//
	// Default: a person checks.
	PrimaryURL string

	// PublicURL is what clients call, likewise.
	//
	// Default: a person checks.
	PublicURL string

	// AccessStack is the CloudFormation stack in PrimaryRegion with which Arpio gets access for a failback.
	//
	// Default: a person checks.
	AccessStack string

	// Dns is a function that points DNS back to the primary environment.
	//
	// Default: a person does.
	Dns awslambda.IFunction

	// DnsPayload is the JSON that Dns is invoked with. Required with it.
	DnsPayload string

	// Approvers are the users and roles that can approve: up to 10 ARNs.
	//
	// Default: the role [Failback.Operator].
	Approvers []string

	// Emails are addresses that get the instructions.
	//
	// Default: none.
	Emails []string

	// LogRetention is how long the record is kept.
	//
	// Default: one year.
	LogRetention awslogs.RetentionDays

	// RemovalPolicy says what becomes of the record when it is removed from the stack.
	//
	// Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
}

const maxApprovers = 10

var (
	application = regexp.MustCompile(`^[A-Za-z0-9 ._-]{1,64}$`)
	region      = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	stackName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
	approver    = regexp.MustCompile(`^arn:[a-z-]+:(iam::[0-9]{12}:(role|user)|sts::[0-9]{12}:assumed-role)/[A-Za-z0-9+=,.@_/-]+$`)
)

func (p Props) withDefaults() Props {
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_ONE_YEAR
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	}
	return p
}

func (p Props) validate() error {
	var errs []error
	if !application.MatchString(p.Application) {
		errs = append(errs, fmt.Errorf("Application must have 1 to 64 letters, digits, spaces and ._-, got %q", p.Application))
	}
	if !region.MatchString(p.PrimaryRegion) {
		errs = append(errs, fmt.Errorf("PrimaryRegion must be a Region such as us-east-1, got %q", p.PrimaryRegion))
	}
	if p.AccessStack != "" && !stackName.MatchString(p.AccessStack) {
		errs = append(errs, fmt.Errorf("AccessStack must be the name of a stack, got %q", p.AccessStack))
	}
	if (p.Dns == nil) != (p.DnsPayload == "") {
		errs = append(errs, errors.New("Dns and DnsPayload must be set together"))
	}
	errs = append(errs, validateURL("PrimaryURL", p.PrimaryURL), validateURL("PublicURL", p.PublicURL))
	if len(p.Approvers) > maxApprovers {
		errs = append(errs, fmt.Errorf("Approvers must be at most %d, got %d", maxApprovers, len(p.Approvers)))
	}
	for _, arn := range p.Approvers {
		if !cdkgo.Unresolved(arn) && !approver.MatchString(arn) {
			errs = append(errs, fmt.Errorf("Approvers must be ARNs of users and roles, got %q", arn))
		}
	}
	for _, address := range p.Emails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			errs = append(errs, fmt.Errorf("Emails must be addresses such as on-call@example.com, got %q", address))
		}
	}
	return errors.Join(errs...)
}

func validateURL(name, text string) error {
	if text == "" || cdkgo.Unresolved(text) {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return fmt.Errorf("%s must be like https://api.example.com/health, without a user, got %q", name, text)
	}
	return nil
}
