package failover

import (
	"fmt"

	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
)

// remaining is what people have to do after an outcome.
func (m *move) remaining(outcome Outcome) []string {
	switch outcome {
	case Moved:
		return m.afterMove()
	case Fenced:
		return m.whileFenced()
	case Interrupted:
		return []string{fmt.Sprintf("Run %s again: the same command, or a retry of the pipeline's stage.", m.r.Mode)}
	}
	return nil
}

// afterMove is what remains after a successful move.
func (m *move) afterMove() []string {
	old := m.site(m.r.Target.Other())
	switch m.r.Mode {
	case Failover:
		return []string{
			fmt.Sprintf("Wait until %s has resynchronized: warmstandby status shows it.", old.Region),
			fmt.Sprintf("Copy the snapshot rds:unplanned-global-failover-%s-… in %s, which holds what was lost: Aurora keeps it for the backup retention period only.", old.Cluster(), old.Region),
			"Go home when both Regions are well: warmstandby failback, or the pipeline of the primary Region.",
		}
	case Detach:
		return rebuild.Plan(m.Document, m.r.Target)
	}
	return nil
}

// whileFenced is what can be done about writes that are refused.
func (m *move) whileFenced() []string {
	target, store := m.site(m.r.Target), m.Document.Edge.StoreArn
	return []string{
		fmt.Sprintf("Look: warmstandby status --region %s.", target.Region),
		fmt.Sprintf("Go on as soon as the cause is gone: run %s again, or retry the pipeline's stage. It goes on from what it finds.", m.r.Mode),
		fmt.Sprintf("If the operation of the global database hangs: AWS Support, or in the console of RDS in %s cancel it; then run again.", target.Region),
		"If a managed failover cannot work: warmstandby detach.",
		fmt.Sprintf("To accept writes where they were, only if the database there is the writer: delete the key fence of %s (aws cloudfront-keyvaluestore delete-key).", store),
	}
}
