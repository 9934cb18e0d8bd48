package rebuild_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
	"github.com/warmstandby/warmstandby/internal/failover/failovertest"
	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
)

// memory keeps recipes as a file would.
type memory struct{ text []byte }

func (m *memory) Load(context.Context, string) (*rebuild.Recipe, error) {
	if m.text == nil {
		return nil, nil
	}
	var r rebuild.Recipe
	return &r, json.Unmarshal(m.text, &r)
}

func (m *memory) Save(_ context.Context, r rebuild.Recipe) (err error) {
	m.text, err = json.Marshal(r)
	return err
}

// detached is an application whose secondary was detached, and a rebuild around it that confirms everything.
func detached(t *testing.T) (*failovertest.Application, *rebuild.Rebuild) {
	t.Helper()
	a := failovertest.New(t, failovertest.Options{Timing: awssim.Timing{
		Detach: quick, CreateCluster: quick, CreateInstance: quick, Modify: quick, DeleteCluster: quick, DeleteInstance: quick, Snapshot: quick, ProxyTarget: quick,
	}})
	r := newRebuild(a)
	secondary := a.Document.Regions[topology.Secondary]
	_, err := r.RDS[topology.Secondary].RemoveFromGlobalCluster(t.Context(), &rds.RemoveFromGlobalClusterInput{
		GlobalClusterIdentifier: &a.Document.GlobalCluster, DbClusterIdentifier: &secondary.ClusterArn,
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Clock.Sleep(t.Context(), quick.Max) // it cannot end early
	return a, r
}

var quick = awssim.Range{Min: time.Second, Max: 3 * time.Second}

func newRebuild(a *failovertest.Application) *rebuild.Rebuild {
	clients := map[topology.Role]rebuild.RDS{}
	for role, site := range a.Document.Regions {
		clients[role] = rds.NewFromConfig(awsclients.In(a.Config(site.Region), site.Region))
	}
	return &rebuild.Rebuild{
		Document: a.Document, Writer: topology.Secondary, RDS: clients, Recipes: &memory{}, Clock: a.Clock, Poll: time.Second, Call: 5 * time.Second,
		Confirm:  func(context.Context, rebuild.Step, string) error { return nil },
		Progress: func(rebuild.Step, string) {},
	}
}

// resourceID is the resource id of the cluster in the primary Region, empty if there is none.
func resourceID(a *failovertest.Application) (id string) {
	a.Cloud.Do(func(s *awssim.State) {
		c, _ := s.Region(failovertest.Primary).DBClusters.Get("shop-pri")
		id = c.ResourceID
	})
	return id
}

// checkRebuilt says what of the application is not as it was, but with the secondary as the writer.
func checkRebuilt(t *testing.T, a *failovertest.Application, oldID string) {
	t.Helper()
	a.Cloud.Do(func(s *awssim.State) {
		r := s.Region(failovertest.Primary)
		c, _ := r.DBClusters.Get("shop-pri")
		secondary := s.Region(failovertest.Secondary)
		like, _ := secondary.DBClusters.Get("shop-secd")
		if c.ResourceID == "" || c.ResourceID == oldID {
			t.Errorf("the cluster's resource id is %q, it was %q", c.ResourceID, oldID)
		}
		if c.SubnetGroup != "shop-subnets-pri" || c.ParameterGroup != "shop-parameters-pri" || c.KMSKeyID == like.KMSKeyID || c.SecurityGroups[0].ID != "sg-pri" ||
			!c.DeletionProtection || !c.StorageEncrypted || !c.IAMAuthentication || c.BackupRetentionPeriod != 7 || *c.ServerlessV2Scaling != *like.ServerlessV2Scaling {
			t.Errorf("the cluster is not what it was: %+v", c)
		}
		if len(c.Members) != 2 || c.Members[0].Instance != "shop-pri-1" || c.Members[1].Instance != "shop-pri-2" {
			t.Errorf("the cluster has the instances %+v", c.Members)
		}
		p, _ := r.DBProxies.Get("shop-pri-proxy")
		if targets := r.Targets(p.TargetGroups[0]); len(targets) != 3 || targets[1].Role != awssim.RoleReadOnly || targets[1].Health.State != awssim.TargetAvailable {
			t.Errorf("the proxy has the targets %+v", targets)
		}
		suffix := strings.ToLower(strings.TrimPrefix(oldID, "cluster-"))
		for _, name := range []string{"warmstandby-lost-" + suffix, "warmstandby-final-" + suffix} {
			if shot, ok := r.DBClusterSnapshots.Get(name); !ok || shot.ClusterResource != oldID {
				t.Errorf("there is no snapshot %s of the old cluster", name)
			}
		}
		if g, _ := s.GlobalClusters.Get(a.Document.GlobalCluster); g.Writer() != like.ARN || len(g.Members) != 2 {
			t.Errorf("the global database has %+v", g.Members)
		}
	})
}

func TestRun(t *testing.T) {
	a, r := detached(t)
	old := resourceID(a)
	var confirmed []rebuild.Step
	r.Confirm = func(_ context.Context, step rebuild.Step, detail string) error {
		if detail == "" {
			t.Errorf("%s does not say what it does", step)
		}
		confirmed = append(confirmed, step)
		return nil
	}
	needed(t, r, true)
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkRebuilt(t, a, old)
	want := slices.DeleteFunc(rebuild.Steps(), func(s rebuild.Step) bool {
		return s == rebuild.Record || s == rebuild.Connect || s == rebuild.Reach // change nothing
	})
	if !slices.Equal(confirmed, want) {
		t.Errorf("confirmed %v, want %v", confirmed, want)
	}
	needed(t, r, false)
	calls := len(a.Calls())
	if err := r.Run(t.Context()); err != nil || len(a.Calls()) != calls {
		t.Errorf("the second time: %v, calls %v", err, a.Calls()[calls:])
	}
}

func needed(t *testing.T, r *rebuild.Rebuild, want bool) {
	t.Helper()
	if got, err := r.Needed(t.Context()); err != nil || got != want {
		t.Errorf("needed is %t (%v), want %t", got, err, want)
	}
}

var errStop = errors.New("no")

// A rebuild that is stopped before any step, and begun again by somebody who knows nothing but the recipe, ends the same.
func TestRunAgain(t *testing.T) {
	for _, stop := range rebuild.Steps() {
		t.Run(string(stop), func(t *testing.T) {
			a, first := detached(t)
			old := resourceID(a)
			first.Confirm = func(_ context.Context, step rebuild.Step, _ string) error {
				if step == stop {
					return errStop
				}
				return nil
			}
			if err := first.Run(t.Context()); err != nil && !errors.Is(err, errStop) {
				t.Fatal(err)
			}
			second := newRebuild(a)
			second.Recipes = first.Recipes
			if err := second.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkRebuilt(t, a, old)
		})
	}
}

// faulty fails the n-th change, before or after its effect.
type faulty struct {
	rebuild.RDS
	n     *int
	at    int
	after bool
}

var errFault = errors.New("connection reset")

func fault[In, Out any](f faulty, ctx context.Context, in In, call func(context.Context, In, ...func(*rds.Options)) (Out, error)) (Out, error) {
	*f.n++
	var none Out
	if *f.n == f.at && !f.after {
		return none, errFault
	}
	out, err := call(ctx, in)
	if *f.n == f.at && f.after {
		return none, errFault
	}
	return out, err
}

func (f faulty) CreateDBClusterSnapshot(ctx context.Context, in *rds.CreateDBClusterSnapshotInput, _ ...func(*rds.Options)) (*rds.CreateDBClusterSnapshotOutput, error) {
	return fault(f, ctx, in, f.RDS.CreateDBClusterSnapshot)
}

func (f faulty) RemoveFromGlobalCluster(ctx context.Context, in *rds.RemoveFromGlobalClusterInput, _ ...func(*rds.Options)) (*rds.RemoveFromGlobalClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.RemoveFromGlobalCluster)
}

func (f faulty) DeleteGlobalCluster(ctx context.Context, in *rds.DeleteGlobalClusterInput, _ ...func(*rds.Options)) (*rds.DeleteGlobalClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.DeleteGlobalCluster)
}

