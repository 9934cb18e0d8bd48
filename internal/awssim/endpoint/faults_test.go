package endpoint_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// newFaulty is a fixture whose calls go wrong as the plan says, by its own cloud's time.
func newFaulty(t *testing.T, plan fault.Plan) (*fixture, *fault.Injector) {
	t.Helper()
	f := newFixture(t)
	deployDatabase(f)
	faults := fault.NewInjector(plan)
	h := endpoint.NewFaulty(f.cloud, faults)
	t.Cleanup(h.Close)
	f.server.Config.Handler = h
	return f, faults
}

// rule is a plan with one rule for one operation.
func rule(operation string, n int, k fault.Kind) fault.Plan {
	return fault.Plan{
		Seed: 1, Timeout: time.Millisecond, MaxStale: time.Minute,
		Rules: []fault.Rule{{Service: "rds", Operation: operation, N: n, Kind: k, Delay: time.Millisecond}},
	}
}

func snapshotInput(id string) *rds.CreateDBClusterSnapshotInput {
	return &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("pri-cluster"), DBClusterSnapshotIdentifier: &id}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		kind     fault.Kind
		answered bool   // an answer comes
		code     string // of the answer, if it is an error
		effect   bool
	}{
		{fault.Throttled, true, "Throttling", false},
		{fault.TimeoutBefore, false, "", false},
		{fault.TimeoutAfter, false, "", true},
		{fault.Slow, true, "", true},
		{fault.Stale, true, "", true}, // it is no read
		{fault.Unreachable, false, "", false},
	} {
		t.Run(test.kind.String(), func(t *testing.T) {
			f, faults := newFaulty(t, rule("CreateDBClusterSnapshot", 1, test.kind))
			client := rds.NewFromConfig(f.config(primary))
			_, err := client.CreateDBClusterSnapshot(t.Context(), snapshotInput("s"))
			var answer smithy.APIError
			equal(t, "an answer with an error", errors.As(err, &answer), test.code != "")
			equal(t, "an answer", err == nil || answer != nil, test.answered)
			if test.code != "" {
				f.wantCode(err, test.code)
			}
			shots := 0
			f.in(primary, func(r *awssim.Region) { shots = r.DBClusterSnapshots.Len() })
			equal(t, "effect", shots == 1, test.effect)
			must(client.CreateDBClusterSnapshot(t.Context(), snapshotInput("second")))(t)
			total := 0
			for _, c := range faults.Counts() {
				total += c.Calls
			}
			equal(t, "counted calls", total, 2)
		})
	}
}

func TestServerErrors(t *testing.T) {
	f, _ := newFaulty(t, rule("DescribeDBClusters", 0, fault.ServerError))
	client := rds.NewFromConfig(f.config(primary))
	codes := map[string]bool{}
	for range 20 {
		_, err := client.DescribeDBClusters(t.Context(), nil)
		var answer smithy.APIError
		if !errors.As(err, &answer) || answer.ErrorFault() == smithy.FaultClient {
			t.Fatalf("got %v, want an error of the server", err)
		}
		codes[answer.ErrorCode()] = true
	}
	equal(t, "codes", len(codes), 2)
}

func TestAClientMayLeaveASlowCall(t *testing.T) {
	plan := rule("DescribeDBClusters", 0, fault.TimeoutBefore)
	plan.Timeout = time.Hour
	f, _ := newFaulty(t, plan)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := rds.NewFromConfig(f.config(primary)).DescribeDBClusters(ctx, nil)
	equal(t, "deadline exceeded", errors.Is(err, context.DeadlineExceeded), true)
}

func TestALostRegionDoesNotAnswer(t *testing.T) {
	f, faults := newFaulty(t, fault.Plan{Outages: []fault.Outage{{Region: primary}}})
	_, err := rds.NewFromConfig(f.config(primary)).DescribeGlobalClusters(t.Context(), nil)
	var answer smithy.APIError
	equal(t, "an error without an answer", err != nil && !errors.As(err, &answer), true)
	must(rds.NewFromConfig(f.config(secondary)).DescribeGlobalClusters(t.Context(), nil))(t)
	equal(t, "counted", faults.Counts()[1], fault.Count{Kind: fault.Unreachable, Calls: 1})
	var k awssim.KeyValueStore
	f.do(func(s *awssim.State) { k = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "k"}) })
	stores := cloudfrontkeyvaluestore.NewFromConfig(f.config(primary))
	must(stores.DescribeKeyValueStore(t.Context(), &cloudfrontkeyvaluestore.DescribeKeyValueStoreInput{KvsARN: &k.ARN}))(t)
}

func TestStaleAnswers(t *testing.T) {
	now := time.Now()
	cloud := awssim.New(awssim.Options{Account: account, Clock: func() time.Time { return now }, Seed: 1, History: time.Minute})
	f := newFixture(t)
	f.cloud = cloud
	admin := f.policy("Admin", `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`)
	f.do(func(s *awssim.State) {
		_, f.operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{admin}})
	})
	deployDatabase(f)
	h := endpoint.NewFaulty(cloud, fault.NewInjector(rule("DescribeDBClusters", 1, fault.Stale)))
	defer h.Close()
	f.server = httptest.NewServer(h)
	defer f.server.Close()
	now = now.Add(time.Minute)
	f.in(primary, func(r *awssim.Region) { r.CreateDBCluster(awssim.DBCluster{Identifier: "fresh"}) })
	client := rds.NewFromConfig(f.config(primary))
	equal(t, "stale", len(must(client.DescribeDBClusters(t.Context(), nil))(t).DBClusters), 1)
	equal(t, "fresh", len(must(client.DescribeDBClusters(t.Context(), nil))(t).DBClusters), 2)
}

// What AWS's services ask of each other meets the same faults: in a lost Region nothing happens, and nobody panics.
func TestFaultsBetweenServices(t *testing.T) {
	ask := func(h *endpoint.Handler, f *fixture, region string) error {
		_, err := h.Do(t.Context(), endpoint.Request{
			Region: region, Service: "rds", Operation: "CreateDBClusterSnapshot", Caller: f.operator,
			Input: map[string]any{"DBClusterIdentifier": "pri-cluster", "DBClusterSnapshotIdentifier": "s"},
		})
		return err
	}
	for _, test := range []struct {
		name       string
		plan       fault.Plan
		unanswered bool
		code       string
		effect     bool
	}{
		{"none", fault.Plan{}, false, "", true},
		{"lost Region", fault.Plan{Outages: []fault.Outage{{Region: primary}}}, true, "", false},
		{"another lost Region", fault.Plan{Outages: []fault.Outage{{Region: secondary}}}, false, "", true},
		{"timeout before", rule("CreateDBClusterSnapshot", 1, fault.TimeoutBefore), true, "", false},
		{"timeout after", rule("CreateDBClusterSnapshot", 1, fault.TimeoutAfter), true, "", true},
		{"throttled", rule("CreateDBClusterSnapshot", 1, fault.Throttled), false, "Throttling", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, _ := newFaulty(t, test.plan)
			err := ask(f.server.Config.Handler.(*endpoint.Handler), f, primary)
			equal(t, "no answer", errors.Is(err, endpoint.ErrUnanswered), test.unanswered)
			var answer *endpoint.Error
			if errors.As(err, &answer) {
				equal(t, "code", answer.Code, test.code)
			}
			equal(t, "an error", err != nil, test.unanswered || test.code != "")
			shots := 0
			f.in(primary, func(r *awssim.Region) { shots = r.DBClusterSnapshots.Len() })
			equal(t, "effect", shots == 1, test.effect)
		})
	}
}
