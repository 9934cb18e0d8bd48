package rules_test

import "testing"

func TestWildcardResources(t *testing.T) {
	policy := func(action, resource string) stacks {
		return one(`"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [
			{"Effect": "Allow", "Action": ` + action + `, "Resource": ` + resource + `}]}}}`)
	}
	testRule(t, "wildcard-resources", map[string]ruleTest{
		"noncompliant 1: any resource": {
			stacks: policy(`["rds:FailoverGlobalCluster", "xray:PutTraceSegments"]`, `"*"`),
			want:   []string{"Test Policy rds:FailoverGlobalCluster"},
			says:   "rds:FailoverGlobalCluster on every resource (*)",
		},
		"noncompliant 2: any resource of a service": {
			stacks: policy(`"rds:CreateDBCluster"`, `["arn:aws:rds:us-east-1:1:cluster:a", {"Fn::Sub": "arn:aws:rds:${AWS::Region}:1:*"}]`),
			want:   []string{"Test Policy rds:CreateDBCluster"},
			says:   "(arn:aws:rds:us-east-1:1:*)",
		},
		"noncompliant: resources with any tag": {
			stacks: one(`"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "arn:aws:ec2:us-east-1:1:instance/*",
				 "Condition": {"StringLike": {"aws:ResourceTag/Name": "*"}}}]}}}`),
			want: []string{"Test Policy ec2:StartInstances"},
		},
		"compliant: resources with a tag": {
			stacks: one(`"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "arn:aws:ec2:us-east-1:1:instance/*",
				 "Condition": {"StringEquals": {"aws:ResourceTag/Name": "web"}}}]}}}`),
		},
		"compliant: executions that are not yet": {
			stacks: policy(`"ssm:StartAutomationExecution"`, `"arn:aws:ssm:us-east-1:1:automation-execution/*"`),
		},
		"noncompliant 3: any resource of a type": {
			stacks: policy(`"dynamodb:GetItem"`, `"arn:aws:dynamodb:us-east-1:1:table/*"`), want: []string{"Test Policy dynamodb:GetItem"},
		},
		"noncompliant 4: all resources but some": {
			stacks: one(`"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}]}}]}}`),
			want: []string{"Test Role NotResource"},
		},
		"noncompliant 5: all actions of a service that has unscoped ones": {
			stacks: policy(`"xray:*"`, `"*"`), want: []string{"Test Policy xray:*"},
		},
		"noncompliant 6: every bucket": {stacks: policy(`"s3:GetObject"`, `"arn:aws:s3:::*"`), want: []string{"Test Policy s3:GetObject"}},
		"compliant 1: named":           {stacks: policy(`"sqs:SendMessage"`, `{"Fn::GetAtt": ["Queue", "Arn"]}`)},
		"compliant 2: no resource to name": {
			stacks: policy(`["cloudwatch:PutMetricData", "ec2:CreateNetworkInterface", "xray:puttracesegments"]`, `"*"`),
		},
		"compliant 3: what is in one resource": {
			stacks: policy(`"s3:GetObject"`, `["arn:aws:s3:::bucket/*", "arn:aws:execute-api:us-east-1:1:abc/*",
				{"Fn::Join": ["", ["arn:aws:x:us-east-1:1:", {"Ref": "Api"}, "/*"]]},
				"arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:*", "arn:aws:dynamodb:us-east-1:1:table/todo/index/*"]`),
		},
		"compliant 4: denial": {
			stacks: one(`"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [
				{"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}]}}}`),
		},
		"not applicable: policy of a resource": {
			stacks: one(`"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [
				{"Effect": "Allow", "Action": "kms:Decrypt", "Principal": {"AWS": "arn:aws:iam::1:role/r"}, "Resource": "*"}]}}}`),
		},
	})
}
