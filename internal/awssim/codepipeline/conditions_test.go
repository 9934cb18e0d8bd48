package codepipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// condition is a condition whose rule compares the pipeline's variable.
func condition(result, operator, value string) *awssim.StageConditions {
	return &awssim.StageConditions{Conditions: []awssim.StageCondition{{Result: result, Rules: []awssim.PipelineRule{
		rule("Compare", "VariableCheck", map[string]string{"Variable": "#{variables.mode}", "Operator": operator, "Value": value}),
	}}}}
}

func TestVariableCheck(t *testing.T) {
	tests := map[string]struct {
		operator, value string
		enters          bool
	}{
		"EQ":            {"EQ", "drill", true},
		"EQ other":      {"EQ", "Drill", false},
		"NE":            {"NE", "failover", true},
		"NE same":       {"NE", "drill", false},
		"CONTAINS":      {"CONTAINS", "ril", true},
		"CONTAINS not":  {"CONTAINS", "x", false},
		"MATCHES":       {"MATCHES", "d[a-z]+l", true},
		"MATCHES part":  {"MATCHES", "ril", false},
		"MATCHES bad":   {"MATCHES", "(", false},
		"operator":      {"GT", "a", false},
		"unknown value": {"EQ", "#{variables.other}", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, short(func(d *awssim.PipelineDeclaration) {
				d.Stages[1].BeforeEntry = condition("FAIL", tt.operator, tt.value)
			}), func(w *world) {
				id := w.start(nil)
				if entered := len(w.jobs("assess")) == 1; entered != tt.enters {
					t.Errorf("entered: %v, want %v; rule: %+v", entered, tt.enters, w.action(id, "Compare"))
				}
				if !tt.enters {
					w.wantStatus(id, codepipeline.Failed)
				}
			})
		})
	}
}

// TestSkip skips a stage whose condition is not met.
func TestSkip(t *testing.T) {
	run(t, failover(func(d *awssim.PipelineDeclaration) {
		d.Stages[1].BeforeEntry = condition("SKIP", "EQ", "switchover")
		d.Stages[2].Actions[0].Configuration = nil
	}), func(w *world) {
		id := w.start(nil)
		e := w.execution(id)
		if len(w.jobs("assess")) > 0 || e.Stages[1].Status != codepipeline.Skipped || e.Stages[2].Status != codepipeline.InProgress {
			t.Errorf("stages: %+v", e.Stages)
		}
	})
}

func TestOnSuccess(t *testing.T) {
	run(t, short(func(d *awssim.PipelineDeclaration) { d.Stages[1].OnSuccess = condition("FAIL", "EQ", "switchover") }), func(w *world) {
		id := w.start(nil)
		w.finish("assess")
		w.wantStatus(id, codepipeline.Failed)
		w.must(w.retry(id, "Assess", codepipeline.FailedActions))
		w.wantStatus(id, codepipeline.Failed) // the action had succeeded, and the condition is what it was
		if n := len(w.jobs("assess")); n != 1 {
			t.Errorf("assess was invoked %d times", n)
		}
	})
}

func TestOnFailure(t *testing.T) {
	for value, want := range map[string]string{"drill": codepipeline.Failed, "switchover": codepipeline.Succeeded} {
		change := func(d *awssim.PipelineDeclaration) {
			d.Stages[1].OnFailure = &awssim.FailureConditions{Conditions: condition("SKIP", "EQ", value).Conditions}
		}
		run(t, short(change), func(w *world) {
			id := w.start(nil)
			w.must(w.failJob(w.job("assess").ID, "x"))
			w.wantStatus(id, want)
		})
	}
}

