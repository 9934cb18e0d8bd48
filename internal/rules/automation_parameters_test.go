package rules_test

import "testing"

func TestAutomationParameters(t *testing.T) {
	const arn = `"Arn": "arn:aws:ssm:us-east-2:123456789012:automation-definition/Hello:$DEFAULT"`
	rule := func(target string) stacks {
		return one(`"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "T", ` + arn + `, ` + target + `}]}}`)
	}
	transformer := func(template string) stacks {
		return rule(`"InputTransformer": {"InputPathsMap": {"instance": "$.detail.recovery-resource-id", "types": "$.detail.resource-type"},
			"InputTemplate": "` + template + `"}`)
	}
	testRule(t, "automation-parameters", map[string]ruleTest{
		"noncompliant 1: variable without brackets": {
			stacks: transformer(`{\"InstanceId\": <instance>}`), want: []string{"Test Rule InstanceId"}, says: "put its variable in brackets",
		},
		"noncompliant 2: variable in quotes": {
			stacks: transformer(`{\"InstanceId\": \"<instance>\"}`), want: []string{"Test Rule InstanceId"},
		},
		"noncompliant 3: constant": {
			stacks: rule(`"Input": "{\"InstanceId\": [\"i-1\"], \"Mode\": \"fast\"}"`), want: []string{"Test Rule Mode"}, says: "must be a list",
		},
		"noncompliant 4: no map": {
			stacks: transformer(`\"<instance>\"`), want: []string{"Test Rule"}, says: "must be a map",
		},
		"compliant 1: in brackets":      {stacks: transformer(`{\"InstanceId\": [<instance>]}`)},
		"compliant 2: list of an event": {stacks: transformer(`{\"Types\": <types>, \"InstanceId\": [\"<instance>\"]}`)},
		"compliant 5: in a text":        {stacks: transformer(`{\"A\": [\"is \\\"<instance>\\\" < <types>\"]}`)},
		"compliant 3: constant":         {stacks: rule(`"Input": "{\"InstanceId\": [\"i-1\"]}"`)},
		"compliant 4: no input":         {stacks: rule(`"RoleArn": "x"`)},
		"not applicable 1: another service": {
			stacks: one(`"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": "arn:aws:sns:us-east-1:1:t", "Input": "\"x\""}]}}`),
		},
		"not applicable 2: known after deployment": {stacks: rule(`"Input": {"Ref": "Input"}`)},
	})
}
