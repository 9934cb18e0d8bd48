package arpio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

// FailoverOptions say where to play. Bus is required.
type FailoverOptions struct {
	Bus *Bus

	// Seed decides what the recovery is.
	Seed uint64

	// Settle is how long what was started may take to end. Default: 5 minutes.
	Settle time.Duration

	// Progress is told, in a line, what is going on. Default: nobody is.
	Progress func(string)
}

// Check is one thing that must have come of the recovery.
type Check struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// FailoverResult is what came of the recovery.
type FailoverResult struct {
	// OK is true only if all checks are.
	OK bool `json:"ok"`

	// Events is how many events were put on the bus.
	Events int `json:"events"`

	// Seconds is how long it took until all had been dealt with.
	Seconds float64 `json:"seconds"`

	// Checks are the checks, in order.
	Checks []Check `json:"checks"`

	// Error is why it ended early; empty if it did not.
	Error string `json:"error,omitempty"`
}

// Failover plays a made-up recovery of 200 resources on the bus, and checks what came of it on the servers, in the archive, and in
// what AWS counts. The rules that it expects are those of the recovery stack: one that runs a script on servers, which appends a
// line to /tmp/hello.txt once for each server, and one that tells of failures. If there is one that changes DNS records, too, the
// failover must change them, and the failback, which is then played between the failover and its conclusion, must change them back.
func Failover(ctx context.Context, o FailoverOptions) FailoverResult {
	if o.Settle == 0 {
		o.Settle = 5 * time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	f := &failover{FailoverOptions: o, matched: map[int]int{}, result: FailoverResult{Checks: []Check{}}}
	began := time.Now()
	err := f.run(ctx)
	f.result.Seconds = time.Since(began).Seconds()
	if err != nil {
		f.result.Error = err.Error()
	}
	f.result.OK = err == nil && !slices.ContainsFunc(f.result.Checks, func(c Check) bool { return !c.OK })
	return f.result
}

// failover is a recovery that is played.
type failover struct {
	FailoverOptions

	recovery *recovery
	records  *records // nil if no rule changes DNS records
	refused  int      // how many events the bus has not taken
	before   map[int]int
	matched  map[int]int // how many events each rule is to match
	result   FailoverResult
}

// check notes a check.
func (f *failover) check(name string, got, expected any) {
	g, e := fmt.Sprint(got), fmt.Sprint(expected)
	f.result.Checks = append(f.result.Checks, Check{name, g == e, e, g})
}

func (f *failover) run(ctx context.Context) error {
	script, ok := f.Bus.ruleFor(":automation-definition/")
	failures, told := f.Bus.ruleFor(":sns:")
	if !ok || !told {
		return errors.New("the bus must have a rule that starts a runbook and one that tells a topic")
	}
	if err := f.makeUp(ctx); err != nil {
		return err
	}
	var err error
	if f.before, err = f.Bus.invocations(ctx); err != nil {
		return err
	}
	archived, err := f.archived(ctx)
	if err != nil {
		return err
	}
	topic := failures.targets[slices.IndexFunc(failures.targets, func(arn string) bool { return strings.Contains(arn, ":sns:") })]
	published, err := f.published(ctx, topic)
	if err != nil {
		return err
	}
	if err := f.playAll(ctx); err != nil {
		return err
	}
	f.check("the bus takes all events", f.refused, 0)
	f.Progress("looking at the servers")
	return errors.Join(f.checkServers(ctx), f.checkExecutions(ctx, script), f.checkCounts(ctx, topic, published, archived))
}

// The application and the account of a recovery, where no rule says them.
const (
	anyApplication = "gRM8TmEKCtEY7Ud8J8ride"
	anyAccount     = "654321654321"
)

// makeUp makes up the recovery: of the application whose DNS records a rule changes, if there is such a rule.
func (f *failover) makeUp(ctx context.Context) (err error) {
	application, account := anyApplication, anyAccount
	f.records, err = f.Bus.findRecords(ctx)
	switch {
	case err == nil:
		application, account = f.records.application, f.records.account
	case !errors.Is(err, errNoRecords):
		return err
	}
	f.recovery = newRecovery(f.Seed, time.Now().UTC().Truncate(time.Second).Add(-time.Hour), application, account)
	f.result.Events = f.recovery.all()
	return nil
}

// playAll plays the test, the failover, the failback and the conclusion, and looks after each where the DNS records point.
func (f *failover) playAll(ctx context.Context) error {
	for _, part := range []struct {
		what   string
		events []Event
		noted  func(dns.Order, time.Time) bool
		away   bool
	}{
		{"a test", f.recovery.test, func(o dns.Order, end time.Time) bool { return o.Other.Equal(end) }, false},
		{"a failover", f.recovery.failover, func(o dns.Order, end time.Time) bool { return o.Moved.Equal(end) }, true},
		{"the conclusion", f.recovery.conclusion, func(o dns.Order, end time.Time) bool { return o.Other.Equal(end) }, false},
	} {
		if err := f.play(ctx, part.events); err != nil {
			return err
		}
		end := part.events[len(part.events)-1].Time
		if err := f.checkRecords(ctx, part.what, part.away, func(o dns.Order) bool { return part.noted(o, end) }); err != nil {
			return err
		}
		if part.away {
			if err := f.goBack(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// batchSize is how many events PutEvents takes.
const batchSize = 10

// play puts events on the bus, and waits until they have been dealt with.
func (f *failover) play(ctx context.Context, events []Event) error {
	sent := 0
	for batch := range slices.Chunk(events, batchSize) {
		sent += len(batch)
		f.Progress(fmt.Sprintf("event %d of %d", sent, len(events)))
		entries, err := f.Bus.put(ctx, batch...)
		if err != nil {
			return err
		}
		for j, entry := range entries {
			if entry.ErrorCode != nil {
				f.refused++
				continue
			}
			rules, _, err := f.Bus.matches(batch[j])
			if err != nil {
				return err
			}
			for _, r := range rules {
				f.matched[r]++
			}
		}
	}
	f.Progress("waiting for what was started")
	settling, cancel := context.WithTimeout(ctx, f.Settle)
	defer cancel()
	return f.Bus.settle(settling, f.before, f.matched)
}
