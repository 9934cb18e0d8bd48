package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
)

// failback goes home. After a detach it rebuilds the global database first.
func (m *move) failback(ctx context.Context) (Exit, error) {
	edge := m.looker(discard{}).Observe(ctx, failover.Request{Mode: failover.Failover, Target: m.request.Target}).Edge
	if edge.Error == "" && edge.Fence == nil && ctx.Err() == nil {
		done, err := m.rebuild(ctx, edge.Active)
		if err != nil {
			return 0, err
		}
		m.out.Rebuilt = done
	}
	if !m.out.Rebuilt {
		return m.single(ctx, m.request)
	}
	a := m.whenReady(ctx, m.request)
	if exit, over, err := m.judge(ctx, m.request, a); over || err != nil {
		return exit, err
	}
	m.sayPlan(m.request, a.Observation)
	if err := m.consent(ctx, m.request); err != nil {
		return 0, err
	}
	return m.do(ctx, m.request), nil
}

// How often a rebuild looks, and how long one look or call may take.
const rebuildPoll, rebuildCall = 5 * time.Second, 30 * time.Second

// rebuild rebuilds the global database around the cluster of the active Region, if one of the clusters is not in it.
func (m *move) rebuild(ctx context.Context, active topology.Role) (bool, error) {
	shown, stop := m.showSteps()
	defer stop()
	r := &rebuild.Rebuild{
		Document: m.Document, Writer: active, RDS: map[topology.Role]rebuild.RDS{}, Clock: m.Clock, Poll: rebuildPoll, Call: rebuildCall,
		Recipes: m.recipes(active), Progress: m.noteRebuild(shown),
	}
	for role, site := range m.Document.Regions {
		r.RDS[role] = rds.NewFromConfig(awsclients.In(m.Config, site.Region))
	}
	needed, err := r.Needed(ctx)
	if err != nil {
		m.say("Whether the global database is whole could not be seen: %s", oneLine(err.Error()))
		return false, nil // the assessment says what that means
	}
	if !needed {
		return false, nil
	}
	doomed := m.region(active.Other())
	m.say("The global database %s does not have both clusters. It is rebuilt around the cluster of %s: the cluster of %s is DELETED and created anew.\n"+
		"Snapshots keep what %s has not received.", m.Document.GlobalCluster, m.region(active), doomed, m.region(active))
	if m.order.Consent.Yes && m.order.Consent.Confirm != doomed {
		return false, usage("--yes is not enough for a rebuild, which deletes the cluster of %s: add --confirm %s", doomed, doomed)
	}
	typed := false
	r.Confirm = func(ctx context.Context, step rebuild.Step, detail string) error {
		shown.begin("")
		m.say("\n%s: %s", step, detail)
		deletes := step == rebuild.Unprotect || step == rebuild.DeleteInstances || step == rebuild.DeleteCluster
		if !deletes || typed {
			return m.agree(ctx, m.order.Consent, "Do this?")
		}
		typed = true
		return m.agreeToLoss(ctx, m.order.Consent, doomed)
	}
	if err := r.Run(ctx); err != nil {
		if ctx.Err() != nil {
			err = &Error{Interrupted, fmt.Errorf("interrupted while the global database was rebuilt; the same command goes on")}
		}
		return false, err
	}
	m.say("The global database %s has both clusters again.", m.Document.GlobalCluster)
	return true, nil
}

// noteRebuild shows what a rebuild does, and keeps it in the journal.
func (m *move) noteRebuild(shown *steps) func(rebuild.Step, string) {
	return func(step rebuild.Step, detail string) {
		now := m.Clock.Now()
		shown.begin(fmt.Sprintf("%s: %s", step, detail))
		taken := failover.StepTaken{Name: failover.Step("rebuild " + step), Start: now, End: now, Detail: detail}
		if err := m.journal.Append(context.Background(), m.request.Run, failover.Entry{At: now, Step: &taken}); err != nil {
			fmt.Fprintf(m.Err, "warmstandby: journal: %v\n", err)
		}
	}
}
