// Package failovertest is an application in two simulated Regions for tests: the control planes of package awssim over HTTP, an edge
// that does what the key-value store says, functions that check their Regions, parameters with the topology, and buckets for
// reports. Its clock runs ahead instead of waiting.
//
// Nothing that is deployed imports it.
package failovertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// The application.
const (
	Name      = "Shop"
	Account   = "123456789012"
	Primary   = "us-east-1"
	Secondary = "us-east-2"
	global    = "shop-global"
)

// Application is a simulated application. Its writer is the primary, which is active.
type Application struct {
	// Cloud is the control planes' state.
	Cloud *awssim.Cloud

	// AWS is the URL of all of AWS's services, Operator are the credentials of somebody who may do everything.
	AWS      string
	Operator awssim.Credentials

	// Document describes the application.
	Document topology.Document

	// Clock is the time.
	Clock *Clock

	mu    sync.Mutex
	lost  map[string]bool
	calls []string
	deny  func(operation string) bool
}

// Options change an Application.
type Options struct {
	// Timing is how long RDS's operations take. The default is no time at all.
	Timing awssim.Timing

	// Parameter changes the topology parameter's value, if it is set.
	Parameter func(string) string
}

// New starts an application that ends with the test.
func New(t testing.TB, o Options) *Application {
	t.Helper()
	a := &Application{Clock: &Clock{ahead: behind}, lost: map[string]bool{}}
	a.Cloud = awssim.New(awssim.Options{Account: Account, Clock: a.Clock.Now, Seed: 1, Timing: o.Timing, Lag: 200 * time.Millisecond})
	handler := endpoint.New(a.Cloud)
	control := httptest.NewServer(a.whileReachable(handler))
	front := httptest.NewServer(http.HandlerFunc(a.serveEdge))
	t.Cleanup(func() {
		front.Close()
		control.Close()
		handler.Close()
	})
	a.AWS = control.URL
	a.Document = document(front.URL)
	a.Cloud.Do(func(s *awssim.State) { a.deploy(t, s) })
	a.Report()
	a.putParameters(o.Parameter)
	return a
}

// Report lets time pass until both Regions have reported their lag.
func (a *Application) Report() { _ = a.Clock.Sleep(context.Background(), 61*time.Second) } // it cannot end early

func document(front string) topology.Document {
	site := func(region string, role topology.Role) topology.Site {
		return topology.Site{
			Region: region, ClusterArn: fmt.Sprintf("arn:aws:rds:%s:%s:cluster:shop-%s", region, Account, role), Proxy: "shop-" + string(role) + "-proxy",
			CheckFunction: "shop-" + string(role) + "-Health", RequestSeconds: 10, Pipeline: "shop-to-" + string(role), ReportBucket: "shop-reports-" + region,
		}
	}
	return topology.Document{
		Version: topology.DocumentVersion, Application: Name, GlobalCluster: global,
		Edge: topology.Edge{URL: front, HealthPath: "/v1/health", SettleSeconds: 5},
		Regions: map[topology.Role]topology.Site{
			topology.Primary: site(Primary, topology.Primary), topology.Secondary: site(Secondary, topology.Secondary),
		},
	}
}

// deploy puts everything into the cloud.
func (a *Application) deploy(t testing.TB, s *awssim.State) {
	all, err := iam.Parse(iam.Identity, "All", map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
	if err != nil {
		t.Fatal(err)
	}
	_, a.Operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{all}})
	a.Document.Edge.StoreArn = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge"}).ARN
	s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: global})
	for _, role := range topology.Roles() {
		site := a.Document.Regions[role]
		r := s.Region(site.Region)
		r.CreateDBCluster(awssim.DBCluster{
			Identifier: site.Cluster(), GlobalCluster: global, Engine: "aurora-mysql", EngineVersion: "8.0.mysql_aurora.3.10.0", Port: 3306,
			SubnetGroup: "shop-subnets-" + string(role), ParameterGroup: "shop-parameters-" + string(role), KMSKeyID: "arn:aws:kms:" + site.Region + ":" + Account + ":key/k",
			SecurityGroups: []awssim.SecurityGroup{{ID: "sg-" + string(role), Status: "active"}}, StorageEncrypted: true, IAMAuthentication: true,
			DeletionProtection: true, BackupRetentionPeriod: 7, ServerlessV2Scaling: &awssim.ServerlessV2{MinCapacity: 8, MaxCapacity: 16},
		})
		for n := range 2 {
			r.CreateDBInstance(awssim.DBInstance{Identifier: fmt.Sprintf("shop-%s-%d", role, n+1), Cluster: site.Cluster(), Class: "db.serverless", Engine: "aurora-mysql"})
		}
		r.CreateDBProxy(awssim.DBProxy{Name: site.Proxy})
		r.CreateTargetGroup(site.Proxy, site.Cluster(), awssim.ConnectionPool{})
		r.CreateFunction(awssim.Function{Name: site.CheckFunction, Invoke: a.check(site)})
		s.CreateBucket(awssim.Bucket{Name: site.ReportBucket, Region: site.Region})
	}
}

