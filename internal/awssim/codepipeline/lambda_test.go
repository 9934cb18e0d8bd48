package codepipeline_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

const noResult = "The AWS Lambda function assess failed to return a result. Check the function to verify that it has permission to call " +
	"the PutJobSuccessResult action and that it made a call to PutJobSuccessResult."

// TestJobEvent checks what a function is invoked with.
func TestJobEvent(t *testing.T) {
	artifacts := func(d *awssim.PipelineDeclaration) {
		d.Stages[1].Actions[0].InputArtifacts = []awssim.InputArtifact{{Name: "Nothing"}}
		d.Stages[1].Actions[0].OutputArtifacts = []awssim.OutputArtifact{{Name: "AssessmentReport"}}
	}
	run(t, short(artifacts), func(w *world) {
		id := w.start(nil)
		j := w.job("assess")
		in, out := j.Data.Inputs[0], j.Data.Outputs[0]
		if in.Name != "Nothing" || in.Revision == nil || *in.Revision != "3e47b75000b0924b6c9ba5759a7cf15d" || in.Location.Type != "S3" {
			t.Errorf("input artifact: %+v", in)
		}
		w.do(func(s *awssim.State, _ *awssim.Region) {
			bucket, _ := s.Buckets.Get(in.Location.S3["bucketName"])
			if got := string(bucket.Objects[in.Location.S3["objectKey"]].Body); got != "nothing" {
				t.Errorf("content of the input artifact: %q", got)
			}
			key, _ := j.Data.Credentials["accessKeyId"].(string)
			if c, ok := s.Credentials(key); !ok || c.Role != "Pipeline" {
				t.Errorf("credentials: %+v", c)
			}
		})
		if key := out.Location.S3["objectKey"]; out.Name != "AssessmentReport" || out.Revision != nil || !strings.HasPrefix(key, "failover/Assessment/") {
			t.Errorf("output artifact: %+v", out)
		}
		if j.Data.Token != "" || j.Data.Key != nil {
			t.Errorf("token and key: %+v", j.Data)
		}
		w.must(w.succeed(j.ID, codepipeline.JobResult{ContinuationToken: "more"}))
		j = w.job("assess")
		if same := j.Data.Outputs[0].Location.S3["objectKey"]; same != out.Location.S3["objectKey"] {
			t.Errorf("output artifact when the action continues: %s", same)
		}
		w.must(w.failJob(j.ID, "x"))
		w.must(w.retry(id, "Assess", codepipeline.FailedActions))
		if other := w.job("assess").Data.Outputs[0].Location.S3["objectKey"]; other == out.Location.S3["objectKey"] {
			t.Errorf("output artifact of another attempt: %s", other)
		}
	})
}

func TestFailure(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		w.must(w.failJob(w.job("assess").ID, "the lag is 90 s"))
		w.wantFailure(id, "Assess", "JobFailed", "the lag is 90 s")
		w.wantStatus(id, codepipeline.Failed)
	})
}

// TestContinuation continues an action until it succeeds: each time with a job of its own, and never with more time than one has.
func TestContinuation(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		first := w.job("assess")
		for i, token := range []string{"one", "two"} {
			time.Sleep(15 * time.Minute) // three times that is more than one answer may take
			w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{ContinuationToken: token, PercentComplete: 10 * (i + 1)}))
			if j := w.job("assess"); j.Data.Token != token || j.ID == first.ID || w.action(id, "Assess").PercentComplete != 10*(i+1) {
				t.Errorf("job after token %s: %+v", token, j)
			}
		}
		time.Sleep(15 * time.Minute)
		w.wantCode(w.succeed(first.ID, codepipeline.JobResult{}), "InvalidJobStateException")
		w.wantCode(w.succeed(w.job("assess").ID, codepipeline.JobResult{ContinuationToken: "three", OutputVariables: map[string]string{"a": "b"}}), "ValidationException")
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
		if n := len(w.jobs("assess")); n != 3 {
			t.Errorf("invoked %d times, want 3", n)
		}
	})
}

// TestSilentFunction never answers.
func TestSilentFunction(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		time.Sleep(20*time.Minute - time.Nanosecond)
		synctest.Wait()
		w.wantStatus(id, codepipeline.InProgress)
		time.Sleep(time.Nanosecond)
		w.wantCode(w.succeed(w.job("assess").ID, codepipeline.JobResult{}), "InvalidJobStateException")
		w.wantFailure(id, "Assess", "JobFailed", noResult)
		w.wantStatus(id, codepipeline.Failed)
	})
}

