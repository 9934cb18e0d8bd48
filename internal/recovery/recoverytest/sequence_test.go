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
	for seed := range uint64(500) {
		s := New(seed)
		count(t, s, found)
	}
	for _, what := range []string{
		"ArpioRecoveryStart standby", "ArpioRecoveryEnd failover", "ArpioRecoveryEnd failover_test", "ArpioRecoveryEnd standby",
		"ArpioResourceUpsert failover", "ArpioResourceDelete failover", "failback", "repeated", "late", "next version", "field to come",
		"large", "lossless", "away", "home", "server", "server with a hostile id", "server again", "failed server",
	} {
		if found[what] == 0 {
			t.Errorf("there is no %s in %v", what, found)
		}
	}
}

func count(t *testing.T, s Sequence, found map[string]int) {
	t.Helper()
	seen, done := map[string]bool{}, map[string]bool{}
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
		if nextVersion != step.NextVersion {
			t.Errorf("seed %d: the step does not tell the version of %.2000s", s.Seed, step.Event)
		}
		for what, is := range map[string]bool{
			"server": step.IsServer, "server with a hostile id": step.IsServer && !s.Servers[step.Server],
			"server again":  step.IsServer && step.State == lifecycle.Done && done[step.Server] && !seen[string(step.Event)],
			"failed server": step.IsServer && step.State == lifecycle.Failed,
			string(step.Type) + " " + string(step.Phase): true, "repeated": seen[string(step.Event)], "late": step.At.Before(step.Now),
			"next version": nextVersion, "field to come": bytes.Contains(step.Event, []byte("recovery-plan")), "large": len(step.Event) > 1_000_000,
		} {
			if is {
				found[what]++
			}
		}
		seen[string(step.Event)] = true
		done[step.Server] = done[step.Server] || step.State == lifecycle.Done
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
