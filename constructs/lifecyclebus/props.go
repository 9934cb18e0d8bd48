package lifecyclebus

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Props configures a [Bus]. One of ArpioAccountID, Name and Arn is required.
type Props struct {
	// ArpioAccountID is the id that Arpio gave to the customer, such as RQDLgR8ar2ipEV0VbfQLno. It is not an AWS account id.
	ArpioAccountID string

	// Name is the bus's whole name, in the stack's account and Region.
	Name string

	// Arn is the bus's ARN.
	Arn string

	// ArchiveDays is how long an archive keeps the bus's events, 1 or more.
	//
	// Default: there is no archive.
	ArchiveDays int

	// LogRetention is how long a log keeps all events.
	//
	// Default: there is no log.
	LogRetention awslogs.RetentionDays
}

// What EventBridge accepts.
//
// Source: Amazon EventBridge API Reference, CreateEventBus.
var (
	arpioAccount = regexp.MustCompile(`^[A-Za-z0-9]{8,64}$`)
	awsAccount   = regexp.MustCompile(`^[0-9]{12}$`)
	busName      = regexp.MustCompile(`^[A-Za-z0-9._-]{1,256}$`)
	busArn       = regexp.MustCompile(`^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._-]{1,256}$`)
)

func (p Props) validate() error {
	var errs []error
	set := 0
	for _, field := range []struct {
		name, value string
		form        *regexp.Regexp
		example     string
	}{
		{"ArpioAccountID", p.ArpioAccountID, arpioAccount, "RQDLgR8ar2ipEV0VbfQLno"},
		{"Name", p.Name, busName, "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"},
		{"Arn", p.Arn, busArn, "arn:aws:events:us-east-2:123456789012:event-bus/arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"},
	} {
		if field.value == "" {
			continue
		}
		set++
		if !cdkgo.Unresolved(field.value) && !field.form.MatchString(field.value) {
			errs = append(errs, fmt.Errorf("%s must be like %s, got %q", field.name, field.example, field.value))
		}
	}
	if set != 1 {
		errs = append(errs, fmt.Errorf("one of ArpioAccountID, Name and Arn must be set, got %d of them", set))
	}
	if awsAccount.MatchString(p.ArpioAccountID) {
		errs = append(errs, fmt.Errorf("ArpioAccountID must be the id that Arpio gave, not an AWS account, got %q", p.ArpioAccountID))
	}
	if p.Name == "default" || strings.HasSuffix(p.Arn, "event-bus/default") {
		errs = append(errs, errors.New("the default bus is not Arpio's; its name begins with arpio-lifecycle-events-"))
	}
	if p.ArchiveDays < 0 {
		errs = append(errs, fmt.Errorf("ArchiveDays must be 1 or more, got %d", p.ArchiveDays))
	}
	return errors.Join(errs...)
}
