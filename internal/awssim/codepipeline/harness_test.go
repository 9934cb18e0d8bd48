package codepipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

const home = "us-east-2"

// world is a Region with a pipeline's surroundings: a role that may do all that pipelines need, buckets, a topic, and functions that
// tests answer for.
type world struct {
	*testing.T

	cloud    *awssim.Cloud
	executor *codepipeline.Executor
	topic    string

	mu       sync.Mutex
	events   []awssim.PipelineEvent
	refusals []codepipeline.Refusal
	invoked  []job          // in order
	fails    map[string]int // how often functions still fail
	throttle map[string]int // how often they are still throttled
}

// job is what a function was invoked with.
type job struct {
	Function string `json:"-"`
	ID       string `json:"id"`
	Account  string `json:"accountId"`
	Data     struct {
		Action struct {
			Configuration map[string]string `json:"configuration"`
		} `json:"actionConfiguration"`
		Inputs      []artifact        `json:"inputArtifacts"`
		Outputs     []artifact        `json:"outputArtifacts"`
		Credentials map[string]any    `json:"artifactCredentials"`
		Token       string            `json:"continuationToken"`
		Key         map[string]string `json:"encryptionKey"`
	} `json:"data"`
}

type artifact struct {
	Name     string  `json:"name"`
	Revision *string `json:"revision"`
	Location struct {
		Type string            `json:"type"`
		S3   map[string]string `json:"s3Location"`
	} `json:"location"`
}

// everything is what the role of a pipeline is allowed unless a test says otherwise.
const everything = `{"Statement": {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "s3:GetObject", "s3:PutObject", "sns:Publish", "sts:AssumeRole"], "Resource": "*"}}`

// run runs a test in a bubble of virtual time, with a pipeline of the declaration, at AWS's speed.
func run(t *testing.T, d awssim.PipelineDeclaration, test func(*world)) {
	t.Helper()
	runAt(t, 1, d, test)
}

// runAt runs a test as run does, so many times faster than AWS.
func runAt(t *testing.T, speed float64, d awssim.PipelineDeclaration, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, cloud: awssim.New(awssim.Options{Account: "123456789012", Clock: time.Now, Speed: speed, Seed: 1}), fails: map[string]int{}, throttle: map[string]int{}}
		w.role("Pipeline", everything)
		w.do(func(s *awssim.State, r *awssim.Region) {
			s.CreateBucket(awssim.Bucket{Name: "source", Region: home})
			s.CreateBucket(awssim.Bucket{Name: "artifacts", Region: home})
			s.PutObject("source", awssim.Object{Key: "nominal.zip", Body: []byte("nothing")})
			w.topic = r.CreateTopic(awssim.Topic{Name: "approvals"}).ARN
			for _, name := range []string{"assess", "move", "report"} {
				r.CreateFunction(awssim.Function{Name: name, Invoke: w.invoke(name)})
			}
			if err := codepipeline.Check(d); err != nil {
				t.Fatal(err)
			}
			r.CreatePipeline(awssim.Pipeline{PipelineDeclaration: d})
		})
		w.executor = codepipeline.New(codepipeline.Options{Cloud: w.cloud, Event: w.event, Refused: w.refused})
		defer w.executor.Close()
		test(w)
	})
}

func (w *world) do(f func(*awssim.State, *awssim.Region)) {
	w.cloud.Do(func(s *awssim.State) { f(s, s.Region(home)) })
}

