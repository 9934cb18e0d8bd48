package local

import (
	"context"
	"log/slog"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// lagPeriod is how often lag is reported.
const lagPeriod = time.Second

// lagMetrics are the metrics of a cluster that stands by which say how far it lags.
var lagMetrics = []string{"AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag"}

// startReportingLag reports how far clusters lag until the system is closed.
func (s *system) startReportingLag() error {
	r := lagReporter{cloud: s.cloud, clusters: s.world.Clusters, lag: s.lag, log: s.logger("replication")}
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

// lagReporter puts the lag of the clusters that stand by into CloudWatch, each in its own Region.
type lagReporter struct {
	cloud    *awssim.Cloud
	clusters []*provision.Cluster
	lag      func(context.Context) (time.Duration, error)
	log      *slog.Logger
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

// report reports once. A lag that cannot be measured is missing in CloudWatch.
func (r lagReporter) report(ctx context.Context) {
	lag, err := r.lag(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error("report replication lag", "err", err)
		}
		return
	}
	r.cloud.Do(func(state *awssim.State) {
		for _, c := range r.clusters {
			if c.Writer {
				continue
			}
			for _, name := range lagMetrics {
				state.Region(c.Region).PutMetric(awssim.MetricID{
					Namespace: "AWS/RDS", Name: name,
					Dimensions: []awssim.Dimension{{Name: "DBClusterIdentifier", Value: c.Identifier}},
				}, float64(lag)/float64(time.Millisecond), "Milliseconds")
			}
		}
	})
}
