package awssim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// situations are states of a global database that operations meet.
var situations = map[string]func(*world){
	"idle":      func(*world) {},
	"pending":   func(w *world) { _ = w.switchover(primary, standby) },
	"switching": func(w *world) { _ = w.switchover(primary, standby); w.after(4, nothing) },
	"finishing": func(w *world) { _ = w.switchover(primary, standby); w.after(8, nothing) },
	"cut off":   func(w *world) { w.do(func(s *awssim.State) { s.Outage(primary, w.now, time.Time{}) }) },
	"resyncing": func(w *world) { _ = w.failover(secondary, standby); w.after(42, nothing) },
	"headless": func(w *world) {
		w.do(func(s *awssim.State) { _, _ = s.Region(secondary).RDS().DeleteDBInstance("secd-1") })
		w.after(60, nothing)
	},
	"versions": func(w *world) {
		w.changeStandby(func(c *awssim.DBCluster) { c.EngineVersion = "8.0.mysql_aurora.3.11.0" })
	},
	"modifying": func(w *world) { w.changeStandby(func(c *awssim.DBCluster) { c.Status = "modifying" }) },
	"alone":     func(w *world) { w.remove(secondary, standby); w.after(300, nothing) },
	"protected": func(w *world) { w.modify(awssim.GlobalClusterChange{DeletionProtection: new(true)}) },
	"upgrading": func(w *world) { w.modify(awssim.GlobalClusterChange{EngineVersion: "8.0.mysql_aurora.3.11.0"}) },
	"dissolved": func(w *world) {
		w.remove(secondary, standby)
		w.after(300, nothing)
		w.remove(primary, home)
		w.after(300, nothing)
	},
	"dissolving": func(w *world) { w.remove(secondary, standby) },
}

func nothing(*awssim.State) {}

func (w *world) changeStandby(change func(*awssim.DBCluster)) {
	w.do(func(s *awssim.State) {
		c, _ := s.Region(secondary).DBClusters.Get("secd")
		change(&c)
		s.Region(secondary).DBClusters.Put("secd", c)
	})
}

func (w *world) remove(region, arn string) (err error) {
	w.do(func(s *awssim.State) { _, err = s.Region(region).RDS().RemoveFromGlobalCluster("g", arn) })
	return err
}

func (w *world) modify(change awssim.GlobalClusterChange) (err error) {
	change.GlobalClusterIdentifier = "g"
	w.do(func(s *awssim.State) { _, err = s.Region(secondary).RDS().ModifyGlobalCluster(change) })
	return err
}

const (
	badGlobal  = "InvalidGlobalClusterStateFault"
	badCluster = "InvalidDBClusterStateFault"
	noCluster  = "DBClusterNotFoundFault"
	badValue   = "InvalidParameterValue"
)

// TestOperations calls each operation in each situation and Region: what it answers is in the table, and nothing else is refused.
func TestOperations(t *testing.T) {
	switchover := func(region, target string) func(*world) error {
		return func(w *world) error { return w.switchover(region, target) }
	}
	failover := func(region, target string) func(*world) error {
		return func(w *world) error { return w.failover(region, target) }
	}
	remove := func(region, arn string) func(*world) error {
		return func(w *world) error { return w.remove(region, arn) }
	}
	for _, op := range []struct {
		name    string
		call    func(*world) error
		refused map[string]string
	}{
		{"switchover in the primary's Region", switchover(primary, standby), map[string]string{
			"pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "resyncing": badCluster, "headless": badCluster,
			"versions": badGlobal, "modifying": badCluster, "alone": noCluster, "upgrading": badGlobal, "dissolved": noCluster, "dissolving": badCluster,
		}},
		{"switchover in the secondary's Region", switchover(secondary, standby), map[string]string{
			"idle": badGlobal, "pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "cut off": badGlobal, "resyncing": badCluster,
			"headless": badCluster, "versions": badGlobal, "modifying": badCluster, "alone": noCluster, "protected": badGlobal, "upgrading": badGlobal,
			"dissolved": noCluster, "dissolving": badCluster,
		}},
		{"failover in the target's Region", failover(secondary, standby), map[string]string{
			"pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "resyncing": badCluster, "headless": badCluster,
			"versions": badGlobal, "modifying": badCluster, "alone": noCluster, "upgrading": badGlobal, "dissolved": noCluster, "dissolving": badCluster,
		}},
		{"failover in the primary's Region", failover(primary, standby), map[string]string{
			"idle": noCluster, "pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "cut off": noCluster, "resyncing": badCluster,
			"headless": badCluster, "versions": noCluster, "modifying": badCluster, "alone": noCluster, "protected": noCluster, "upgrading": badGlobal,
			"dissolved": noCluster, "dissolving": badCluster,
		}},
		{"failover to the former primary", failover(primary, home), map[string]string{
			"idle": badCluster, "pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "cut off": badCluster, "resyncing": badGlobal,
			"headless": badCluster, "versions": badCluster, "modifying": badCluster, "alone": badCluster, "protected": badCluster, "upgrading": badGlobal,
			"dissolved": noCluster, "dissolving": badCluster,
		}},
		{"detach the secondary", remove(secondary, standby), map[string]string{
			"switching": badCluster, "finishing": badGlobal, "resyncing": badGlobal, "modifying": badCluster, "alone": badValue, "upgrading": badCluster,
			"dissolved": badValue, "dissolving": badCluster,
		}},
		{"detach the primary", remove(primary, home), map[string]string{
			"idle": badGlobal, "pending": badGlobal, "switching": badGlobal, "finishing": badCluster, "cut off": badGlobal, "headless": badGlobal,
			"versions": badGlobal, "modifying": badGlobal, "protected": badGlobal, "upgrading": badGlobal, "dissolved": badValue, "dissolving": badGlobal,
		}},
		{"detach elsewhere", remove(primary, standby), map[string]string{"": noCluster}},
		{"protect", func(w *world) error { return w.modify(awssim.GlobalClusterChange{DeletionProtection: new(true)}) }, map[string]string{
			"pending": badGlobal, "switching": badGlobal, "finishing": badGlobal, "upgrading": badGlobal,
		}},
		{"delete", func(w *world) (err error) {
			w.do(func(s *awssim.State) { _, err = s.Region(primary).RDS().DeleteGlobalCluster("g") })
			return err
		}, map[string]string{"": badGlobal, "dissolved": "none"}},
	} {
		for name, arrange := range situations {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				w := newWorld(t)
				arrange(w)
				want := op.refused[name]
				if all := op.refused[""]; want == "" {
					want = all
				}
				if want == "none" {
					want = ""
				}
				wantCode(t, op.name, op.call(w), want)
			})
		}
	}
}

