package runbookrule

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"

	"github.com/warmstandby/warmstandby/constructs/internal/busrule"
	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// Props configures a [Rule]. Bus, Pattern and Runbook are required, and Parameters for those of the runbook that have no default.
type Props struct {
	// Bus is Arpio's bus.
	Bus awsevents.IEventBus

	// Pattern selects the events that start the runbook.
	Pattern lifecycle.Pattern

	// Runbook is what they start.
	Runbook *runbook.Runbook

	// Parameters are the fields of the event that the runbook's parameters are taken from. Every selected event must carry each
	// of them.
	Parameters map[string]lifecycle.Path

	// Description says what the rule is for.
	//
	// Default: none.
	Description string

	// EventAgeSeconds is how long EventBridge tries to start the runbook, 60 to 86400.
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

// ScriptProps configures a [NewScript] rule. Bus, and what Script requires, are required.
type ScriptProps struct {
	// Bus is Arpio's bus.
	Bus awsevents.IEventBus

	// Script is what runs on each server.
	Script runbook.ScriptProps

	// Pattern selects the announcements of servers.
	//
	// Default: a server, AWS::EC2::Instance, that is restored for a failover, not for a test, and done.
	Pattern lifecycle.Pattern

	// Parameters are the fields of the event that the script's own parameters are taken from.
	//
	// Default: none.
	Parameters map[string]lifecycle.Path

	// AlarmActions are what the alarms do.
	//
	// Default: nothing, they only show.
	AlarmActions []awscloudwatch.IAlarmAction
}

// RecoveredServers selects the announcements of servers that are restored for a failover.
func RecoveredServers() lifecycle.Pattern {
	return lifecycle.Pattern{
		Types:         []lifecycle.EventType{lifecycle.ResourceUpsert},
		ResourceTypes: []string{"AWS::EC2::Instance"},
		RestorePhases: []lifecycle.Phase{lifecycle.Failover},
		States:        []lifecycle.State{lifecycle.Done},
	}
}

func (p ScriptProps) withDefaults() ScriptProps {
	if reflect.ValueOf(p.Pattern).IsZero() {
		p.Pattern = RecoveredServers()
	}
	parameters := map[string]lifecycle.Path{runbook.InstanceIDParameter: lifecycle.PathRecoveryResourceID}
	maps.Copy(parameters, p.Parameters)
	p.Parameters = parameters
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
	if p.Runbook == nil {
		return errors.Join(append(errs, errors.New("Runbook must be set"))...)
	}
	return errors.Join(append(errs, validateParameters(p.Parameters, p.Runbook.Document().Parameters, p.Pattern))...)
}

// validateParameters checks that the runbook gets what it needs, of the type it wants, from every event.
func validateParameters(paths map[string]lifecycle.Path, declared map[string]document.Parameter, pattern lifecycle.Pattern) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if _, given := paths[name]; !given && declared[name].Default == nil {
			errs = append(errs, fmt.Errorf("Parameters must have %s, which the runbook needs", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		path := paths[name]
		parameter, exists := declared[name]
		switch list := parameter.Type == "StringList"; {
		case !exists:
			errs = append(errs, fmt.Errorf("Parameters: the runbook has no parameter %s", name))
		case strings.HasPrefix(strings.ToUpper(name), "AWS"):
			errs = append(errs, fmt.Errorf("Parameters: %s must not start with AWS, which EventBridge reserves", name))
		case path.Kind() != lifecycle.String && path.Kind() != lifecycle.Strings:
			errs = append(errs, fmt.Errorf("Parameters: %s must be a field with a text or a list of texts, got %q", name, path))
		case list != (path.Kind() == lifecycle.Strings):
			errs = append(errs, fmt.Errorf("Parameters: %s is of type %s, but %s is %s", name, parameter.Type, path, path.Kind()))
		}
		for _, t := range pattern.EventTypes() {
			if path.Kind() != "" && path.Availability(t) != lifecycle.Always {
				errs = append(errs, fmt.Errorf("Parameters: %s needs %s, which %s events need not carry; select other events", name, path, t))
			}
		}
	}
	return errors.Join(errs...)
}

// template is the input template that makes parameters of the variables of the same names. A list stands there as it is, a text
// as a list of one. Variables are outside of quotes, where EventBridge puts texts as JSON strings.
func template(paths map[string]lifecycle.Path) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if paths[name].Kind() == lifecycle.Strings {
			parts = append(parts, fmt.Sprintf("%q: <%s>", name, name))
			continue
		}
		parts = append(parts, fmt.Sprintf("%q: [<%s>]", name, name))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
