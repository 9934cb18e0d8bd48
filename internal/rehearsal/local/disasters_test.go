package local

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

// In a Region that is lost no function is invoked, by whichever service.
func TestNoFunctionRunsInALostRegion(t *testing.T) {
	s := &system{cloud: awssim.New(awssim.Options{}), faults: fault.NewInjector(fault.Plan{}), gates: map[string]*gate{}}
	s.LoseRegion("us-east-1")
	invoke := s.invoker("us-east-1", nil) // there is nothing that could be invoked
	if _, err := invoke(t.Context(), "$LATEST", nil); err == nil || !strings.Contains(err.Error(), "us-east-1 is cut off") {
		t.Errorf("got %v", err)
	}
}