// TestEndlessContinuation is ended by the action's own time.
func TestEndlessContinuation(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		started := w.action(id, "Assess").Started
		for w.execution(id).Status == codepipeline.InProgress {
			w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{ContinuationToken: "again"}))
			time.Sleep(10 * time.Minute)
			synctest.Wait()
		}
		if took := w.action(id, "Assess").Updated.Sub(started); took != 24*time.Hour {
			t.Errorf("the action took %v, want 24 h", took)
		}
		w.wantFailure(id, "Assess", "JobFailed", noResult)
	})
}

func TestAnswersThatAreRefused(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		j := w.job("assess").ID
		fail := func(job, code, message string) error {
			return w.call(func(s *awssim.State, r *awssim.Region) error {
				return codepipeline.Fail(s, r, job, awssim.ActionError{Code: code, Message: message}, "")
			})
		}
		w.wantCode(w.succeed("11111111-2222-4333-8444-555555555555", codepipeline.JobResult{}), "JobNotFoundException")
		w.wantCode(w.succeed("", codepipeline.JobResult{}), "JobNotFoundException")
		w.wantCode(w.succeed(j, codepipeline.JobResult{OutputVariables: map[string]string{"not allowed": "x"}}), "ValidationException")
		w.wantCode(w.succeed(j, codepipeline.JobResult{OutputVariables: map[string]string{"long": strings.Repeat("x", 122880)}}), "OutputVariablesSizeExceededException")
		w.wantCode(fail(j, "Broken", "x"), "ValidationException")
		w.wantCode(fail(j, "JobFailed", ""), "ValidationException")
		w.wantCode(fail("no job", "JobFailed", "x"), "JobNotFoundException")
		w.wantCode(w.call(func(s *awssim.State, _ *awssim.Region) error {
			return codepipeline.Succeed(s, s.Region("us-east-1"), j, codepipeline.JobResult{})
		}), "JobNotFoundException")
		w.wantStatus(id, codepipeline.InProgress)
		w.finish("assess")
		w.wantCode(w.succeed(j, codepipeline.JobResult{}), "InvalidJobStateException")
		w.wantCode(w.failJob(j, "after all"), "InvalidJobStateException")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

// TestFunctionError has Lambda make the invocation again, with the same event.
func TestFunctionError(t *testing.T) {
	run(t, short(), func(w *world) {
		w.fails["assess"] = 2
		id := w.start(nil)
		for _, want := range []struct {
			after time.Duration
			calls int
		}{{0, 1}, {time.Minute - 1, 1}, {1, 2}, {2*time.Minute - 1, 2}, {1, 3}, {10 * time.Minute, 3}} {
			time.Sleep(want.after)
			synctest.Wait()
			if n := len(w.jobs("assess")); n != want.calls {
				t.Errorf("invoked %d times, want %d", n, want.calls)
			}
		}
		if all := w.jobs("assess"); all[0].ID != all[2].ID {
			t.Errorf("jobs: %+v", all)
		}
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
	run(t, short(), func(w *world) {
		w.fails["assess"] = 3
		id := w.start(nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(w.jobs("assess")); n != 3 {
			t.Errorf("invoked %d times, want 3", n)
		}
		w.wantFailure(id, "Assess", "JobFailed", noResult)
	})
}

// TestFasterRetries has a faster Lambda wait as much less, while a function has as long to answer as it has in AWS.
func TestFasterRetries(t *testing.T) {
	runAt(t, 60, short(), func(w *world) {
		w.throttle["assess"], w.fails["assess"] = 1, 1
		id := w.start(nil)
		for _, want := range []struct {
			after time.Duration
			calls int
		}{{0, 1}, {time.Second/60 - 1, 1}, {1, 2}, {time.Second - 1, 2}, {1, 3}} {
			time.Sleep(want.after)
			synctest.Wait()
			if n := len(w.jobs("assess")); n != want.calls {
				t.Errorf("invoked %d times, want %d", n, want.calls)
			}
		}
		time.Sleep(19 * time.Minute)
		synctest.Wait()
		w.wantStatus(id, codepipeline.InProgress)
	})
}

// TestThrottledFunction has Lambda wait, longer each time, until the function may run.
func TestThrottledFunction(t *testing.T) {
	run(t, short(), func(w *world) {
		w.throttle["assess"] = 10
		id := w.start(nil)
		for calls, wait := range []int{0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300} {
			time.Sleep(time.Duration(wait) * time.Second)
			synctest.Wait()
			if n := len(w.jobs("assess")); n != calls+1 {
				t.Errorf("invoked %d times, want %d", n, calls+1)
			}
		}
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

// TestPermissions takes permissions from the role.
func TestPermissions(t *testing.T) {
	tests := map[string]struct {
		role, action, refusedAction, resource string
	}{
		"read the source":     {`["s3:PutObject", "lambda:InvokeFunction"]`, "Nominal", "s3:GetObject", "arn:aws:s3:::source/nominal.zip"},
		"write the artifact":  {`["s3:GetObject", "lambda:InvokeFunction"]`, "Nominal", "s3:PutObject", "arn:aws:s3:::artifacts/failover/Nothing/"},
		"invoke the function": {`["s3:GetObject", "s3:PutObject"]`, "Assess", "lambda:InvokeFunction", "arn:aws:lambda:us-east-2:123456789012:function:assess"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, short(), func(w *world) {
				w.role("Pipeline", `{"Statement": {"Effect": "Allow", "Action": `+tt.role+`, "Resource": "*"}}`)
				id := w.start(nil)
				a := w.action(id, tt.action)
				if a.Error == nil || a.Error.Code != "PermissionError" || !strings.Contains(a.Error.Message, "is not authorized to perform: "+tt.refusedAction) {
					t.Errorf("got %s: %+v", a.Status, a.Error)
				}
				if len(w.refusals) != 1 || w.refusals[0].Role != "Pipeline" || w.refusals[0].Action != tt.refusedAction || !strings.HasPrefix(w.refusals[0].Resource, tt.resource) {
					t.Errorf("refusals: %+v", w.refusals)
				}
				if len(w.jobs("assess")) > 0 {
					t.Error("the function was invoked")
				}
			})
		})
	}
}

// TestActionRole makes an action by a role of its own.
func TestActionRole(t *testing.T) {
	own := func(d *awssim.PipelineDeclaration) {
		d.Stages[1].Actions[0].RoleARN = "arn:aws:iam::123456789012:role/Own"
	}
	run(t, short(own), func(w *world) {
		w.role("Own", `{"Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-2:123456789012:function:assess"}}`)
		w.start(nil)
		key, _ := w.job("assess").Data.Credentials["accessKeyId"].(string)
		w.do(func(s *awssim.State, _ *awssim.Region) {
			if c, _ := s.Credentials(key); c.Role != "Own" {
				t.Errorf("credentials: %+v", c)
			}
		})
	})
	run(t, short(own), func(w *world) {
		w.role("Own", everything)
		w.role("Pipeline", `{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`)
		w.start(nil)
		want := []codepipeline.Refusal{{Role: "Pipeline", Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/Own"}}
		if diff := cmp.Diff(want, w.refusals); diff != "" {
			t.Errorf("refusals (-want +got):\n%s", diff)
		}
	})
}

// TestCrossRegion invokes a function of another Region, which reports to its own. The pipeline has an artifact store in each.
func TestCrossRegion(t *testing.T) {
	away := func(d *awssim.PipelineDeclaration) {
		d.ArtifactStores = map[string]awssim.ArtifactStore{home: *d.ArtifactStore, "us-east-1": {Location: "artifacts-east", Type: "S3"}}
		d.ArtifactStore = nil
		a := &d.Stages[1].Actions[0]
		a.Region, a.Configuration["FunctionName"] = "us-east-1", "far"
		a.OutputArtifacts = []awssim.OutputArtifact{{Name: "Found"}}
	}
	run(t, short(away), func(w *world) {
		w.do(func(s *awssim.State, _ *awssim.Region) {
			s.Region("us-east-1").CreateFunction(awssim.Function{Name: "far", Invoke: w.invoke("far")})
		})
		id := w.start(nil)
		j := w.job("far")
		if got := j.Data.Outputs[0].Location.S3["bucketName"]; got != "artifacts-east" {
			t.Errorf("bucket of the output artifact: %s", got)
		}
		report := func(region, job, token string) error {
			return w.call(func(s *awssim.State, _ *awssim.Region) error {
				return codepipeline.Succeed(s, s.Region(region), job, codepipeline.JobResult{ContinuationToken: token})
			})
		}
		w.wantCode(report(home, j.ID, ""), "JobNotFoundException")
		w.must(report("us-east-1", j.ID, "more"))
		w.must(report("us-east-1", w.job("far").ID, ""))
		w.wantStatus(id, codepipeline.Succeeded)
		second := w.start(nil)
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		w.wantStatus(second, codepipeline.Failed)
	})
}

// TestClose ends a function that runs.
func TestClose(t *testing.T) {
	run(t, short(), func(w *world) {
		w.fails["assess"] = 1
		id := w.start(nil)
		w.executor.Close() // while Lambda waits to make the invocation again
		w.wantStatus(id, codepipeline.InProgress)
		second := codepipeline.New(codepipeline.Options{Cloud: w.cloud})
		defer second.Close()
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}
