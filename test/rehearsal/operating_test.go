package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
)

// operations are the runbooks, and a system that they are followed on.
type operations struct {
	*runbooks
	system rehearsal.System
}

// Every command of the runbooks is run as it stands there, in their order, on a system to which happens what they are for, and does
// what they say.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	system, err := local.Start(t.Context(), rehearsal.Options{
		Functions: functions, Assembly: assembly, Database: rehearsal.Embedded, Listen: "127.0.0.1:0", Seed: 1, TimeScale: runbookScale,
	}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	}()
	e := system.Endpoints()
	o := &operations{readRunbooks(t, "../../docs/operating.md", e.AWS), system}
	o.values["ACCOUNT"] = topology.PlaceholderAccount
	o.shorten(t.Context())
	createTable(t, e)
	o.look()
	o.drillByPipeline()
	o.drillByCommand()
	o.outageByCommand()
	o.failbackByPipeline()
	o.outageHangs()
	o.detach()
	o.failbackByCommand()
	o.cleanUp()
	o.wantDone()
	if problems := system.Problems(); problems.Any() {
		t.Errorf("AWS refused, or did not know: %+v", problems)
	}
}

// runbookScale is how much faster than AWS the runbooks are followed.
const runbookScale = 0.005

// shorten makes the application's own waits as short as the simulated control planes' durations.
func (o *operations) shorten(ctx context.Context) {
	o.t.Helper()
	e := o.system.Endpoints().AWS
	name := topology.DocumentParameter(application.Name)
	for _, region := range application.Regions() {
		client := ssm.New(ssm.Options{Region: region, BaseEndpoint: &e.Endpoint, Credentials: credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, "")})
		d, err := topology.ParseDocument(*must(client.GetParameter(ctx, &ssm.GetParameterInput{Name: &name}))(o.t).Parameter.Value)
		if err != nil {
			o.t.Fatal(err)
		}
		d.PromoteSeconds, d.Edge.SettleSeconds = 8, 1
		for role, site := range d.Regions {
			site.RequestSeconds = 1
			d.Regions[role] = site
		}
		text := must(json.Marshal(d))(o.t)
		must(client.PutParameter(ctx, &ssm.PutParameterInput{Name: &name, Value: aws.String(string(text)), Overwrite: aws.Bool(true)}))(o.t)
	}
}

// status is what warmstandby status --json writes, in part.
type status struct {
	Active, Writer string
	Edge           struct{ Fence, Lease *struct{ Run string } }
}

// wantIn fails unless a Region is active and writes, and nothing is under way any more.
func (o *operations) wantIn(role topology.Role) {
	o.t.Helper()
	var s status
	o.shell("warmstandby status --region us-east-2 --json", nil).want(0).decode(&s)
	if s.Active != string(role) || s.Writer != string(role) || s.Edge.Fence != nil || s.Edge.Lease != nil {
		o.t.Fatalf("not %s as it should be: %+v", role, s)
	}
}

func (o *operations) look() {
	o.t.Helper()
	b := o.open("Before any of them")
	b.run("warmstandby status").want(0, "ACTIVE, WRITER", "stands by, reads")
	b.run("warmstandby assess").want(0, "decision   go")
	o.wantIn(topology.Primary)
}

// start starts the pipeline with the next command of a runbook, and takes the run's name.
func (o *operations) start(b *runbook) {
	o.t.Helper()
	var started struct{ PipelineExecutionId string } //nolint:revive // the API's name
	b.run("aws codepipeline start-pipeline-execution").want(0).decode(&started)
	o.values["RUN"] = started.PipelineExecutionId
}

// await waits until a stage of a pipeline is in a status in the present run.
func (o *operations) await(p pipeline, stage string, status types.StageExecutionStatus) {
	o.t.Helper()
	client := o.pipelines(p)
	eventually(o.t, func() []string {
		out := must(client.GetPipelineState(o.t.Context(), &codepipeline.GetPipelineStateInput{Name: &p.name}))(o.t)
		i := slices.IndexFunc(out.StageStates, func(s types.StageState) bool {
			return *s.StageName == stage && s.LatestExecution != nil && *s.LatestExecution.PipelineExecutionId == o.values["RUN"]
		})
		if i < 0 {
			return append([]string{stage + " has not begun"}, failures(out.StageStates)...)
		}
		if now := out.StageStates[i].LatestExecution.Status; now != status {
			return append([]string{fmt.Sprintf("%s is %s", stage, now)}, failures(out.StageStates)...)
		}
		return nil
	})
}

