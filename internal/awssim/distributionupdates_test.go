package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// A changed distribution is served when it is deployed, and a second change is not overtaken by the first.
func TestDeployment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timing := awssim.DefaultTiming()
		timing.Scale = 0.5
		cloud := awssim.New(awssim.Options{Account: "123456789012", Seed: 3, Timing: timing})
		var d, served awssim.Distribution
		cloud.Do(func(s *awssim.State) {
			d = s.CreateDistribution(awssim.Distribution{Config: awssim.DistributionConfig{Comment: "0"}})
		})
		began := time.Now()
		for _, comment := range []string{"1", "2"} {
			cloud.Do(func(s *awssim.State) {
				changed := d.Config
				changed.Comment = comment
				var err error
				if d, err = s.UpdateDistribution(d.ID, d.ETag, changed); err != nil {
					t.Fatal(err)
				}
			})
		}
		second := d.LastModified
		var seen []string
		for {
			var wait time.Duration
			cloud.Do(func(s *awssim.State) {
				now, _ := s.Distributions.Get(d.ID)
				seen, served = append(seen, now.Served.Comment+" "+now.Status), now
				if at, ok := s.NextChange(); ok {
					wait = at.Sub(s.Now())
				}
			})
			if wait == 0 {
				break
			}
			time.Sleep(wait)
		}
		if seen[0] != "0 InProgress" || seen[len(seen)-1] != "2 Deployed" {
			t.Errorf("served %q", seen)
		}
		if !served.ServedModified.Equal(second) || served.ServedETag != d.ETag {
			t.Errorf("what is served was asked for at %s, want %s", served.ServedModified, second)
		}
		if took := time.Since(began); took < 30*time.Second || took > 150*time.Second {
			t.Errorf("deployed after %s, not within half of one to five minutes", took)
		}
	})
}
