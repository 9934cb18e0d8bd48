package simulation

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Bounds of what [Draw] draws. An answer may be as old as fault.Random says, and a call whose caller has given up has its effect
// within lateEffect: together that is below the Settings' Stale.
const (
	lateEffect = 4 * time.Second
	maxStale   = 10 * time.Second
	faultTime  = 4 * time.Minute // in which faults begin
)

// drawer draws parts of a scenario.
type drawer struct{ *rand.Rand }

// between is a time from a to b.
func (d drawer) between(a, b time.Duration) time.Duration {
	return a + time.Duration(d.Int64N(int64(b-a)+1))
}

// chance is true p times out of one hundred.
func (d drawer) chance(p int) bool { return d.IntN(100) < p }

// Draw is the scenario of a seed, which begins at that time.
func Draw(seed uint64, begin time.Time) Scenario {
	d := drawer{rand.New(rand.NewPCG(seed, 0x5ce7a210))} //nolint:gosec // is to be reproducible, not secret
	s := Scenario{
		Seed: seed, Start: d.start(), Timing: awssim.DefaultTiming(),
		Lag: d.lag(), LagLater: d.lag(), LagAt: d.between(0, 2*time.Minute), Load: float64(1 + d.IntN(8)),
		Settle: d.between(time.Second, 15*time.Second).Round(time.Second), Request: d.between(2*time.Second, 20*time.Second).Round(time.Second),
		Settings: settings(d),
	}
	s.Timing.Scale = []float64{0.02, 0.1, 0.3}[d.IntN(3)]
	if d.chance(3) {
		s.Load = 100
	}
	if d.chance(10) {
		s.Journal = Fails + Journal(d.IntN(2))
	}
	mode := failover.Modes()[d.IntN(len(failover.Modes()))]
	s.Away = d.chance(50)
	if mode == failover.Failback {
		s.Away = d.chance(95)
	}
	main := d.operator("first", mode, s.active().Other(), d.between(10*time.Second, 40*time.Second))
	s.Plan = d.plan(seed, begin)
	d.lose(&s, main, begin)
	s.Operators = []Operator{main}
	d.arrange(&s)
	if d.chance(20) {
		s.Operators = append(s.Operators, d.second("second", s.Operators[0]))
	}
	if d.chance(8) {
		s.Console = append(s.Console, Console{d.between(0, 2*time.Minute), topology.Roles()[d.IntN(2)], d.chance(40)})
	}
	return s
}

// active is the home role of the active Region at the start.
func (s Scenario) active() topology.Role {
	if s.Away {
		return topology.Secondary
	}
	return topology.Primary
}

// settings are the defaults, with shorter waits for what may never come.
func settings(d drawer) failover.Settings {
	s := failover.DefaultSettings()
	s.Promote, s.Ready, s.Fence, s.Shift = 5*time.Minute, 2*time.Minute, time.Minute, time.Minute
	s.Lease = d.between(time.Minute, 2*time.Minute)
	return s
}

// start is idle in more than half of all scenarios.
func (d drawer) start() Start {
	others := []Start{Halfway, UnderWay, StaleFence, ForeignLease, Detached, Resyncing, Versions, Headless}
	if d.chance(60) {
		return Idle
	}
	return others[d.IntN(len(others))]
}

// lag is short, as a rule.
func (d drawer) lag() time.Duration {
	if d.chance(10) {
		return d.between(time.Second, 90*time.Second)
	}
	return d.between(10*time.Millisecond, time.Second)
}

// operator is someone who wants to move the application.
func (d drawer) operator(name string, mode failover.Mode, target topology.Role, at time.Duration) Operator {
	if mode == failover.Failback {
		target = topology.Primary
	} else if d.chance(4) {
		target = target.Other() // is active already
	}
	o := Operator{Name: name, At: at, Retries: d.IntN(3), Request: failover.Request{
		Run: "run-" + name, Mode: mode, Target: target, Reason: "simulation", StartedBy: name, MaxDataLoss: time.Minute,
	}}
	if d.chance(60) {
		o.Request.Overrides = failover.Overridable()
	}
	if d.chance(45) {
		for range 1 + d.IntN(3) {
			o.Kills = append(o.Kills, d.kill())
		}
		o.Abandons = d.chance(10)
	}
	if d.chance(15) {
		o.Limit = d.between(10*time.Second, 90*time.Second)
		o.Cancels = d.chance(30)
	}
	return o
}