// putParameters puts the topology into both Regions.
func (a *Application) putParameters(change func(string) string) {
	value := marshal(a.Document)
	if change != nil {
		value = change(value)
	}
	a.Cloud.Do(func(s *awssim.State) {
		for _, site := range a.Document.Regions {
			s.Region(site.Region).PutParameter(awssim.Parameter{Name: topology.DocumentParameter(Name), Value: value})
		}
	})
}

// Config is the operator's configuration in a Region.
func (a *Application) Config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &a.AWS,
		Credentials: credentials.NewStaticCredentialsProvider(a.Operator.AccessKeyID, a.Operator.SecretAccessKey, a.Operator.SessionToken),
	}
}

// Environment is what lets AWS's tools use the application as the operator, in a Region.
func (a *Application) Environment(region string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": a.AWS, "AWS_REGION": region,
		"AWS_ACCESS_KEY_ID": a.Operator.AccessKeyID, "AWS_SECRET_ACCESS_KEY": a.Operator.SecretAccessKey, "AWS_SESSION_TOKEN": a.Operator.SessionToken,
	}
}

// Lose cuts a Region off, with its control plane, until [Application.Regain].
func (a *Application) Lose(region string) {
	a.mu.Lock()
	a.lost[region] = true
	a.mu.Unlock()
	a.Cloud.Do(func(s *awssim.State) { s.Outage(region, s.Now(), time.Time{}) })
}

// isLost says whether a Region is cut off.
func (a *Application) isLost(region string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lost[region]
}

// Deny refuses calls whose operation deny is true of: RDS's, such as FailoverGlobalCluster, and Invoke and UpdateKeys.
func (a *Application) Deny(deny func(operation string) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deny = deny
}

// Calls are the calls of RDS that change something, in order: Region and operation.
func (a *Application) Calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.calls...)
}

// Store is what the key-value store holds.
func (a *Application) Store() map[string]string {
	var items map[string]string
	a.Cloud.Do(func(s *awssim.State) {
		k, _ := s.KeyValueStores.Get(a.Document.Edge.StoreArn)
		items = k.Items
	})
	return items
}

// PutKey puts a key into the key-value store.
func (a *Application) PutKey(t testing.TB, key, value string) {
	t.Helper()
	a.Cloud.Do(func(s *awssim.State) {
		k, _ := s.KeyValueStores.Get(a.Document.Edge.StoreArn)
		if _, err := s.UpdateKeys(k.ARN, k.ETag, map[string]string{key: value}, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// Writer is the home role of the Region whose cluster writes as a member of the global database, or empty.
func (a *Application) Writer() (role topology.Role) {
	a.Cloud.Do(func(s *awssim.State) {
		g, _ := s.GlobalClusters.Get(global)
		role, _ = a.Document.RoleOfCluster(g.Writer())
	})
	return role
}

// Members is how many clusters the global database has.
func (a *Application) Members() (n int) {
	a.Cloud.Do(func(s *awssim.State) {
		g, _ := s.GlobalClusters.Get(global)
		n = len(g.Members)
	})
	return n
}

// region is the Region in the scope of a signature, or empty where it is for all Regions.
func region(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if parts := strings.Split(scope, "/"); len(parts) > 4 {
		return parts[2]
	}
	return ""
}
