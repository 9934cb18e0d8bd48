package scenario

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// writes are acknowledged by a Region ten times a second, from a time until another, each in 50 ms.
func writes(region string, from, to float64) []history.Record {
	var all []history.Record
	for i := range int((to-from)*10 + 0.5) {
		s := from + float64(i)/10
		all = append(all, history.Record{Start: at(s), End: at(s + 0.05), Write: true, Task: fmt.Sprintf("%s %.1f", region, s), Region: region})
	}
	return all
}

func of(parts ...[]history.Record) history.History {
	h := history.History{Began: at(0)}
	for _, part := range parts {
		h.Records = append(h.Records, part...)
	}
	return h
}

// moving is a run that has moved the application to Regions, one after the other, each in so many seconds.
func moving(mode failover.Mode, start, took float64, regions ...string) run {
	r := run{started: at(start), status: types.PipelineExecutionStatusSucceeded, report: report.Report{Mode: mode}}
	for i, region := range regions {
		begin := start + took*float64(i)
		r.report.Moves = append(r.report.Moves, report.Move{Region: region, Started: at(begin), Ended: at(begin + took), Outcome: failover.Moved})
	}
	return r
}

// change is a change of the edge that is seen half a second later.
func change(what string, s float64) rehearsal.Change {
	return rehearsal.Change{What: what, At: at(s), Seen: at(s + 0.5)}
}

// recounted says of each move where it went, from what, from when and until when.
func recounted(all []recovery) []string {
	var texts []string
	for _, r := range all {
		texts = append(texts, fmt.Sprintf("%s to %s from the %s %.2f to %.2f: %.2f s, nothing acknowledged after %.2f", r.Mode, r.Region, r.Span.From,
			r.Span.Start.Sub(at(0)).Seconds(), r.Span.End.Sub(at(0)).Seconds(), r.Span.Seconds, r.stopped.Sub(at(0)).Seconds()))
	}
	return texts
}