func TestRequestsThatNameNothing(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		r := s.Region(primary).RDS()
		for code, in := range map[string]awssim.FailoverRequest{
			"GlobalClusterNotFoundFault":  {GlobalClusterIdentifier: "none", TargetDbClusterIdentifier: standby},
			"DBClusterNotFoundFault":      {GlobalClusterIdentifier: "g", TargetDbClusterIdentifier: standby + "x"},
			"InvalidParameterValue":       {GlobalClusterIdentifier: "g", TargetDbClusterIdentifier: "secd"},
			"InvalidParameterCombination": {GlobalClusterIdentifier: "g", TargetDbClusterIdentifier: standby, AllowDataLoss: true, Switchover: true},
		} {
			_, err := r.FailoverGlobalCluster(in)
			wantCode(t, "failover", err, code)
		}
		_, err := r.RemoveFromGlobalCluster("none", home)
		wantCode(t, "remove", err, "GlobalClusterNotFoundFault")
		_, err = r.DeleteGlobalCluster("none")
		wantCode(t, "delete", err, "GlobalClusterNotFoundFault")
		_, err = r.ModifyGlobalCluster(awssim.GlobalClusterChange{GlobalClusterIdentifier: "none"})
		wantCode(t, "modify", err, "GlobalClusterNotFoundFault")
		_, err = r.ModifyGlobalCluster(awssim.GlobalClusterChange{GlobalClusterIdentifier: "g", NewGlobalClusterIdentifier: "G"})
		wantCode(t, "rename", err, "GlobalClusterAlreadyExistsFault")
	})
}

func TestCreateGlobalCluster(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		deployAlone := s.Region(primary).CreateDBCluster(awssim.DBCluster{Identifier: "alone", Engine: mysqlEngine, EngineVersion: release, DatabaseName: "d"})
		for i, test := range []struct {
			in   awssim.GlobalClusterRequest
			code string
		}{
			{awssim.GlobalClusterRequest{}, badValue},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "G", Engine: mysqlEngine}, "GlobalClusterAlreadyExistsFault"},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "h"}, badValue},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "h", SourceDBClusterIdentifier: home}, badCluster},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "h", SourceDBClusterIdentifier: home + "x"}, noCluster},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "h", SourceDBClusterIdentifier: standby}, noCluster},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "h", SourceDBClusterIdentifier: deployAlone.ARN, Engine: mysqlEngine}, "InvalidParameterCombination"},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "Empty", Engine: mysqlEngine}, ""},
			{awssim.GlobalClusterRequest{GlobalClusterIdentifier: "Around", SourceDBClusterIdentifier: deployAlone.ARN}, ""},
		} {
			_, err := s.Region(primary).RDS().CreateGlobalCluster(test.in)
			wantCode(t, fmt.Sprint("case ", i), err, test.code)
		}
		around, _ := s.GlobalClusters.Get("around")
		equal(t, "writer", around.Writer(), deployAlone.ARN)
		equal(t, "database", around.DatabaseName, "d")
	})
}

// TestNextItemsAt follows what a location knows from change to change: in between it knows the same.
func TestNextItemsAt(t *testing.T) {
	w := newWorld(t, func(o *awssim.Options) { o.EdgeDelay = awssim.Range{Max: time.Minute} })
	var arn string
	w.do(func(s *awssim.State) {
		arn = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "s"}).ARN
		if _, some := s.NextItemsAt(arn, "a"); some {
			t.Error("a change is expected before there was one")
		}
	})
	for i := range 3 {
		w.after(1, func(s *awssim.State) {
			k, _ := s.KeyValueStores.Get(arn)
			_, err := s.UpdateKeys(arn, k.ETag, map[string]string{"k": fmt.Sprint(i)}, nil)
			wantCode(t, "update", err, "")
		})
	}
	for changes := 0; ; changes++ {
		var next time.Time
		var some bool
		var before string
		w.do(func(s *awssim.State) { next, some = s.NextItemsAt(arn, "a"); before = s.ItemsAt(arn, "a")["k"] })
		if !some {
			equal(t, "what is known at last", before, "2")
			equal(t, "changes seen", changes > 0, true)
			return
		}
		w.now = next.Add(-1)
		w.do(func(s *awssim.State) { equal(t, "just before", s.ItemsAt(arn, "a")["k"], before) })
		w.now = next
		w.do(func(s *awssim.State) { equal(t, "changed", s.ItemsAt(arn, "a")["k"] != before, true) })
	}
}
