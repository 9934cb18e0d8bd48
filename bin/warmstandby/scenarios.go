package main

import (
	"context"
	"io"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/arpio"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

// scenario is something that can be played on a system that is up.
type scenario struct {
	name string

	// recovery says that it takes the recovery stack.
	recovery bool

	// play plays it. If ctx ends, it stops there.
	play func(ctx context.Context, s *session, system rehearsal.System) outcome
}

// outcome is what came of a scenario.
type outcome struct {
	ok     bool
	result any // its JSON is what --json writes
	write  func(io.Writer)
}

// scenarios are the scenarios, the default first.
var scenarios = []scenario{
	{name: "steady", play: playSteady},
	{name: "arpio-failover", recovery: true, play: playFailover},
}

// scenarioNames are the names of the scenarios.
func scenarioNames() []string {
	var names []string
	for _, s := range scenarios {
		names = append(names, s.name)
	}
	return names
}

// findScenario is the scenario of that name.
func findScenario(name string) (found scenario) {
	for _, s := range scenarios {
		if s.name == name {
			found = s
		}
	}
	return found
}

func playSteady(ctx context.Context, s *session, system rehearsal.System) outcome {
	result := steady.Run(ctx, steady.Options{
		Application: system.Application(), Endpoints: system.Endpoints(),
		Rate: s.rate, Duration: s.duration, Seed: s.seed,
		Progress: s.progress.show,
	})
	return outcome{result.OK, result, result.WriteText}
}

func playFailover(ctx context.Context, s *session, system rehearsal.System) outcome {
	bus, err := arpio.FindBus(ctx, system.Endpoints())
	if err != nil {
		result := arpio.FailoverResult{Checks: []arpio.Check{}, Error: err.Error()}
		return outcome{false, result, result.WriteText}
	}
	result := arpio.Failover(ctx, arpio.FailoverOptions{Bus: bus, Seed: s.seed, Progress: s.progress.show})
	return outcome{result.OK, result, result.WriteText}
}
