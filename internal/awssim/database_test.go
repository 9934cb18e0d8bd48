package awssim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestFates(t *testing.T) {
	const writing = "available - pri:writer secd:connected writes: pri"
	for _, test := range []struct {
		name string
		fate awssim.Fate
		at   float64 // seconds after the beginning
		want string
	}{
		{"fails while pending", awssim.Fate{Outcome: awssim.Fail}, 2, "switching-over cancelling pri:writer secd:connected writes: pri"},
		{"has failed while pending", awssim.Fate{Outcome: awssim.Fail}, 1 + 16, writing},
		{"fails while synchronizing", awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Synchronizing}, 4, "switching-over cancelling pri:writer secd:connected writes:"},
		{"has failed while synchronizing", awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Synchronizing}, 3 + 16, writing},
		{"has failed while switching", awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Switching}, 7 + 16, writing},
		{"cannot fail any more", awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Finishing}, 15, "available - pri:connected secd:writer writes: secd"},
		{"hangs while pending", awssim.Fate{Outcome: awssim.Hang}, 9999, "switching-over pending pri:writer secd:connected writes: pri"},
		{"hangs while synchronizing", awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Synchronizing}, 9999, "switching-over switching-over pri:writer secd:connected writes:"},
		{"hangs while finishing", awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Finishing}, 9999, "switching-over switching-over pri:pending-resync secd:writer writes: secd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(o *awssim.Options) {
				o.Fate = func(m awssim.Move) awssim.Fate {
					equal(t, "move", m, awssim.Move{GlobalCluster: "g", From: home, To: standby, N: 1})
					return test.fate
				}
			})
			wantCode(t, "switchover", w.switchover(primary, standby), "")
			w.sees(test.at, test.want)
			w.do(func(s *awssim.State) {
				for _, region := range []string{primary, secondary} {
					for _, c := range s.Region(region).DBClusters.Values() {
						if g, _ := s.GlobalClusters.Get("g"); g.FailoverState == nil {
							equal(t, "status of "+c.Identifier, c.Status, "available")
						}
					}
				}
			})
		})
	}
}

func TestAnOperatorEndsWhatHangs(t *testing.T) {
	for outcome, want := range map[awssim.Outcome]string{
		awssim.Complete: "available - pri:connected secd:writer writes: secd",
		awssim.Fail:     "available - pri:writer secd:connected writes: pri",
	} {
		w := newWorld(t)
		w.do(func(s *awssim.State) { s.SetFate("g", awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Synchronizing}) })
		wantCode(t, "switchover", w.switchover(primary, standby), "")
		w.sees(9999, "switching-over switching-over pri:writer secd:connected writes:")
		w.do(func(s *awssim.State) { s.SetFate("g", awssim.Fate{Outcome: outcome}) })
		w.sees(60, want)
	}
}

func TestASwitchoverIsCancelledWithoutBothRegions(t *testing.T) {
	for _, region := range []string{primary, secondary} {
		w := newWorld(t)
		wantCode(t, "switchover", w.switchover(primary, standby), "")
		w.do(func(s *awssim.State) { s.Outage(region, w.now.Add(2*time.Second), time.Time{}) })
		w.sees(4, "switching-over cancelling pri:writer secd:connected writes:")
		w.sees(16, "available - pri:writer secd:connected writes: pri")
	}
}

func TestOutagesMayOverlap(t *testing.T) {
	w := newWorld(t)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	w.do(func(s *awssim.State) {
		s.Outage(primary, at(1), at(5))
		s.Outage(primary, at(3), at(7))
		s.Outage(primary, at(7), at(8))
	})
	line := ""
	for range 10 {
		w.do(func(s *awssim.State) { line += map[bool]string{true: "+", false: "-"}[s.Reachable(primary)] })
		w.after(1, nothing)
	}
	equal(t, "reachable by the second", line, "+-------++")
}

