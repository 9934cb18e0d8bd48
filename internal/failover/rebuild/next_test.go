package rebuild

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

const (
	oldARN = "arn:aws:rds:us-east-1:123456789012:cluster:shop-pri"
	newARN = "arn:aws:rds:us-east-2:123456789012:cluster:shop-secd"
)

func testRebuild() *Rebuild {
	return &Rebuild{Writer: topology.Secondary, Document: topology.Document{GlobalCluster: "shop", Regions: map[topology.Role]topology.Site{
		topology.Primary:   {Region: "us-east-1", ClusterArn: oldARN, Proxy: "shop-pri-proxy"},
		topology.Secondary: {Region: "us-east-2", ClusterArn: newARN},
	}}}
}

func cluster(status, id string) *types.DBCluster {
	return &types.DBCluster{Status: &status, DbClusterResourceId: &id, DBClusterArn: aws.String("x")}
}

// global is a global database with members, the first of which writes.
func global(status string, arns ...string) *types.GlobalCluster {
	g := &types.GlobalCluster{Status: &status}
	for i, arn := range arns {
		g.GlobalClusterMembers = append(g.GlobalClusterMembers, types.GlobalClusterMember{
			DBClusterArn: &arn, IsWriter: aws.Bool(i == 0), SynchronizationStatus: types.GlobalClusterMemberSynchronizationStatusConnected,
		})
	}
	return g
}

func instance(name, status string) types.DBInstance {
	return types.DBInstance{DBInstanceIdentifier: &name, DBInstanceStatus: &status}
}

func target(state types.TargetState, reason types.TargetHealthReason) types.DBProxyTarget {
	return types.DBProxyTarget{Type: types.TargetTypeRdsInstance, RdsResourceId: aws.String("i1"), TargetHealth: &types.TargetHealth{State: state, Reason: reason}}
}

// left is what is seen when everything is ready for the deletion.
func left() seen {
	return seen{
		writer: cluster("available", "W"), old: cluster("available", "cluster-OLD"), global: global("available", newARN), snapshot: "available",
		recipe: &Recipe{ResourceID: "cluster-OLD", Instances: []rds.CreateDBInstanceInput{{DBInstanceIdentifier: aws.String("i1")}}},
	}
}

// joined is what is seen when everything is done.
func joined() seen {
	s := left()
	s.old, s.global, s.instances = cluster("available", "cluster-NEW"), global("available", newARN, oldARN), []types.DBInstance{instance("i1", "available")}
	s.targets = []types.DBProxyTarget{target(types.TargetStateAvailable, "")}
	return s
}

