package awssim_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const (
	primary     = "us-east-1"
	secondary   = "us-east-2"
	home        = "arn:aws:rds:us-east-1:123456789012:cluster:pri"
	standby     = "arn:aws:rds:us-east-2:123456789012:cluster:secd"
	mysqlEngine = "aurora-mysql"
	release     = "8.0.mysql_aurora.3.10.0"
)

// fixed is a Timing whose phases take different times, all known.
func fixed() awssim.Timing {
	exactly := func(seconds int) awssim.Range {
		d := time.Duration(seconds) * time.Second
		return awssim.Range{Min: d, Max: d}
	}
	return awssim.Timing{
		Pending: exactly(1), Synchronize: exactly(2), SwitchRoles: exactly(4), Finish: exactly(8), Cancel: exactly(16),
		Fence: exactly(1), Promote: exactly(32), Rejoin: exactly(64), Resync: exactly(128), Detach: exactly(256), ProxyTarget: exactly(3),
		CreateCluster: exactly(10), CreateInstance: exactly(20), Modify: exactly(30), DeleteCluster: exactly(40), DeleteInstance: exactly(50), Snapshot: exactly(60),
	}
}

// world is a cloud with a clock of its own, and a global database in it.
type world struct {
	*testing.T

	cloud *awssim.Cloud
	now   time.Time
}

func newWorld(t *testing.T, change ...func(*awssim.Options)) *world {
	t.Helper()
	w := &world{T: t, now: noon}
	o := awssim.Options{Account: "123456789012", Seed: 7, Clock: func() time.Time { return w.now }, Timing: fixed()}
	for _, c := range change {
		c(&o)
	}
	w.cloud = awssim.New(o)
	w.do(func(s *awssim.State) {
		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "g"})
		deployCluster(s.Region(primary), "pri")
		deployCluster(s.Region(secondary), "secd")
	})
	return w
}

// deployCluster puts a cluster of the global cluster, with an instance and a proxy.
func deployCluster(r *awssim.Region, name string) {
	r.CreateDBCluster(awssim.DBCluster{Identifier: name, GlobalCluster: "g", Engine: mysqlEngine, EngineVersion: release, MasterUsername: "admin"})
	r.CreateDBInstance(awssim.DBInstance{Identifier: name + "-1", Cluster: name})
	r.CreateDBProxy(awssim.DBProxy{Name: name + "-proxy"})
	r.CreateTargetGroup(name+"-proxy", name, awssim.ConnectionPool{})
}

func (w *world) do(f func(*awssim.State)) { w.cloud.Do(f) }

// after lets seconds pass and runs f.
func (w *world) after(seconds float64, f func(*awssim.State)) {
	w.now = w.now.Add(time.Duration(seconds * float64(time.Second)))
	w.do(f)
}

// look is the global cluster in one line: its status, what is in progress, the writer, other members, and who accepts writes.
func look(s *awssim.State) string {
	g, ok := s.GlobalClusters.Get("g")
	if !ok {
		return "none"
	}
	line := []string{g.Status, "-"}
	if g.FailoverState != nil {
		line[1] = g.FailoverState.Status
	}
	for _, m := range g.Members {
		name := m.DBClusterARN[strings.LastIndex(m.DBClusterARN, ":")+1:]
		if m.IsWriter {
			line = append(line, name+":writer")
		} else {
			line = append(line, name+":"+m.SynchronizationStatus)
		}
	}
	line = append(line, "writes:")
	for _, arn := range []string{home, standby} {
		if s.AcceptsWrites(arn) {
			line = append(line, arn[strings.LastIndex(arn, ":")+1:])
		}
	}
	return strings.Join(line, " ")
}

// sees fails unless the global cluster looks like that after that time.
func (w *world) sees(seconds float64, want string) {
	w.Helper()
	w.after(seconds, func(s *awssim.State) { equal(w.T, fmt.Sprint("after ", w.now.Sub(noon)), look(s), want) })
}

// wantCode fails unless err has the code; an empty one means no error.
func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e *awssim.RDSError
	if !errors.As(err, &e) {
		e = &awssim.RDSError{}
	}
	if e.Code != code || (err != nil) != (code != "") {
		t.Errorf("%s: got error %v, want %q", what, err, code)
	}
}

func (w *world) switchover(region, target string) (err error) {
	w.do(func(s *awssim.State) {
		_, err = s.Region(region).RDS().SwitchoverGlobalCluster(awssim.FailoverRequest{GlobalClusterIdentifier: "G", TargetDbClusterIdentifier: target})
	})
	return err
}

func (w *world) failover(region, target string) (err error) {
	w.do(func(s *awssim.State) {
		_, err = s.Region(region).RDS().FailoverGlobalCluster(awssim.FailoverRequest{
			GlobalClusterIdentifier: "g", TargetDbClusterIdentifier: target, AllowDataLoss: true,
		})
	})
	return err
}

