package rules_test

import "testing"

func TestAutomationDocumentARN(t *testing.T) {
	rule := func(target string) stacks {
		return one(`"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [` + target + `]}}`)
	}
	testRule(t, "automation-document-arn", map[string]ruleTest{
		"noncompliant 1: literal": {
			stacks: rule(`{"Id": "T", "Arn": "arn:aws:ssm:us-east-2:123456789012:document/Recover"}`),
			want:   []string{"Test Rule arn:aws:ssm:us-east-2:123456789012:document/Recover"},
			says:   "use arn:aws:ssm:us-east-2:123456789012:automation-definition/Recover:$DEFAULT",
		},
		"noncompliant 2: made of parts": {
			stacks: rule(`{"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f"},
				{"Arn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ssm:us-east-1:1:document/", {"Ref": "Doc"}]]}}`),
			want: []string{"Test Rule arn:aws:ssm:us-east-1:1:document/${Doc}"},
		},
		"compliant 1: automation definition": {
			stacks: rule(`{"Arn": "arn:aws:ssm:us-east-2:123456789012:automation-definition/Recover:$DEFAULT"}`),
		},
		"compliant 2: Run Command": {
			stacks: rule(`{"Arn": "arn:aws:ssm:us-east-2:123456789012:document/AWS-RunShellScript",
				"RunCommandParameters": {"RunCommandTargets": []}}`),
		},
		"not applicable 1: no targets": {stacks: one(`"Rule": {"Type": "AWS::Events::Rule"}`)},
		"not applicable 2: another service": {
			stacks: rule(`{"Arn": "arn:aws:sns:us-east-2:123456789012:document/x"}`),
		},
	})
}