// pipelines asks for what no runbook asks for.
func (o *operations) pipelines(p pipeline) *codepipeline.Client {
	e := o.system.Endpoints().AWS
	return codepipeline.New(codepipeline.Options{
		Region: p.region, BaseEndpoint: &e.Endpoint, Credentials: credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, ""),
	})
}

// failures are why actions have failed.
func failures(stages []types.StageState) (all []string) {
	for _, s := range stages {
		for _, a := range s.ActionStates {
			if e := a.LatestExecution; e != nil && e.ErrorDetails != nil {
				all = append(all, *a.ActionName+": "+aws.ToString(e.ErrorDetails.Message))
			}
		}
	}
	return all
}

// pipeline is one of the two.
type pipeline struct{ region, name string }

var failoverPipeline, failbackPipeline = pipeline{"us-east-2", "ToDoMgmt-failover"}, pipeline{"us-east-1", "ToDoMgmt-failback"}

// approve approves a stage as a runbook says, when it waits.
func (o *operations) approve(b *runbook, p pipeline, stage string) {
	o.t.Helper()
	o.await(p, stage, types.StageExecutionStatusInProgress)
	var state struct {
		StageStates []struct {
			StageName    string
			ActionStates []struct{ LatestExecution struct{ Token string } }
		}
	}
	b.run("aws codepipeline get-pipeline-state").want(0).decode(&state)
	for _, s := range state.StageStates {
		if s.StageName == stage {
			o.values["TOKEN"] = s.ActionStates[0].LatestExecution.Token
		}
	}
	b.run("aws codepipeline put-approval-result").want(0)
}

// drillByPipeline drills. The first promotion takes longer than the run waits, which goes on when its stage is retried.
func (o *operations) drillByPipeline() {
	o.t.Helper()
	b := o.open("Drill")
	o.system.Disasters().Fate(awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Switching})
	o.start(b)
	o.approve(b, failoverPipeline, "Approve")
	o.await(failoverPipeline, "Move", types.StageExecutionStatusFailed)
	o.system.Disasters().Fate(awssim.Fate{}) // it goes on
	o.open("Outage").run("aws codepipeline retry-stage-execution").want(0)
	o.await(failoverPipeline, "Report", types.StageExecutionStatusSucceeded)
	o.wantIn(topology.Secondary)
	o.approve(b, failoverPipeline, "Hold")
	o.await(failoverPipeline, "ReportReturn", types.StageExecutionStatusSucceeded)
	o.wantIn(topology.Primary)
	b.run("warmstandby report").want(0, o.values["RUN"], "lost writes: at most 0 s")
}

func (o *operations) drillByCommand() {
	o.t.Helper()
	o.open("Drill").run("warmstandby drill", "y", "").want(0, "us-east-2 is active and accepts writes", "us-east-1 is active and accepts writes")
	o.wantIn(topology.Primary)
}

// outageByCommand fails over with the command, and stops the pipeline that waits for the same.
func (o *operations) outageByCommand() {
	o.t.Helper()
	o.system.Disasters().LoseRegion(application.Primary)
	b := o.open("Outage")
	b.run("warmstandby assess").want(0, "decision   go")
	b.run("warmstandby switchover", "y").want(3, "SourceUnavailable")
	o.start(b)
	b.run("warmstandby failover", application.Primary).want(7) // another Region's name is no consent
	b.next--
	run := b.run("warmstandby failover", application.Secondary).want(0, "us-east-2 is active and accepts writes", "What remains to be done").run()
	b.run("aws codepipeline stop-pipeline-execution").want(0)
	o.wantStopped()
	o.values["RUN"] = run
	b.run("warmstandby report").want(0, run)
	b.run("aws s3 cp").want(0)
	if text, err := os.ReadFile(filepath.Join(o.dir, "report.md")); err != nil || !strings.Contains(string(text), run) {
		o.t.Errorf("the report that was copied is %q, %v", text, err)
	}
	o.wantIn(topology.Secondary)
}

