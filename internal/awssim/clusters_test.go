package awssim_test

import (
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestCreateDBCluster(t *testing.T) {
	w := newWorld(t)
	third := awssim.DBCluster{Identifier: "Third", GlobalCluster: "G", Engine: mysqlEngine}
	with := func(change func(*awssim.DBCluster)) awssim.DBCluster {
		c := third
		change(&c)
		return c
	}
	for _, test := range []struct {
		name, region string
		cluster      awssim.DBCluster
		code         string
	}{
		{"without a name", "eu-west-1", with(func(c *awssim.DBCluster) { c.Identifier = "" }), badValue},
		{"of a name that is taken", primary, with(func(c *awssim.DBCluster) { c.Identifier = "PRI" }), "DBClusterAlreadyExistsFault"},
		{"of a name in another Region", "eu-west-1", with(func(c *awssim.DBCluster) { c.Identifier = "pri" }), "DBClusterAlreadyExistsFault"},
		{"of no global cluster", "eu-west-1", with(func(c *awssim.DBCluster) { c.GlobalCluster = "none" }), "GlobalClusterNotFoundFault"},
		{"in a Region that has one", secondary, third, badGlobal},
		{"of another version", "eu-west-1", with(func(c *awssim.DBCluster) { c.EngineVersion = "8.0.mysql_aurora.3.11.0" }), "InvalidParameterCombination"},
		{"with a user", "eu-west-1", with(func(c *awssim.DBCluster) { c.MasterUsername = "u" }), "InvalidParameterCombination"},
		{"with a database", "eu-west-1", with(func(c *awssim.DBCluster) { c.DatabaseName = "d" }), "InvalidParameterCombination"},
		{"alone, without a user", "eu-west-1", with(func(c *awssim.DBCluster) { c.GlobalCluster = "" }), badValue},
		{"alone", "eu-west-1", with(func(c *awssim.DBCluster) { c.Identifier, c.GlobalCluster, c.MasterUsername = "alone", "", "u" }), ""},
		{"as a secondary", "eu-west-1", third, ""},
	} {
		w.do(func(s *awssim.State) {
			_, err := s.Region(test.region).RDS().CreateDBCluster(test.cluster)
			wantCode(t, test.name, err, test.code)
		})
	}
	w.sees(9, "available - pri:writer secd:connected third:pending-resync writes: pri")
	w.sees(1, "available - pri:writer secd:connected third:connected writes: pri")
	w.do(func(s *awssim.State) {
		alone := "arn:aws:rds:eu-west-1:123456789012:cluster:alone"
		equal(t, "writes without an instance", s.AcceptsWrites(alone), false)
		_, err := s.Region("eu-west-1").RDS().CreateDBInstance(awssim.DBInstance{Identifier: "i", Cluster: "alone"})
		wantCode(t, "instance", err, "")
		equal(t, "writes", s.AcceptsWrites(alone), true)
	})
	wantCode(t, "during a switchover", w.switchover(primary, standby), "")
	w.do(func(s *awssim.State) {
		_, err := s.Region("eu-north-1").RDS().CreateDBCluster(with(func(c *awssim.DBCluster) { c.Identifier = "fourth" }))
		wantCode(t, "during a switchover", err, badGlobal)
	})
}

func TestDBInstances(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		r := s.Region(primary).RDS()
		for _, test := range []struct {
			code     string
			instance awssim.DBInstance
		}{
			{badValue, awssim.DBInstance{Cluster: "pri"}},
			{"DBInstanceAlreadyExists", awssim.DBInstance{Identifier: "PRI-1", Cluster: "pri"}},
			{noCluster, awssim.DBInstance{Identifier: "i", Cluster: "none"}},
			{"InvalidParameterCombination", awssim.DBInstance{Identifier: "i", Cluster: "pri", Engine: "aurora-postgresql"}},
			{"", awssim.DBInstance{Identifier: "i", Cluster: "pri"}},
		} {
			_, err := r.CreateDBInstance(test.instance)
			wantCode(t, "create", err, test.code)
		}
		_, err := r.DeleteDBInstance("none")
		wantCode(t, "delete what is not there", err, "DBInstanceNotFound")
		_, err = r.DeleteDBInstance("i")
		wantCode(t, "delete while it is created", err, "InvalidDBInstanceState")
	})
	w.after(20, func(s *awssim.State) {
		i, _ := s.Region(primary).DBInstances.Get("i")
		equal(t, "status", i.Status, "available")
		_, err := s.Region(primary).RDS().DeleteDBInstance("pri-1")
		wantCode(t, "delete the writer", err, "")
	})
	w.after(50, func(s *awssim.State) {
		c, _ := s.Region(primary).DBClusters.Get("pri")
		equal(t, "instances", len(c.Members), 1)
		equal(t, "the next is the writer", c.Members[0].IsClusterWriter, true)
		_, err := s.Region(primary).RDS().DeleteDBInstance("i")
		wantCode(t, "delete the last of a primary", err, badCluster)
	})
}

