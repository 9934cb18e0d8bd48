package rules_test

import "testing"

func TestUnpinnedLifecycleRule(t *testing.T) {
	rule := func(pattern, target string) stacks {
		return one(`"Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno",
			"EventPattern": ` + pattern + `, "Targets": [{"Id": "T", "Arn": "` + target + `"}]}}`)
	}
	const topic, log = "arn:aws:sns:us-east-2:123456789012:t", "arn:aws:logs:us-east-2:123456789012:log-group:/l"
	testRule(t, "unpinned-lifecycle-rule", map[string]ruleTest{
		"noncompliant 1: nothing is pinned": {
			stacks: rule(`{"detail-type": ["ArpioRecoveryEnd"]}`, topic), want: []string{"Test Rule source", "Test Rule arpio-schema-version"},
		},
		"noncompliant 2: another source, too": {
			stacks: rule(`{"source": ["io.arpio", "mine"], "detail": {"arpio-schema-version": ["0"]}}`, topic), want: []string{"Test Rule source"},
		},
		"noncompliant 3: any version": {
			stacks: rule(`{"source": ["io.arpio"], "detail": {"arpio-schema-version": [{"exists": true}]}}`, topic),
			want:   []string{"Test Rule arpio-schema-version"}, says: `such as ["0"]`,
		},
		"noncompliant 4: log of other sources": {
			stacks: rule(`{"account": ["123456789012"]}`, log), want: []string{"Test Rule source"},
		},
		"compliant 1: pinned":              {stacks: rule(`{"source": ["io.arpio"], "detail": {"arpio-schema-version": ["0"]}}`, topic)},
		"compliant 2: log of all versions": {stacks: rule(`{"source": ["io.arpio"]}`, log)},
		"not applicable 1: another bus": {
			stacks: one(`"Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": "mine", "EventPattern": {}}}`),
		},
		"not applicable 2: default bus": {stacks: one(`"Rule": {"Type": "AWS::Events::Rule"}`)},
	})
}
