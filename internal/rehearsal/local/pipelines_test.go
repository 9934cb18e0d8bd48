package local

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// TestPipelines runs a pipeline whose role lacks a permission, which is a problem of the rehearsal. Its failure matches a rule.
func TestPipelines(t *testing.T) { synctest.Test(t, testPipelines) }

func testPipelines(t *testing.T) {
	cloud := awssim.New(awssim.Options{Account: "123456789012", Seed: 1})
	cloud.Do(func(s *awssim.State) {
		role := s.CreateRole(awssim.Role{Name: "Pipeline"})
		s.CreateBucket(awssim.Bucket{Name: "source"})
		r := s.Region("us-east-2")
		putEndOfRun(t, r)
		source := awssim.PipelineAction{
			Name: "Source", TypeID: awssim.ActionType{Category: "Source", Owner: "AWS", Provider: "S3"},
			Configuration: map[string]string{"S3Bucket": "source", "S3ObjectKey": "nominal.zip"},
		}
		p := r.CreatePipeline(awssim.Pipeline{PipelineDeclaration: awssim.PipelineDeclaration{
			Name: "failover", RoleARN: role.ARN, ExecutionMode: codepipeline.Queued,
			Stages: []awssim.PipelineStage{{Name: "Source", Actions: []awssim.PipelineAction{source}}},
		}})
		if err := codepipeline.Created(s, r, p); err != nil {
			t.Fatal(err)
		}
	})
	s := &system{cloud: cloud, aws: endpoint.New(cloud), dir: t.TempDir()}
	defer s.aws.Close()
	if err := errors.Join(s.startEngines(), s.startPipelines()); err != nil {
		t.Fatal(err)
	}
	want := []rehearsal.Refusal{{Principal: "Pipeline", Action: "s3:GetObject", Resource: "arn:aws:s3:::source/nominal.zip", Count: 1}}
	synctest.Wait()
	if diff := cmp.Diff(want, s.Problems().Refusals); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	cloud.Do(func(s *awssim.State) {
		if told := s.Region("us-east-2").Topics.Values()[0].Messages; len(told) != 1 || told[0].Body != `"failover is FAILED"` {
			t.Errorf("the topic was told %+v", told)
		}
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	cloud.Do(func(s *awssim.State) {
		if s.PipelineHook != nil {
			t.Error("the executor still runs")
		}
	})
}

// putEndOfRun has a topic told of runs that fail.
func putEndOfRun(t *testing.T, r *awssim.Region) {
	t.Helper()
	policy, err := iam.Parse(iam.Resource, "topic", map[string]any{"Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	topic := r.CreateTopic(awssim.Topic{Name: "failover", Policy: policy})
	r.PutEventRule(awssim.EventRule{
		Name: "EndOfRun", Bus: awssim.DefaultBus,
		Pattern: `{"source": ["aws.codepipeline"], "detail-type": ["CodePipeline Pipeline Execution State Change"], "detail": {"state": ["FAILED", "STOPPED"]}}`,
		Targets: []awssim.EventTarget{{ID: "Topic", ARN: topic.ARN, Transformer: &awssim.InputTransformer{
			Paths: map[string]string{"pipeline": "$.detail.pipeline", "state": "$.detail.state"}, Template: `"<pipeline> is <state>"`,
		}}},
	})
}