// wantStopped waits until the present run has been stopped.
func (o *operations) wantStopped() {
	o.t.Helper()
	in := &codepipeline.GetPipelineExecutionInput{PipelineName: &failoverPipeline.name, PipelineExecutionId: aws.String(o.values["RUN"])}
	eventually(o.t, func() []string {
		out := must(o.pipelines(failoverPipeline).GetPipelineExecution(o.t.Context(), in))(o.t)
		if out.PipelineExecution.Status == types.PipelineExecutionStatusStopped {
			return nil
		}
		return []string{"a run that is " + string(out.PipelineExecution.Status)}
	})
}

func (o *operations) failbackByPipeline() {
	o.t.Helper()
	o.system.Disasters().ReturnRegion(application.Primary)
	b := o.open("Failback")
	b.run("aws rds describe-global-clusters").want(0)
	at := b.next
	eventually(o.t, func() []string {
		b.next = at
		if r := b.run("warmstandby assess"); r.code != 0 {
			return []string{r.want(3).out}
		}
		return nil
	})
	o.start(b)
	o.approve(b, failbackPipeline, "Approve")
	o.await(failbackPipeline, "Report", types.StageExecutionStatusSucceeded)
	b.run("warmstandby report").want(0, "lost writes: at most 0 s")
	b.run("warmstandby status").want(0)
	o.wantIn(topology.Primary)
}

// outageHangs fails over while RDS hangs, until somebody cancels that.
func (o *operations) outageHangs() {
	o.t.Helper()
	o.system.Disasters().LoseRegion(application.Primary)
	o.system.Disasters().Fate(awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Switching})
	o.start(o.open("Outage"))
	o.approve(o.open("Drill"), failoverPipeline, "Approve")
	o.await(failoverPipeline, "Move", types.StageExecutionStatusFailed)
	o.system.Disasters().Fate(awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Switching})
}

// detach detaches with the command; the pipeline finds that there is nothing left to do.
func (o *operations) detach() {
	o.t.Helper()
	b := o.open("Detach")
	b.run("warmstandby assess").want(0, "decision   go")
	b.run("warmstandby detach", application.Secondary).want(0, "us-east-2 is active and accepts writes", "What remains to be done")
	o.start(b)
	o.approve(o.open("Drill"), failoverPipeline, "Approve")
	o.await(failoverPipeline, "Report", types.StageExecutionStatusSucceeded)
	b.run("aws rds describe-db-clusters").want(0, `[["todomgmt-infra-secd-db-cluster","available"]]`)
	if r := b.run("aws rds describe-global-clusters").want(0); strings.Contains(r.out, "secd-db-cluster") {
		o.t.Errorf("%s is not alone", r.out)
	}
	b.run("warmstandby status").want(0, "not in the global database")
	o.wantIn(topology.Secondary)
}

// failbackByCommand rebuilds the global database and goes home. A "yes" is not enough to delete a cluster.
func (o *operations) failbackByCommand() {
	o.t.Helper()
	o.system.Disasters().ReturnRegion(application.Primary)
	b := o.open("Failback")
	b.run("warmstandby failback", "y", application.Primary).want(0, "has both clusters again", "us-east-1 is active and accepts writes")
	o.wantIn(topology.Primary)
}

// cleanUp finds what was kept. What make would run needs an account, so that it is only asked what that is.
func (o *operations) cleanUp() {
	o.t.Helper()
	b := o.open("Clean-up")
	b.run("aws rds describe-db-cluster-snapshots").want(0, "rds:unplanned-global-failover-", "warmstandby-lost-", "warmstandby-final-")
	o.dir, o.env = root, append(o.env, "MAKEFLAGS=--dry-run")
	b.run("make diff").want(0, "cdk diff")
	b.run("make deploy").want(0, "scripts/deploy.sh")
	o.wantIn(topology.Primary)
}
