package scenario

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

const home, other = "us-east-1", "us-east-2"

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// at is so many seconds after the clients began.
func at(seconds float64) time.Time {
	return began.Add(time.Duration(seconds * float64(time.Second)))
}

// told is a play of which a test tells what happened: a Region is lost in the fifth second, the standby, which lacks the last two
// seconds before, is promoted in the eighth, and clients write one item and read it back ten times a second, in the one Region and then
// in the other.
type told struct {
	*play
	h     history.History
	items []client.Item
}

func tell(mode failover.Mode) *told {
	p := &play{interruption: at(5), sampler: &sampler{began: began}, scenario: Scenario{Name: "told"}}
	r := run{mode: mode, target: topology.Secondary, started: at(6), ended: at(10), status: types.PipelineExecutionStatusSucceeded}
	r.report = moved(mode, 9)
	p.runs = []run{r}
	p.sampler.partings = []parting{{at: at(8), received: at(3)}}
	t := &told{play: p, h: history.History{Began: began}}
	for i := range 150 {
		s := float64(i) / 10
		switch {
		case s < 5:
			t.write(s, home)
		case s >= 10:
			t.write(s, other)
		default:
			t.h.Records = append(t.h.Records, history.Record{Start: at(s), End: at(s + 0.01), Write: true, Task: fmt.Sprint(i), Kind: "status 503"})
			t.h.Records = append(t.h.Records, history.Record{Start: at(s), End: at(s + 0.01), ID: 1, Task: "0", Region: other})
		}
	}
	if !mode.Planned() {
		t.lose(3, 5)
	}
	return t
}

// moved is the report of a run that has moved, and reports a bound for its loss, in seconds before the seventh.
func moved(mode failover.Mode, bound float64) report.Report {
	return report.Report{Mode: mode, Moves: []report.Move{{
		Outcome: failover.Moved, Verification: failover.Verified, Loss: &report.Loss{BoundSeconds: &bound},
		Steps: []report.Step{{Name: failover.StepPromote, Start: at(7)}},
	}}}
}

// write is an acknowledged write, which is there, and read back.
func (t *told) write(s float64, region string) {
	id := uint64(len(t.h.Records) + 1)
	w := history.Record{Start: at(s), End: at(s + 0.01), Write: true, ID: id, Task: fmt.Sprintf("at %.1f", s), Region: region}
	read := w
	read.Write, read.Start, read.End = false, at(s+0.02), at(s+0.03)
	t.h.Records = append(t.h.Records, w, read)
	t.items = append(t.items, client.Item{ID: id, Task: w.Task, Status: "wip"})
}

// lose loses what was written between two times.
func (t *told) lose(from, to float64) {
	t.items = slices.DeleteFunc(t.items, func(i client.Item) bool {
		return slices.ContainsFunc(t.h.Records, func(r history.Record) bool {
			return r.Write && r.Task == i.Task && !r.Start.Before(at(from)) && r.Start.Before(at(to))
		})
	})
}

// refuted are what does not hold of what was told.
func (t *told) refuted() []string {
	t.judge(t.h, t.h.Audit(t.items))
	return refuted(t.expectations)
}

func refuted(expectations []report.Expectation) []string {
	failed := []string{}
	for _, e := range expectations {
		if !e.Held {
			failed = append(failed, e.Must)
		}
	}
	return failed
}

const (
	twice    = "no write is there twice"
	changed  = "no write has changed"
	reads    = "reads never fail for longer than 6s"
	wrong    = "no read is answered with what nobody wrote"
	lossless = "no acknowledged write is lost"
	within   = "only writes are lost that the standby had not received"
	inOrder  = "no write is kept that came after a lost one"
	bounded  = "the reported bound covers what is lost"
	missed   = "what the standby lacked is missed"
)

