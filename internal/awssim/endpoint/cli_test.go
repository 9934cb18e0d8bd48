package endpoint_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// cliCases are commands of the AWS CLI, and what is to be found in their answer.
var cliCases = []struct {
	name    string
	args    []string
	region  string
	want    string // the value that query finds
	query   string // JMESPath
	failure string // what the command is to say when it fails
}{
	{name: "who am I", args: []string{"sts", "get-caller-identity"}, query: "Arn", want: "arn:aws:iam::123456789012:user/operator"},
	{name: "get a function", args: []string{"lambda", "get-function", "--function-name", "echo"}, query: "Configuration.Runtime", want: "provided.al2023"},
	{name: "invoke a function", args: []string{"lambda", "invoke", "--function-name", "echo", "--payload", `{"action": "CREATE_TABLE"}`, "out.json"}, query: "ExecutedVersion", want: "$LATEST"},
	{name: "describe proxy targets", args: []string{"rds", "describe-db-proxy-targets", "--db-proxy-name", "pri-proxy"}, query: "Targets[1].Role", want: "READ_WRITE"},
	{name: "describe global clusters", args: []string{"rds", "describe-global-clusters"}, region: secondary, query: "GlobalClusters[0].GlobalClusterMembers[1].SynchronizationStatus", want: "connected"},
	{name: "no cluster", args: []string{"rds", "describe-db-clusters", "--db-cluster-identifier", "none"}, failure: "(DBClusterNotFoundFault)"},
	{name: "get a parameter", args: []string{"ssm", "get-parameter", "--name", "/todos"}, query: "Parameter.Value", want: "v"},
	{name: "get a secret", args: []string{"secretsmanager", "get-secret-value", "--secret-id", "master"}, query: "SecretString", want: "s"},
	{name: "list stacks", args: []string{"cloudformation", "list-stacks"}, query: "StackSummaries[0].StackName", want: "app"},
	{name: "get a distribution", args: []string{"cloudfront", "get-distribution-config", "--id", "$DISTRIBUTION"}, query: "DistributionConfig.Origins.Items[0].Id", want: "pri"},
	{name: "metric statistics", args: []string{
		"cloudwatch", "get-metric-statistics", "--namespace", "AWS/RDS", "--metric-name", "AuroraGlobalDBRPOLag", "--dimensions", "Name=DBClusterIdentifier,Value=c",
		"--start-time", "2026-11-20T12:00:00Z", "--end-time", "2026-11-20T13:00:00Z", "--period", "300", "--statistics", "Maximum",
	}, query: "Datapoints[0].Maximum", want: "3"},
	{name: "list user pools", args: []string{"cognito-idp", "list-user-pools", "--max-results", "10"}, query: "UserPools[0].Name", want: "ToDoMgmt"},
	{name: "publish", args: []string{"sns", "publish", "--topic-arn", "arn:aws:sns:us-east-1:123456789012:alarms", "--message", "m"}, query: "MessageId != null", want: "True"},
	{name: "put an object", args: []string{"s3", "cp", "config", "s3://artifacts/a/b"}},
	{name: "list objects", args: []string{"s3api", "list-objects-v2", "--bucket", "artifacts", "--prefix", "k"}, query: "Contents[0].Key", want: "kept"},
	{name: "put events", args: []string{"events", "put-events", "--entries", `[{"Source":"io.arpio","DetailType":"x","Detail":"{}"}]`}, query: "FailedEntryCount", want: "0"},
	{name: "test a pattern", args: []string{
		"events", "test-event-pattern", "--event-pattern", `{"source":["a"]}`, "--event",
		`{"id":"1","account":"1","source":"a","time":"2026-11-21T00:00:00Z","region":"r","resources":[],"detail-type":"d","detail":{}}`,
	}, query: "Result", want: "True"},
	{name: "start an automation", args: []string{
		"ssm", "start-automation-execution", "--document-name", "book", "--parameters", "InstanceId=i-8009bfbb5bee5ad33",
	}, query: "AutomationExecutionId != null", want: "True"},
	{name: "list automations", args: []string{"ssm", "describe-automation-executions"}, query: "AutomationExecutionMetadataList[0].DocumentName", want: "book"},
	{name: "describe instances", args: []string{"ec2", "describe-instances", "--instance-ids", "i-1"}, query: "Reservations[0].Instances[0].Tags[0].Value", want: "v"},
	{name: "instance status", args: []string{"ec2", "describe-instance-status", "--include-all-instances"}, query: "InstanceStatuses[0].InstanceState.Name", want: "running"},
	{name: "start instances", args: []string{"ec2", "start-instances", "--instance-ids", "i-1"}, query: "StartingInstances[0].CurrentState.Name", want: "running"},
	{name: "no instance", args: []string{"ec2", "describe-instances", "--instance-ids", "i-2"}, failure: "(InvalidInstanceID.NotFound)"},
	{name: "send a message", args: []string{"sqs", "send-message", "--queue-url", "https://sqs.us-east-1.amazonaws.com/123456789012/q", "--message-body", "b"}, query: "MessageId != null", want: "True"},
	{name: "receive a message", args: []string{"sqs", "receive-message", "--queue-url", "https://sqs.us-east-1.amazonaws.com/123456789012/q"}, query: "Messages[0].Body", want: "b"},
	{name: "no queue", args: []string{"sqs", "get-queue-url", "--queue-name", "none"}, failure: "QueueDoesNotExist"},
	{name: "list records", args: []string{"route53", "list-resource-record-sets", "--hosted-zone-id", "$ZONE"}, query: "ResourceRecordSets[0].Name", want: "api.example.com."},
	{name: "log events", args: []string{"logs", "filter-log-events", "--log-group-name", "g"}, query: "events[0].message", want: "m"},
	{name: "list topics", args: []string{"sns", "list-topics"}, query: "length(Topics)", want: "1"},
	{name: "an item", args: []string{"dynamodb", "put-item", "--table-name", "order", "--item", `{"id":{"S":"a"}}`}},
	{name: "unknown operation", args: []string{"rds", "describe-events"}, failure: "(InvalidAction)"},
}

