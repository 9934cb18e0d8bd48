package busrule

import (
	"errors"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Limits of EventBridge, and its defaults.
//
// Source: Amazon EventBridge API Reference, RetryPolicy.
const (
	DefaultEventAgeSeconds = 24 * 3600
	DefaultRetries         = 185

	minEventAgeSeconds = 60
)

// Props configures a [Rule]. Bus and Pattern are required.
type Props struct {
	// Bus is where events arrive. Required.
	Bus awsevents.IEventBus

	// Pattern selects events. Required.
	Pattern lifecycle.Pattern

	// Description says what the rule is for.
	Description string

	// EventAgeSeconds is how long EventBridge tries to deliver an event, 60 to 86400. Default: 86400.
	EventAgeSeconds int

	// Retries is how often EventBridge tries again, 1 to 185. Default: 185.
	Retries int

	// AlarmActions are what the alarms do.
	AlarmActions []awscloudwatch.IAlarmAction
}

// Validate reports everything that is wrong with the props, joined.
func (p Props) Validate() error {
	var errs []error
	if p.Bus == nil {
		errs = append(errs, errors.New("Bus must be set"))
	}
	if err := p.Pattern.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("Pattern: %w", err))
	}
	if p.EventAgeSeconds != 0 && (p.EventAgeSeconds < minEventAgeSeconds || p.EventAgeSeconds > DefaultEventAgeSeconds) {
		errs = append(errs, fmt.Errorf("EventAgeSeconds must be %d to %d, got %d", minEventAgeSeconds, DefaultEventAgeSeconds, p.EventAgeSeconds))
	}
	if p.Retries < 0 || p.Retries > DefaultRetries {
		errs = append(errs, fmt.Errorf("Retries must be 1 to %d, got %d", DefaultRetries, p.Retries))
	}
	return errors.Join(errs...)
}
