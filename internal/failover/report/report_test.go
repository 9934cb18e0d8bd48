package report_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

var document = topology.Document{
	Application: "Shop",
	Regions:     map[topology.Role]topology.Site{topology.Primary: {Region: "us-east-1"}, topology.Secondary: {Region: "us-east-2"}},
}

// at is a time of the run, in seconds since its start.
func at(s float64) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
}

func request(s float64, mode failover.Mode, target topology.Role) failover.Entry {
	return failover.Entry{At: at(s), Request: &failover.Request{
		Run: "r1", Mode: mode, Target: target, Reason: "drill of March", StartedBy: "pipeline", MaxDataLoss: time.Minute,
		Overrides: []failover.Code{failover.LagUnknown},
	}}
}

func step(name failover.Step, start, end float64) failover.Entry {
	return failover.Entry{At: at(end), Step: &failover.StepTaken{Name: name, Start: at(start), End: at(end), Waited: time.Second}}
}

func outcome(s float64, r failover.Result) failover.Entry {
	return failover.Entry{At: at(s), Outcome: &r}
}

func assessment(s float64, lag time.Duration) failover.Entry {
	return failover.Entry{At: at(s), Assessment: &failover.Assessment{
		Observation: failover.Observation{At: at(s), Regions: map[topology.Role]*failover.RegionSeen{
			topology.Secondary: {Lag: &failover.LagSeen{Lag: lag, Metric: "AuroraGlobalDBRPOLag", At: at(s - 10)}},
		}},
		Decision: failover.Decision{Go: true},
	}}
}

// moved are the entries of a move that takes a minute, with an interruption in between.
func moved(mode failover.Mode, target topology.Role, start float64) []failover.Entry {
	return []failover.Entry{
		request(start, mode, target),
		assessment(start+1, 2*time.Second),
		request(start+10, mode, target),
		step(failover.StepFence, start+11, start+15),
		step(failover.StepPromote, start+20, start+22),
		outcome(start+30, failover.Result{Outcome: failover.Interrupted}),
		request(start+31, mode, target),
		step(failover.StepWriter, start+32, start+50),
		outcome(start+60, failover.Result{Outcome: failover.Moved, FirstWrite: new(at(start + 55)), Remaining: []string{"go home"}}),
		step(failover.StepVerify, start+61, start+62),
		outcome(start+62, failover.Result{Outcome: failover.Verified, FirstWrite: new(at(start + 62))}), // which does nothing of what remains
	}
}

func TestFailover(t *testing.T) {
	entries := moved(failover.Failover, topology.Secondary, 0)
	slices.Reverse(entries) // the journal's order is no matter
	r := report.Build(document, "r1", entries)
	if len(r.Moves) != 1 || !r.Succeeded() || len(r.Moves[0].Steps) != 4 || r.Ended != at(62) || r.Started != at(0) {
		t.Fatalf("got %s", r.JSON())
	}
	m := r.Moves[0]
	wantSpan := &report.Span{From: report.FromStart, Start: at(0), End: at(55), Seconds: 55}
	if diff := cmp.Diff(wantSpan, m.Recovery); diff != "" {
		t.Errorf("recovery (-want +got):\n%s", diff)
	}
	// The lag of 2 s was measured at second -9; the promotion began at second 20.
	if m.Loss == nil || m.Loss.BoundSeconds == nil || *m.Loss.BoundSeconds != 31 {
		t.Errorf("loss: got %s", r.JSON())
	}
	if m.Outcome != failover.Moved || m.Verification != failover.Verified || m.Before == nil || !m.Decision.Go || m.Region != "us-east-2" {
		t.Errorf("got %s", r.JSON())
	}
	if diff := cmp.Diff([]string{"go home"}, r.Remaining); diff != "" {
		t.Error(diff)
	}
}

func TestPlannedMove(t *testing.T) {
	r := report.Build(document, "r1", moved(failover.Switchover, topology.Secondary, 0))
	m := r.Moves[0]
	if m.Recovery == nil || m.Recovery.From != report.FromInterruption || m.Recovery.Seconds != 44 {
		t.Errorf("recovery: got %+v, want 44 s from the interruption", m.Recovery)
	}
	if m.Loss == nil || m.Loss.BoundSeconds == nil || *m.Loss.BoundSeconds != 0 {
		t.Errorf("loss: got %+v, want none", m.Loss)
	}
}

// TestDrill has two moves; the first alone is not a drill that succeeded.
func TestDrill(t *testing.T) {
	there := moved(failover.Drill, topology.Secondary, 0)
	if r := report.Build(document, "r1", there); r.Succeeded() || len(r.Moves) != 1 {
		t.Errorf("got %s, want half a drill", r.JSON())
	}
	r := report.Build(document, "r1", append(there, moved(failover.Drill, topology.Primary, 100)...))
	if len(r.Moves) != 2 || !r.Succeeded() || r.Moves[1].Target != topology.Primary || len(r.Moves[1].Steps) != 4 {
		t.Errorf("got %s", r.JSON())
	}
}

