package rules

// AppAcknowledgements are the findings that the application in this repository means to have, each with its reason.
func AppAcknowledgements() []Acknowledgement {
	const (
		pipeline = "CDK's pipelines grant their own roles so, for one bucket or for builds whose names are not known yet"
		bucket   = "CDK's grant for one bucket, to roles of the delivery pipeline"
		run      = "CDK's grant of one bucket and one key to the role of the pipeline that moves the application"
		publish  = "CDK's grant of one key to EventBridge, which encrypts notifications with it"
		lookup   = "read only: instances are asked for by a filter, for which RDS wants all of them, and the ARNs of proxies have ids that names do not tell"
		key      = "CDK's grant of one key to Secrets Manager, which encrypts the administrator's password with it"
	)
	return []Acknowledgement{
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Database/Key/Resource", Value: "kms:GenerateDataKey*", Reason: key},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Database/Key/Resource", Value: "kms:ReEncrypt*", Reason: key},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Pipeline/*", Value: "s3:*", Reason: pipeline},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Artifacts/Policy/Resource", Value: "s3:*", Reason: bucket},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/CrossRegionCodePipelineReplicationBucket/Policy/Resource", Value: "s3:*", Reason: bucket},
		{Rule: "wildcard-resources", Stack: "*", Resource: "*/Pipeline/*", Reason: pipeline},
		{Rule: "wildcard-actions", Stack: "*-fail*", Resource: "*/Failover/Resource/Role/DefaultPolicy/Resource", Value: "s3:*", Reason: run},
		{Rule: "wildcard-actions", Stack: "*-fail*", Resource: "*/Failover/Resource/Role/DefaultPolicy/Resource", Value: "kms:*", Reason: run},
		{Rule: "wildcard-actions", Stack: "*-fail*", Resource: "*/Failover/Key/Resource", Value: "kms:GenerateDataKey*", Reason: publish},
		{Rule: "wildcard-resources", Stack: "*-fail*", Resource: "*/Failover/*", Value: "rds:DescribeDBInstances", Reason: lookup},
		{Rule: "wildcard-resources", Stack: "*-fail*", Resource: "*/Failover/*", Value: "rds:DescribeDBProxyTargets", Reason: lookup},
	}
}
