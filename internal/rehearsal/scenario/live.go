package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// Live is how things stand while a scenario is played.
type Live struct {
	// Elapsed is how long the clients have worked.
	Elapsed time.Duration

	// Glance is what the machine sees.
	Glance rehearsal.Glance

	// Traffic is what the clients saw within the last second, by the Region that answered; empty where none did.
	Traffic map[string]Traffic
}

// Traffic counts requests.
type Traffic struct {
	// Reads and Writes succeeded, Failed did not.
	Reads, Writes, Failed int
}

// trafficWindow is how far back the traffic that is shown reaches.
const trafficWindow = time.Second

// traffic is what clients saw since a time. Records come in the order of their ends, or nearly so.
func traffic(h history.History, since time.Time) map[string]Traffic {
	seen := make(map[string]Traffic)
	for i := len(h.Records) - 1; i >= 0 && h.Records[i].End.After(since); i-- {
		r := h.Records[i]
		t := seen[r.Region]
		switch {
		case !r.OK():
			t.Failed++
		case r.Write:
			t.Writes++
		default:
			t.Reads++
		}
		seen[r.Region] = t
	}
	return seen
}

// tellPeriod is how often it is looked what a run has written down.
const tellPeriod = 500 * time.Millisecond

// teller tells the steps of a run as they end.
type teller struct {
	store *runstore.Store
	run   string
	next  time.Time
	told  int
}

// tell tells the steps that have ended since the last time. What cannot be read is told later, or is in the report: whoever watches
// must not end what is watched.
func (t *teller) tell(ctx context.Context, progress func(string)) {
	if time.Now().Before(t.next) {
		return
	}
	t.next = time.Now().Add(tellPeriod)
	entries, err := t.store.Entries(ctx, t.run)
	if err != nil {
		return
	}
	for _, e := range entries[min(t.told, len(entries)):] {
		if e.Step != nil {
			progress(step(*e.Step))
		}
	}
	t.told = max(t.told, len(entries))
}

// step is a step in a line.
func step(s failover.StepTaken) string {
	text := fmt.Sprintf("step %s: %.1f s", s.Name, s.End.Sub(s.Start).Seconds())
	if s.Error != "" {
		return text + ", failed: " + s.Error
	}
	return text
}
