package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// unscoped are actions for which AWS allows no resource but *, so that * says nothing.
// See https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
//
// The network interface actions are the exception: they do know resources, but Lambda checks its permission to attach a
// function to a VPC before there is one, and AWS's own AWSLambdaVPCAccessExecutionRole allows them on *.
var unscoped = []string{
	"cloudformation:ListExports", "cloudformation:ListStacks", "cloudformation:ValidateTemplate",
	"cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData",
	"codepipeline:AcknowledgeJob", "codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult",
	"cognito-idp:ListUserPools",
	"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
	"ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:UnassignPrivateIpAddresses",
	"ecr:GetAuthorizationToken",
	"kms:GenerateRandom", "kms:ListAliases", "kms:ListKeys",
	"lambda:ListFunctions",
	"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
	"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
	"s3:ListAllMyBuckets",
	"secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets",
	"ssm:DescribeInstanceInformation", "ssm:DescribeParameters", "ssm:ListCommandInvocations", "ssm:ListCommands",
	"sts:GetCallerIdentity",
	"xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets",
	"xray:PutTelemetryRecords", "xray:PutTraceSegments",
}

// unknownPart is what stands in a text for what is known only after deployment.
var unknownPart = regexp.MustCompile(`\$\{[^}]*\}`)

// wildcardResources finds statements that allow a principal something on every resource of the account. Policies of resources
// are left alone: in a key's or a secret's own policy * is the key or the secret.
var wildcardResources = Rule{
	ID:      "wildcard-resources",
	Summary: "a policy allows actions on every resource, where AWS would let it name some",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for s := range allows(a) {
			if !s.identity() || s.tagged() {
				continue
			}
			if s.raw["NotResource"] != nil {
				findings = append(findings, s.finding("NotResource",
					"policy allows actions on all resources but some by NotResource: list the resources that are needed"))
			}
			findings = append(findings, everyResource(s)...)
		}
		return findings
	},
}

// resourceTags are the beginnings of the condition keys that name a resource by a tag that it has, in lower case.
var resourceTags = []string{"aws:resourcetag/", "ec2:resourcetag/", "ssm:resourcetag/"}

// tagged reports whether the statement allows something for resources with certain tags only. StringLike is left out, because
// its values may be anything.
func (s statement) tagged() bool {
	equals, _ := at(s.raw, "Condition", "StringEquals").(map[string]any)
	for key := range equals {
		for _, prefix := range resourceTags {
			if strings.HasPrefix(strings.ToLower(key), prefix) {
				return true
			}
		}
	}
	return false
}

// everyResource are the findings about the actions that s allows on every resource.
func everyResource(s statement) []Finding {
	i := slices.IndexFunc(s.texts("Resource"), isEveryResource)
	if i < 0 {
		return nil
	}
	var findings []Finding
	for _, action := range s.texts("Action") {
		if slices.ContainsFunc(unscoped, func(u string) bool { return strings.EqualFold(u, action) }) {
			continue
		}
		findings = append(findings, s.finding(action, "policy allows %s on every resource (%s): name the resources that are needed",
			action, s.texts("Resource")[i]))
	}
	return findings
}

// namedFirst are services whose ARNs start with a name where others have a type, so that name/* is what belongs to one resource.
var namedFirst = []string{"codepipeline", "execute-api", "s3", "sns"}

// unnameable are types of resources, by service, whose ids AWS makes when they begin, so that no policy can name one before.
var unnameable = []string{"ssm:automation-execution"}

// isEveryResource reports whether a resource is *, or an ARN that matches all resources of a service or of one type.
func isEveryResource(arn string) bool {
	if arn == "*" {
		return true
	}
	parts := strings.SplitN(unknownPart.ReplaceAllString(arn, "known-later"), ":", 6)
	if len(parts) < 6 {
		return false
	}
	if parts[5] == "*" {
		return true
	}
	kind := strings.IndexAny(parts[5], ":/")
	if kind > 0 && slices.Contains(unnameable, parts[2]+":"+parts[5][:kind]) {
		return false
	}
	return kind > 0 && parts[5][kind+1:] == "*" && !slices.Contains(namedFirst, parts[2]) && parts[5][:kind] != "known-later"
}
