package local

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// scaleTopology makes the topology's times, of which those who move the application know how long AWS takes, as much shorter as AWS is
// faster here. The parameters differ from their templates then. An application without a topology has none.
func (s *system) scaleTopology() error {
	if s.options.TimeScale == 1 {
		return nil
	}
	name := topology.DocumentParameter(s.application.Name)
	var failure error
	s.cloud.Do(func(state *awssim.State) {
		for _, region := range s.application.Regions() {
			p, ok := state.Region(region).Parameters.Get(name)
			if !ok {
				continue
			}
			text, err := scaledTopology(p.Value, s.options.TimeScale)
			if err != nil {
				failure = fmt.Errorf("parameter %s in %s: %w", name, region, err)
				return
			}
			p.Value = text
			state.Region(region).PutParameter(p)
		}
	})
	return failure
}

// scaledTopology is a topology at another speed.
func scaledTopology(text string, scale float64) (string, error) {
	d, err := topology.ParseDocument(text)
	if err != nil {
		return "", err
	}
	d.PromoteSeconds = min(seconds(failover.SettingsFor(d).Promote, 1), seconds(longestPromotion(), scale)+seconds(slack, 1))
	d.Edge.SettleSeconds = shorter(d.Edge.SettleSeconds, scale)
	for role, site := range d.Regions {
		site.RequestSeconds = shorter(site.RequestSeconds, scale)
		d.Regions[role] = site
	}
	data, err := json.Marshal(d)
	return string(data), err
}

// slack is what a promotion may take longer here than simulated RDS does: whoever moves the application counts from before the call that
// asks for it.
const slack = 5 * time.Second

// longestPromotion is how long simulated RDS takes at most until the target writes, at AWS's speed, without the lag.
func longestPromotion() time.Duration {
	t := awssim.DefaultTiming()
	return max(t.Pending.Max+t.Synchronize.Max+t.SwitchRoles.Max, t.Pending.Max+t.Promote.Max, t.Detach.Max)
}

// shorter is a time at another speed, in whole seconds, and at least one unless there was none.
func shorter(whole int, scale float64) int {
	return min(whole, max(seconds(time.Duration(whole)*time.Second, scale), 1))
}

// seconds is a time at another speed, in whole seconds, rounded up.
func seconds(d time.Duration, scale float64) int { return int(math.Ceil(scaled(d, scale).Seconds())) }
