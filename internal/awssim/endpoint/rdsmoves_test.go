package endpoint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const (
	globalID      = "todos-global"
	primaryARN    = "arn:aws:rds:us-east-1:123456789012:cluster:pri-cluster"
	secondaryARN  = "arn:aws:rds:us-east-2:123456789012:cluster:secd-cluster"
	globalARN     = "arn:aws:rds::123456789012:global-cluster:todos-global"
	engineRelease = "8.0.mysql_aurora.3.10.0"
)

// database is a fixture with the reference application's database and clients of both Regions. Everything happens at once: what a
// call begins has ended when the next one comes.
func database(t *testing.T) (f *fixture, pri, secd *rds.Client) {
	t.Helper()
	f = newFixture(t)
	deployDatabase(f)
	return f, rds.NewFromConfig(f.config(primary)), rds.NewFromConfig(f.config(secondary))
}

// writer is the writer of the global cluster, as a Region sees it.
func writer(t *testing.T, client *rds.Client) string {
	t.Helper()
	out := must(client.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: aws.String(globalID)}))(t)
	for _, m := range out.GlobalClusters[0].GlobalClusterMembers {
		if *m.IsWriter {
			return *m.DBClusterArn
		}
	}
	return ""
}

func TestSwitchoverGlobalCluster(t *testing.T) {
	f, pri, secd := database(t)
	in := &rds.SwitchoverGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), TargetDbClusterIdentifier: aws.String(secondaryARN)}
	_, err := secd.SwitchoverGlobalCluster(t.Context(), in)
	f.wantCode(err, "InvalidGlobalClusterStateFault")
	g := must(pri.SwitchoverGlobalCluster(t.Context(), in))(t).GlobalCluster
	equal(t, "state", g.FailoverState.Status, types.FailoverStatusPending)
	equal(t, "to", *g.FailoverState.ToDbClusterArn, secondaryARN)
	equal(t, "data loss", *g.FailoverState.IsDataLossAllowed, false)
	equal(t, "writer", writer(t, secd), secondaryARN)
	roles := map[*rds.Client]string{pri: "pri-proxy", secd: "secd-proxy"}
	for client, proxy := range roles {
		targets := must(client.DescribeDBProxyTargets(t.Context(), &rds.DescribeDBProxyTargetsInput{DBProxyName: &proxy}))(t).Targets
		roles[client] = fmt.Sprint(targets[1].Role, " ", targets[1].TargetHealth.State)
	}
	equal(t, "the former primary's proxy", roles[pri], "READ_ONLY AVAILABLE")
	equal(t, "the new one's", roles[secd], "READ_WRITE AVAILABLE")
	_, err = pri.SwitchoverGlobalCluster(t.Context(), &rds.SwitchoverGlobalClusterInput{GlobalClusterIdentifier: aws.String("none"), TargetDbClusterIdentifier: aws.String(secondaryARN)})
	f.wantCode(err, "GlobalClusterNotFoundFault")
}

func TestFailoverGlobalCluster(t *testing.T) {
	f, pri, secd := database(t)
	in := &rds.FailoverGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), TargetDbClusterIdentifier: aws.String(secondaryARN), AllowDataLoss: aws.Bool(true)}
	_, err := pri.FailoverGlobalCluster(t.Context(), in)
	f.wantCode(err, "DBClusterNotFoundFault")
	g := must(secd.FailoverGlobalCluster(t.Context(), in))(t).GlobalCluster
	equal(t, "data loss", *g.FailoverState.IsDataLossAllowed, true)
	equal(t, "writer", writer(t, pri), secondaryARN)
	shots := must(pri.DescribeDBClusterSnapshots(t.Context(), &rds.DescribeDBClusterSnapshotsInput{DBClusterIdentifier: aws.String("pri-cluster"), SnapshotType: aws.String("automated")}))(t)
	equal(t, "snapshots of the former primary", len(shots.DBClusterSnapshots), 1)
	in.Switchover = aws.Bool(true)
	_, err = secd.FailoverGlobalCluster(t.Context(), in)
	f.wantCode(err, "InvalidParameterCombination")
	in.AllowDataLoss, in.TargetDbClusterIdentifier = nil, aws.String(primaryARN)
	must(secd.FailoverGlobalCluster(t.Context(), in))(t)
	equal(t, "writer after the switchover", writer(t, pri), primaryARN)
}

