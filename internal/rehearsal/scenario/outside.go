package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// Move is what somebody is to do in place of the pipeline.
type Move struct {
	// Mode is how the application is to be moved, and Region where it is to be active.
	Mode   failover.Mode
	Region string

	// AWS is where AWS answers, and the credentials of an operator.
	AWS endpoints.AWS

	// Moved says whether clients write in that Region by now.
	Moved func() bool
}

// Mover moves the application by other means than its pipeline, and says whether it has. It tells what happens, from one goroutine at a
// time. An error ends the scenario.
type Mover func(ctx context.Context, m Move, tell func(string)) (bool, error)

// handOver has the Mover move the application, and waits until clients write where it is to be. Clients are all that is known of such
// a move: it keeps no journal.
func (p *play) handOver(ctx context.Context, w wish) (run, error) {
	r := run{mode: w.mode, target: w.target, started: time.Now(), outside: true}
	if p.interruption.IsZero() {
		p.interruption = r.started
	}
	region := p.region(w.target)
	written := func() bool { return p.acknowledged(region, r.started) > 0 }
	moved, err := p.Move(ctx, Move{Mode: w.mode, Region: region, AWS: p.System.Endpoints().AWS, Moved: written}, p.Progress)
	if err != nil {
		return r, fmt.Errorf("move the application to %s: %w", region, err)
	}
	verification := failover.Unverified
	if moved && p.until(ctx, "clients write in "+region, written) == nil {
		verification, r.status = failover.Verified, types.PipelineExecutionStatusSucceeded
	}
	r.ended = time.Now()
	p.runs = append(p.runs, p.record(r, w, verification))
	return p.runs[len(p.runs)-1], context.Cause(ctx)
}

// record writes down what there is to say of a move by other means.
func (p *play) record(r run, w wish, verification failover.Outcome) run {
	m := report.Move{
		Target: w.target, Region: p.region(w.target), Started: r.started.UTC(), Ended: r.ended.UTC(), Steps: []report.Step{},
		Outcome: failover.Moved, Verification: verification, Detail: "by other means than its pipeline",
	}
	if verification != failover.Verified {
		m.Outcome = failover.Interrupted
	}
	r.report = report.Report{
		Version: report.Version, Application: p.document.Application, Mode: w.mode, Reason: w.reason(p.scenario.Name),
		Started: m.Started, Ended: m.Ended, Moves: []report.Move{m},
	}
	return r
}
