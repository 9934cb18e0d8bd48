package awsclients_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
	"github.com/warmstandby/warmstandby/internal/failover/failovertest"
)

// nowhere is a journal that keeps nothing.
type nowhere struct{}

func (nowhere) Append(context.Context, string, failover.Entry) error { return nil }

// newEngine is the engine of an application, over HTTP, with the clients that are deployed.
func newEngine(a *failovertest.Application, region string) *failover.Engine {
	return &failover.Engine{
		Document: a.Document, Clients: awsclients.New(a.Config(region), a.Document), Settings: failover.DefaultSettings(), Clock: a.Clock,
		Seed: 1, Journal: nowhere{}, Log: slog.New(slog.DiscardHandler), Progress: func(failover.StepTaken) {},
	}
}

// Every mode moves the application with the SDK's own clients over HTTP, and asks RDS for exactly one thing in the right Region.
func TestEngineOverHTTP(t *testing.T) {
	tests := []struct {
		mode  failover.Mode
		calls []string
		lose  string
	}{
		{failover.Switchover, []string{"us-east-1 SwitchoverGlobalCluster"}, ""},
		{failover.Drill, []string{"us-east-1 SwitchoverGlobalCluster"}, ""},
		{failover.Failover, []string{"us-east-2 FailoverGlobalCluster"}, failovertest.Primary},
		{failover.Detach, []string{"us-east-2 RemoveFromGlobalCluster"}, failovertest.Primary},
	}
	for _, tt := range tests {
		t.Run(string(tt.mode), func(t *testing.T) {
			a := failovertest.New(t, failovertest.Options{})
			if tt.lose != "" {
				a.Lose(tt.lose)
			}
			e := newEngine(a, failovertest.Secondary)
			r := failover.Request{Run: "r1", Mode: tt.mode, Target: topology.Secondary, MaxDataLoss: 1e12, Overrides: failover.Overridable()}
			if got := e.Move(t.Context(), r); got.Outcome != failover.Moved {
				t.Fatalf("got %+v", got)
			}
			if got := a.Calls(); !slices.Equal(got, tt.calls) {
				t.Errorf("RDS was asked for %q, want %q", got, tt.calls)
			}
			if got := a.Store(); len(got) != 1 || got[topology.ActiveKey] != string(topology.Secondary) {
				t.Errorf("the store has %v", got)
			}
			if got := e.Verify(t.Context(), r); got.Outcome != failover.Verified {
				t.Errorf("got %+v", got)
			}
			if got := e.Move(t.Context(), r); got.Outcome != failover.AlreadyThere {
				t.Errorf("the second time: got %+v", got)
			}
		})
	}
}

// What was moved can come home.
func TestFailbackOverHTTP(t *testing.T) {
	a := failovertest.New(t, failovertest.Options{})
	e := newEngine(a, failovertest.Secondary)
	there := failover.Request{Run: "r1", Mode: failover.Switchover, Target: topology.Secondary}
	if got := e.Move(t.Context(), there); got.Outcome != failover.Moved {
		t.Fatalf("got %+v", got)
	}
	a.Report()
	home := failover.Request{Run: "r2", Mode: failover.Failback, Target: topology.Primary}
	if got := e.Move(t.Context(), home); got.Outcome != failover.Moved {
		t.Fatalf("got %+v", got)
	}
	want := []string{"us-east-1 SwitchoverGlobalCluster", "us-east-2 SwitchoverGlobalCluster"}
	if got := a.Calls(); !slices.Equal(got, want) {
		t.Errorf("RDS was asked for %q, want %q", got, want)
	}
}