func (f faulty) CreateGlobalCluster(ctx context.Context, in *rds.CreateGlobalClusterInput, _ ...func(*rds.Options)) (*rds.CreateGlobalClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.CreateGlobalCluster)
}

func (f faulty) ModifyDBCluster(ctx context.Context, in *rds.ModifyDBClusterInput, _ ...func(*rds.Options)) (*rds.ModifyDBClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.ModifyDBCluster)
}

func (f faulty) DeleteDBInstance(ctx context.Context, in *rds.DeleteDBInstanceInput, _ ...func(*rds.Options)) (*rds.DeleteDBInstanceOutput, error) {
	return fault(f, ctx, in, f.RDS.DeleteDBInstance)
}

func (f faulty) DeleteDBCluster(ctx context.Context, in *rds.DeleteDBClusterInput, _ ...func(*rds.Options)) (*rds.DeleteDBClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.DeleteDBCluster)
}

func (f faulty) CreateDBCluster(ctx context.Context, in *rds.CreateDBClusterInput, _ ...func(*rds.Options)) (*rds.CreateDBClusterOutput, error) {
	return fault(f, ctx, in, f.RDS.CreateDBCluster)
}

func (f faulty) CreateDBInstance(ctx context.Context, in *rds.CreateDBInstanceInput, _ ...func(*rds.Options)) (*rds.CreateDBInstanceOutput, error) {
	return fault(f, ctx, in, f.RDS.CreateDBInstance)
}

