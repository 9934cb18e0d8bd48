package endpoint

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// maxRules is how many items there are in an answer at most (EventBridge API reference, ListRules: Limit).
const maxRules = 100

type busOutput struct {
	Name string
	Arn  string
}

func describeEventBus(_ context.Context, c *Call) (any, error) {
	bus, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.EventBus, bool) { return r.FindEventBus(c.Str("Name")) })
	if !ok {
		return nil, noSuch("Event bus", c.Str("Name"))
	}
	return busOutput{bus.Name, bus.ARN}, nil
}

func listEventBuses(_ context.Context, c *Call) (any, error) {
	var buses []busOutput
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.FindEventBus("") // so that the default bus is among them
		for name, b := range r.EventBuses.All() {
			if strings.HasPrefix(name, c.Str("NamePrefix")) {
				buses = append(buses, busOutput{b.Name, b.ARN})
			}
		}
	})
	part, next, err := paged(c, buses)
	return struct {
		EventBuses []busOutput
		NextToken  string `json:",omitempty"`
	}{part, next}, err
}

type ruleOutput struct {
	Name         string
	Arn          string
	EventPattern string `json:",omitempty"`
	State        string
	Description  string `json:",omitempty"`
	EventBusName string
}

func ruleOutputOf(r awssim.EventRule) ruleOutput {
	state := "ENABLED"
	if r.Disabled {
		state = "DISABLED"
	}
	return ruleOutput{r.Name, r.ARN, r.Pattern, state, r.Description, r.Bus}
}

func listRules(_ context.Context, c *Call) (any, error) {
	bus := c.Str("EventBusName")
	var rules []ruleOutput
	known := false
	c.do(func(_ *awssim.State, r *awssim.Region) {
		_, known = r.FindEventBus(bus)
		for _, rule := range r.RulesOf(busName(bus)) {
			if strings.HasPrefix(rule.Name, c.Str("NamePrefix")) {
				rules = append(rules, ruleOutputOf(rule))
			}
		}
	})
	if !known {
		return nil, noSuch("Event bus", bus)
	}
	part, next, err := paged(c, rules)
	return struct {
		Rules     []ruleOutput
		NextToken string `json:",omitempty"`
	}{part, next}, err
}

// findRule is the rule that the call names by Name or by Rule.
func findRule(c *Call) (awssim.EventRule, error) {
	name := c.Str("Name") + c.Str("Rule")
	rule, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.EventRule, bool) {
		return r.EventRules.Get(awssim.EventRuleKey(busName(c.Str("EventBusName")), name))
	})
	if !ok {
		return rule, failure(http.StatusBadRequest, "ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", name, busName(c.Str("EventBusName")))
	}
	return rule, nil
}

func describeRule(_ context.Context, c *Call) (any, error) {
	rule, err := findRule(c)
	if err != nil {
		return nil, err
	}
	return ruleOutputOf(rule), nil
}

func setRuleState(disabled bool) func(context.Context, *Call) (any, error) {
	return func(_ context.Context, c *Call) (any, error) {
		rule, err := findRule(c)
		if err != nil {
			return nil, err
		}
		rule.Disabled = disabled
		c.do(func(_ *awssim.State, r *awssim.Region) { r.PutEventRule(rule) })
		return nil, nil
	}
}

type targetOutput struct {
	ID               string `json:"Id"`
	Arn              string
	RoleArn          string             `json:",omitempty"`
	Input            string             `json:",omitempty"`
	InputPath        string             `json:",omitempty"`
	InputTransformer *transformerOutput `json:",omitempty"`
	DeadLetterConfig *deadLetterOutput  `json:",omitempty"`
	RetryPolicy      *retryOutput       `json:",omitempty"`
}

type (
	transformerOutput struct {
		InputPathsMap map[string]string
		InputTemplate string
	}
	deadLetterOutput struct{ Arn string }
	retryOutput      struct{ MaximumRetryAttempts, MaximumEventAgeInSeconds int }
)

func listTargetsByRule(_ context.Context, c *Call) (any, error) {
	rule, err := findRule(c)
	if err != nil {
		return nil, err
	}
	var targets []targetOutput
	for _, t := range rule.Targets {
		targets = append(targets, targetOutputOf(t))
	}
	part, next, err := paged(c, targets)
	return struct {
		Targets   []targetOutput
		NextToken string `json:",omitempty"`
	}{part, next}, err
}

func targetOutputOf(t awssim.EventTarget) targetOutput {
	out := targetOutput{
		ID: t.ID, Arn: t.ARN, RoleArn: t.Role, Input: t.Input, InputPath: t.InputPath,
		RetryPolicy: &retryOutput{t.MaxRetries, int(t.MaxAge / time.Second)},
	}
	if t.Transformer != nil {
		out.InputTransformer = &transformerOutput{t.Transformer.Paths, t.Transformer.Template}
	}
	if t.DeadLetterARN != "" {
		out.DeadLetterConfig = &deadLetterOutput{t.DeadLetterARN}
	}
	return out
}

// paged is the part of a list that a request asks for by Limit and NextToken.
func paged[T any](c *Call, items []T) ([]T, string, error) {
	var in struct {
		Limit     int
		NextToken string
	}
	if err := c.Bind(&in); err != nil {
		return nil, "", err
	}
	if in.Limit < 1 || in.Limit > maxRules {
		in.Limit = maxRules
	}
	part, next, ok := page(items, in.NextToken, in.Limit)
	if !ok {
		return nil, "", failure(http.StatusBadRequest, "ValidationException", "The token is not valid.")
	}
	return append([]T{}, part...), next, nil // a list, never null
}