func TestSwitchover(t *testing.T) {
	w := newWorld(t)
	wantCode(t, "switchover", w.switchover(primary, standby), "")
	w.sees(0.5, "switching-over pending pri:writer secd:connected writes: pri")
	w.sees(1, "switching-over switching-over pri:writer secd:connected writes:")
	w.sees(2, "switching-over switching-over pri:writer secd:connected writes:")
	w.sees(4, "switching-over switching-over pri:pending-resync secd:writer writes: secd")
	w.sees(8, "available - pri:connected secd:writer writes: secd")
	w.do(func(s *awssim.State) {
		g, _ := s.GlobalClusters.Get("g")
		equal(t, "readers", g.Members[1].Readers, []string{home})
		equal(t, "readers of the former writer", len(g.Members[0].Readers), 0)
	})
	wantCode(t, "back", w.switchover(secondary, home), "")
	w.sees(100, "available - pri:writer secd:connected writes: pri")
}

func TestSwitchoverTakesLongerWithLag(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) { s.SetLag(standby, 10*time.Second) })
	wantCode(t, "switchover", w.switchover(primary, standby), "")
	w.sees(1+2+4+9.5, "switching-over switching-over pri:writer secd:connected writes:")
	w.sees(0.5, "switching-over switching-over pri:pending-resync secd:writer writes: secd")
}

func TestFailoverOfALostRegion(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) { s.Outage(primary, w.now, w.now.Add(time.Hour)) })
	wantCode(t, "failover", w.failover(secondary, standby), "")
	w.sees(0, "failing-over pending pri:writer secd:connected writes: pri")
	w.sees(1, "failing-over failing-over pri:writer secd:connected writes: pri")
	w.sees(32, "failing-over failing-over pri:pending-resync secd:writer writes: pri secd")
	w.sees(8, "available - pri:pending-resync secd:writer writes: pri secd")
	w.do(func(s *awssim.State) {
		equal(t, "what the lost Region sees", s.Region(primary).SeenGlobalClusters()[0].Writer(), home)
		equal(t, "what the other sees", s.Region(secondary).SeenGlobalClusters()[0].Writer(), standby)
	})
	w.sees(3600-41+63, "available - pri:pending-resync secd:writer writes: pri secd")
	w.sees(1, "available - pri:pending-resync secd:writer writes: secd")
	w.do(func(s *awssim.State) {
		shots := s.Region(primary).DBClusterSnapshots.Values()
		equal(t, "snapshot", shots[0].Identifier, "rds:unplanned-global-failover-pri-2026-11-20-13-01")
	})
	w.sees(127, "available - pri:pending-resync secd:writer writes: secd")
	w.sees(1, "available - pri:connected secd:writer writes: secd")
	wantCode(t, "switchover back", w.switchover(secondary, home), "")
	w.sees(60, "available - pri:writer secd:connected writes: pri")
}

func TestAFailoverRebuildsOtherSecondaries(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) { deployCluster(s.Region("eu-west-1"), "third") })
	wantCode(t, "failover", w.failover(secondary, standby), "")
	w.sees(33, "failing-over failing-over pri:pending-resync secd:writer third:pending-resync writes: secd")
	w.do(func(s *awssim.State) { s.Outage("eu-west-1", w.now.Add(time.Second), w.now.Add(300*time.Second)) })
	w.sees(192, "available - pri:connected secd:writer third:pending-resync writes: secd")
	w.sees(108, "available - pri:connected secd:writer third:connected writes: secd")
	w.do(func(s *awssim.State) {
		g, _ := s.GlobalClusters.Get("g")
		equal(t, "readers", g.Members[1].Readers, []string{home, "arn:aws:rds:eu-west-1:123456789012:cluster:third"})
	})
}

func TestFailoverFencesAPrimaryThatItReaches(t *testing.T) {
	w := newWorld(t)
	wantCode(t, "failover", w.failover(secondary, standby), "")
	w.sees(1.5, "failing-over failing-over pri:writer secd:connected writes: pri")
	w.sees(0.5, "failing-over failing-over pri:writer secd:connected writes:")
	w.sees(32, "failing-over failing-over pri:pending-resync secd:writer writes: secd")
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	history := func(seed uint64, noise bool) (lines []string) {
		w := newWorld(t, func(o *awssim.Options) { o.Seed, o.Timing = seed, awssim.DefaultTiming() })
		wantCode(t, "failover", w.failover(secondary, standby), "")
		for range 2000 {
			if noise {
				w.cloud.NewRequestID()
				w.do(func(s *awssim.State) {
					_, _ = s.Region(secondary).RDS().CreateDBClusterSnapshot(fmt.Sprint("s", len(lines)), "secd")
				})
			}
			w.after(1, func(s *awssim.State) { lines = append(lines, look(s)) })
		}
		return lines
	}
	equal(t, "history", history(1, true), history(1, false))
	if slices.Equal(history(1, false), history(2, false)) {
		t.Error("two seeds give the same history")
	}
}
