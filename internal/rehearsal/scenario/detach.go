package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
)

func playDetach(ctx context.Context, p *play) error {
	ends, err := p.losePrimary(ctx)
	if err != nil {
		return err
	}
	r, err := p.move(ctx, wish{mode: failover.Detach, target: topology.Secondary})
	if err != nil {
		return err
	}
	if detached, err := p.expectDetached(ctx, r); err != nil || !detached {
		return err
	}
	if err := p.returnPrimary(ctx, ends); err != nil {
		return err
	}
	returned := time.Now()
	if err := p.rebuild(ctx); err != nil {
		return fmt.Errorf("rebuild the global database: %w", err)
	}
	return p.goHome(ctx, returned)
}

// expectDetached expects that a run moved the application by detaching the target's cluster, that it tells what is to be rebuilt, and
// that clients write there; and says whether there is something to rebuild.
func (p *play) expectDetached(ctx context.Context, r run) (bool, error) {
	p.expectNotNeeded()
	p.expect("the plan to rebuild is told", len(r.report.Remaining) > 1, "%d items", len(r.report.Remaining))
	moved := p.expectSucceeded(r)
	g, region := p.System.Observer().Glance(), p.region(topology.Secondary)
	there := p.expect("the edge routes to "+region, g.Active == region && !g.Fenced, "active %s, fenced %t", g.Active, g.Fenced)
	if !moved || !there {
		return false, nil
	}
	return true, p.expectWrites(ctx, topology.Secondary, r.ended)
}

// rebuildPoll is how often a rebuild looks, and rebuildCall bounds one look and one step.
const rebuildPoll, rebuildCall = 200 * time.Millisecond, 30 * time.Second

// rebuild rebuilds the global database as the operator's command does, every step confirmed.
func (p *play) rebuild(ctx context.Context) error {
	last := rebuild.Step("")
	r := &rebuild.Rebuild{
		Document: p.document, Writer: topology.Secondary, RDS: map[topology.Role]rebuild.RDS{}, Recipes: recipes{},
		Clock: failover.SystemClock{}, Poll: rebuildPoll, Call: rebuildCall,
		Confirm: func(context.Context, rebuild.Step, string) error { return nil },
		Progress: func(step rebuild.Step, detail string) {
			if step != last {
				last = step
				p.Progress(fmt.Sprintf("rebuild %s: %s", step, detail))
			}
		},
	}
	for _, role := range topology.Roles() {
		r.RDS[role] = p.aws.rds(p.region(role))
	}
	return r.Run(ctx)
}

// recipes keep what deleted clusters were like for as long as a scenario lasts.
type recipes map[string]rebuild.Recipe

// Load returns a cluster's recipe, or nil if there is none.
func (r recipes) Load(_ context.Context, clusterArn string) (*rebuild.Recipe, error) {
	recipe, ok := r[clusterArn]
	if !ok {
		return nil, nil
	}
	return &recipe, nil
}

// Save keeps a recipe.
func (r recipes) Save(_ context.Context, recipe rebuild.Recipe) error {
	r[recipe.ClusterArn] = recipe
	return nil
}