func TestNextChange(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		_, ok := s.NextChange()
		equal(t, "idle", ok, false)
		s.Outage(primary, noon.Add(time.Hour), time.Time{})
		s.Outage(secondary, noon.Add(time.Minute), time.Time{})
		next, ok := s.NextChange()
		equal(t, "planned", ok, true)
		equal(t, "next", next, noon.Add(time.Minute))
	})
}

func TestDetach(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) {
		s.SetLag(standby, 5*time.Second)
		s.SetFate("g", awssim.Fate{Outcome: awssim.Hang})
	})
	wantCode(t, "switchover that hangs", w.switchover(primary, standby), "")
	w.after(10, nothing)
	wantCode(t, "detach", w.remove(secondary, standby), "")
	w.sees(255, "available - pri:writer secd:connected writes: pri")
	w.sees(1, "available - pri:writer writes: pri secd")
	w.do(func(s *awssim.State) {
		equal(t, "promotions", s.Promotions(), []awssim.Promotion{
			{ARN: standby, From: home, At: noon.Add(266 * time.Second), Until: noon.Add(5 * time.Second)},
		})
	})
}

func TestLag(t *testing.T) {
	w := newWorld(t)
	lag := func(seconds, want float64) {
		t.Helper()
		w.after(seconds, func(s *awssim.State) {
			got, _ := s.Lag(standby)
			equal(t, fmt.Sprint("lag after ", w.now.Sub(noon)), got.Seconds(), want)
		})
	}
	lag(0, 0)
	w.do(func(s *awssim.State) { s.SetLag(standby, time.Second) })
	lag(0, 1)
	w.do(func(s *awssim.State) { s.SetLag(standby, 2*time.Second) })
	lag(0, 1) // it cannot fall behind faster than time passes
	lag(0.5, 1.5)
	lag(10, 2)
	w.do(func(s *awssim.State) { s.Outage(primary, w.now.Add(time.Second), w.now.Add(61*time.Second)) })
	lag(31, 32)
	lag(30, 2)
	w.do(func(s *awssim.State) {
		_, ok := s.Lag(home)
		equal(t, "of the writer", ok, false)
		equal(t, "the writer's", s.ReplicatedUntil(home), w.now)
		equal(t, "the secondary's", s.ReplicatedUntil(standby), w.now.Add(-2*time.Second))
	})
}

func TestWhatAFailoverLoses(t *testing.T) {
	w := newWorld(t)
	w.do(func(s *awssim.State) { s.SetLag(standby, 2*time.Second) })
	w.after(100, func(s *awssim.State) { s.Outage(primary, w.now, time.Time{}) })
	w.after(100, nothing)
	wantCode(t, "failover", w.failover(secondary, standby), "")
	w.after(100, func(s *awssim.State) {
		equal(t, "promotions", s.Promotions(), []awssim.Promotion{
			{ARN: standby, From: home, At: noon.Add(233 * time.Second), Until: noon.Add(98 * time.Second)},
		})
	})
}

func TestLagMetrics(t *testing.T) {
	w := newWorld(t)
	count := func(region, cluster string) (points int) {
		w.do(func(s *awssim.State) {
			for _, name := range awssim.LagMetrics {
				points += len(s.Region(region).Metric(awssim.LagMetric(name, cluster)).Data)
			}
		})
		return points
	}
	w.do(func(s *awssim.State) { s.SetLag(standby, 1500*time.Millisecond) })
	w.after(180, nothing)
	equal(t, "the secondary's", count(secondary, "secd"), 3*4)
	w.do(func(s *awssim.State) {
		data := s.Region(secondary).Metric(awssim.LagMetric(awssim.LagMetrics[0], "secd")).Data
		equal(t, "last", data[3], awssim.Datum{Time: noon.Add(180 * time.Second), Unit: "Milliseconds", Values: []awssim.Sample{{Value: 1500, Count: 1}}})
		s.Outage(secondary, w.now, w.now.Add(595*time.Second))
	})
	w.after(590, nothing)
	equal(t, "none while its Region is cut off", count(secondary, "secd"), 3*4)
	w.after(6, nothing)
	wantCode(t, "switchover", w.switchover(primary, standby), "")
	w.after(300, nothing)
	equal(t, "one while it is pending, none after promotion", count(secondary, "secd"), 3*5)
	equal(t, "the former primary's", count(primary, "pri") >= 3*4, true)
}