func TestRecoveries(t *testing.T) {
	failed := moving(failover.Switchover, 10, 10, other)
	failed.status, failed.report.Moves[0].Outcome = types.PipelineExecutionStatusFailed, failover.Fenced
	refused := moving(failover.Switchover, 10, 5, other)
	refused.status, refused.report.Moves[0].Outcome = types.PipelineExecutionStatusFailed, failover.Refused
	lost := []outage{{at: at(10)}}
	for name, test := range map[string]struct {
		runs    []run
		outages []outage
		changes []rehearsal.Change
		history history.History
		want    []string
	}{
		"a planned move begins with the refusal of writes": {
			[]run{moving(failover.Switchover, 10, 10, other)},
			nil,
			[]rehearsal.Change{change(rehearsal.Fence, 13), change(rehearsal.Release, 17)},
			of(writes(home, 0, 13.5), writes(other, 18, 25)),
			[]string{"switchover to us-east-2 from the interruption 13.50 to 18.05: 4.55 s, nothing acknowledged after 13.50"},
		},
		"a fence that no request has met": {
			[]run{moving(failover.Switchover, 10, 10, other)},
			nil,
			[]rehearsal.Change{{What: rehearsal.Fence, At: at(13)}},
			of(writes(home, 0, 13), writes(other, 18, 25)),
			[]string{"switchover to us-east-2 from the interruption 13.00 to 18.05: 5.05 s, nothing acknowledged after 13.00"},
		},
		"a move without a fence begins with the run": {
			[]run{moving(failover.Switchover, 10, 10, other)},
			nil, nil, of(writes(home, 0, 13.5), writes(other, 18, 25)),
			[]string{"switchover to us-east-2 from the run start 10.00 to 18.05: 8.05 s, nothing acknowledged after 10.00"},
		},
		"a lost Region begins the interruption": {
			[]run{moving(failover.Failover, 14, 10, other)},
			lost,
			[]rehearsal.Change{change(rehearsal.Fence, 15), change(rehearsal.Release, 20)},
			of(writes(home, 0, 10), writes(other, 21, 25)),
			[]string{"failover to us-east-2 from the interruption 10.00 to 21.05: 11.05 s, nothing acknowledged after 10.00"},
		},
		"so does a disturbed one, which goes on acknowledging writes": {
			[]run{refused, moving(failover.Failover, 16, 10, other)},
			[]outage{{at: at(10), writes: true}},
			[]rehearsal.Change{change(rehearsal.Fence, 18), change(rehearsal.Release, 20)},
			of(writes(home, 0, 18.5), writes(other, 21, 25)),
			[]string{"failover to us-east-2 from the interruption 10.00 to 21.05: 11.05 s, nothing acknowledged after 18.50"},
		},
		"a drill has two": {
			[]run{moving(failover.Drill, 10, 10, other, home)},
			nil,
			[]rehearsal.Change{change(rehearsal.Fence, 13), change(rehearsal.Release, 15), change(rehearsal.Fence, 22), change(rehearsal.Release, 26)},
			of(writes(home, 0, 13.5), writes(other, 16, 22.5), writes(home, 27, 30)),
			[]string{
				"drill to us-east-2 from the interruption 13.50 to 16.05: 2.55 s, nothing acknowledged after 13.50",
				"drill to us-east-1 from the interruption 22.50 to 27.05: 4.55 s, nothing acknowledged after 22.50",
			},
		},
		"the way home has nothing to do with the loss": {
			[]run{moving(failover.Failover, 14, 10, other), moving(failover.Failback, 100, 10, home)},
			lost,
			[]rehearsal.Change{change(rehearsal.Fence, 15), change(rehearsal.Release, 20), change(rehearsal.Fence, 103), change(rehearsal.Release, 104)},
			of(writes(home, 0, 10), writes(other, 21, 103), writes(home, 105, 110)),
			[]string{
				"failover to us-east-2 from the interruption 10.00 to 21.05: 11.05 s, nothing acknowledged after 10.00",
				"failback to us-east-1 from the interruption 103.50 to 105.05: 1.55 s, nothing acknowledged after 103.50",
			},
		},
		"a run that left the fence is a part of the interruption": {
			[]run{failed, moving(failover.Switchover, 30, 10, other)},
			nil,
			[]rehearsal.Change{change(rehearsal.Fence, 13), change(rehearsal.Release, 34)},
			of(writes(home, 0, 13.5), writes(other, 35, 40)),
			[]string{"switchover to us-east-2 from the interruption 13.50 to 35.05: 21.55 s, nothing acknowledged after 13.50"},
		},
		"nothing was moved":         {[]run{refused}, nil, nil, of(writes(home, 0, 20)), nil},
		"nobody has written since":  {[]run{moving(failover.Switchover, 10, 10, other)}, nil, nil, of(writes(home, 0, 13)), nil},
		"a fence of an earlier run": {[]run{moving(failover.Switchover, 30, 10, other)}, nil, []rehearsal.Change{change(rehearsal.Fence, 13), change(rehearsal.Release, 20)}, of(writes(home, 0, 31), writes(other, 35, 40)), []string{"switchover to us-east-2 from the run start 30.00 to 35.05: 5.05 s, nothing acknowledged after 30.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, recounted(recoveries(test.runs, test.outages, test.changes, test.history, nil))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A write that is lost shows nothing, and the longest of several moves is the recovery time.
func TestRecovered(t *testing.T) {
	h := of(writes(home, 0, 13.5), writes(other, 16, 22.5), writes(home, 27, 30))
	var c report.Clients
	recovered(&c, recoveries(
		[]run{moving(failover.Drill, 10, 10, other, home)}, nil,
		[]rehearsal.Change{change(rehearsal.Fence, 13), change(rehearsal.Release, 15), change(rehearsal.Fence, 22), change(rehearsal.Release, 26)},
		h, writes(other, 16, 20),
	))
	if len(c.Recoveries) != 2 || c.Recoveries[0].Task != "us-east-2 20.0" || c.RTO == nil || *c.RTO != c.Recoveries[0].Span || c.RTO.Seconds < 6.5 || c.RTO.Seconds > 6.6 {
		t.Errorf("got %+v", c)
	}
	if c.FirstWrite == nil || c.FirstWrite.Task != "us-east-1 27.0" || c.FirstWrite.Region != home {
		t.Errorf("first write %+v", c.FirstWrite)
	}
	none := report.Clients{}
	if recovered(&none, nil); none.RTO != nil || none.FirstWrite != nil || none.Recoveries == nil {
		t.Errorf("nothing moved, and yet %+v", none)
	}
}

// Targets are met or missed, and without one nothing is expected.
func TestAimed(t *testing.T) {
	moved := report.Clients{RTO: &report.Span{From: report.FromInterruption, Seconds: 4.5}, Lost: report.Lost{Total: 3, RPOSeconds: 1.25}}
	for name, test := range map[string]struct {
		targets report.Targets
		clients report.Clients
		want    []report.Expectation
	}{
		"none": {report.Targets{}, moved, nil},
		"met": {report.Targets{RTOSeconds: new(4.5), RPOSeconds: new(1.25)}, moved, []report.Expectation{
			{Must: "RTO is at most 4.5s", Measured: "4.5s from the interruption", Held: true}, {Must: "RPO is at most 1.25s", Measured: "the oldest of 3 lost writes is 1.25s old", Held: true},
		}},
		"missed": {report.Targets{RTOSeconds: new(4.0), RPOSeconds: new(0.0)}, moved, []report.Expectation{
			{Must: "RTO is at most 4s", Measured: "4.5s from the interruption"}, {Must: "RPO is at most 0s", Measured: "the oldest of 3 lost writes is 1.25s old"},
		}},
		"nothing moved": {report.Targets{RTOSeconds: new(4.0)}, report.Clients{}, []report.Expectation{{Must: "RTO is at most 4s", Measured: "nothing was moved"}}},
	} {
		if diff := cmp.Diff(test.want, aimed(test.targets, test.clients)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Ages are those at the interruption that the writes were lost in: the oldest is how far back the loss reaches.
func TestLostWrites(t *testing.T) {
	all := []recovery{{stopped: at(10)}, {stopped: at(103)}}
	all[0].Span.End, all[1].Span.End = at(21), at(105)
	lost := append(writes(home, 9, 9.5), writes(other, 101.5, 101.8)...)
	got := lostWrites(lost, all, at(0))
	var ages []string
	for _, w := range got.Writes {
		ages = append(ages, fmt.Sprintf("%.2f", w.AgeSeconds))
	}
	if diff := cmp.Diff([]string{"0.95", "0.85", "0.75", "0.65", "0.55", "1.45", "1.35", "1.25"}, ages); diff != "" {
		t.Errorf("ages (-want +got):\n%s", diff)
	}
	if fmt.Sprintf("%d %.2f %.2f", got.Total, got.RPOSeconds, got.NewestSeconds) != "8 1.45 1.25" || got.Writes[5].Region != other {
		t.Errorf("got %+v", got)
	}
	if got := lostWrites(writes(home, 9, 9.5), nil, at(12)); fmt.Sprintf("%.2f %.2f", got.RPOSeconds, got.NewestSeconds) != "2.95 2.55" {
		t.Errorf("without a move: %+v", got)
	}
	if got := lostWrites(writes(home, 0, 100), nil, at(12)); got.Total < 1000 || len(got.Writes) != report.NamedMax {
		t.Errorf("%d of %d are named", len(got.Writes), got.Total)
	}
	if got := lostWrites(nil, nil, at(12)); got.Total != 0 || got.RPOSeconds != 0 || got.Writes == nil {
		t.Errorf("nothing is lost, and yet %+v", got)
	}
}

func TestPropagations(t *testing.T) {
	got := propagations([]rehearsal.Change{
		change(rehearsal.Fence, 1), {What: rehearsal.Route, Region: other, At: at(2)}, {What: rehearsal.Route, Region: home, At: at(3), Seen: at(5)},
	})
	want := []report.Propagation{{Change: "fence", At: at(1), Seconds: 0.5}, {Change: "active Region us-east-1", At: at(3), Seconds: 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPromotions(t *testing.T) {
	got := promotions([]rehearsal.Promotion{{Region: other, At: at(3), Lag: 1500 * time.Millisecond}, {Region: home, At: at(9)}})
	want := []report.Promotion{{Region: other, At: at(3), LagSeconds: 1.5}, {Region: home, At: at(9)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if promotions(nil) == nil {
		t.Error("none are no list")
	}
}

func TestCalls(t *testing.T) {
	got := calls([]rehearsal.Call{
		{Service: "rds", Operation: "DescribeGlobalClusters", Region: other, Calls: 3},
		{Service: "rds", Operation: "FailoverGlobalCluster", Region: other, Calls: 1},
		{Service: "rds", Operation: "DescribeGlobalClusters", Region: home, Calls: 5, WhileLost: 2},
		{Service: "rds", Operation: "DescribeGlobalClusters", Region: home, ByOperator: true, Calls: 7},
	})
	want := []report.Calls{
		{Service: "rds", Region: other, By: report.ByAutomation, Total: 4},
		{Service: "rds", Region: home, By: report.ByAutomation, Total: 5, WhileLost: 2},
		{Service: "rds", Region: home, By: report.ByOperator, Total: 7},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
