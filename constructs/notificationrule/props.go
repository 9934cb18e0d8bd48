package notificationrule

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"github.com/warmstandby/warmstandby/constructs/internal/busrule"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Props configures a [Rule]. Bus and Pattern are required.
type Props struct {
	// Bus is Arpio's bus.
	Bus awsevents.IEventBus

	// Pattern selects the events that are told.
	Pattern lifecycle.Pattern

	// Message is one line with fields of the event in angle brackets: see the package's documentation.
	//
	// Default: the type of event, its time, and from which Region to which.
	Message string

	// Emails are addresses that get the message from the rule's own topic.
	//
	// Default: none.
	Emails []string

	// PhoneNumbers are numbers that get it as SMS from the rule's own topic, such as +14155550100.
	//
	// Default: none.
	PhoneNumbers []string

	// Topics get it beside the rule's own topic, in this account or in others.
	//
	// Default: none.
	Topics []awssns.ITopic

	// Queues get it, too, in this account or in others.
	//
	// Default: none.
	Queues []awssqs.IQueue

	// Description says what the rule is for.
	//
	// Default: none.
	Description string

	// EventAgeSeconds is how long EventBridge tries to deliver, 60 to 86400.
	//
	// Default: 86400, a day.
	EventAgeSeconds int

	// Retries is how often EventBridge tries again, 1 to 185.
	//
	// Default: 185.
	Retries int

	// AlarmActions are what the alarms do.
	//
	// Default: nothing, they only show.
	AlarmActions []awscloudwatch.IAlarmAction
}

// DefaultMessage can be made of every event.
const DefaultMessage = "<detail-type> at <time>: <primary-region> is recovered in <recovery-region> of account <recovery-account>"

// maxTargets is how many targets a rule can have, and maxMessage how long a text message can be that EventBridge makes.
//
// Sources: Amazon EventBridge User Guide, "Amazon EventBridge quotas"; API Reference, InputTransformer.
const (
	maxTargets = 5
	maxMessage = 1600 // what SNS sends as SMS at most; InputTemplate takes 8192
)

// freeText are the fields whose values people choose. They could hold a quote.
var freeText = []lifecycle.Path{
	lifecycle.PathPrimaryResourceName, lifecycle.PathRecoveryResourceName,
	lifecycle.PathPrimaryResourceExternalTypeVariant, lifecycle.PathRecoveryResourceExternalTypeVariant,
	lifecycle.PathEventID,
}

var (
	placeholder = regexp.MustCompile(`<([^<>]*)>`)
	unpaired    = regexp.MustCompile(`[<>]`)
	plainText   = regexp.MustCompile(`^[\x20-\x7e]*$`)
	phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

func (p Props) withDefaults() Props {
	if p.Message == "" {
		p.Message = DefaultMessage
	}
	return p
}

func (p Props) rule() busrule.Props {
	return busrule.Props{
		Bus: p.Bus, Pattern: p.Pattern, Description: p.Description,
		EventAgeSeconds: p.EventAgeSeconds, Retries: p.Retries, AlarmActions: p.AlarmActions,
	}
}

func (p Props) validate() error {
	errs := []error{p.rule().Validate()}
	for _, address := range p.Emails {
		if parsed, err := mail.ParseAddress(address); !cdkgo.Unresolved(address) && (err != nil || parsed.Address != address) {
			errs = append(errs, fmt.Errorf("Emails must be addresses such as on-call@example.com, got %q", address))
		}
	}
	for _, number := range p.PhoneNumbers {
		if !cdkgo.Unresolved(number) && !phoneNumber.MatchString(number) {
			errs = append(errs, fmt.Errorf("PhoneNumbers must be like +14155550100, got %q", number))
		}
	}
	if n := 1 + len(p.Topics) + len(p.Queues); n > maxTargets {
		errs = append(errs, fmt.Errorf("Topics and Queues must be at most %d together, got %d", maxTargets-1, n-1))
	}
	return errors.Join(append(errs, validateMessage(p.withDefaults().Message, p.Pattern.EventTypes()))...)
}

// validateMessage checks that a message can be made of every event of types.
func validateMessage(message string, types []lifecycle.EventType) error {
	var errs []error
	if len(message) > maxMessage || !plainText.MatchString(message) {
		errs = append(errs, fmt.Errorf("Message must be one line of at most %d ASCII characters, got %q", maxMessage, message))
	}
	if unpaired.MatchString(placeholder.ReplaceAllString(message, "")) {
		errs = append(errs, fmt.Errorf("Message must have < and > around names of fields only, which EventBridge cannot escape, got %q", message))
	}
	for _, name := range fields(message) {
		path := pathOf(name)
		switch {
		case path == "":
			errs = append(errs, fmt.Errorf("Message: there is no field %q", name))
		case path.Kind() != lifecycle.String:
			errs = append(errs, fmt.Errorf("Message: %s is %s, which is no text", name, path.Kind()))
		case slices.Contains(freeText, path):
			errs = append(errs, fmt.Errorf("Message: %s is free text, whose quotes EventBridge would not escape; take an id or an ARN", name))
		}
		for _, t := range types {
			if path != "" && path.Availability(t) != lifecycle.Always {
				errs = append(errs, fmt.Errorf("Message: %s events need not carry %s; select other events", t, name))
			}
		}
	}
	return errors.Join(errs...)
}

// fields are the names of fields in a message, each once.
func fields(message string) []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(message, -1) {
		if !slices.Contains(names, match[1]) {
			names = append(names, match[1])
		}
	}
	return names
}

// pathOf is the path of a field by its name, or "".
func pathOf(name string) lifecycle.Path {
	for _, prefix := range []string{"$.", "$.detail."} {
		if path := lifecycle.Path(prefix + name); path.Kind() != "" {
			return path
		}
	}
	return ""
}