// Each promise is refuted by what breaks it, and by nothing else.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name    string
		mode    failover.Mode
		happens func(*told)
		want    []string
	}{
		{"planned, nothing happens", failover.Switchover, func(*told) {}, []string{}},
		{"planned, there and back", failover.Drill, func(*told) {}, []string{}},
		{"a write is there twice", failover.Switchover, func(p *told) { p.items = append(p.items, client.Item{ID: 999, Task: p.items[7].Task}) }, []string{twice}},
		{"a write without an answer is there twice", failover.Switchover, func(p *told) {
			p.items = append(p.items, client.Item{ID: 998, Task: "60"}, client.Item{ID: 999, Task: "60"})
		}, []string{twice}},
		{"a write without an answer is there", failover.Switchover, func(p *told) { p.items = append(p.items, client.Item{ID: 999, Task: "60"}) }, []string{}},
		{"a write has another number", failover.Switchover, func(p *told) { p.items[3].ID = 999 }, []string{changed}},
		{"a write is lost in a planned move", failover.Switchover, func(p *told) { p.lose(4.85, 4.95) }, []string{lossless}},
		{"a write is lost that a report bounds in a planned move", failover.Failback, func(p *told) {
			p.runs[0].report = moved(failover.Failback, 60)
			p.lose(4.85, 4.95)
		}, []string{lossless}},
		{"a write is lost after a planned move", failover.Switchover, func(p *told) { p.lose(14.85, 14.95) }, []string{lossless}},
		{"a read has something else in it", failover.Switchover, func(p *told) { p.h.Records[1].Kind = history.Wrong }, []string{wrong}},
		{"a read comes too early for the standby", failover.Switchover, func(p *told) { p.h.Records[1].Kind = history.Missing }, []string{}},
		{"reads fail for seven seconds", failover.Switchover, func(p *told) { p.failReads(2, 9) }, []string{reads}},
		{"reads fail to the end", failover.Switchover, func(p *told) { p.failReads(8, 99) }, []string{reads}},
		{"reads fail for five seconds", failover.Switchover, func(p *told) { p.failReads(2, 7) }, []string{}},
		{"no read is answered", failover.Switchover, func(p *told) { p.failReads(0, 99) }, []string{reads}},
		{"reads do not matter", failover.Switchover, func(p *told) { p.readsMatter = false; p.failReads(0, 99) }, []string{}},

		{"unplanned, what the standby lacks is lost", failover.Failover, func(*told) {}, []string{}},
		{"detached, what the standby lacks is lost", failover.Detach, func(*told) {}, []string{}},
		{"unplanned, nothing is lost", failover.Failover, func(p *told) { p.keep() }, []string{missed}},
		{"unplanned, nothing need be lost", failover.Failover, func(p *told) { p.keep(); p.lossMatters = false }, []string{}},
		{"an old write is lost", failover.Failover, func(p *told) { p.lose(0.05, 0.15) }, []string{within, inOrder}},
		{"everything is lost", failover.Failover, func(p *told) { p.runs[0].report = moved(failover.Failover, 7); p.lose(0, 5) }, []string{within}},
		{"a write is lost after the move", failover.Failover, func(p *told) { p.lose(14.85, 14.95) }, []string{within}},
		{"a write is kept among lost ones", failover.Failover, func(p *told) { p.keep(); p.lose(3, 4.5) }, []string{inOrder}},
		{"the report promises more", failover.Failover, func(p *told) { p.runs[0].report = moved(failover.Failover, 3) }, []string{bounded}},
		{"the report has no bound", failover.Failover, func(p *told) { p.runs[0].report.Moves[0].Loss = nil }, []string{bounded}},
		{"the report has a bound of nothing known", failover.Failover, func(p *told) { p.runs[0].report.Moves[0].Loss.BoundSeconds = nil }, []string{bounded}},
		{"the report has no promotion", failover.Failover, func(p *told) { p.runs[0].report.Moves[0].Steps = nil }, []string{bounded}},
		{"the report has no move", failover.Failover, func(p *told) { p.runs[0].report.Moves = nil }, []string{bounded}},
		{"no report, and nothing is lost", failover.Failover, func(p *told) { p.keep(); p.runs[0].report.Moves = nil; p.lossMatters = false }, []string{}},
		{"no standby was seen to take over", failover.Failover, func(p *told) { p.sampler.partings = nil }, []string{within}},
		{"a standby took over before the run only", failover.Failover, func(p *told) { p.sampler.partings[0].at = at(5.5) }, []string{within}},
		{"a run that failed loses something", failover.Failover, func(p *told) { p.runs[0].status = types.PipelineExecutionStatusFailed }, []string{within}},
		{"home again, with a loss on the way", failover.Failover, func(p *told) {
			p.runs = append(p.runs, run{mode: failover.Failback, started: at(11), status: types.PipelineExecutionStatusSucceeded, report: moved(failover.Failback, 0)})
			p.sampler.partings = append(p.sampler.partings, parting{at: at(13), received: at(11)})
			p.lose(12, 13)
		}, []string{within}},
		{"refused first", failover.Failover, func(p *told) {
			p.runs = append([]run{{mode: failover.Failover, started: at(1), status: types.PipelineExecutionStatusFailed}}, p.runs...)
		}, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tell(tt.mode)
			p.readsMatter, p.lossMatters = tt.mode.Planned(), !tt.mode.Planned()
			tt.happens(p)
			if diff := cmp.Diff(tt.want, p.refuted()); diff != "" {
				t.Errorf("want(-), got(+):\n%s\n%+v", diff, p.expectations)
			}
		})
	}
}

// failReads has all reads fail between two times.
func (t *told) failReads(from, to float64) {
	for i, r := range t.h.Records {
		if !r.Write && !r.Start.Before(at(from)) && r.Start.Before(at(to)) {
			t.h.Records[i].Kind = "timeout"
		}
	}
}

// keep brings back what is lost.
func (t *told) keep() {
	t.items = nil
	for _, r := range t.h.Records {
		if r.Write && r.OK() {
			t.items = append(t.items, client.Item{ID: r.ID, Task: r.Task})
		}
	}
}

func TestVerdict(t *testing.T) {
	p := &play{}
	if !p.expect("a", true, "") || !p.verdict().Held {
		t.Error("what holds does not")
	}
	p.expect("b", false, "")
	if p.expect("c", true, ""); p.verdict().Held {
		t.Error("holds, though b does not")
	}
}
