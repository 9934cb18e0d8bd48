package pipelineaction_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

func site(region, role string) topology.Site {
	return topology.Site{
		Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop-" + role, Proxy: "shop", CheckFunction: "check",
		RequestSeconds: 10, Pipeline: "shop-" + role, ReportBucket: "reports-" + role,
	}
}

var document = topology.Document{
	Version: 1, Application: "Shop", GlobalCluster: "shop",
	Edge:    topology.Edge{StoreArn: "arn:aws:cloudfront::123456789012:key-value-store/s", URL: "https://shop.example.com", HealthPath: "/health"},
	Regions: map[topology.Role]topology.Site{"pri": site("us-east-1", "pri"), "secd": site("us-east-2", "secd")},
}

// parameters is Systems Manager: it has the document, or text instead, or fails.
type parameters struct {
	text string
	err  error
}

func (p *parameters) GetParameter(_ context.Context, in *ssm.GetParameterInput, _ ...func(*ssm.Options)) (*ssm.GetParameterOutput, error) {
	if p.err != nil {
		return nil, p.err
	}
	text := p.text
	if text == "" {
		data, _ := json.Marshal(document)
		text = string(data)
	}
	return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: in.Name, Value: &text}}, nil
}

// jobs is CodePipeline: it keeps what it is answered, and fails with errs, one after the other.
type jobs struct {
	successes []*codepipeline.PutJobSuccessResultInput
	failures  []*codepipeline.PutJobFailureResultInput
	errs      []error
}

func (j *jobs) next() error {
	if len(j.errs) == 0 {
		return nil
	}
	err := j.errs[0]
	j.errs = j.errs[1:]
	return err
}

func (j *jobs) PutJobSuccessResult(_ context.Context, in *codepipeline.PutJobSuccessResultInput, _ ...func(*codepipeline.Options)) (*codepipeline.PutJobSuccessResultOutput, error) {
	if err := j.next(); err != nil {
		return nil, err
	}
	j.successes = append(j.successes, in)
	return &codepipeline.PutJobSuccessResultOutput{}, nil
}

func (j *jobs) PutJobFailureResult(_ context.Context, in *codepipeline.PutJobFailureResultInput, _ ...func(*codepipeline.Options)) (*codepipeline.PutJobFailureResultOutput, error) {
	if err := j.next(); err != nil {
		return nil, err
	}
	j.failures = append(j.failures, in)
	return &codepipeline.PutJobFailureResultOutput{}, nil
}

// engine keeps what it is asked for, and answers with what it is told to.
type engine struct {
	asked      []failover.Request
	assessment failover.Assessment
	result     failover.Result
	do         func(context.Context)
}

func (e *engine) ask(ctx context.Context, r failover.Request) {
	e.asked = append(e.asked, r)
	if e.do != nil {
		e.do(ctx)
	}
}

func (e *engine) Assess(ctx context.Context, r failover.Request) failover.Assessment {
	e.ask(ctx, r)
	return e.assessment
}

func (e *engine) Move(ctx context.Context, r failover.Request) failover.Result {
	e.ask(ctx, r)
	return e.result
}

func (e *engine) Verify(ctx context.Context, r failover.Request) failover.Result {
	e.ask(ctx, r)
	return e.result
}

func (e *engine) of(topology.Document) pipelineaction.Engine { return e }

// runs is a bucket with journals.
type runs struct {
	entries map[string][]failover.Entry
	saved   []report.Report
	drills  []runstore.Drill
	err     error // of reading
	saveErr error
}

func (r *runs) Entries(_ context.Context, run string) ([]failover.Entry, error) {
	return r.entries[run], r.err
}

func (r *runs) Save(_ context.Context, rep report.Report) (string, error) {
	r.saved = append(r.saved, rep)
	return "key", r.saveErr
}

func (r *runs) SaveDrill(_ context.Context, d runstore.Drill) error {
	r.drills = append(r.drills, d)
	return nil
}

// executions knows who started runs, and who decided about them.
type executions struct{ err, actionsErr error }

func (e executions) GetPipelineExecution(_ context.Context, in *codepipeline.GetPipelineExecutionInput, _ ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error) {
	if e.err != nil {
		return nil, e.err
	}
	return &codepipeline.GetPipelineExecutionOutput{PipelineExecution: &types.PipelineExecution{
		Trigger: &types.ExecutionTrigger{TriggerDetail: aws.String("arn:aws:sts::123456789012:assumed-role/operator/" + *in.PipelineName)},
	}}, nil
}

