package local

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

var (
	_ rehearsal.Disasters = (*system)(nil)
	_ rehearsal.Observer  = (*system)(nil)
)

// Disasters are what can happen to the system.
func (s *system) Disasters() rehearsal.Disasters { return s }

// Observer shows what goes on inside.
func (s *system) Observer() rehearsal.Observer { return s }

// LoseRegion cuts a Region off. What its functions do ends in the middle of it, and before AWS stops to answer there: calls that get
// no answer are those of others.
func (s *system) LoseRegion(region string) {
	s.gate(region).shut()
	s.cloud.Do(func(state *awssim.State) { state.CutOff(region) })
	for arn, f := range s.functions {
		if strings.HasPrefix(arn, "arn:aws:lambda:"+region+":") {
			f.Kill()
		}
	}
	now := s.now()
	s.faults.Change(func(p *fault.Plan) { p.Outages = append(p.Outages, fault.Outage{Region: region, From: now}) })
}

// ReturnRegion ends whatever is wrong with a Region.
func (s *system) ReturnRegion(region string) {
	s.cloud.Do(func(state *awssim.State) { state.Reconnect(region) })
	s.faults.Change(func(p *fault.Plan) {
		p.Outages = slices.DeleteFunc(slices.Clone(p.Outages), func(o fault.Outage) bool { return o.Region == region })
		p.BrownOuts = slices.DeleteFunc(slices.Clone(p.BrownOuts), func(b fault.BrownOut) bool { return b.Region == region })
	})
	s.gate(region).open()
}

// BrownOut lets a Region answer slowly and with errors.
func (s *system) BrownOut(region string, latency time.Duration, failing float64) {
	now := s.now()
	s.gate(region).disturb(latency, failing)
	s.faults.Change(func(p *fault.Plan) {
		p.BrownOuts = append(slices.Clone(p.BrownOuts), fault.BrownOut{
			Region: region, From: now, Latency: latency, Rates: map[fault.Kind]float64{fault.ServerError: failing},
		})
	})
}

// Delay lets the standby lag by that much.
func (s *system) Delay(ctx context.Context, lag time.Duration) error {
	return s.servers.SetDelay(ctx, lag)
}

// Fate decides how the next switchover or failover ends, or the one that is in progress.
func (s *system) Fate(f awssim.Fate) {
	s.cloud.Do(func(state *awssim.State) {
		for _, g := range state.GlobalClusters.Values() {
			state.SetFate(g.Identifier, f)
		}
	})
}
