// Package pipelinefunction wires the functions of a failover: AWS's clients, the engine, and Lambda.
//
// A function's environment has [topology.DocumentVariable], and what Lambda sets: AWS_REGION, AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_ with a service behind it, moves the calls of
// AWS; SSL_CERT_FILE names the certificate authorities to trust instead of the system's.
package pipelinefunction

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// Function is what a function is built of.
type Function struct {
	*Clients

	// Log writes JSON lines to standard error.
	Log *slog.Logger

	// Documents reads the topology.
	Documents *pipelineaction.Documents
}

// Start runs the Lambda function that build returns; it is all that a function's main does. Without the environment that it needs
// it says what is missing and exits with 1, which Lambda reports as an initialization error.
func Start(build func(*Function) lambda.Handler) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	f, err := newFunction(os.Getenv, log)
	if err != nil {
		log.Error("start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(build(f))
}

// newFunction reads the environment.
func newFunction(getenv func(string) string, log *slog.Logger) (*Function, error) {
	missing := required(getenv, topology.DocumentVariable, "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
	if missing != "" {
		return nil, fmt.Errorf("environment variables that are not set: %s", missing)
	}
	c := &Clients{
		Region: getenv("AWS_REGION"), getenv: getenv, edge: newEdge(),
		credentials: credentials.NewStaticCredentialsProvider(
			getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
	}
	documents := &pipelineaction.Documents{SSM: c.SSM(), Parameter: getenv(topology.DocumentVariable), Log: log}
	return &Function{Clients: c, Log: log, Documents: documents}, nil
}

// Action is the handler that does an action for a pipeline.
func (f *Function) Action(a pipelineaction.Action) lambda.Handler {
	return &pipelineaction.Handler{Action: a, Documents: f.Documents, Jobs: f.CodePipeline(), Log: f.Log}
}

// Engine is the engine of an application, which keeps its journal in the function's own Region.
func (f *Function) Engine(d topology.Document) pipelineaction.Engine {
	role, _ := d.RoleOf(f.Region)
	return &failover.Engine{
		Document: d,
		Clients:  f.failover(d),
		Settings: failover.SettingsFor(d),
		Clock:    failover.SystemClock{},
		Seed:     rand.Uint64(),
		Journal:  f.Store(d.Regions[role].ReportBucket),
		Log:      f.Log,
		Progress: func(failover.StepTaken) {}, // the log has it
	}
}

// Store is a bucket with runs.
func (f *Function) Store(bucket string) *runstore.Store {
	return &runstore.Store{S3: f.S3(), Bucket: bucket}
}