// policy parses a policy document.
func policy(t *testing.T, kind iam.Kind, document string) *iam.Policy {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		t.Fatal(err)
	}
	p, err := iam.Parse(kind, "policy", doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// role creates a role, or puts one in its place, that the account may assume.
func (w *world) role(name, document string) {
	w.Helper()
	trust := policy(w.T, iam.Trust, `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}}`)
	p := policy(w.T, iam.Identity, document)
	w.do(func(s *awssim.State, _ *awssim.Region) {
		s.CreateRole(awssim.Role{Name: name, Trust: trust, Policies: []*iam.Policy{p}})
	})
}

// invoke records an invocation. As often as the test wants, the function is throttled and then fails.
func (w *world) invoke(function string) awssim.InvokeFunc {
	return func(_ context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
		var event struct {
			Job job `json:"CodePipeline.job"`
		}
		if err := json.Unmarshal(payload, &event); err != nil {
			return awssim.InvokeResult{}, err
		}
		event.Job.Function = function
		w.mu.Lock()
		defer w.mu.Unlock()
		w.invoked = append(w.invoked, event.Job)
		if w.throttle[function] > 0 {
			w.throttle[function]--
			return awssim.InvokeResult{}, awssim.ErrThrottled
		}
		if w.fails[function] > 0 {
			w.fails[function]--
			return awssim.InvokeResult{FunctionError: "Unhandled"}, nil
		}
		return awssim.InvokeResult{}, nil
	}
}

func (w *world) event(e awssim.PipelineEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) refused(r codepipeline.Refusal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refusals = append(w.refusals, r)
}

// start starts an execution and lets it go as far as it gets.
func (w *world) start(variables map[string]string) string {
	w.Helper()
	var id string
	var err error
	w.do(func(s *awssim.State, r *awssim.Region) {
		id, err = codepipeline.Start(s, r, codepipeline.StartInput{Pipeline: "failover", Variables: variables})
	})
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	return id
}

// execution is an execution as it is.
func (w *world) execution(id string) (e awssim.PipelineExecution) {
	w.do(func(_ *awssim.State, r *awssim.Region) { e, _ = r.PipelineExecutions.Get(id) })
	return e
}

// action is the latest attempt of an action or a rule.
func (w *world) action(id, name string) awssim.ActionExecution {
	w.Helper()
	for _, a := range slices.Backward(w.execution(id).Actions) {
		if a.Action == name {
			return a
		}
	}
	w.Fatalf("execution %s has no action %s", id, name)
	return awssim.ActionExecution{}
}

// jobs are the jobs that a function was invoked with.
func (w *world) jobs(function string) (all []job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.invoked {
		if j.Function == function {
			all = append(all, j)
		}
	}
	return all
}

// job is the one that a function was invoked with last.
func (w *world) job(function string) job {
	w.Helper()
	all := w.jobs(function)
	if len(all) == 0 {
		w.Fatalf("function %s was not invoked", function)
	}
	return all[len(all)-1]
}

// succeed reports that a job has succeeded.
func (w *world) succeed(id string, result codepipeline.JobResult) (err error) {
	w.do(func(s *awssim.State, r *awssim.Region) { err = codepipeline.Succeed(s, r, id, result) })
	synctest.Wait()
	return err
}

// finish reports that the job that the function was invoked with last has succeeded.
func (w *world) finish(function string) {
	w.Helper()
	w.must(w.succeed(w.job(function).ID, codepipeline.JobResult{}))
}

// failJob reports that a job has failed.
func (w *world) failJob(id, message string) (err error) {
	w.do(func(s *awssim.State, r *awssim.Region) {
		err = codepipeline.Fail(s, r, id, awssim.ActionError{Code: "JobFailed", Message: message}, "")
	})
	synctest.Wait()
	return err
}

// approve decides the approval with the token.
func (w *world) approve(token string, yes bool) (err error) {
	w.do(func(s *awssim.State, r *awssim.Region) {
		_, err = codepipeline.Approve(s, r, codepipeline.Decision{
			Pipeline: "failover", Stage: "Approve", Action: "Decide", Token: token, Approved: yes, Summary: "because", By: "arn:aws:iam::123456789012:user/operator",
		})
	})
	synctest.Wait()
	return err
}

// call makes an operation.
func (w *world) call(f func(*awssim.State, *awssim.Region) error) (err error) {
	w.do(func(s *awssim.State, r *awssim.Region) { err = f(s, r) })
	synctest.Wait()
	return err
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// wantCode fails unless err is a refusal with the code.
func (w *world) wantCode(err error, code string) {
	w.Helper()
	var refused *codepipeline.Error
	if !errors.As(err, &refused) || refused.Code != code {
		w.Errorf("got error %v, want code %s", err, code)
	}
}

// wantStatus fails unless the execution has the status.
func (w *world) wantStatus(id, status string) {
	w.Helper()
	if e := w.execution(id); e.Status != status {
		w.Errorf("execution %s: got status %s, want %s; actions %+v", id, e.Status, status, e.Actions)
	}
}

// wantFailure fails unless the action failed with the code and words.
func (w *world) wantFailure(id, action, code, message string) {
	w.Helper()
	a := w.action(id, action)
	if a.Status != codepipeline.Failed || a.Error == nil || a.Error.Code != code || a.Error.Message != message {
		w.Errorf("action %s: got %s, %+v, want %s: %s", action, a.Status, a.Error, code, message)
	}
}