// TestLambdaInvokeRule asks a function before the stage is entered.
func TestLambdaInvokeRule(t *testing.T) {
	ask := func(d *awssim.PipelineDeclaration) {
		d.Stages[1].BeforeEntry = &awssim.StageConditions{Conditions: []awssim.StageCondition{{Result: "FAIL", Rules: []awssim.PipelineRule{
			rule("Ask", "LambdaInvoke", map[string]string{"FunctionName": "report", "UserParameters": "#{Source.ObjectKey}"}),
			rule("Compare", "VariableCheck", map[string]string{"Variable": "#{variables.mode}", "Operator": "EQ", "Value": "drill"}),
		}}}}
	}
	run(t, short(ask), func(w *world) {
		id := w.start(nil)
		if got := w.job("report").Data.Action.Configuration["UserParameters"]; got != "nominal.zip" || len(w.jobs("assess")) > 0 {
			t.Errorf("parameters %q, jobs %d", got, len(w.jobs("assess")))
		}
		w.finish("report")
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
	run(t, short(ask), func(w *world) {
		id := w.start(nil)
		w.must(w.failJob(w.job("report").ID, "no"))
		w.wantFailure(id, "Ask", "JobFailed", "no")
		w.wantStatus(id, codepipeline.Failed)
		w.must(w.retry(id, "Assess", codepipeline.FailedActions))
		w.finish("report")
		w.must(w.failJob(w.job("assess").ID, "no"))
		w.must(w.retry(id, "Assess", codepipeline.FailedActions))
		w.finish("report") // it is asked again, although it had agreed
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
	run(t, short(ask), func(w *world) {
		id := w.start(nil)
		time.Sleep(20 * time.Minute)
		w.wantCode(w.succeed(w.job("report").ID, codepipeline.JobResult{}), "InvalidJobStateException")
		w.wantStatus(id, codepipeline.Failed)
	})
}

// TestUnresolved refers to variables that there are not.
func TestUnresolved(t *testing.T) {
	for name, text := range map[string]string{
		"variable": "#{variables.other}", "namespace": "#{Other.key}", "key": "#{Source.CommitId}", "later": "#{Assessment.lag}", "execution": "#{codepipeline.Other}",
	} {
		t.Run(name, func(t *testing.T) {
			change := func(d *awssim.PipelineDeclaration) {
				d.Stages[1].Actions[0].Configuration["UserParameters"] = "#{variables.mode} " + text
			}
			run(t, short(change), func(w *world) {
				id := w.start(nil)
				w.wantFailure(id, "Assess", "ConfigurationError",
					"An action in this pipeline failed because one or more variables could not be resolved: Action name=Assess. Unresolved: "+text)
			})
		})
	}
}

// TestNotReferences leaves alone what looks like a reference.
func TestNotReferences(t *testing.T) {
	const text = "#{} #{variables} #{ variables.mode } ${variables.mode} #variables.mode"
	run(t, short(func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].Configuration["UserParameters"] = text }), func(w *world) {
		w.start(nil)
		if got := w.job("assess").Data.Action.Configuration["UserParameters"]; got != text {
			t.Errorf("got %q", got)
		}
	})
}

// TestResolvedConfigurationIsLimited lets an earlier action make a later one's configuration too large.
func TestResolvedConfigurationIsLimited(t *testing.T) {
	run(t, failover(), func(w *world) {
		id := w.start(nil)
		w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": strings.Repeat("x", 110<<10)}}))
		if a := w.action(id, "Decide"); a.Error == nil || a.Error.Code != "ConfigurationError" {
			t.Errorf("got %+v", a)
		}
	})
}

func TestSource(t *testing.T) {
	const none = "The Amazon S3 bucket source or its object nominal.zip does not exist, or not in the version asked for"
	run(t, short(), func(w *world) {
		w.do(func(s *awssim.State, _ *awssim.Region) {
			b, _ := s.Buckets.Get("source")
			b.Objects = nil
			s.Buckets.Put("source", b)
		})
		id := w.start(nil)
		w.wantFailure(id, "Nominal", "ConfigurationError", none)
		w.wantStatus(id, codepipeline.Failed)
		w.do(func(s *awssim.State, _ *awssim.Region) { s.PutObject("source", awssim.Object{Key: "nominal.zip"}) })
		w.must(w.retry(id, "Source", codepipeline.FailedActions))
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
	overrides := map[string]struct {
		override awssim.RevisionOverride
		allow    bool
		failure  string
	}{
		"version":         {awssim.RevisionOverride{Type: "S3_OBJECT_VERSION_ID", Value: "3e47b75000b0924b6c9ba5759a7cf15d"}, false, ""},
		"other version":   {awssim.RevisionOverride{Type: "S3_OBJECT_VERSION_ID", Value: "0"}, false, none},
		"key":             {awssim.RevisionOverride{Type: "S3_OBJECT_KEY", Value: "nominal.zip"}, true, ""},
		"key not allowed": {awssim.RevisionOverride{Type: "S3_OBJECT_KEY", Value: "nominal.zip"}, false, "The action does not allow to override S3ObjectKey"},
	}
	for name, tt := range overrides {
		t.Run(name, func(t *testing.T) {
			allow := func(d *awssim.PipelineDeclaration) {
				if tt.allow {
					d.Stages[0].Actions[0].Configuration["AllowOverrideForS3ObjectKey"] = "true"
				}
			}
			run(t, short(allow), func(w *world) {
				var id string
				w.must(w.call(func(s *awssim.State, r *awssim.Region) (err error) {
					id, err = codepipeline.Start(s, r, codepipeline.StartInput{
						Pipeline: "failover", Overrides: map[string]awssim.RevisionOverride{"Nominal": tt.override},
					})
					return err
				}))
				if tt.failure != "" {
					w.wantFailure(id, "Nominal", "ConfigurationError", tt.failure)
				} else if a := w.action(id, "Assess"); a.Status != codepipeline.InProgress {
					t.Errorf("assess: %+v", a)
				}
			})
		})
	}
}

// TestNotRehearsed runs an action that nobody can run here, and one whose function does not run here.
func TestNotRehearsed(t *testing.T) {
	build := func(d *awssim.PipelineDeclaration) {
		d.Stages[1].Actions[0].TypeID = awssim.ActionType{Category: "Build", Owner: "AWS", Provider: "CodeBuild", Version: "1"}
	}
	run(t, short(build), func(w *world) {
		id := w.start(nil)
		w.wantFailure(id, "Assess", "ConfigurationError", "Actions of provider CodeBuild (category Build, owner AWS) are not rehearsed")
		w.wantStatus(id, codepipeline.Failed)
	})
	run(t, short(), func(w *world) {
		w.do(func(_ *awssim.State, r *awssim.Region) { r.CreateFunction(awssim.Function{Name: "assess"}) })
		w.wantFailure(w.start(nil), "Assess", "SystemUnavailable", "The AWS Lambda function assess is not run here")
	})
	run(t, short(func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].Configuration["FunctionName"] = "other" }), func(w *world) {
		w.wantFailure(w.start(nil), "Assess", "ConfigurationError", "The AWS Lambda function other does not exist in Region us-east-2")
	})
}
