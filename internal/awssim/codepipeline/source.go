package codepipeline

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Kinds of revisions that a start may ask for.
const (
	versionOverride = "S3_OBJECT_VERSION_ID"
	keyOverride     = "S3_OBJECT_KEY"
)

// source takes an object of a bucket and copies it into the artifact store.
func (m *machine) source(a *awssim.ActionExecution) *awssim.ActionError {
	bucketName, key := a.ResolvedConfiguration["S3Bucket"], a.ResolvedConfiguration["S3ObjectKey"]
	override := m.execution.Overrides[a.Action]
	if override.Type == keyOverride {
		if a.ResolvedConfiguration["AllowOverrideForS3ObjectKey"] != "true" {
			return &awssim.ActionError{Code: "ConfigurationError", Message: "The action does not allow to override S3ObjectKey"}
		}
		key = override.Value
	}
	role, failure := m.assume(a.RoleARN)
	if failure != nil {
		return failure
	}
	bucket, _ := m.state.Buckets.Get(bucketName)
	object, ok := bucket.Objects[key]
	if failure := m.may(role, need{action: "s3:GetObject", resource: "arn:aws:s3:::" + bucketName + "/" + key, policy: bucket.Policy}); failure != nil {
		return failure
	}
	version := strings.Trim(object.ETag, `"`)
	if !ok || override.Type == versionOverride && override.Value != version {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
			"The Amazon S3 bucket %s or its object %s does not exist, or not in the version asked for", bucketName, key)}
	}
	for _, name := range a.Outputs {
		if failure := m.store(role, a.Region, name, object, version); failure != nil {
			return failure
		}
	}
	a.OutputVariables = map[string]string{"BucketName": bucketName, "ETag": object.ETag, "ObjectKey": key, "VersionId": version}
	a.Revision = &awssim.SourceRevision{ActionName: a.Action, ID: version, Summary: "Amazon S3 version id: " + version}
	a.ExternalID = version
	end(m.state, m.region, m.execution, a, Succeeded)
	return nil
}

// store copies an object into the artifact store.
func (m *machine) store(role awssim.Role, region, name string, object awssim.Object, revision string) *awssim.ActionError {
	to, failure := m.place(region, name)
	if failure != nil {
		return failure
	}
	bucket, ok := m.state.Buckets.Get(to.Bucket)
	if !ok {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
			"The action failed because either the artifact or the Amazon S3 bucket could not be found. Name of artifact bucket: %s", to.Bucket)}
	}
	store, _ := m.pipeline.Store(region)
	needs := append(m.key(store, region, "kms:GenerateDataKey"),
		need{action: "s3:PutObject", resource: bucket.ARN() + "/" + to.Key, policy: bucket.Policy})
	if failure := m.may(role, needs...); failure != nil {
		return failure
	}
	object.Key, to.Revision = to.Key, revision
	m.state.PutObject(to.Bucket, object)
	m.execution.Artifacts[name] = to
	return nil
}

// place is where an artifact is to be in the store. Keys are of the form that events in AWS's guides show.
func (m *machine) place(region, name string) (awssim.Artifact, *awssim.ActionError) {
	store, ok := m.pipeline.Store(region)
	if !ok {
		return awssim.Artifact{}, &awssim.ActionError{Code: "ConfigurationError", Message: "The pipeline has no artifact store in Region " + region}
	}
	const pipelineLength, artifactLength, suffixLength = 20, 10, 7
	key := fmt.Sprintf("%.*s/%.*s/%s", pipelineLength, m.pipeline.Name, artifactLength, name, m.state.NewUUID()[:suffixLength])
	return awssim.Artifact{Name: name, Bucket: store.Location, Key: key}, nil
}
