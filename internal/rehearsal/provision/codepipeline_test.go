package provision_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	runner "github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// pipelineTemplate is the template of testdata with changes: old and new text in turn.
func pipelineTemplate(t *testing.T, changes ...string) *assembly.Assembly {
	t.Helper()
	text, err := os.ReadFile("testdata/pipeline.template.json")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(changes...).Replace(string(text))
	if len(changes) > 0 && changed == string(text) {
		t.Fatalf("the template has nothing of %q", changes)
	}
	dir := t.TempDir()
	const file = "pipeline.template.json"
	if err := os.WriteFile(dir+"/"+file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := assembly.New(newStack(t, "failover", "us-east-2", file, []byte(changed)))
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = dir
	return a
}

// TestPipelineFromTemplate deploys a pipeline and runs it, with functions that report over HTTP in the name of their role.
func TestPipelineFromTemplate(t *testing.T) {
	cloud := awssim.New(awssim.Options{Account: account, Seed: 1})
	if _, err := provision.Deploy(t.Context(), pipelineTemplate(t), provision.Options{Cloud: cloud, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	handler := endpoint.New(cloud)
	defer handler.Close()
	server := httptest.NewServer(handler)
	defer server.Close()
	changes := make(chan awssim.PipelineEvent, 1000)
	config := func(c awssim.Credentials) aws.Config {
		return aws.Config{
			Region: "us-east-2", BaseEndpoint: aws.String(server.URL), HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
			Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		}
	}
	moved := serveFunctions(cloud, config)
	executor := runner.New(runner.Options{Cloud: cloud, Event: func(e awssim.PipelineEvent) { changes <- e }})
	defer executor.Close()
	operator := config(operatorOf(t, cloud))
	await(t, changes, "Pipeline", "FAILED") // what the creation started finds no object
	store := s3.NewFromConfig(operator)
	if _, err := store.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("nominal-source"), Key: aws.String("nominal.zip"), Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	client := codepipeline.NewFromConfig(operator)
	started, err := client.StartPipelineExecution(t.Context(), &codepipeline.StartPipelineExecutionInput{
		Name: aws.String("failover"), Variables: []types.PipelineVariable{{Name: aws.String("mode"), Value: aws.String("switchover")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	approve(t, client, changes, cloud)
	await(t, changes, "Pipeline", "SUCCEEDED")
	if got, want := <-moved, `go: {"mode":"switchover"} in `+*started.PipelineExecutionId; got != want {
		t.Errorf("moved with %q, want %q", got, want)
	}
}

// serveFunctions lets the functions answer in the name of their role: one continues once and decides, the other tells the channel
// what it was given.
func serveFunctions(cloud *awssim.Cloud, config func(awssim.Credentials) aws.Config) <-chan string {
	moved := make(chan string, 1)
	cloud.Do(func(s *awssim.State) {
		region := s.Region("us-east-2")
		f, _ := region.Functions.Get("assess")
		session, _ := s.AssumeRole(f.Role, "functions", time.Hour)
		client := codepipeline.NewFromConfig(config(session))
		serve(region, "assess", func(ctx context.Context, job events.CodePipelineJob) error {
			in := &codepipeline.PutJobSuccessResultInput{JobId: &job.ID, ContinuationToken: aws.String("asked")}
			if job.Data.ContinuationToken != "" {
				in.ContinuationToken, in.OutputVariables = nil, map[string]string{"decision": "go: " + job.Data.ActionConfiguration.Configuration.UserParameters}
			}
			_, err := client.PutJobSuccessResult(ctx, in)
			return err
		})
		serve(region, "move", func(ctx context.Context, job events.CodePipelineJob) error {
			moved <- job.Data.ActionConfiguration.Configuration.UserParameters
			_, err := client.PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{JobId: &job.ID})
			return err
		})
	})
	return moved
}

// serve lets a function answer its jobs.
func serve(r *awssim.Region, name string, answer func(context.Context, events.CodePipelineJob) error) {
	f, _ := r.Functions.Get(name)
	f.Invoke = func(ctx context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
		var event events.CodePipelineJobEvent
		if err := json.Unmarshal(payload, &event); err != nil {
			return awssim.InvokeResult{}, err
		}
		return awssim.InvokeResult{}, answer(ctx, event.CodePipelineJob)
	}
	r.Functions.Put(name, f)
}

// operatorOf is the access key of a user who may do everything.
func operatorOf(t *testing.T, cloud *awssim.Cloud) (c awssim.Credentials) {
	t.Helper()
	everything, err := iam.Parse(iam.Identity, "everything", map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
	if err != nil {
		t.Fatal(err)
	}
	cloud.Do(func(s *awssim.State) {
		_, c = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{everything}})
	})
	return c
}

// await returns when an execution of that kind has got to the state.
func await(t *testing.T, changes <-chan awssim.PipelineEvent, kind, state string) awssim.PipelineEvent {
	t.Helper()
	for {
		select {
		case e := <-changes:
			if e.DetailType == "CodePipeline "+kind+" Execution State Change" && e.Detail["state"] == state {
				return e
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no %s gets to state %s", kind, state)
		}
	}
}

// approve approves what the topic says is to be approved.
func approve(t *testing.T, client *codepipeline.Client, changes <-chan awssim.PipelineEvent, cloud *awssim.Cloud) {
	t.Helper()
	for await(t, changes, "Stage", "STARTED").Detail["stage"] != "Approve" {
	}
	await(t, changes, "Action", "STARTED")
	var message struct {
		Approval struct{ PipelineName, StageName, ActionName, Token, CustomData string }
	}
	cloud.Do(func(s *awssim.State) {
		topic, _ := s.Region("us-east-2").Topics.Get("arn:aws:sns:us-east-2:123456789012:approvals")
		if err := json.Unmarshal([]byte(topic.Messages[0].Body), &message); err != nil {
			t.Fatal(err)
		}
	})
	a := message.Approval
	if a.CustomData != `go: {"mode":"switchover"}` {
		t.Errorf("asked: %+v", a)
	}
	_, err := client.PutApprovalResult(t.Context(), &codepipeline.PutApprovalResultInput{
		PipelineName: &a.PipelineName, StageName: &a.StageName, ActionName: &a.ActionName, Token: &a.Token,
		Result: &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("yes")},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPipelinesAreRefused changes the template into one that AWS refuses, or that is not known.
func TestPipelinesAreRefused(t *testing.T) {
	tests := map[string]struct {
		changes []string
		want    string
	}{
		"role":     {[]string{"codepipeline.amazonaws.com", "codebuild.amazonaws.com"}, "cannot be assumed by codepipeline.amazonaws.com"},
		"rule":     {[]string{`"Provider": "VariableCheck"`, `"Provider": "DeploymentWindow"`}, "stage Assess: rule Mode: rules of provider DeploymentWindow are not rehearsed"},
		"property": {[]string{`"TimeoutInMinutes": 30`, `"Timeout": 30`}, "property Timeout is not modelled"},
		"structure": {
			[]string{`"InputArtifacts": [{"Name": "Nothing"}]`, `"InputArtifacts": [{"Name": "Something"}]`},
			"stage Assess, action Assess: no action before it makes input artifact Something",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := deploy(t, pipelineTemplate(t, tt.changes...), options(1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestPipelineState checks what becomes of properties.
func TestPipelineState(t *testing.T) {
	d, err := deploy(t, pipelineTemplate(t, `"RestartExecutionOnUpdate": false,`,
		`"DisableInboundStageTransitions": [{"StageName": "Move", "Reason": "not yet"}],`), options(1))
	if err != nil {
		t.Fatal(err)
	}
	d.do(func(s *awssim.State) {
		p, _ := s.Region("us-east-2").Pipelines.Get("failover")
		source := p.Stages[0].Actions[0]
		if source.Configuration["PollForSourceChanges"] != "false" || p.Stages[1].Actions[0].RunOrder != 1 || p.Disabled["Move"].Reason != "not yet" {
			t.Errorf("pipeline: %+v", p)
		}
		if key := p.ArtifactStore.EncryptionKey.ID; !strings.HasPrefix(key, "arn:aws:kms:us-east-2:") {
			t.Errorf("key: %q", key)
		}
		e, _ := s.Region("us-east-2").PipelineExecutions.Get(p.Executions[0])
		if len(p.Executions) != 1 || e.Trigger.Type != "CreatePipeline" {
			t.Errorf("executions: %+v", e)
		}
	})
}

// TestDeliveryPipeline stores the reference application's own pipeline, whose actions are not rehearsed.
func TestDeliveryPipeline(t *testing.T) {
	d := deployApplication(t)
	changes := make(chan awssim.PipelineEvent, 100)
	executor := runner.New(runner.Options{Cloud: d.cloud, Event: func(e awssim.PipelineEvent) { changes <- e }})
	defer executor.Close()
	await(t, changes, "Pipeline", "FAILED")
	d.do(func(s *awssim.State) {
		r := s.Region("us-east-1")
		p, _ := r.Pipelines.Get("ToDoMgmtPipeline")
		e, _ := r.PipelineExecutions.Get(p.Executions[0])
		const want = "Actions of provider CodeCommit (category Source, owner AWS) are not rehearsed"
		if len(p.Stages) < 5 || e.Actions[0].Error == nil || e.Actions[0].Error.Message != want {
			t.Errorf("pipeline with %d stages: %+v", len(p.Stages), e.Actions)
		}
	})
}