func TestEverySecondaryLags(t *testing.T) {
	w := newWorld(t, func(o *awssim.Options) { o.Lag = 300 * time.Millisecond })
	w.do(func(s *awssim.State) {
		lag, _ := s.Lag(standby)
		equal(t, "deployed", lag, 300*time.Millisecond)
		_, err := s.Region("eu-west-1").RDS().CreateDBCluster(awssim.DBCluster{Identifier: "third", GlobalCluster: "g", Engine: mysqlEngine})
		wantCode(t, "create", err, "")
	})
	w.after(60, func(s *awssim.State) {
		equal(t, "of the deployed one", len(s.Region(secondary).Metric(awssim.LagMetric(awssim.LagMetrics[1], "secd")).Data), 2)
		equal(t, "of the created one, once it is connected", len(s.Region("eu-west-1").Metric(awssim.LagMetric(awssim.LagMetrics[1], "third")).Data), 1)
	})
}

// TestLagWhileThePrimaryIsLost finds both of what may be reported, by the seed.
func TestLagWhileThePrimaryIsLost(t *testing.T) {
	grows := map[bool]int{}
	for seed := range uint64(20) {
		w := newWorld(t, func(o *awssim.Options) { o.Seed = seed })
		w.do(func(s *awssim.State) { s.SetLag(standby, time.Second); s.Outage(primary, w.now, time.Time{}) })
		w.after(600, func(s *awssim.State) {
			data := s.Region(secondary).Metric(awssim.LagMetric("AuroraGlobalDBRPOLag", "secd")).Data
			grows[len(data) > 1]++
		})
	}
	if grows[true] == 0 || grows[false] == 0 {
		t.Errorf("lag grows or stops: %v, want both", grows)
	}
}

func TestTargetHealth(t *testing.T) {
	w := newWorld(t)
	health := func(seconds float64, region, proxy string) (line string) {
		w.after(seconds, func(s *awssim.State) {
			p, _ := s.Region(region).DBProxies.Get(proxy)
			target := s.Region(region).Targets(p.TargetGroups[0])[1]
			line = fmt.Sprintf("%s %s %s", target.Role, target.Health.State, target.Health.Reason)
		})
		return line
	}
	equal(t, "idle", health(0, secondary, "secd-proxy"), "READ_ONLY AVAILABLE ")
	wantCode(t, "failover", w.failover(secondary, standby), "")
	equal(t, "while it is promoted", health(2, secondary, "secd-proxy"), "READ_ONLY UNAVAILABLE CONNECTION_FAILED")
	equal(t, "once it is promoted", health(32, secondary, "secd-proxy"), "READ_WRITE UNAVAILABLE PENDING_PROXY_CAPACITY")
	equal(t, "the former primary", health(0, primary, "pri-proxy"), "READ_ONLY UNAVAILABLE INVALID_REPLICATION_STATE")
	equal(t, "when the proxy is ready", health(3, secondary, "secd-proxy"), "READ_WRITE AVAILABLE ")
	equal(t, "when it is connected again", health(300, primary, "pri-proxy"), "READ_ONLY AVAILABLE ")
	w.do(func(s *awssim.State) { s.Outage(primary, w.now, time.Time{}) })
	equal(t, "when the Region is lost", health(1, primary, "pri-proxy"), "READ_ONLY UNAVAILABLE UNREACHABLE")
}

func TestRevision(t *testing.T) {
	w := newWorld(t)
	revision := func(seconds float64) (r uint64) {
		w.after(seconds, func(s *awssim.State) { r = s.Revision() })
		return r
	}
	before := revision(10)
	equal(t, "nothing changes", revision(1000), before)
	wantCode(t, "switchover", w.switchover(primary, standby), "")
	equal(t, "pending", revision(0.5), before)
	blocked := revision(1)
	equal(t, "changes with the write block", blocked > before, true)
	equal(t, "changes with the roles", revision(6) > blocked, true)
}
