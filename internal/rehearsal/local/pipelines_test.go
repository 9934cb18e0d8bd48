package local

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// TestPipelines runs a pipeline whose role lacks a permission, which is a problem of the rehearsal.
func TestPipelines(t *testing.T) { synctest.Test(t, testPipelines) }

func testPipelines(t *testing.T) {
	cloud := awssim.New(awssim.Options{Account: "123456789012", Seed: 1})
	cloud.Do(func(s *awssim.State) {
		role := s.CreateRole(awssim.Role{Name: "Pipeline"})
		s.CreateBucket(awssim.Bucket{Name: "source"})
		r := s.Region("us-east-2")
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
	s := &system{cloud: cloud, aws: endpoint.New(cloud)}
	defer s.aws.Close()
	if err := s.startPipelines(); err != nil {
		t.Fatal(err)
	}
	want := []rehearsal.Refusal{{Principal: "Pipeline", Action: "s3:GetObject", Resource: "arn:aws:s3:::source/nominal.zip", Count: 1}}
	synctest.Wait()
	if diff := cmp.Diff(want, s.Problems().Refusals); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	cloud.Do(func(s *awssim.State) {
		if s.PipelineHook != nil {
			t.Error("the executor still runs")
		}
	})
}