func (d drawer) kill() Kill {
	k := Kill{Pause: d.between(time.Second, 30*time.Second)}
	if d.chance(30) {
		k.Pause = d.between(30*time.Second, 4*time.Minute)
	}
	if d.chance(50) {
		k.Change, k.Moment = 1+d.IntN(8), Moment(d.IntN(3))
		return k
	}
	k.After = d.between(0, 20*time.Second)
	if d.chance(40) {
		k.After = d.between(0, 3*time.Minute)
	}
	return k
}

// second is somebody who begins while the first one is on the way, perhaps.
func (d drawer) second(name string, first Operator) Operator {
	mode := failover.Modes()[d.IntN(len(failover.Modes()))]
	target := topology.Roles()[d.IntN(2)]
	o := d.operator(name, mode, target, first.At+d.between(0, 2*time.Minute))
	o.Kills, o.Abandons = o.Kills[:min(len(o.Kills), 1)], false
	return o
}

// plan is what goes wrong.
func (d drawer) plan(seed uint64, begin time.Time) fault.Plan {
	space := fault.Space{Regions: []string{primaryRegion, secondaryRegion}, Operations: operations, From: begin, Length: faultTime}
	if d.chance(10) {
		space.Regions = append(space.Regions, fault.Global)
	}
	p := fault.Random(seed, space)
	if d.chance(50) {
		p.Outages = nil
	}
	if d.chance(25) {
		p.BrownOuts, p.Rules = nil, nil
	}
	return p
}

// lose lets the active Region be lost, where that is why the application is moved.
func (d drawer) lose(s *Scenario, main Operator, begin time.Time) {
	if main.Request.Mode.Planned() || !d.chance(75) {
		return
	}
	o := fault.Outage{Region: regions[s.active()], From: begin.Add(d.between(0, main.At))}
	if d.chance(20) {
		o.Plane = fault.DataPlane
	}
	if d.chance(60) {
		o.Until = o.From.Add(d.between(time.Minute, 6*time.Minute))
	}
	s.Plan.Outages = append(s.Plan.Outages, o)
}

// arrange adds what the state at the start needs.
func (d drawer) arrange(s *Scenario) {
	main := &s.Operators[0]
	switch s.Start {
	case Halfway:
		left := d.second("former", *main)
		left.At = d.between(0, 10*time.Second)
		left.Kills, left.Abandons, left.Limit = []Kill{d.kill()}, true, 0
		main.At = left.At + d.between(10*time.Second, 3*time.Minute)
		s.Operators = append(s.Operators, left)
	case UnderWay:
		c := Console{At: max(0, main.At-d.between(0, 20*time.Second)), Target: s.active().Other(), DataLoss: d.chance(40)}
		s.Console = append(s.Console, c)
	case Resyncing:
		s.Console = append(s.Console, Console{Target: s.active(), DataLoss: true})
	}
}

// String is the scenario in a few lines.
func (s Scenario) String() string {
	text := fmt.Sprintf("seed %d: %s active, start: %s, settle %s, requests %s, lag %s, then %s, scale %g\n", s.Seed, s.active(), s.Start, s.Settle, s.Request, s.Lag, s.LagLater, s.Timing.Scale)
	for _, o := range s.Operators {
		text += fmt.Sprintf("  operator %s: %s to %s at %s, overrides %d, kills %+v, abandons %t, limit %s, cancels %t, retries %d\n",
			o.Name, o.Request.Mode, o.Request.Target, o.At, len(o.Request.Overrides), o.Kills, o.Abandons, o.Limit, o.Cancels, o.Retries)
	}
	for _, c := range s.Console {
		text += fmt.Sprintf("  console: %+v\n", c)
	}
	for _, o := range s.Plan.Outages {
		text += fmt.Sprintf("  outage: %+v\n", o)
	}
	for _, b := range s.Plan.BrownOuts {
		text += fmt.Sprintf("  brown-out: %+v\n", b)
	}
	for _, r := range s.Plan.Rules {
		text += fmt.Sprintf("  rule: %+v\n", r)
	}
	return text + fmt.Sprintf("  fates: %+v, stale at most %s\n", s.Plan.Fates, s.Plan.MaxStale)
}
