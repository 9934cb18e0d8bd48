package dns

import (
	"errors"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// at is a time in seconds; 0 is none.
func at(seconds int) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

func TestOrder(t *testing.T) {
	for name, tc := range map[string]struct {
		failedOver, other, returned int
		phase                       lifecycle.Phase
		at                          int
		want                        Decision // "" is an error
	}{
		"the first failover":                {0, 0, 0, lifecycle.Failover, 10, Move},
		"a failover after a recovery point": {0, 5, 0, lifecycle.Failover, 10, Move},
		"a repeat":                          {10, 5, 0, lifecycle.Failover, 10, Move},
		"another try":                       {10, 5, 0, lifecycle.Failover, 20, Move},
		"a failover that came late":         {20, 5, 0, lifecycle.Failover, 10, Older},
		"a failover that is concluded":      {10, 30, 0, lifecycle.Failover, 20, Older},
		"a failover and a test at once":     {0, 10, 0, lifecycle.Failover, 10, ""},
		"another try after failback":        {10, 5, 20, lifecycle.Failover, 30, ""},
		"a failover from before failback":   {10, 5, 20, lifecycle.Failover, 15, Older},
		"the first, from before failback":   {0, 5, 20, lifecycle.Failover, 15, Older},
		"one at the time of failback":       {10, 5, 20, lifecycle.Failover, 20, Older},
		"a failover after an idle failback": {10, 15, 20, lifecycle.Failover, 30, Move},
		"the next failover":                 {10, 30, 20, lifecycle.Failover, 40, Move},
		"a test":                            {0, 5, 0, lifecycle.FailoverTest, 10, Remember},
		"a recovery point":                  {0, 5, 0, lifecycle.Standby, 10, Remember},
		"a conclusion":                      {10, 5, 0, lifecycle.Standby, 20, Remember},
		"a phase that is not known":         {10, 5, 0, "warm", 20, Remember},
		"a recovery point that came late":   {0, 15, 0, lifecycle.Standby, 10, Older},
		"a recovery point again":            {0, 15, 0, lifecycle.Standby, 15, Older},
	} {
		t.Run(name, func(t *testing.T) {
			before := Order{FailedOver: at(tc.failedOver), Other: at(tc.other), Returned: at(tc.returned), Seen: at(tc.failedOver)}
			if tc.returned != 0 {
				before = before.Return(at(tc.returned))
			}
			after, got, err := before.End(tc.phase, at(tc.at))
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("decision %q, want %q, error %v", got, tc.want, err)
			}
			if after.FailedOver.Before(before.FailedOver) || after.Other.Before(before.Other) || after.Returned != before.Returned {
				t.Errorf("%v became %v", before, after)
			}
		})
	}
}

// A failover that is held back, because the conclusion of the one before is not known, can be gone back from as well.
func TestReturnFromWhatWasHeldBack(t *testing.T) {
	o, _, err := Order{Seen: at(10)}.Return(at(20)).End(lifecycle.Failover, at(40))
	if !errors.Is(err, ErrWentBack) {
		t.Fatal(err)
	}
	o, _, _ = o.End(lifecycle.Standby, at(30)) // the conclusion comes late
	if _, decision, err := o.End(lifecycle.Failover, at(40)); decision != Move || err != nil {
		t.Errorf("the same again: %s, %v", decision, err)
	}
	if _, _, err := o.Return(at(50)).End(lifecycle.Failover, at(60)); !errors.Is(err, ErrWentBack) {
		t.Errorf("another try after failback: %v", err)
	}
}

func TestReturn(t *testing.T) {
	o := Order{Other: at(5)}.Return(at(20)).Return(at(10))
	if o.Returned != at(20) {
		t.Errorf("after failback: %v", o)
	}
	// The end of the failover comes late: it moves nothing, and neither does another try of it.
	o, decision, err := o.End(lifecycle.Failover, at(10))
	if err != nil || decision != Older {
		t.Errorf("late: %s, %v", decision, err)
	}
	if _, _, err := o.End(lifecycle.Failover, at(30)); !errors.Is(err, ErrWentBack) {
		t.Errorf("another try: %v", err)
	}
}
