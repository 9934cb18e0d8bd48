package provision

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type eventBusProperties struct {
	Name string

	Description      properties.Ignored // nothing looks at it
	KmsKeyIdentifier properties.Ignored // events are kept in memory
	Tags             properties.Ignored // nothing looks at them
}

func (c *call) eventBus(p eventBusProperties) (cloudformation.Physical, error) {
	if _, taken := c.region.FindEventBus(p.Name); taken || p.Name == "" {
		return failf("Event bus %q must have a name of its own", p.Name)
	}
	b := c.region.CreateEventBus(awssim.EventBus{Name: p.Name})
	return physical(b.Name, attributes{"Arn": b.ARN, "Name": b.Name})
}

// bus is the event bus that a resource names by its name or ARN. Arpio's bus is made by Arpio's own stack, which is not in the
// assembly: it is there as soon as a template names it.
func (c *call) bus(id string) (awssim.EventBus, error) {
	if bus, ok := c.region.FindEventBus(id); ok {
		return bus, nil
	}
	name := id[strings.LastIndex(id, "/")+1:]
	if strings.HasPrefix(name, lifecycle.BusPrefix) {
		if bus := c.region.CreateEventBus(awssim.EventBus{Name: name}); bus.ARN == id || name == id {
			return bus, nil
		}
	}
	return awssim.EventBus{}, fmt.Errorf("Event bus %s does not exist.", id) //nolint:staticcheck // AWS's words
}

type eventRuleProperties struct {
	Description  string
	EventBusName string
	EventPattern map[string]any
	Name         string
	State        string
	Targets      []targetProperties

	ScheduleExpression string

	Tags properties.Ignored // no policy asks for them
}

type targetProperties struct {
	Arn              string
	DeadLetterConfig struct{ Arn string }
	ID               string
	Input            string
	InputPath        string
	InputTransformer *struct {
		InputPathsMap map[string]string
		InputTemplate string
	}
	RetryPolicy struct{ MaximumEventAgeInSeconds, MaximumRetryAttempts *properties.Int }
	RoleArn     string
}

// maxTargets is how many targets a rule may have (EventBridge user guide, "Amazon EventBridge quotas").
const maxTargets = 5

// eventRule is AWS::Events::Rule. Its reference is the rule's name, after the bus's unless that is the default one (CloudFormation
// template reference).
func (c *call) eventRule(p eventRuleProperties) (cloudformation.Physical, error) {
	bus, err := c.bus(p.EventBusName)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	pattern, err := trigger(p, bus)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	if p.State != "" && p.State != "ENABLED" && p.State != "DISABLED" {
		return failf("property State must be ENABLED or DISABLED, got %q", p.State)
	}
	if len(p.Targets) > maxTargets {
		return failf("property Targets must have at most %d targets, got %d", maxTargets, len(p.Targets))
	}
	rule := awssim.EventRule{
		Name: cmp.Or(p.Name, c.GeneratedName(64)), Bus: bus.Name, Description: p.Description, Pattern: pattern,
		Schedule: p.ScheduleExpression, Disabled: p.State == "DISABLED",
	}
	if _, taken := c.region.EventRules.Get(rule.Key()); taken {
		return failf("rule %s already exists on bus %s", rule.Name, bus.Name)
	}
	rule = c.region.PutEventRule(rule)
	var errs []error
	for _, t := range p.Targets {
		target, err := c.target(rule, t)
		if err != nil {
			errs = append(errs, fmt.Errorf("target %s: %w", t.ID, err))
		}
		rule.Targets = append(rule.Targets, target)
	}
	if err := errors.Join(errs...); err != nil {
		return cloudformation.Physical{}, err
	}
	rule = c.region.PutEventRule(rule)
	ref := bus.Name + "|" + rule.Name
	if bus.Name == awssim.DefaultBus {
		ref = rule.Name
	}
	return physical(ref, attributes{"Arn": rule.ARN})
}

// schedule is what schedule expressions look like (EventBridge user guide, "Setting a schedule pattern for scheduled rules").
var schedule = regexp.MustCompile(`^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$`)

