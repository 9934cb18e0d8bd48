package rules_test

import "testing"

func TestWildcardActions(t *testing.T) {
	policy := func(statement string) stacks {
		return one(`"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [` + statement + `]}}}`)
	}
	key := func(principal string) stacks {
		return one(`"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [
			{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": ` + principal + `}]}}}`)
	}
	testRule(t, "wildcard-actions", map[string]ruleTest{
		"noncompliant 1: everything": {
			stacks: policy(`{"Effect": "Allow", "Action": "*", "Resource": "*"}`), want: []string{"Test Policy *"},
		},
		"noncompliant 2: a service, and a part of one": {
			stacks: policy(`{"Effect": "Allow", "Action": ["rds:*", "s3:GetObject*", "sqs:SendMessage"], "Resource": "*"}`),
			want:   []string{"Test Policy rds:*", "Test Policy s3:GetObject*"},
			says:   "policy allows rds:*: list the actions",
		},
		"noncompliant 3: all but some": {
			stacks: policy(`{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}`),
			want:   []string{"Test Policy NotAction"},
			says:   "NotAction (iam:*, sts:*)",
		},
		"noncompliant 4: one statement that is no list, inline in a role": {
			stacks: one(`"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [
				{"PolicyName": "p", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "ec2:Describe?pcs", "Resource": "*"}}}]}}`),
			want: []string{"Test Role ec2:Describe?pcs"},
		},
		"noncompliant 5: policy as text": {
			stacks: one(`"Logs": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": {"Fn::Join": ["", [
				"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"", {"Fn::GetAtt": ["G", "Arn"]}, "\"}]}"]]}}}`),
			want: []string{"Test Logs logs:*"},
		},
		"noncompliant 6: key of another account": {
			stacks: key(`{"AWS": "arn:aws:iam::999999999999:root"}`), want: []string{"Test Key kms:*"},
		},
		"noncompliant 7: key for everybody": {stacks: key(`"*"`), want: []string{"Test Key kms:*"}},
		"noncompliant 8: key for a service": {stacks: key(`{"Service": "logs.amazonaws.com"}`), want: []string{"Test Key kms:*"}},
		"noncompliant 9: the account's root": {
			stacks: one(`"B": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "s3:*", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}}}`),
			want: []string{"Test B s3:*"},
		},
		"compliant 1: listed": {
			stacks: policy(`{"Effect": "Allow", "Action": ["s3:GetObject", {"Fn::Sub": "s3:${Verb}Object"}], "Resource": "*"}`),
		},
		"compliant 2: denial": {
			stacks: policy(`{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}`),
		},
		"compliant 3: administration of the account's own key": {
			stacks: key(`{"AWS": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]]}}`),
		},
		"compliant 4: administration by account number": {stacks: key(`{"AWS": "123456789012"}`)},
		"not applicable 1: no policy":                   {stacks: one(`"Q": {"Type": "AWS::SQS::Queue"}`)},
		"not applicable 2: text that is no policy": {
			stacks: one(`"Q": {"Type": "Custom::X", "Properties": {"Policy": "{not a policy", "PasswordPolicy": "*"}}`),
		},
	})
}