func (f faulty) DeregisterDBProxyTargets(ctx context.Context, in *rds.DeregisterDBProxyTargetsInput, _ ...func(*rds.Options)) (*rds.DeregisterDBProxyTargetsOutput, error) {
	return fault(f, ctx, in, f.RDS.DeregisterDBProxyTargets)
}

func (f faulty) RegisterDBProxyTargets(ctx context.Context, in *rds.RegisterDBProxyTargetsInput, _ ...func(*rds.Options)) (*rds.RegisterDBProxyTargetsOutput, error) {
	return fault(f, ctx, in, f.RDS.RegisterDBProxyTargets)
}

// A call that fails, with its effect or without it, is healed by looking again.
func TestRunWithFaults(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			a, r := detached(t)
			old, n := resourceID(a), 0
			for role, client := range r.RDS {
				r.RDS[role] = faulty{client, &n, at, after}
			}
			if err := r.Run(t.Context()); err != nil {
				t.Fatalf("call %d, after its effect %t: %v", at, after, err)
			}
			if n < at {
				if at < 10 {
					t.Errorf("only %d calls were made", n)
				}
				break
			}
			t.Run(fmt.Sprintf("%d %t", at, after), func(t *testing.T) { checkRebuilt(t, a, old) })
		}
	}
}

// What is refused for good ends the run, and says what was tried.
func TestRunIsRefused(t *testing.T) {
	a, r := detached(t)
	a.Deny(func(operation string) bool { return operation == "DeleteDBCluster" })
	if err := r.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "delete-cluster: ") || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Without having written down what a cluster is like, nothing is deleted; without that, nothing can be made of nothing.
func TestRunNeedsRecipe(t *testing.T) {
	a, r := detached(t)
	r.Recipes = full{}
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("got %v", err)
	}
	if got := a.Calls(); len(got) != 1 {
		t.Errorf("without a recipe there were the calls %v", got)
	}
	r = newRebuild(a)
	r.Confirm = func(_ context.Context, step rebuild.Step, _ string) error {
		if step == rebuild.CreateCluster {
			return errStop
		}
		return nil
	}
	if err := r.Run(t.Context()); !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	r = newRebuild(a)
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no record of what it was like") {
		t.Errorf("got %v", err)
	}
}

// full is a disk that is full.
type full struct{}

func (full) Load(context.Context, string) (*rebuild.Recipe, error) { return nil, nil }
func (full) Save(context.Context, rebuild.Recipe) error            { return errors.New("disk is full") }

// Nothing of an application that was never detached is touched, whoever is taken for the writer.
func TestRunTouchesNothingElse(t *testing.T) {
	a := failovertest.New(t, failovertest.Options{})
	r := newRebuild(a)
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing is to be rebuilt") {
		t.Errorf("got %v", err)
	}
	needed(t, r, false)
	r.Writer = topology.Primary
	needed(t, r, false)
	if err := r.Run(t.Context()); err != nil {
		t.Error(err)
	}
	if got := a.Calls(); len(got) != 0 {
		t.Errorf("got the calls %v", got)
	}
}

// A member that is not the application's is not made homeless.
func TestRunWithStranger(t *testing.T) {
	a, r := detached(t)
	a.Cloud.Do(func(s *awssim.State) {
		s.Region("eu-west-1").CreateDBCluster(awssim.DBCluster{Identifier: "reports", GlobalCluster: a.Document.GlobalCluster, Engine: "aurora-mysql"})
	})
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "eu-west-1:123456789012:cluster:reports") {
		t.Errorf("got %v", err)
	}
}

func TestPlan(t *testing.T) {
	a := failovertest.New(t, failovertest.Options{})
	plan := rebuild.Plan(a.Document, topology.Secondary)
	text := strings.Join(plan, "\n")
	for _, want := range []string{
		"warmstandby failback", "create-db-cluster-snapshot", "remove-from-global-cluster --global-cluster-identifier shop-global --db-cluster-identifier arn:aws:rds:us-east-1",
		"delete-global-cluster", "--source-db-cluster-identifier arn:aws:rds:us-east-2", "delete-db-cluster", "register-db-proxy-targets", "rds-db:us-east-1:123456789012", "CloudFormation",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan does not say %q", want)
		}
	}
	for _, line := range plan {
		if strings.Contains(line, "\n") || strings.Contains(line, "%!") {
			t.Errorf("malformed: %s", line)
		}
	}
}
