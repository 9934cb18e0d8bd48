package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// run is one execution of a pipeline, or of what is in its place.
type run struct {
	id      string
	outside bool          // something was in the pipeline's place
	mode    failover.Mode // that was asked for
	target  topology.Role
	started time.Time
	ended   time.Time
	status  types.PipelineExecutionStatus
	reason  string // of a failure
	report  report.Report
}

// succeeded says whether the pipeline says so, or what was in its place and the clients do.
func (r run) succeeded() bool { return r.status == types.PipelineExecutionStatusSucceeded }

// lands is the home role of the Region that is active when the run has succeeded: a drill comes back.
func (r run) lands() topology.Role {
	if r.mode == failover.Drill {
		return r.target.Other()
	}
	return r.target
}

// last is the last move of the run.
func (r run) last() report.Move {
	if len(r.report.Moves) == 0 {
		return report.Move{}
	}
	return r.report.Moves[len(r.report.Moves)-1]
}

// wish is what an operator gives a pipeline.
type wish struct {
	mode        failover.Mode
	target      topology.Role // whose pipeline it is
	maxDataLoss string        // seconds; empty for the pipeline's default
	overrides   string        // empty for the pipeline's default
}

// reason is why, for a scenario.
func (w wish) reason(scenario string) string { return "rehearsal of " + scenario }

// variables are the pipeline's.
func (w wish) variables(scenario string) []types.PipelineVariable {
	var all []types.PipelineVariable
	for name, value := range map[string]string{
		"mode": string(w.mode), "reason": w.reason(scenario), "maxDataLoss": w.maxDataLoss, "overrides": w.overrides,
	} {
		if value != "" {
			all = append(all, types.PipelineVariable{Name: aws.String(name), Value: aws.String(value)})
		}
	}
	return all
}

// start starts the pipeline of the Region that is to be active.
func (p *play) start(ctx context.Context, w wish) (run, error) {
	p.Progress(fmt.Sprintf("starting the pipeline in %s: %s", p.region(w.target), w.mode))
	r := run{mode: w.mode, target: w.target, started: time.Now()}
	if p.interruption.IsZero() {
		p.interruption = r.started
	}
	pipeline := p.document.Regions[w.target].Pipeline
	out, err := p.pipelines(w.target).StartPipelineExecution(ctx, &codepipeline.StartPipelineExecutionInput{
		Name: &pipeline, Variables: w.variables(p.scenario.Name),
	})
	if err != nil {
		return r, fmt.Errorf("start pipeline %s: %w", pipeline, err)
	}
	r.id = aws.ToString(out.PipelineExecutionId)
	return r, nil
}

func (p *play) pipelines(role topology.Role) *codepipeline.Client {
	return p.aws.codepipeline(p.region(role))
}

// move starts a pipeline, or what is in its place, and sees it to its end.
func (p *play) move(ctx context.Context, w wish) (run, error) {
	if p.Move != nil {
		return p.handOver(ctx, w)
	}
	r, err := p.start(ctx, w)
	if err != nil {
		return r, err
	}
	return p.finish(ctx, r)
}

// finish approves what waits, until the run has ended.
func (p *play) finish(ctx context.Context, r run) (run, error) {
	stage, failure := "", error(nil)
	steps := &teller{store: p.store(r), run: r.id}
	err := p.until(ctx, "the pipeline ends", func() bool {
		stage, failure = p.watch(ctx, &r, stage)
		steps.tell(ctx, p.Progress)
		return failure != nil || r.status != types.PipelineExecutionStatusInProgress
	})
	if err := errors.Join(err, failure); err != nil {
		return r, err
	}
	r.ended = time.Now()
	p.Progress(fmt.Sprintf("the pipeline in %s: %s", p.region(r.target), r.status))
	if err := p.collect(ctx, &r); err != nil {
		return r, err
	}
	p.runs = append(p.runs, r)
	return r, nil
}

// watch looks at the run once, tells where it is, and approves what waits.
func (p *play) watch(ctx context.Context, r *run, stage string) (string, error) {
	pipeline := p.document.Regions[r.target].Pipeline
	out, err := p.pipelines(r.target).GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &pipeline, PipelineExecutionId: &r.id})
	if err != nil {
		return stage, err
	}
	r.status = out.PipelineExecution.Status
	state, err := p.pipelines(r.target).GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &pipeline})
	if err != nil {
		return stage, err
	}
	for _, s := range state.StageStates {
		r.noteFailures(s)
		if e := s.LatestExecution; e == nil || aws.ToString(e.PipelineExecutionId) != r.id || e.Status != types.StageExecutionStatusInProgress {
			continue
		}
		if name := aws.ToString(s.StageName); name != stage {
			stage = name
			p.Progress("pipeline stage " + name)
		}
		if err := p.approve(ctx, r, s); err != nil {
			return stage, err
		}
	}
	return stage, nil
}

// noteFailures takes note of why actions of a stage have failed in this run.
func (r *run) noteFailures(s types.StageState) {
	if s.LatestExecution == nil || aws.ToString(s.LatestExecution.PipelineExecutionId) != r.id {
		return
	}
	for _, a := range s.ActionStates {
		if e := a.LatestExecution; e != nil && e.ErrorDetails != nil {
			r.reason = aws.ToString(a.ActionName) + ": " + aws.ToString(e.ErrorDetails.Message)
		}
	}
}

// approve decides about the actions of a stage that wait for approval.
func (p *play) approve(ctx context.Context, r *run, s types.StageState) error {
	pipeline := p.document.Regions[r.target].Pipeline
	for _, a := range s.ActionStates {
		e := a.LatestExecution
		if e == nil || aws.ToString(e.Token) == "" || e.Status != types.ActionExecutionStatusInProgress {
			continue
		}
		approval := Approval{Pipeline: pipeline, Region: p.region(r.target), Stage: *s.StageName, Action: *a.ActionName, Text: aws.ToString(e.Summary)}
		yes, err := p.Approve(ctx, approval)
		if err != nil {
			return err
		}
		result := &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("rehearsal")}
		if !yes {
			result.Status = types.ApprovalStatusRejected
		}
		if _, err := p.pipelines(r.target).PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
			PipelineName: &pipeline, StageName: s.StageName, ActionName: a.ActionName, Token: e.Token, Result: result,
		}); err != nil {
			return fmt.Errorf("approve %s of %s: %w", *a.ActionName, pipeline, err)
		}
	}
	return nil
}

// store is where the functions write down what a run does.
func (p *play) store(r run) *runstore.Store {
	return &runstore.Store{S3: p.aws.s3(p.region(r.target)), Bucket: p.document.Regions[r.target].ReportBucket}
}

// collect reads what the run has written down.
func (p *play) collect(ctx context.Context, r *run) error {
	store := p.store(*r)
	entries, err := store.Entries(ctx, r.id)
	back, backErr := store.Entries(ctx, r.id+"-back")
	if err := errors.Join(err, backErr); err != nil {
		return fmt.Errorf("read the journal of run %s: %w", r.id, err)
	}
	r.report = report.Build(p.document, r.id, append(entries, back...))
	return pipelineaction.Attribute(ctx, p.pipelines(r.target), p.document.Regions[r.target].Pipeline, &r.report)
}
