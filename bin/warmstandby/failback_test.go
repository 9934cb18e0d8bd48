package main

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover/failovertest"
	"github.com/warmstandby/warmstandby/internal/operator"
)

const detach = "detach --reason test --yes --confirm us-east-2 --override SourceServing"

// all are the answers to everything that a rebuild and the way home after it ask: the Region's name once, yes to all else.
func all() string {
	return strings.Repeat("y\n", 5) + "us-east-1\n" + strings.Repeat("y\n", 9)
}

// After a detach, failback rebuilds the global database and goes home.
func TestFailbackAfterDetach(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, detach, "MOVED: us-east-2 is active", "What remains to be done", "create-global-cluster", "CloudFormation")
	c.types = all()
	c.run(operator.Done, "failback --reason test", "is DELETED and created anew", "Type the name of the Region, us-east-1", "delete-cluster: DELETE",
		"has both clusters again", "MOVED: us-east-1 is active")
	c.wantActive(topology.Primary)
	if c.Writer() != topology.Primary || c.Members() != 2 {
		t.Errorf("the global database has %d members, the writer is %q", c.Members(), c.Writer())
	}
	snapshots := 0
	c.Cloud.Do(func(s *awssim.State) { snapshots = s.Region(failovertest.Primary).DBClusterSnapshots.Len() })
	if snapshots != 2 {
		t.Errorf("there are %d snapshots of the old cluster, want 2", snapshots)
	}
}

func TestFailbackAfterDetachForScripts(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, detach)
	calls := len(c.Calls())
	c.run(operator.Usage, "failback --reason test --yes", "add --confirm us-east-1")
	if got := c.Calls()[calls:]; len(got) != 0 {
		t.Errorf("got the calls %v", got)
	}
	c.run(operator.Done, "failback --reason test --yes --confirm us-east-1 --json", `"rebuilt": true`)
	c.wantActive(topology.Primary)
}

// A rebuild that nobody confirms, or that is interrupted, goes on with the next command, also on another machine.
func TestFailbackAfterDetachGoesOn(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, detach)
	c.types = "y\ny\nn\n"
	c.run(operator.Declined, "failback --reason test", "not confirmed")
	c.types = strings.Repeat("y\n", 9)
	c.run(operator.Declined, "failback --reason test", `got "y", not us-east-1`)
	c.types, c.after = "us-east-1\n"+strings.Repeat("y\n", 9), "create-cluster: "
	c.run(operator.Interrupted, "failback --reason test", "the same command goes on")
	c.types, c.after = strings.Repeat("y\n", 20), ""
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	c.run(operator.Done, "failback --reason test", "create-instances: create its 2 instances anew", "MOVED: us-east-1")
	c.wantActive(topology.Primary)
}

// While the old Region is gone, nothing is rebuilt, and the reason is told.
func TestFailbackWhileRegionIsGone(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.Lose(failovertest.Primary)
	c.run(operator.Done, "detach --reason test --yes --confirm us-east-2 --override LagUnknown --override LagAboveLimit", "MOVED")
	calls := len(c.Calls())
	c.run(operator.Refused, "failback --reason test --yes", "could not be seen", "GlobalClusterUnreadable")
	if got := c.Calls()[calls:]; len(got) != 0 {
		t.Errorf("got the calls %v", got)
	}
}