// TestCommandLine runs the AWS CLI if there is one, and says which cases it ran. The key-value store's commands are not among
// them: they need a build of the CLI with SigV4A, and names below the endpoint's host name.
func TestCommandLine(t *testing.T) {
	cli, err := exec.LookPath("aws")
	if err != nil {
		for _, c := range cliCases {
			t.Logf("not run, aws is not on PATH: %s: aws %s", c.name, strings.Join(c.args, " "))
		}
		return
	}
	f := newFixture(t)
	distribution, hostedZone := deployAll(f), zone(f)
	putRunbook(f)
	for _, c := range cliCases {
		t.Run(c.name, func(t *testing.T) {
			t.Logf("run: aws %s", strings.Join(c.args, " "))
			args := append([]string{}, c.args...)
			for i := range args {
				args[i] = strings.NewReplacer("$DISTRIBUTION", distribution, "$ZONE", hostedZone.ID).Replace(args[i])
			}
			if c.query != "" {
				args = append(args, "--query", c.query, "--output", "text")
			}
			out, err := f.aws(t, cli, c.region, args)
			switch {
			case c.failure != "" && (err == nil || !strings.Contains(out, c.failure)):
				t.Errorf("got %v and %q, want a failure with %q", err, out, c.failure)
			case c.failure == "" && err != nil:
				t.Errorf("%v: %s", err, out)
			case c.query != "":
				equal(t, c.query, strings.TrimSpace(out), c.want)
			}
		})
	}
}

// aws runs the CLI in a directory of its own, as the operator.
func (f *fixture) aws(t *testing.T, cli, region string, args []string) (string, error) {
	t.Helper()
	if region == "" {
		region = primary
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config")
	// The CLI's second version takes payloads as base64 unless told otherwise; the first does not know the setting.
	if err := os.WriteFile(config, []byte("[default]\ncli_binary_format = raw-in-base64-out\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The option is given besides the variable, since the CLI's first version does not heed the variable for RDS in us-east-1.
	cmd := exec.CommandContext(t.Context(), cli, append(args, "--endpoint-url", f.server.URL)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"AWS_ENDPOINT_URL="+f.server.URL, "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region, "AWS_CONFIG_FILE="+config,
		"AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(dir, "none"), "AWS_PROFILE=default", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
		"AWS_ACCESS_KEY_ID="+f.operator.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+f.operator.SecretAccessKey, "AWS_SESSION_TOKEN=",
	)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// deployAll puts something of every service into the cloud, and returns the distribution's id.
func deployAll(f *fixture) string {
	deployDatabase(f)
	putFunction(f, "echo", echo)
	putLag(f, 4)
	distribution := putDistribution(f)
	f.do(func(s *awssim.State) {
		s.CreateBucket(awssim.Bucket{Name: "artifacts"})
		s.PutObject("artifacts", awssim.Object{Key: "kept", Body: json.RawMessage("1")})
	})
	f.in(primary, func(r *awssim.Region) {
		r.PutParameter(awssim.Parameter{Name: "/todos", Value: "v"})
		r.PutSecret(awssim.Secret{Name: "master", Value: "s"})
		r.CreateStack(awssim.Stack{Name: "app"})
		r.CreateUserPool(awssim.UserPool{Name: "ToDoMgmt"})
		r.CreateTopic(awssim.Topic{Name: "alarms"})
		r.CreateQueue(awssim.Queue{Name: "q"})
		r.CreateLogGroup(awssim.LogGroup{Name: "g"})
		r.PutLogEvent("g", awssim.LogEvent{Message: "m"})
		r.CreateItemTable(awssim.ItemTable{Name: "order", HashKey: "id"})
		r.PutInstance(awssim.Instance{ID: "i-1", State: "running", Tags: []awssim.Tag{{Key: "k", Value: "v"}}})
	})
	return distribution.ID
}
