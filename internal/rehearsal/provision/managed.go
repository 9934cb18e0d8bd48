package provision

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// managedPolicies are the managed policies of AWS that are modelled, by what stands behind policy/ in their ARNs. Each is from
// the page of its name in the AWS managed policy reference, https://docs.aws.amazon.com/aws-managed-policy/latest/reference/.
var managedPolicies = map[string]string{
	"service-role/AWSLambdaBasicExecutionRole": `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Resource": "*",
		"Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
	}]}`,
	"service-role/AmazonAPIGatewayPushToCloudWatchLogs": `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Resource": "*",
		"Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
			"logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"]
	}]}`,
	"service-role/AmazonRDSEnhancedMonitoringRole": `{"Version": "2012-10-17", "Statement": [{
		"Sid": "EnableCreationAndManagementOfRDSCloudwatchLogGroups",
		"Effect": "Allow", "Resource": "arn:aws:logs:*:*:log-group:RDS*",
		"Action": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
	}, {
		"Sid": "EnableCreationAndManagementOfRDSCloudwatchLogStreams",
		"Effect": "Allow", "Resource": "arn:aws:logs:*:*:log-group:RDS*:log-stream:*",
		"Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"]
	}]}`,
}

// managedPolicy is the managed policy of that ARN.
func managedPolicy(arn string) (*iam.Policy, error) {
	_, name, _ := strings.Cut(arn, ":iam::aws:policy/")
	document, ok := managedPolicies[name]
	if !ok {
		return nil, fmt.Errorf("managed policy %s is not modelled", arn)
	}
	var decoded any
	if err := json.Unmarshal([]byte(document), &decoded); err != nil {
		return nil, fmt.Errorf("managed policy %s: %w", arn, err)
	}
	return iam.Parse(iam.Identity, arn, decoded)
}
