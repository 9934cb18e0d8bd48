package scenario

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// Options says what to play on. All fields but Targets, Approve, Move, Progress and Live are required.
type Options struct {
	// System is the application, up and without its table.
	System rehearsal.System

	// Rate is the number of requests that clients send in a second.
	Rate int

	// Seed decides what the clients send, and when what happens.
	Seed uint64

	// Targets are what recovery time and loss are held to.
	//
	// Default: nothing.
	Targets report.Targets

	// Reproduce is how to play the same again, for the report.
	Reproduce report.Reproduce

	// Approve decides about the pipeline's approvals.
	//
	// Default: all are approved.
	Approve Approver

	// Move moves the application in place of its pipelines, in scenarios that are [Scenario.Open] to that.
	//
	// Default: the pipelines do.
	Move Mover

	// Progress is told what happens, from one goroutine at a time.
	//
	// Default: nobody is.
	Progress func(string)

	// Live is told how things stand, ten times a second, from one goroutine at a time, which is not Progress's.
	//
	// Default: nobody is.
	Live func(Live)
}

// Approval is what a pipeline waits for.
type Approval struct {
	// Pipeline, Stage and Action are what waits, Region is where.
	Pipeline, Stage, Action, Region string

	// Text is what it shows: the figures of the assessment.
	Text string
}

// Approver says whether to approve. An error ends the scenario.
type Approver func(context.Context, Approval) (bool, error)

// play is a scenario that is played.
type play struct {
	Options

	scenario Scenario
	document topology.Document
	aws      *operator
	client   *client.Client
	token    string
	load     *history.Load
	sampler  *sampler

	interruption time.Time // when what is rehearsed began, or the move if nothing did
	readsMatter  bool      // reads must be answered all the time
	lossMatters  bool      // something must be lost, because the standby lacked it
	faults       []report.Fault
	outages      []outage
	runs         []run
	expectations []report.Expectation
}

// Play plays a scenario and reports. An error means that it could not be played to its end; what did not hold is in the report.
func Play(ctx context.Context, s Scenario, o Options) (report.Report, error) {
	if o.Move != nil && !s.Open {
		return report.Report{}, fmt.Errorf("play %s: only the application's pipelines can move it", s.Name)
	}
	p := &play{Options: o, scenario: s, client: client.New(o.System.Endpoints(), o.System.Application().Regions(), 64)}
	defer p.client.Close()
	if p.Progress == nil {
		p.Progress = func(string) {}
	}
	if p.Approve == nil {
		p.Approve = func(context.Context, Approval) (bool, error) { return true, nil }
	}
	if err := p.prepare(ctx); err != nil {
		return report.Report{}, err
	}
	err := s.play(ctx, p)
	h := p.stop()
	if err != nil {
		return report.Report{}, fmt.Errorf("play %s: %w", s.Name, err)
	}
	return p.report(ctx, h)
}

// enoughWrites is how many acknowledged writes there are before anything happens.
const enoughWrites = 20

// prepare makes the application ready, and has clients begin.
func (p *play) prepare(ctx context.Context) error {
	p.aws = newOperator(p.System.Endpoints().AWS)
	if err := p.readTopology(ctx); err != nil {
		return err
	}
	home := p.region(topology.Primary)
	create := p.System.Application().Function(home, topology.CreateTableFunction)
	if a := p.client.Invoke(ctx, home, create, `{"action":"CREATE_TABLE"}`); a.Status != http.StatusOK {
		return fmt.Errorf("create the table: %s", a.Brief())
	}
	var err error
	if p.token, err = p.client.AccessToken(ctx, home); err != nil {
		return err
	}
	p.Progress(fmt.Sprintf("clients send %d requests per second", p.Rate))
	p.load = history.Start(history.Options{Sender: p.client, Base: p.System.Endpoints().Edge, Token: p.token, Rate: p.Rate, Seed: p.Seed})
	p.sampler = startSampling(p.System.Observer(), p.load, p.Live)
	return p.until(ctx, "clients write", func() bool { return p.acknowledged("", time.Time{}) >= enoughWrites })
}

// region is the Region of a home role.
func (p *play) region(role topology.Role) string { return p.document.Regions[role].Region }

// acknowledged is how many writes a Region, or any if it is empty, has acknowledged that were sent after a time.
func (p *play) acknowledged(region string, after time.Time) int {
	return len(p.load.Snapshot().Pick(func(r history.Record) bool {
		return r.Write && r.OK() && (region == "" || r.Region == region) && r.Start.After(after)
	}))
}

// reads is how many reads a Region has answered that were sent after a time.
func (p *play) reads(region string, after time.Time) int {
	return len(p.load.Snapshot().Pick(func(r history.Record) bool {
		return !r.Write && r.OK() && r.Region == region && r.Start.After(after)
	}))
}

// patience is how long a condition may take to come true, and look how often it is looked.
const patience, look = 5 * time.Minute, 50 * time.Millisecond

// until waits for a condition. It is an error if that does not come true.
func (p *play) until(ctx context.Context, what string, condition func() bool) error {
	came, err := p.comes(ctx, patience, condition)
	if err == nil && !came {
		return fmt.Errorf("waited %s until %s", patience, what)
	}
	return err
}

// comes waits for a condition for some time, and says whether it has come true. It is an error if ctx ends before.
func (p *play) comes(ctx context.Context, within time.Duration, condition func() bool) (bool, error) {
	end := time.Now().Add(within)
	for !condition() {
		if time.Now().After(end) {
			return false, nil
		}
		if err := pause(ctx, look); err != nil {
			return false, err
		}
	}
	return true, nil
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// stop has the clients end.
func (p *play) stop() history.History {
	p.Progress("clients end")
	h := p.load.Stop()
	p.sampler.stop()
	return h
}

// fault takes note of something that is done to a Region and interrupts its service, and returns what takes note of its end.
func (p *play) fault(label, region string) (ends func()) {
	ends = p.note(label, region)
	if p.interruption.IsZero() {
		p.interruption = p.faults[len(p.faults)-1].Start
	}
	return ends
}

// note takes note of something that is done to a Region and that nobody sees at once, and returns what takes note of its end.
func (p *play) note(label, region string) (ends func()) {
	p.Progress(label)
	i := len(p.faults)
	p.faults = append(p.faults, report.Fault{Label: label, Region: region, Start: time.Now()})
	return func() { p.faults[i].End = new(time.Now()) }
}