// ListActionExecutions has two pages, the latest action first, as CodePipeline has them.
func (e executions) ListActionExecutions(_ context.Context, in *codepipeline.ListActionExecutionsInput, _ ...func(*codepipeline.Options)) (*codepipeline.ListActionExecutionsOutput, error) {
	if e.actionsErr != nil {
		return nil, e.actionsErr
	}
	action := func(name string, category types.ActionCategory, status types.ActionExecutionStatus, by *string, minute int) types.ActionExecutionDetail {
		return types.ActionExecutionDetail{
			ActionName: &name, Status: status, UpdatedBy: by, LastUpdateTime: aws.Time(firstWrite.Add(time.Duration(minute) * time.Minute)),
			Input: &types.ActionExecutionInput{ActionTypeId: &types.ActionTypeId{Category: category}},
		}
	}
	who := aws.String("arn:aws:iam::123456789012:user/" + *in.Filter.PipelineExecutionId)
	if in.NextToken == nil {
		return &codepipeline.ListActionExecutionsOutput{NextToken: aws.String("more"), ActionExecutionDetails: []types.ActionExecutionDetail{
			action("Hold", types.ActionCategoryApproval, types.ActionExecutionStatusInProgress, nil, 9),
			action("Report", types.ActionCategoryInvoke, types.ActionExecutionStatusSucceeded, who, 8),
			action("Approve", types.ActionCategoryApproval, types.ActionExecutionStatusSucceeded, who, 7),
		}}, nil
	}
	return &codepipeline.ListActionExecutionsOutput{ActionExecutionDetails: []types.ActionExecutionDetail{
		action("Approve", types.ActionCategoryApproval, types.ActionExecutionStatusFailed, nil, 3),
		{ActionName: aws.String("nothing else is known")},
	}}, nil
}

// harness is a function.
type harness struct {
	*pipelineaction.Handler

	jobs *jobs
	ssm  *parameters
	log  strings.Builder
}

func newHarness(t *testing.T, a pipelineaction.Action) *harness {
	t.Helper()
	h := &harness{jobs: &jobs{}, ssm: &parameters{}}
	log := slog.New(slog.NewJSONHandler(&h.log, nil))
	h.Handler = &pipelineaction.Handler{
		Action: a, Jobs: h.jobs, Log: log,
		Documents: &pipelineaction.Documents{SSM: h.ssm, Parameter: "/Shop/secd/topology", Log: log},
	}
	t.Cleanup(func() {
		if strings.Contains(h.log.String(), "SECRET") {
			t.Errorf("the log has the credentials of the event: %s", h.log.String())
		}
	})
	return h
}

// input is an input as the pipeline makes it.
const input = `{"run":"0a1b","mode":"failover","target":"secd","phase":"there","maxDataLoss":"30","overrides":"none",` +
	`"reason":"us-east-1 is down","startedBy":"pipeline shop-secd"}`

// jobEvent is an event of CodePipeline.
func jobEvent(parameters string) []byte {
	return fmt.Appendf(nil, `{"CodePipeline.job":{"id":"job-1","accountId":"123456789012","data":{
		"actionConfiguration":{"configuration":{"FunctionName":"f","UserParameters":%q}},"inputArtifacts":[],"outputArtifacts":[],
		"artifactCredentials":{"accessKeyId":"AKIDSECRET","secretAccessKey":"SECRET","sessionToken":"SECRETTOKEN"}}}}`, parameters)
}

// job has CodePipeline invoke the function.
func (h *harness) job(t *testing.T, parameters string) {
	t.Helper()
	if out, err := h.Invoke(t.Context(), jobEvent(parameters)); out != nil || err != nil {
		t.Fatalf("got %s, %v", out, err)
	}
	if n := len(h.jobs.successes) + len(h.jobs.failures); n != 1 {
		t.Fatalf("the job was answered %d times", n)
	}
}

// failure is the failure that the job was answered with.
func (h *harness) failure(t *testing.T) types.FailureDetails {
	t.Helper()
	if len(h.jobs.failures) != 1 || *h.jobs.failures[0].JobId != "job-1" {
		t.Fatalf("got %d failures, %d successes, want a failure of job-1", len(h.jobs.failures), len(h.jobs.successes))
	}
	return *h.jobs.failures[0].FailureDetails
}

// success is the success that the job was answered with.
func (h *harness) success(t *testing.T) *codepipeline.PutJobSuccessResultInput {
	t.Helper()
	if len(h.jobs.successes) != 1 || *h.jobs.successes[0].JobId != "job-1" {
		t.Fatalf("got %d failures, %d successes, want a success of job-1", len(h.jobs.failures), len(h.jobs.successes))
	}
	return h.jobs.successes[0]
}

var errDown = errors.New("service unavailable")
