package awsclients_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
)

// serve is a cloud with a key-value store and an empty global cluster, and the configuration of somebody who may do everything.
func serve(t *testing.T) (aws.Config, awssim.KeyValueStore) {
	t.Helper()
	cloud := awssim.New(awssim.Options{Account: "123456789012", Clock: time.Now, Seed: 1})
	handler := endpoint.New(cloud)
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.Close(); handler.Close() })
	all, err := iam.Parse(iam.Identity, "All", map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
	if err != nil {
		t.Fatal(err)
	}
	var operator awssim.Credentials
	var store awssim.KeyValueStore
	cloud.Do(func(s *awssim.State) {
		_, operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{all}})
		store = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge"})
		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "shop"})
	})
	return aws.Config{
		Region: "us-east-2", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider(operator.AccessKeyID, operator.SecretAccessKey, operator.SessionToken),
	}, store
}

func document() topology.Document {
	return topology.Document{Regions: map[topology.Role]topology.Site{topology.Primary: {Region: "us-east-1"}, topology.Secondary: {Region: "us-east-2"}}}
}

// Both Regions' services and the key-value store are reached at the endpoint that is configured, without a proxy or a name server.
func TestNewUsesTheConfiguredEndpoint(t *testing.T) {
	cfg, store := serve(t)
	clients := awsclients.New(cfg, document())
	for _, region := range []string{"us-east-1", "us-east-2"} {
		out, err := clients.Regions[region].RDS.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{})
		if err != nil || len(out.GlobalClusters) != 1 {
			t.Errorf("%s: got %v, %v", region, out, err)
		}
	}
	version := store.ETag
	for i := range 20 { // several, for what happens to some requests only
		out, err := clients.Edge.UpdateKeys(t.Context(), &cloudfrontkeyvaluestore.UpdateKeysInput{
			KvsARN: &store.ARN, IfMatch: &version, Puts: []types.PutKeyRequestListItem{{Key: aws.String("active"), Value: aws.String(fmt.Sprint(i))}},
		})
		if err != nil {
			t.Fatal(err)
		}
		version = *out.ETag
	}
}

// A store whose ARN is none is refused by the SDK's own rules, which still apply.
func TestKeyValueStoreKeepsTheRules(t *testing.T) {
	cfg, _ := serve(t)
	_, err := awsclients.KeyValueStore(cfg).DescribeKeyValueStore(t.Context(), &cloudfrontkeyvaluestore.DescribeKeyValueStoreInput{KvsARN: aws.String("edge")})
	if err == nil {
		t.Error("a store without an ARN was described")
	}
}

// The engine retries, and so its clients must not.
func TestNewDoesNotRetry(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	cfg, store := serve(t)
	cfg.BaseEndpoint = &server.URL
	clients := awsclients.New(cfg, document())
	if _, err := clients.Regions["us-east-1"].RDS.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{}); err == nil {
		t.Error("got no error")
	}
	if _, err := clients.Edge.DescribeKeyValueStore(t.Context(), &cloudfrontkeyvaluestore.DescribeKeyValueStoreInput{KvsARN: &store.ARN}); err == nil {
		t.Error("got no error")
	}
	if got := calls.Load(); got != 2 {
		t.Errorf("got %d calls, want 2", got)
	}
}

func TestEdgeDoesNotFollowRedirects(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("https://elsewhere.example", http.StatusFound))
	defer server.Close()
	response, err := awsclients.Edge().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		t.Errorf("got %s", response.Status)
	}
}
