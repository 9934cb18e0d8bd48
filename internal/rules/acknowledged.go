package rules

// AppAcknowledgements are the findings that the application in this repository means to have, each with its reason.
func AppAcknowledgements() []Acknowledgement {
	const (
		pipeline = "CDK's pipelines grant their own roles so, for one bucket or for builds whose names are not known yet"
		bucket   = "CDK's grant for one bucket, to roles of the delivery pipeline"
		key      = "CDK's grant of one key to Secrets Manager, which encrypts the administrator's password with it"
	)
	return []Acknowledgement{
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Database/Key/Resource", Value: "kms:GenerateDataKey*", Reason: key},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Database/Key/Resource", Value: "kms:ReEncrypt*", Reason: key},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Pipeline/*", Value: "s3:*", Reason: pipeline},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/Artifacts/Policy/Resource", Value: "s3:*", Reason: bucket},
		{Rule: "wildcard-actions", Stack: "*", Resource: "*/CrossRegionCodePipelineReplicationBucket/Policy/Resource", Value: "s3:*", Reason: bucket},
		{Rule: "wildcard-resources", Stack: "*", Resource: "*/Pipeline/*", Reason: pipeline},
	}
}