func TestDeleteDBCluster(t *testing.T) {
	w := newWorld(t)
	remove := func(name, region, id, code string) {
		t.Helper()
		w.do(func(s *awssim.State) {
			_, err := s.Region(region).RDS().DeleteDBCluster(id, "final")
			wantCode(t, name, err, code)
		})
	}
	remove("none", primary, "none", noCluster)
	remove("the primary", primary, "pri", badGlobal)
	remove("a secondary", secondary, "secd", badCluster)
	wantCode(t, "detach", w.remove(secondary, standby), "")
	remove("while it is promoted", secondary, "secd", badCluster)
	w.after(256, nothing)
	remove("with instances", secondary, "secd", badCluster)
	w.changeStandby(func(c *awssim.DBCluster) { c.Members, c.DeletionProtection = nil, true })
	remove("protected", secondary, "secd", "InvalidParameterCombination")
	w.do(func(s *awssim.State) {
		_, err := s.Region(secondary).RDS().ModifyDBCluster(awssim.ClusterChange{DBClusterIdentifier: "secd", DeletionProtection: new(false)})
		wantCode(t, "unprotect", err, "")
		_, err = s.Region(secondary).RDS().ModifyDBCluster(awssim.ClusterChange{DBClusterIdentifier: "secd"})
		wantCode(t, "modify twice", err, badCluster)
	})
	w.after(30, nothing)
	remove("at last", secondary, "secd", "")
	w.after(39, func(s *awssim.State) { equal(t, "there", s.Region(secondary).DBClusters.Len(), 1) })
	w.after(1, func(s *awssim.State) {
		equal(t, "gone", s.Region(secondary).DBClusters.Len(), 0)
		shot, _ := s.Region(secondary).DBClusterSnapshots.Get("final")
		equal(t, "snapshot", shot.Status, "creating")
	})
}

func TestProxyTargets(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		r := s.Region(primary).RDS()
		in := awssim.ProxyTargetsRequest{DBProxyName: "pri-proxy", DBClusterIdentifiers: []string{"pri"}}
		_, err := r.RegisterDBProxyTargets(in)
		wantCode(t, "twice", err, "DBProxyTargetAlreadyRegisteredFault")
		wantCode(t, "another", r.DeregisterDBProxyTargets(awssim.ProxyTargetsRequest{DBProxyName: "pri-proxy", DBClusterIdentifiers: []string{"x"}}), "DBProxyTargetNotFoundFault")
		wantCode(t, "deregister", r.DeregisterDBProxyTargets(in), "")
		for code, in := range map[string]awssim.ProxyTargetsRequest{
			"DBProxyNotFoundFault":            {DBProxyName: "none"},
			"DBProxyTargetGroupNotFoundFault": {DBProxyName: "pri-proxy", TargetGroupName: "none"},
			"InvalidParameterCombination":     {DBProxyName: "pri-proxy"},
			noCluster:                         {DBProxyName: "pri-proxy", DBClusterIdentifiers: []string{"secd"}},
		} {
			_, err := r.RegisterDBProxyTargets(in)
			wantCode(t, "register", err, code)
		}
		targets, err := r.RegisterDBProxyTargets(in)
		wantCode(t, "register", err, "")
		equal(t, "health", targets[1].Health.State, awssim.TargetRegistering)
	})
	w.after(3, func(s *awssim.State) {
		p, _ := s.Region(primary).DBProxies.Get("pri-proxy")
		equal(t, "health", s.Region(primary).Targets(p.TargetGroups[0])[1].Health.State, awssim.TargetAvailable)
	})
}

func TestUpgrade(t *testing.T) {
	w := newWorld(t)
	const next = "8.0.mysql_aurora.3.11.0"
	wantCode(t, "upgrade", w.modify(awssim.GlobalClusterChange{EngineVersion: next}), "")
	w.sees(29, "upgrading - pri:writer secd:connected writes: pri")
	w.sees(1, "available - pri:writer secd:connected writes: pri")
	w.do(func(s *awssim.State) {
		c, _ := s.Region(secondary).DBClusters.Get("secd")
		equal(t, "version", c.EngineVersion, next)
	})
	w.after(float64(time.Minute/time.Second), nothing)
	wantCode(t, "rename", w.modify(awssim.GlobalClusterChange{NewGlobalClusterIdentifier: "H"}), "")
	w.do(func(s *awssim.State) {
		c, _ := s.Region(secondary).DBClusters.Get("secd")
		equal(t, "global cluster", c.GlobalCluster, "h")
	})
}