// trigger is a rule's pattern as JSON; empty if it has a schedule only, which only rules of the default bus may have (EventBridge API
// reference, PutRule).
func trigger(p eventRuleProperties, bus awssim.EventBus) (string, error) {
	switch {
	case p.ScheduleExpression == "" && p.EventPattern == nil:
		return "", errors.New("property EventPattern or property ScheduleExpression must be given")
	case p.ScheduleExpression != "" && bus.Name != awssim.DefaultBus:
		return "", errors.New("ScheduleExpression is supported only on the default event bus.") //nolint:staticcheck,revive // AWS's words
	case p.ScheduleExpression != "" && !schedule.MatchString(p.ScheduleExpression):
		return "", fmt.Errorf("Parameter ScheduleExpression is not valid: %s", p.ScheduleExpression) //nolint:staticcheck // AWS's words
	}
	if p.ScheduleExpression != "" {
		if err := eventbridge.CheckSchedule(p.ScheduleExpression); err != nil {
			return "", fmt.Errorf("property ScheduleExpression: %w", err)
		}
	}
	if p.EventPattern == nil {
		return "", nil
	}
	return eventPattern(p.EventPattern)
}

// eventPattern is a pattern as JSON, if EventBridge takes it.
func eventPattern(p map[string]any) (string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	if _, err := eventpattern.Compile(text); err != nil {
		return "", fmt.Errorf("Event pattern is not valid. Reason: %w", err) //nolint:staticcheck // AWS's words
	}
	return string(text), nil
}

// target is a target as EventBridge takes it. Pipelines may be targets, because they deliver the application: nothing that
// would start one happens here.
func (c *call) target(rule awssim.EventRule, p targetProperties) (awssim.EventTarget, error) {
	t := awssim.EventTarget{
		ID: p.ID, ARN: p.Arn, Role: p.RoleArn, Input: p.Input, InputPath: p.InputPath, DeadLetterARN: p.DeadLetterConfig.Arn,
		MaxAge:     time.Duration(valueOr(p.RetryPolicy.MaximumEventAgeInSeconds, int(awssim.MaxEventAge/time.Second))) * time.Second,
		MaxRetries: valueOr(p.RetryPolicy.MaximumRetryAttempts, awssim.MaxEventRetries),
	}
	var errs []error
	if !strings.Contains(t.ARN, ":codepipeline:") {
		errs = append(errs, eventbridge.CheckTarget(t.ARN, rule.ARN, t.Role))
	}
	if t.MaxAge < awssim.MinEventAge || t.MaxAge > awssim.MaxEventAge || t.MaxRetries < 0 || t.MaxRetries > awssim.MaxEventRetries {
		errs = append(errs, fmt.Errorf("RetryPolicy must have an age of %v to %v and 0 to %d retries, got %v and %d",
			awssim.MinEventAge, awssim.MaxEventAge, awssim.MaxEventRetries, t.MaxAge, t.MaxRetries))
	}
	if t.Role != "" {
		errs = append(errs, c.assumable(t.Role, "events.amazonaws.com"))
	}
	if p.InputTransformer != nil {
		t.Transformer = &awssim.InputTransformer{Paths: p.InputTransformer.InputPathsMap, Template: p.InputTransformer.InputTemplate}
		errs = append(errs, eventbridge.CheckTransformer(*t.Transformer))
	}
	if t.InputPath != "" {
		errs = append(errs, eventbridge.CheckPath(t.InputPath))
	}
	if t.Input != "" && !json.Valid([]byte(t.Input)) {
		errs = append(errs, errors.New("Input is not a valid JSON text")) //nolint:staticcheck // AWS's words
	}
	if t.DeadLetterARN != "" {
		if _, ok := c.region.FindQueue(t.DeadLetterARN); !ok {
			errs = append(errs, fmt.Errorf("DeadLetterConfig: queue %s does not exist", t.DeadLetterARN))
		}
	}
	return t, errors.Join(errs...)
}

type archiveProperties struct {
	ArchiveName   string
	Description   string
	EventPattern  map[string]any
	RetentionDays properties.Int
	SourceArn     string

	KmsKeyIdentifier properties.Ignored // events are kept in memory
}

func (c *call) archive(p archiveProperties) (cloudformation.Physical, error) {
	bus, err := c.bus(p.SourceArn)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	a := awssim.Archive{
		Name: cmp.Or(p.ArchiveName, c.GeneratedName(48)), BusARN: bus.ARN, Description: p.Description, Retention: int(p.RetentionDays),
	}
	if p.EventPattern != nil {
		if a.Pattern, err = eventPattern(p.EventPattern); err != nil {
			return cloudformation.Physical{}, err
		}
	}
	if _, taken := c.region.Archives.Get(a.Name); taken {
		return failf("Archive %s already exists.", a.Name)
	}
	a = c.region.CreateArchive(a)
	return physical(a.Name, attributes{"Arn": a.ARN, "ArchiveName": a.Name})
}
