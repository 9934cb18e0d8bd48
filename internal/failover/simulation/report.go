package simulation

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// Report is what became of a scenario.
type Report struct {
	// Scenario is the scenario.
	Scenario Scenario

	// Violations are the invariants that did not hold, each with what was seen first.
	Violations []Violation

	// Restarts is how often an engine was killed, and Calls how often one was called.
	Restarts, Calls int

	// Outcomes are the last ones of the operators, in their order; empty for an operator that has given up for good.
	Outcomes []failover.Outcome

	// Faults are how many calls had which fault.
	Faults map[string]int

	// Writes and Reads are the clients', by result.
	Writes, Reads map[string]int

	// Lasted is the virtual time.
	Lasted time.Duration

	begin  time.Time
	mu     sync.Mutex
	traced bool
	lines  []line
}

// Violation is an invariant that did not hold.
type Violation struct {
	// Invariant is what should have held.
	Invariant string

	// Seen is what was seen instead.
	Seen string

	// At is when, since the beginning.
	At time.Duration
}

// line is a line of a trace.
type line struct {
	at   time.Duration
	who  string
	text string
}

func newReport(s Scenario, traced bool) *Report {
	return &Report{Scenario: s, traced: traced, Faults: map[string]int{}}
}

// trace notes something that happened.
func (w *World) trace(who, format string, args ...any) {
	if !w.report.traced {
		return
	}
	w.report.mu.Lock()
	defer w.report.mu.Unlock()
	w.report.lines = append(w.report.lines, line{w.since(time.Now()), who, fmt.Sprintf(format, args...)})
}

// fail notes an invariant that does not hold.
func (w *World) fail(invariant, format string, args ...any) {
	r := w.report
	r.mu.Lock()
	defer r.mu.Unlock()
	v := Violation{invariant, fmt.Sprintf(format, args...), w.since(time.Now())}
	if !slices.ContainsFunc(r.Violations, func(o Violation) bool { return o.Invariant == invariant }) {
		r.Violations = append(r.Violations, v)
		r.lines = append(r.lines, line{v.At, "VIOLATION", v.Invariant + ": " + v.Seen})
	}
}

// Trace is everything that happened, in lines. What happened at the same time is in the order of its text.
func (r *Report) Trace() string {
	slices.SortStableFunc(r.lines, func(a, b line) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return strings.Compare(a.who+a.text, b.who+b.text)
	})
	var b strings.Builder
	b.WriteString(r.Scenario.String())
	for _, l := range r.lines {
		fmt.Fprintf(&b, "%13.6f  %-9s %s\n", l.at.Seconds(), l.who, strings.ReplaceAll(l.text, "\n", " | "))
	}
	return b.String()
}

// brief is what is worth knowing of an answer.
func brief(out any) string {
	switch out := out.(type) {
	case *rds.DescribeGlobalClustersOutput:
		g := out.GlobalClusters[0]
		text := *g.Status
		for _, m := range g.GlobalClusterMembers {
			text += fmt.Sprintf(" %s:%t:%s", roleOf(*m.DBClusterArn), *m.IsWriter, m.SynchronizationStatus)
		}
		if g.FailoverState != nil {
			text += fmt.Sprintf(", %s to %s", g.FailoverState.Status, roleOf(*g.FailoverState.ToDbClusterArn))
		}
		return text
	case *rds.DescribeDBClustersOutput:
		return *out.DBClusters[0].Status
	case *lambda.InvokeOutput:
		return string(out.Payload)
	case *cloudfrontkeyvaluestore.ListKeysOutput:
		text := ""
		for _, i := range out.Items {
			text += *i.Key + "=" + *i.Value + " "
		}
		return text
	case *cloudfrontkeyvaluestore.DescribeKeyValueStoreOutput:
		return *out.ETag
	case *cloudfrontkeyvaluestore.UpdateKeysOutput:
		return *out.ETag
	}
	return "done"
}
