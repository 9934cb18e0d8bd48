package endpoint

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// events is EventBridge: buses, rules, targets, archives and replays. Buses and rules are created by templates only. What a bus
// takes is delivered by whoever runs the state ([awssim.Runners]).
func events() *service {
	bus := func(member string) func(*Call) []string {
		return on(func(c *Call) string { return c.busARN(c.Str(member)) })
	}
	rule := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string {
			return findRuleARN(r, c.Str("EventBusName"), c.Str("Name")+c.Str("Rule"))
		})
	})
	named := func(kind, member string) func(*Call) []string {
		return on(func(c *Call) string { return c.eventsARN(kind + "/" + c.Str(member)) })
	}
	return &service{
		name:      "events",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: []operation{
			{name: "PutEvents", resources: entryBuses, policy: entryPolicy, context: entryContext, do: putEvents},
			{name: "TestEventPattern", do: testEventPattern},
			{name: "DescribeEventBus", resources: bus("Name"), do: describeEventBus},
			{name: "ListEventBuses", do: listEventBuses},
			{name: "ListRules", do: listRules},
			{name: "DescribeRule", resources: rule, do: describeRule},
			{name: "ListTargetsByRule", resources: rule, do: listTargetsByRule},
			{name: "EnableRule", resources: rule, do: setRuleState(false)},
			{name: "DisableRule", resources: rule, do: setRuleState(true)},
			{name: "CreateArchive", resources: named("archive", "ArchiveName"), do: createArchive},
			{name: "DescribeArchive", resources: named("archive", "ArchiveName"), do: describeArchive},
			{name: "ListArchives", do: listArchives},
			{name: "StartReplay", resources: named("replay", "ReplayName"), do: startReplay},
			{name: "DescribeReplay", resources: named("replay", "ReplayName"), do: describeReplay},
			{name: "ListReplays", do: listReplays},
		},
	}
}

// busARN is the ARN of the bus of that name or ARN.
func (c *Call) busARN(id string) string {
	if isARN(id) {
		return id
	}
	if id == "" {
		id = awssim.DefaultBus
	}
	return c.eventsARN("event-bus/" + id)
}

// eventsARN is the ARN of something of EventBridge's in the call's Region.
func (c *Call) eventsARN(resource string) string {
	return "arn:aws:events:" + c.Region + ":" + c.account() + ":" + resource
}

// findRuleARN is the ARN of a rule, whether it exists or not.
func findRuleARN(r *awssim.Region, bus, name string) string {
	if rule, ok := r.EventRules.Get(awssim.EventRuleKey(busName(bus), name)); ok {
		return rule.ARN
	}
	return "*" // nothing that a policy need not allow
}

// busName is the name of a bus that is named by its name, its ARN or not at all.
func busName(id string) string {
	if isARN(id) {
		_, id, _ = strings.Cut(id, ":event-bus/")
	}
	if id == "" {
		id = awssim.DefaultBus
	}
	return id
}

// entryBuses are the buses of a request's entries.
func entryBuses(c *Call) []string {
	seen := map[string]bool{}
	var arns []string
	for _, e := range c.entries() {
		name, _ := e["EventBusName"].(string)
		if arn := c.busARN(name); !seen[arn] {
			seen[arn] = true
			arns = append(arns, arn)
		}
	}
	return arns
}

// entries are the entries of PutEvents as they were sent.
func (c *Call) entries() []map[string]any {
	list, _ := c.Input["Entries"].([]any)
	var entries []map[string]any
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			entries = append(entries, m)
		}
	}
	return entries
}

// entryPolicy is the policy of the bus that the first entry is for.
func entryPolicy(c *Call) (p *iam.Policy) {
	for _, arn := range entryBuses(c) {
		c.do(func(_ *awssim.State, r *awssim.Region) {
			b, _ := r.FindEventBus(arn)
			p = b.Policy
		})
		break
	}
	return p
}

// entryContext are the condition keys of entries (IAM service authorization reference, "Condition keys for Amazon EventBridge").
func entryContext(c *Call) map[string][]string {
	keys := map[string][]string{}
	for _, e := range c.entries() {
		for key, member := range map[string]string{"events:source": "Source", "events:detail-type": "DetailType"} {
			if value, ok := e[member].(string); ok {
				keys[key] = append(keys[key], value)
			}
		}
	}
	return keys
}

func testEventPattern(_ context.Context, c *Call) (any, error) {
	matched, err := testPattern(c.Str("EventPattern"), c.Str("Event"))
	if err != nil {
		return nil, err
	}
	return struct{ Result bool }{matched}, nil
}

// noSuch is the answer to a request for something that does not exist.
func noSuch(kind, name string) error {
	return failure(http.StatusBadRequest, "ResourceNotFoundException", "%s %s does not exist.", kind, name)
}

// checkPattern refuses a pattern that EventBridge would refuse. None matches everything.
func checkPattern(pattern string) error {
	if pattern == "" {
		return nil
	}
	if _, err := eventpattern.Compile([]byte(pattern)); err != nil {
		return failure(http.StatusBadRequest, "InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
	}
	return nil
}

// testPattern says whether a pattern matches an event. The event must have the members that every event has (EventBridge API
// reference, TestEventPattern).
func testPattern(pattern, event string) (bool, error) {
	p, err := eventpattern.Compile([]byte(pattern))
	if err != nil {
		return false, failure(http.StatusBadRequest, "InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(event), &members); err != nil {
		return false, failure(http.StatusBadRequest, "ValidationException", "Parameter Event is not valid. Reason: %v", err)
	}
	for _, name := range []string{"id", "account", "source", "time", "region", "resources", "detail-type"} {
		if _, ok := members[name]; !ok {
			return false, failure(http.StatusBadRequest, "ValidationException", "Parameter Event is not valid. Reason: it must have %s.", name)
		}
	}
	matched, err := p.Match([]byte(event))
	if err != nil {
		return false, failure(http.StatusBadRequest, "ValidationException", "Parameter Event is not valid. Reason: %v", err)
	}
	return matched, nil
}
