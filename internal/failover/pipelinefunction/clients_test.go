package pipelinefunction

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// cloud is AWS, simulated, and the environment of a function there whose role may do everything.
func cloud(t *testing.T) (*awssim.Cloud, func(string) string) {
	t.Helper()
	c := awssim.New(awssim.Options{Account: "123456789012", Clock: time.Now, Seed: 1})
	handler := endpoint.New(c)
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.Close()
		handler.Close()
	})
	admin, err := iam.Parse(iam.Identity, "Admin", map[string]any{
		"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"AWS_REGION": "us-east-2", "AWS_ENDPOINT_URL": server.URL, topology.DocumentVariable: "/Shop/secd/topology",
	}
	c.Do(func(s *awssim.State) {
		_, credentials := s.CreateUser(awssim.User{Name: "function", Policies: []*iam.Policy{admin}})
		environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"] = credentials.AccessKeyID, credentials.SecretAccessKey
	})
	return c, func(name string) string { return environment[name] }
}

// TestClients reaches each service with the SDK's own client, signed as the service wants it.
func TestClients(t *testing.T) {
	c, getenv := cloud(t)
	f, err := newFunction(getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var store awssim.KeyValueStore
	c.Do(func(s *awssim.State) {
		store = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge", Items: map[string]string{"active": "secd"}})
		s.CreateBucket(awssim.Bucket{Name: "reports", Region: "us-east-2"})
		s.Region("us-east-2").PutParameter(awssim.Parameter{Name: "/Shop/secd/topology", Type: "String", Value: `{"version":2}`})
	})
	d := topology.Document{Regions: map[topology.Role]topology.Site{"pri": {Region: "us-east-1"}, "secd": {Region: "us-east-2"}}}
	clients := f.failover(d)
	keys, err := clients.Edge.ListKeys(t.Context(), &cloudfrontkeyvaluestore.ListKeysInput{KvsARN: &store.ARN})
	if err != nil || len(keys.Items) != 1 || *keys.Items[0].Value != "secd" {
		t.Errorf("key-value store: got %+v, %v", keys, err)
	}
	for _, region := range []string{"us-east-1", "us-east-2"} {
		out, err := clients.Regions[region].RDS.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{})
		if err != nil || len(out.GlobalClusters) != 0 {
			t.Errorf("RDS of %s: got %+v, %v", region, out, err)
		}
	}
	if err := f.Store("reports").Append(t.Context(), "r1", failover.Entry{At: time.Now()}); err != nil {
		t.Errorf("S3: %v", err)
	}
	if entries, err := f.Store("reports").Entries(t.Context(), "r1"); len(entries) != 1 || err != nil {
		t.Errorf("S3: got %d entries, %v", len(entries), err)
	}
	if drill, err := f.Store("reports").LastDrill(t.Context()); drill != nil || err != nil {
		t.Errorf("S3: got %v, %v where no drill was", drill, err)
	}
	if _, err := f.Documents.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "version must be 1, got 2") {
		t.Errorf("Systems Manager: got %v", err)
	}
	job := "11111111-2222-4333-8444-555555555555"
	_, err = f.CodePipeline().PutJobSuccessResult(t.Context(), &codepipeline.PutJobSuccessResultInput{JobId: &job})
	if err == nil || !strings.Contains(err.Error(), "JobNotFoundException") {
		t.Errorf("CodePipeline: got %v", err)
	}
}

// TestNewFunctionFails says everything that is missing.
func TestNewFunctionFails(t *testing.T) {
	_, err := newFunction(func(string) string { return "" }, slog.New(slog.DiscardHandler))
	want := "environment variables that are not set: TOPOLOGY_PARAMETER, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