// TestWithoutAMove are runs that moved nothing.
func TestWithoutAMove(t *testing.T) {
	begun := []failover.Entry{request(0, failover.Failover, topology.Secondary)}
	with := func(entries ...failover.Entry) []failover.Entry { return append(slices.Clone(begun), entries...) }
	tests := map[string]struct {
		entries []failover.Entry
		want    string
	}{
		"nothing":        {nil, "Nothing was recorded: the run ended before it could assess anything."},
		"rejected":       {with(assessment(1, time.Second)), "Nothing was moved."},
		"refused":        {with(outcome(2, failover.Result{Outcome: failover.Refused, Detail: "no"})), "Moving to us-east-2 ended as refused (no)."},
		"there already":  {with(outcome(2, failover.Result{Outcome: failover.AlreadyThere, FirstWrite: new(at(1))})), "us-east-2 was active before."},
		"put back":       {with(step(failover.StepPromote, 1, 2), outcome(3, failover.Result{Outcome: failover.PutBackDone})), "Moving to us-east-2 ended as put-back."},
		"without a head": {[]failover.Entry{outcome(2, failover.Result{Outcome: failover.Fenced})}, "Moving to  ended as fenced."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := report.Build(document, "r1", test.entries)
			if r.Summary() != test.want || r.Succeeded() {
				t.Errorf("got %q, want %q", r.Summary(), test.want)
			}
			for _, m := range r.Moves {
				if m.Recovery != nil || m.Loss != nil {
					t.Errorf("measured %+v and %+v of a move that was none", m.Recovery, m.Loss)
				}
			}
		})
	}
}

// TestUnknownLag does not invent a bound.
func TestUnknownLag(t *testing.T) {
	r := report.Build(document, "r1", []failover.Entry{
		request(0, failover.Failover, topology.Secondary),
		step(failover.StepPromote, 1, 2),
		outcome(3, failover.Result{Outcome: failover.Moved, Lag: &failover.LagSeen{Error: "no figure"}}),
	})
	if l := r.Moves[0].Loss; l == nil || l.BoundSeconds != nil || !strings.Contains(r.Markdown(), "lost writes: unknown") {
		t.Errorf("got %s", r.JSON())
	}
}

// TestDurations are as people read them; what is short is not told as nothing.
func TestDurations(t *testing.T) {
	for took, want := range map[time.Duration]string{
		0: "| 0 s |", time.Microsecond: "| under 1 ms |", 499 * time.Microsecond: "| under 1 ms |", time.Millisecond: "| 1 ms |",
		1500 * time.Millisecond: "| 1.5 s |", 3 * time.Minute: "| 3 min 0 s |",
	} {
		s := failover.StepTaken{Name: failover.StepDrop, Start: at(0), End: at(0).Add(took)}
		if text := report.Build(document, "r1", []failover.Entry{{At: at(1), Step: &s}}).Markdown(); strings.Count(text, want) < 2 {
			t.Errorf("%s: lacks %q:\n%s", took, want, text)
		}
	}
}

// TestMarkdown keeps what others wrote inside its cell.
func TestMarkdown(t *testing.T) {
	entries := moved(failover.Failover, topology.Secondary, 0)
	for _, e := range entries {
		if e.Request != nil {
			e.Request.Reason = "down\n## All is well <script>"
		}
	}
	entries = append(entries, failover.Entry{At: at(63), Step: &failover.StepTaken{Name: failover.StepDrop, Start: at(62), End: at(63), Error: "a | b\nc"}})
	text := report.Build(document, "r1", entries).Markdown()
	for _, want := range []string{
		"- reason: down ## All is well &lt;script>\n", "- overrides: [LagUnknown]\n", "- maximum data loss: 60 s\n",
		`| drop | 2026-03-01 12:01:02 UTC | 1.0 s | 0 s | 1.0 s | failed | a \| b c |`, "1. go home\n",
		"us-east-2 is active, 55.0 s after the run start, verified.", "- lost writes: at most 31.0 s; the lag by AuroraGlobalDBRPOLag",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

// TestSchema holds the members of the JSON form, which others read.
func TestSchema(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal(report.Build(document, "r1", moved(failover.Drill, topology.Secondary, 0)).JSON(), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"application", "ended", "maxDataLossSeconds", "mode", "moves", "overrides", "reason", "remaining", "run", "started", "startedBy", "version",
	}
	if diff := cmp.Diff(want, keys(got)); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	move := got["moves"].([]any)[0].(map[string]any)
	want = []string{
		"before", "decision", "ended", "lag", "loss", "outcome", "ownSeconds", "recovery", "region", "started", "steps", "target", "verification", "waitedSeconds",
	}
	if diff := cmp.Diff(want, keys(move)); diff != "" {
		t.Errorf("move (-want +got):\n%s", diff)
	}
	want = []string{"end", "name", "outcome", "ownSeconds", "seconds", "start", "waitedSeconds"}
	if diff := cmp.Diff(want, keys(move["steps"].([]any)[0].(map[string]any))); diff != "" {
		t.Errorf("step (-want +got):\n%s", diff)
	}
	if got["version"] != 1.0 {
		t.Errorf("version: got %v", got["version"])
	}
}

func keys(m map[string]any) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
