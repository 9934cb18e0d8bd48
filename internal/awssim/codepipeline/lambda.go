package codepipeline

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const (
	// functionName is the name of the configuration value that names the function.
	functionName = "FunctionName"

	// answerTime is how long a function may take to answer a job (CPUG, "Quotas in AWS CodePipeline").
	answerTime = 20 * time.Minute

	// credentialsTime is how long the credentials in an event are valid. AWS does not say.
	credentialsTime = time.Hour
)

// invoke makes a job for the function that the action names.
func (m *machine) invoke(a *awssim.ActionExecution) *awssim.ActionError {
	return m.newJob(a, "")
}

// newJob makes a job, if the action's role may invoke the function.
func (m *machine) newJob(a *awssim.ActionExecution, token string) *awssim.ActionError {
	name := a.ResolvedConfiguration[functionName]
	region := m.state.Region(a.Region)
	f, _, ok := region.FindFunction(name, "")
	if !ok {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
			"The AWS Lambda function %s does not exist in Region %s", name, a.Region)}
	}
	if f.Invoke == nil {
		return &awssim.ActionError{Code: "SystemUnavailable", Message: fmt.Sprintf("The AWS Lambda function %s is not run here", name)}
	}
	role, failure := m.assume(a.RoleARN)
	if failure != nil {
		return failure
	}
	arn := region.FunctionARN(name, "")
	if failure := m.may(role, need{action: "lambda:InvokeFunction", resource: arn, policy: f.Policy}); failure != nil {
		return failure
	}
	deadline := m.state.Now().Add(answerTime)
	if a.Deadline.Before(deadline) {
		deadline = a.Deadline
	}
	j := awssim.PipelineJob{
		ID: m.state.NewUUID(), Home: m.region.Name(), Pipeline: m.pipeline.Name, ExecutionID: m.execution.ID, ActionID: a.ID, FunctionARN: arn,
		Status: JobCreated, Deadline: deadline,
	}
	details, failure := m.details(a, j.ID, token, role)
	if failure != nil {
		return failure
	}
	j.Details = details
	region.PipelineJobs.Put(j.ID, j)
	a.Job = j.ID
	return nil
}

// renewJob makes the job that follows one that was answered with a continuation token. r is the pipeline's Region.
func renewJob(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution, token string) {
	p, _ := r.Pipelines.Get(e.Pipeline)
	m := &machine{state: s, region: r, pipeline: p, execution: e, work: &work{}}
	if failure := m.newJob(a, token); failure != nil {
		a.Job = ""
		m.fail(a, failure)
	}
}

// Members of the event, as CPUG shows it ("Invoke an AWS Lambda function in a pipeline", example JSON event).
type (
	jobEvent struct {
		Job jobDetails `json:"CodePipeline.job"`
	}
	jobDetails struct {
		ID        string  `json:"id"`
		AccountID string  `json:"accountId"`
		Data      jobData `json:"data"`
	}
	jobData struct {
		ActionConfiguration jobConfiguration      `json:"actionConfiguration"`
		InputArtifacts      []jobArtifact         `json:"inputArtifacts"`
		OutputArtifacts     []jobArtifact         `json:"outputArtifacts"`
		ArtifactCredentials jobCredentials        `json:"artifactCredentials"`
		ContinuationToken   string                `json:"continuationToken,omitempty"`
		EncryptionKey       *awssim.EncryptionKey `json:"encryptionKey,omitempty"`
	}
	jobConfiguration struct {
		Configuration map[string]string `json:"configuration"`
	}
	jobArtifact struct {
		Name     string      `json:"name"`
		Revision *string     `json:"revision"`
		Location jobLocation `json:"location"`
	}
	jobLocation struct {
		Type string     `json:"type"`
		S3   jobS3Place `json:"s3Location"`
	}
	jobS3Place struct {
		Bucket string `json:"bucketName"`
		Key    string `json:"objectKey"`
	}
	jobCredentials struct {
		AccessKeyID     string `json:"accessKeyId"`
		SecretAccessKey string `json:"secretAccessKey"`
		SessionToken    string `json:"sessionToken"`
		Expiration      int64  `json:"expirationTime"` // milliseconds since 1970
	}
)

// details are what the function is told.
func (m *machine) details(a *awssim.ActionExecution, id, token string, role awssim.Role) (json.RawMessage, *awssim.ActionError) {
	credentials, _ := m.state.AssumeRole(role.ARN, m.execution.ID, credentialsTime) // the role exists
	data := jobData{
		ActionConfiguration: jobConfiguration{a.ResolvedConfiguration},
		InputArtifacts:      []jobArtifact{}, OutputArtifacts: []jobArtifact{},
		ArtifactCredentials: jobCredentials{
			credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken, credentials.Expires.UnixMilli(),
		},
		ContinuationToken: token,
	}
	if store, ok := m.pipeline.Store(a.Region); ok {
		data.EncryptionKey = store.EncryptionKey
	}
	for _, name := range a.Inputs {
		artifact, ok := m.execution.Artifacts[name]
		if !ok {
			return nil, &awssim.ActionError{Code: "ConfigurationError", Message: "No action has made the input artifact " + name}
		}
		data.InputArtifacts = append(data.InputArtifacts, describe(artifact))
	}
	for _, name := range a.Outputs {
		artifact, ok := m.execution.Artifacts[name]
		if !ok || token == "" { // each attempt has a place of its own
			var failure *awssim.ActionError
			if artifact, failure = m.place(a.Region, name); failure != nil {
				return nil, failure
			}
			m.execution.Artifacts[name] = artifact
		}
		data.OutputArtifacts = append(data.OutputArtifacts, describe(artifact))
	}
	text, err := json.Marshal(jobEvent{jobDetails{ID: id, AccountID: m.state.Account(), Data: data}})
	if err != nil {
		return nil, &awssim.ActionError{Code: "SystemUnavailable", Message: err.Error()}
	}
	return text, nil
}

// describe is an artifact as a function is told of it.
func describe(a awssim.Artifact) jobArtifact {
	d := jobArtifact{Name: a.Name, Location: jobLocation{"S3", jobS3Place{a.Bucket, a.Key}}}
	if a.Revision != "" {
		d.Revision = &a.Revision
	}
	return d
}

// dispatch takes the jobs of a Region whose function is to be invoked.
func dispatch(r *awssim.Region, w *work) {
	for id, j := range r.PipelineJobs.All() {
		if j.Status != JobCreated {
			continue
		}
		j.Status = InProgress
		r.PipelineJobs.Put(id, j)
		f, version, _ := r.FindFunction(j.FunctionARN, "")
		w.invoke = append(w.invoke, invocation{f, version, j.Details})
	}
}
