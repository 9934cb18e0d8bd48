package simulation

import (
	"encoding/json"
	"slices"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// recover lets everything work again, if writes are fenced in the end, and lets the run go on that fenced them: it must come to an end
// without a fence. Regions that are lost for good are not brought back; then there is nothing to show.
func (w *World) recover(operators []*operator) {
	o, request := w.fencing(operators)
	if o == nil {
		return
	}
	w.report.Recoveries++
	o.Limit = 0
	for range 3 {
		o.sleep(2 * w.Settings.Lease)
		o.move(request, Kill{})
	}
	w.do(func(*awssim.State) {
		if w.edge.last.fenced {
			w.fail("a run that has left a fence ends without one as soon as everything works", "%s does not", request.Run)
		}
	})
}

// fencing is the operator whose run has fenced writes, with its request, if it could go on.
func (w *World) fencing(operators []*operator) (owner *operator, request failover.Request) {
	w.do(func(s *awssim.State) {
		var fence failover.Fence
		store, _ := s.KeyValueStores.Get(w.document.Edge.StoreArn)
		if w.lost(s) || json.Unmarshal([]byte(store.Items[topology.FenceKey]), &fence) != nil {
			return
		}
		for _, o := range operators {
			for _, a := range o.attempts {
				if a.request.Run == fence.Run {
					owner, request = o, a.request
				}
			}
		}
		w.healed = true
		if g, _ := s.GlobalClusters.Get(globalCluster); owner != nil && g.FailoverState != nil {
			s.SetFate(globalCluster, awssim.Fate{})
		}
	})
	return owner, request
}

// lost reports whether a Region is cut off, or will be for good.
func (w *World) lost(s *awssim.State) bool {
	forGood := slices.ContainsFunc(w.Plan.Outages, func(o fault.Outage) bool { return o.Until.IsZero() && o.Plane != fault.ControlPlane })
	return forGood || !reachable(s, topology.Primary) || !reachable(s, topology.Secondary)
}
