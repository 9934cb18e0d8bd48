package stacks

import (
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// What the configuration accepts and what the stacks know must be the same periods.
func TestRetentions(t *testing.T) {
	accepted := 0
	for days := -1; days <= 4000; days++ {
		c := topology.Default()
		c.LogRetentionDays = days
		_, known := retentions[days]
		if valid := c.Validate() == nil; valid != known {
			t.Errorf("%d days: accepted is %v, known is %v", days, valid, known)
		} else if valid {
			accepted++
		}
	}
	if accepted != len(retentions) {
		t.Errorf("%d periods are accepted, %d are known", accepted, len(retentions))
	}
}
