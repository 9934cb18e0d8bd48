package recoverytest

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Histories have what they are made for: all types and phases, events that are lost, repeated, late, of the next version, with
// fields to come, and of a megabyte; and every event of this version can be decoded.
func TestSequences(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(1000) {
		s := New(seed)
		count(t, s, found)
	}
	for _, what := range []string{
		"ArpioRecoveryStart standby", "ArpioRecoveryEnd failover", "ArpioRecoveryEnd failover_test", "ArpioRecoveryEnd standby",
		"ArpioResourceUpsert failover", "ArpioResourceDelete failover", "failback", "repeated", "late", "next version", "field to come",
		"large", "lossless", "away", "home",
	} {
		if found[what] == 0 {
			t.Errorf("there is no %s in %v", what, found)
		}
	}
}

func count(t *testing.T, s Sequence, found map[string]int) {
	t.Helper()
	seen := map[string]bool{}
	for what, is := range map[string]bool{"lossless": s.Lossless, "away": s.Away != "", "home": s.Home} {
		if is {
			found[what]++
		}
	}
	for _, step := range s.Steps {
		if step.Event == nil {
			found["failback"]++
			continue
		}
		nextVersion := bytes.Contains(step.Event, []byte(`"arpio-schema-version":"1"`))
		for what, is := range map[string]bool{
			string(step.Type) + " " + string(step.Phase): true, "repeated": seen[string(step.Event)], "late": step.At.Before(step.Now),
			"next version": nextVersion, "field to come": bytes.Contains(step.Event, []byte("recovery-plan")), "large": len(step.Event) > 1_000_000,
		} {
			if is {
				found[what]++
			}
		}
		seen[string(step.Event)] = true
		event, err := lifecycle.Decode(step.Event)
		if (err != nil) != nextVersion || err == nil && (event.Type != step.Type || !event.Time.Equal(step.At)) {
			t.Errorf("seed %d: %v in %.2000s", s.Seed, err, step.Event)
		}
	}
}

func TestSameSeedSameSequence(t *testing.T) {
	if diff := cmp.Diff(New(3), New(3)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(New(3), New(4)) {
		t.Error("seeds 3 and 4 make the same sequence")
	}
}
