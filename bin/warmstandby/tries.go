package main

import (
	"context"
	"io"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/arpio"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

// Names of the scenarios that do not move the application.
const (
	steadyState   = "steady"
	arpioFailover = "arpio-failover"
)

// attempt is what came of a scenario that does not move the application.
type attempt struct {
	ok     bool
	result any // its JSON is what --json writes
	write  func(io.Writer)
}

// trySteady calls everything, right and wrong, and offers load.
func (s *session) trySteady(ctx context.Context, system rehearsal.System) attempt {
	result := steady.Run(ctx, steady.Options{
		Application: system.Application(), Endpoints: system.Endpoints(),
		Rate: s.rate, Duration: s.duration, Seed: s.seed,
		Progress: s.progress.show,
	})
	return attempt{result.OK, result, result.WriteText}
}

// tryArpio puts the events of a recovery on Arpio's bus.
func (s *session) tryArpio(ctx context.Context, system rehearsal.System) attempt {
	bus, err := arpio.FindBus(ctx, system.Endpoints())
	if err != nil {
		result := arpio.FailoverResult{Checks: []arpio.Check{}, Error: err.Error()}
		return attempt{false, result, result.WriteText}
	}
	result := arpio.Failover(ctx, arpio.FailoverOptions{Bus: bus, Seed: s.seed, Progress: s.progress.show})
	return attempt{result.OK, result, result.WriteText}
}