func TestNext(t *testing.T) {
	tests := []struct {
		name   string
		from   func() seen
		change func(*seen)
		step   Step
		wait   string
	}{
		{"done", joined, func(*seen) {}, "", ""},
		{"done by somebody else", joined, func(s *seen) { s.recipe = nil }, "", ""},
		{"cluster in creation", joined, func(s *seen) { s.old = cluster("creating", "N"); s.instances = nil }, CreateCluster, "is being created"},
		{"instance missing", joined, func(s *seen) { s.instances = nil }, CreateInstances, ""},
		{"instance in creation", joined, func(s *seen) { s.instances[0] = instance("i1", "creating") }, CreateInstances, "instances are being created"},
		{"cluster busy", joined, func(s *seen) { s.old = cluster("modifying", "N") }, Connect, "is modifying"},
		{"resynchronizing", joined, func(s *seen) { s.global.GlobalClusterMembers[1].SynchronizationStatus = "pending-resync" }, Connect, "is pending-resync"},
		{"not at its proxy", joined, func(s *seen) { s.targets = nil }, Register, ""},
		{"proxy without targets", joined, func(s *seen) { s.targets[0].Type = types.TargetTypeTrackedCluster }, Reach, "no target yet"},
		{"proxy may not log in", joined, func(s *seen) {
			s.targets[0] = target(types.TargetStateUnavailable, types.TargetHealthReasonAuthFailure)
		}, Reach, "by cluster-NEW"},

		{"to be deleted", left, func(*seen) {}, DeleteCluster, ""},
		{"in deletion", left, func(s *seen) { s.old = cluster("deleting", "cluster-OLD") }, DeleteCluster, "is being deleted"},
		{"another cluster than recorded", left, func(s *seen) { s.old = cluster("available", "cluster-OTHER") }, Record, ""},
		{"not recorded", left, func(s *seen) { s.recipe = nil }, Record, ""},
		{"busy", left, func(s *seen) { s.old = cluster("backing-up", "cluster-OLD") }, Snapshot, "is backing-up"},
		{"no snapshot", left, func(s *seen) { s.snapshot = "" }, Snapshot, ""},
		{"snapshot in creation", left, func(s *seen) { s.snapshot = "creating" }, Snapshot, "snapshot is creating"},
		{"snapshot failed", left, func(s *seen) { s.snapshot = "failed" }, Snapshot, "snapshot is failed"},
		{"left behind", left, func(s *seen) { s.global = global("available", oldARN) }, Leave, ""},
		{"empty", left, func(s *seen) { s.global = global("available") }, DropGlobal, ""},
		{"empty and busy", left, func(s *seen) { s.global = global("modifying") }, DropGlobal, "is modifying"},
		{"no global database", left, func(s *seen) { s.global = nil }, CreateGlobal, ""},
		{"writer busy", left, func(s *seen) { s.global, s.writer = nil, cluster("promoting", "W") }, CreateGlobal, "the writer is promoting"},
		{"global database busy", left, func(s *seen) { s.global = global("creating", newARN) }, CreateGlobal, "is creating"},
		{"at its proxy", left, func(s *seen) { s.targets = joined().targets }, Deregister, ""},
		{"protected", left, func(s *seen) { s.old.DeletionProtection = aws.Bool(true) }, Unprotect, ""},
		{"with instances", left, func(s *seen) { s.instances = []types.DBInstance{instance("i1", "available")} }, DeleteInstances, ""},
		{"with instances in deletion", left, func(s *seen) { s.instances = []types.DBInstance{instance("i1", "deleting")} }, DeleteInstances, "are being deleted"},

		{"deleted", left, func(s *seen) { s.old = nil }, CreateCluster, ""},
		{"deleted, and so is the global database", left, func(s *seen) { s.old, s.global = nil, nil }, CreateGlobal, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.from()
			tt.change(&s)
			got, err := testRebuild().next(s)
			if err != nil || got.step != tt.step || (got.wait == "") != (tt.wait == "") || !strings.Contains(got.wait, tt.wait) {
				t.Errorf("got %+v, %v, want step %q, wait %q", got, err, tt.step, tt.wait)
			}
		})
	}
}

func TestNextRefuses(t *testing.T) {
	for want, change := range map[string]func(*seen){
		"does not exist":                 func(s *seen) { s.writer = nil },
		"nothing is to be rebuilt":       func(s *seen) { s.global = global("available", oldARN, newARN) },
		"which is not the application's": func(s *seen) { s.global = global("available", newARN, "arn:other") },
		"no record of what it was like":  func(s *seen) { s.old, s.recipe = nil, nil },
	} {
		s := left()
		change(&s)
		if got, err := testRebuild().next(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %+v, %v, want %q", got, err, want)
		}
	}
}

// Whatever chooses a step, nothing is deleted but the cluster that was recorded and kept, and that nobody needs.
func TestMayDelete(t *testing.T) {
	if err := testRebuild().mayDelete(left()); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*seen){
		"not the one that was recorded":               func(s *seen) { s.old = cluster("available", "cluster-OTHER") },
		"its snapshot is not available":               func(s *seen) { s.snapshot = "creating" },
		"not have the other cluster as its writer":    func(s *seen) { s.global = nil },
		"it is a member":                              func(s *seen) { s.global = global("available", newARN, oldARN) },
		"does not have the other cluster":             func(s *seen) { s.global = global("available", oldARN, newARN) },
		"not the one that was recorded\nits snapshot": func(s *seen) { s.recipe, s.snapshot = nil, "" },
	} {
		s := left()
		change(&s)
		err := testRebuild().mayDelete(s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		for _, step := range []Step{Unprotect, DeleteInstances, DeleteCluster} {
			if err := testRebuild().delete(t.Context(), step, s); err == nil { // there is no client to ask
				t.Errorf("%s went on", step)
			}
		}
	}
}
