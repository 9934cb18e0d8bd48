package local

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// lagPeriod is how often lag is reported.
const lagPeriod = time.Second

// startReportingLag reports how far the standby lags until the system is closed.
func (s *system) startReportingLag() error {
	r := lagReporter{cloud: s.cloud, lag: s.servers.Lag, log: s.logger("replication")}
	ctx, cancel := context.WithCancel(context.Background())
	ticker := time.NewTicker(lagPeriod)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer ticker.Stop()
		r.run(ctx, ticker.C)
	}()
	s.closers = append(s.closers, func() error {
		cancel()
		<-done
		return nil
	})
	return nil
}

// lagReporter tells simulated RDS how far the secondary cluster lags, which puts it into CloudWatch.
type lagReporter struct {
	cloud *awssim.Cloud
	lag   func(context.Context) (time.Duration, error)
	log   *slog.Logger
}

// run reports at once and then at each tick, until ctx ends.
func (r lagReporter) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		r.report(ctx)
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// report reports once. A standby that does not replicate has no lag to report.
func (r lagReporter) report(ctx context.Context) {
	lag, err := r.lag(ctx)
	if errors.Is(err, database.ErrNotReplicating) {
		return
	}
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error("measure replication lag", "err", err)
		}
		return
	}
	r.cloud.Do(func(state *awssim.State) {
		for _, g := range state.GlobalClusters.Values() {
			for _, m := range g.Members {
				if !m.IsWriter {
					state.SetLag(m.DBClusterARN, lag)
				}
			}
		}
	})
}
