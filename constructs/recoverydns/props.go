package recoverydns

import (
	"errors"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// Props configures a [Switch]. Bus, HostedZone and Records are required.
type Props struct {
	// Bus is Arpio's bus.
	Bus awsevents.IEventBus

	// HostedZone is the hosted zone that all records are in, of the stack's account.
	HostedZone awsroute53.IHostedZone

	// Records are the records that move. There may be others in the hosted zone.
	Records []dnsplan.Record

	// DryRun has the function say in its log what it would change, and change nothing.
	//
	// Default: records are changed.
	DryRun bool

	// LogRetention is how long the function's log is kept.
	//
	// Default: one year, as the record of what was moved when.
	LogRetention awslogs.RetentionDays

	// AlarmActions are what the alarms do.
	//
	// Default: nothing, they only show.
	AlarmActions []awscloudwatch.IAlarmAction
}

func (p Props) withDefaults() Props {
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_ONE_YEAR
	}
	return p
}

// These stand for what may be a token when the props are validated: a hosted zone's id of the greatest length, and an account.
const (
	placeholderZone    = "Z0000000000000000000000000000000"
	placeholderAccount = "000000000000"
)

func (p Props) validate() error {
	var errs []error
	if p.Bus == nil {
		errs = append(errs, errors.New("Bus must be set"))
	}
	if p.HostedZone == nil {
		errs = append(errs, errors.New("HostedZone must be set"))
	}
	if err := dnsplan.Validate(p.Records); err != nil {
		return errors.Join(append(errs, err)...)
	}
	plan := p.plan(placeholderZone)
	_, err := plan.Encode()
	errs = append(errs, err)
	for _, pattern := range []lifecycle.Pattern{plan.Ends(placeholderAccount), plan.Upserts(placeholderAccount)} {
		if err := pattern.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("Records: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (p Props) plan(zone string) dnsplan.Plan {
	return dnsplan.Plan{HostedZoneID: zone, Records: p.Records, DryRun: p.DryRun}
}
