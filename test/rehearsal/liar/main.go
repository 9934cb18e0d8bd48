// Command liar is a function of a failover that does not do what it says, so that tests see that a rehearsal finds that out. It is
// built under the name of the function that it stands for, and shares everything with that but the lies.
package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
)

// The lies.
const (
	idle     = "idle"     // changes nothing, and says that the application is moved
	idleHome = "idleHome" // the same on the way home
	reckless = "reckless" // overrides everything that can be
	lossy    = "lossy"    // fails over where a switchover is asked for
	needy    = "needy"    // calls RDS in the Region that is to be left
	boastful = "boastful" // says that there was no lag
)

// lies are the lies to tell, with commas between. The linker sets them.
var lies string

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		engines := func(d topology.Document) pipelineaction.Engine {
			honest := f.Engine(d).(*failover.Engine)
			if tells(boastful) {
				honest.Journal = boast{honest.Journal}
			}
			return liar{honest: honest, rds: f.RDS}
		}
		switch name, _ := os.Executable(); filepath.Base(name) {
		case "failoverassess":
			return f.Action(pipelineaction.Assess{Engines: engines})
		case "failovermove":
			return f.Action(pipelineaction.Move{Engines: engines})
		default:
			return f.Action(pipelineaction.Verify{Engines: engines})
		}
	})
}

// tells says whether a lie is to be told.
func tells(lie string) bool { return slices.Contains(strings.Split(lies, ","), lie) }

// liar is an engine that lies.
type liar struct {
	honest *failover.Engine
	rds    func(region string) *rds.Client
}

// idles says whether to do nothing.
func idles(r failover.Request) bool {
	return tells(idle) || tells(idleHome) && r.Mode == failover.Failback
}

// twisted is what is done instead of what was asked for.
func twisted(r failover.Request) failover.Request {
	if tells(reckless) || tells(lossy) {
		r.Overrides = failover.Overridable()
	}
	if tells(lossy) {
		r.Mode = failover.Failover
	}
	return r
}

// Assess says whether to go.
func (l liar) Assess(ctx context.Context, r failover.Request) failover.Assessment {
	if idles(r) {
		l.note(ctx, r, failover.Entry{Request: &r})
		return failover.Assessment{Decision: failover.Decision{Go: true}}
	}
	return l.honest.Assess(ctx, twisted(r))
}

// Move moves, or says so.
func (l liar) Move(ctx context.Context, r failover.Request) failover.Result {
	if tells(needy) {
		left := l.honest.Document.Regions[r.Target.Other()].Region
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		_, _ = l.rds(left).DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{}) // that it is asked is what matters
		cancel()
	}
	if idles(r) {
		return l.pretend(ctx, r, failover.Moved)
	}
	return l.honest.Move(ctx, twisted(r))
}

// Verify verifies, or says so.
func (l liar) Verify(ctx context.Context, r failover.Request) failover.Result {
	if idles(r) {
		return l.pretend(ctx, r, failover.Verified)
	}
	return l.honest.Verify(ctx, twisted(r))
}

// pretend writes down an outcome that is none.
func (l liar) pretend(ctx context.Context, r failover.Request, o failover.Outcome) failover.Result {
	result := failover.Result{Outcome: o}
	l.note(ctx, r, failover.Entry{Request: &r})
	l.note(ctx, r, failover.Entry{Outcome: &result})
	return result
}

// note writes something into the run's journal.
func (l liar) note(ctx context.Context, r failover.Request, e failover.Entry) {
	e.At = time.Now()
	if err := l.honest.Journal.Append(ctx, r.Run, e); err != nil {
		l.honest.Log.Error("journal", "err", err)
	}
}

// boast is a journal that makes light of the lag.
type boast struct{ failover.Journal }

// Append keeps an entry, embellished.
func (b boast) Append(ctx context.Context, run string, e failover.Entry) error {
	if e.Outcome != nil && e.Outcome.Lag != nil {
		result := *e.Outcome
		result.Lag = &failover.LagSeen{Metric: "wishful thinking", At: time.Now()}
		e.Outcome = &result
	}
	return b.Journal.Append(ctx, run, e)
}