// TestRebuildingATopology detaches the standby, makes a global cluster around it and attaches the old Region again.
func TestRebuildingATopology(t *testing.T) {
	f, pri, secd := database(t)
	ctx := t.Context()
	must(secd.RemoveFromGlobalCluster(ctx, &rds.RemoveFromGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), DbClusterIdentifier: aws.String(secondaryARN)}))(t)
	must(secd.CreateGlobalCluster(ctx, &rds.CreateGlobalClusterInput{GlobalClusterIdentifier: aws.String("rebuilt"), SourceDBClusterIdentifier: aws.String(secondaryARN)}))(t)

	must(pri.RemoveFromGlobalCluster(ctx, &rds.RemoveFromGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), DbClusterIdentifier: aws.String(primaryARN)}))(t)
	shot := must(pri.CreateDBClusterSnapshot(ctx, snapshotInput("before")))(t).DBClusterSnapshot
	equal(t, "snapshot", *shot.DBClusterSnapshotArn, "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:before")
	must(pri.DeregisterDBProxyTargets(ctx, &rds.DeregisterDBProxyTargetsInput{DBProxyName: aws.String("pri-proxy"), DBClusterIdentifiers: []string{"pri-cluster"}}))(t)
	for n := range 2 {
		must(pri.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String(fmt.Sprint("pri-instance-", n)), SkipFinalSnapshot: aws.Bool(true)}))(t)
	}
	_, err := pri.DeleteDBCluster(ctx, &rds.DeleteDBClusterInput{DBClusterIdentifier: aws.String("pri-cluster")})
	f.wantCode(err, "InvalidParameterCombination")
	must(pri.DeleteDBCluster(ctx, &rds.DeleteDBClusterInput{DBClusterIdentifier: aws.String("pri-cluster"), FinalDBSnapshotIdentifier: aws.String("final")}))(t)
	must(pri.DeleteGlobalCluster(ctx, &rds.DeleteGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID)}))(t)

	g := must(secd.ModifyGlobalCluster(ctx, &rds.ModifyGlobalClusterInput{GlobalClusterIdentifier: aws.String("rebuilt"), NewGlobalClusterIdentifier: aws.String(globalID), DeletionProtection: aws.Bool(true)}))(t).GlobalCluster
	equal(t, "renamed", *g.GlobalClusterArn, globalARN)
	c := must(pri.CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("pri-cluster"), GlobalClusterIdentifier: aws.String(globalID), Engine: aws.String("aurora-mysql"),
		VpcSecurityGroupIds: []string{"sg-1"}, ServerlessV2ScalingConfiguration: &types.ServerlessV2ScalingConfiguration{MinCapacity: aws.Float64(1), MaxCapacity: aws.Float64(2)},
	}))(t).DBCluster
	equal(t, "version", *c.EngineVersion, engineRelease)
	equal(t, "status", *c.Status, "creating")
	equal(t, "security group", *c.VpcSecurityGroups[0].VpcSecurityGroupId, "sg-1")
	i := must(pri.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("pri-again"), DBClusterIdentifier: aws.String("pri-cluster"), DBInstanceClass: aws.String("db.serverless"), Engine: aws.String("aurora-mysql")}))(t).DBInstance
	equal(t, "instance", *i.DBInstanceStatus, "creating")
	must(pri.ModifyDBCluster(ctx, &rds.ModifyDBClusterInput{DBClusterIdentifier: aws.String("pri-cluster"), DeletionProtection: aws.Bool(true)}))(t)
	targets := must(pri.RegisterDBProxyTargets(ctx, &rds.RegisterDBProxyTargetsInput{DBProxyName: aws.String("pri-proxy"), DBClusterIdentifiers: []string{"pri-cluster"}}))(t)
	equal(t, "target", targets.DBProxyTargets[1].TargetHealth.State, types.TargetStateRegistering)
	must(secd.SwitchoverGlobalCluster(ctx, &rds.SwitchoverGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), TargetDbClusterIdentifier: aws.String(primaryARN)}))(t)
	equal(t, "home again", writer(t, secd), primaryARN)
}

func TestMovesNeedBothResources(t *testing.T) {
	f, _, _ := database(t)
	in := &rds.SwitchoverGlobalClusterInput{GlobalClusterIdentifier: aws.String(globalID), TargetDbClusterIdentifier: aws.String(secondaryARN)}
	for name, resources := range map[string]string{"GlobalOnly": `"` + globalARN + `"`, "ClusterOnly": `"` + secondaryARN + `"`} {
		c := f.role(name, `{"Statement": {"Effect": "Allow", "Action": "rds:SwitchoverGlobalCluster", "Resource": `+resources+`}}`)
		_, err := rds.NewFromConfig(f.configOf(primary, c)).SwitchoverGlobalCluster(t.Context(), in)
		f.wantCode(err, "AccessDenied")
	}
	c := f.role("Both", `{"Statement": {"Effect": "Allow", "Action": "rds:SwitchoverGlobalCluster", "Resource": ["`+globalARN+`", "`+secondaryARN+`"]}}`)
	must(rds.NewFromConfig(f.configOf(primary, c)).SwitchoverGlobalCluster(t.Context(), in))(t)
}

func TestDescribeDBClusterSnapshots(t *testing.T) {
	f, pri, _ := database(t)
	must(pri.CreateDBClusterSnapshot(t.Context(), snapshotInput("One")))(t)
	before := time.Now()
	out := must(pri.DescribeDBClusterSnapshots(t.Context(), &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: aws.String("one")}))(t)
	shot := out.DBClusterSnapshots[0]
	equal(t, "status", *shot.Status, "available")
	equal(t, "progress", *shot.PercentProgress, 100)
	equal(t, "made before", shot.SnapshotCreateTime.After(before), false)
	other := must(pri.DescribeDBClusterSnapshots(t.Context(), &rds.DescribeDBClusterSnapshotsInput{DBClusterIdentifier: aws.String("other")}))(t)
	equal(t, "of another cluster", len(other.DBClusterSnapshots), 0)
	_, err := pri.DescribeDBClusterSnapshots(t.Context(), &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: aws.String("none")})
	f.wantCode(err, "DBClusterSnapshotNotFoundFault")
	f.in(primary, func(r *awssim.Region) { equal(t, "snapshots", r.DBClusterSnapshots.Len(), 1) })
}
