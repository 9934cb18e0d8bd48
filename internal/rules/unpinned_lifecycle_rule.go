package rules

import (
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// unpinnedLifecycleRule finds rules on Arpio's event bus that would also match events that they were not made for: from another
// source, or of a schema to come, in which fields are gone or have another type. Arpio's document advises to ignore such a version. A
// rule whose only target is a log may take all versions, because a log does not have to understand them.
var unpinnedLifecycleRule = Rule{
	ID:      "unpinned-lifecycle-rule",
	Summary: "a rule on Arpio's event bus matches other sources, or schema versions to come",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for r := range each(a, "AWS::Events::Rule") {
			if bus, _ := r.text("EventBusName"); !strings.Contains(bus, "arpio-lifecycle-events-") {
				continue
			}
			if source := list(r.property("EventPattern", "source")); len(source) != 1 || source[0] != "io.arpio" {
				findings = append(findings, r.finding("source", "event pattern must have source [\"io.arpio\"], so that nothing else matches"))
			}
			versions := list(r.property("EventPattern", "detail", "arpio-schema-version"))
			if !exact(versions) && !r.onlyLogs() {
				findings = append(findings, r.finding("arpio-schema-version",
					"event pattern must have detail.arpio-schema-version with the versions that its targets understand, such as [\"0\"]"))
			}
		}
		return findings
	},
}

// exact reports whether a field of an event pattern is pinned to certain texts.
func exact(values []any) bool {
	for _, v := range values {
		if _, isText := v.(string); !isText {
			return false
		}
	}
	return len(values) > 0
}

// onlyLogs reports whether all of a rule's targets are log groups.
func (x subject) onlyLogs() bool {
	targets := list(x.property("Targets"))
	for _, target := range targets {
		if arn, _ := x.render(at(target, "Arn")); !strings.Contains(arn, ":logs:") {
			return false
		}
	}
	return len(targets) > 0
}
