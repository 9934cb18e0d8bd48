package local

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

func TestLagReporter(t *testing.T) {
	lags := []any{1500 * time.Microsecond, errors.New("the source is gone"), database.ErrNotReplicating, time.Minute}
	measured := make(chan struct{})
	var log strings.Builder
	cloud, standby := twoClusters()
	r := lagReporter{
		cloud: cloud,
		lag: func(context.Context) (time.Duration, error) {
			defer func() { measured <- struct{}{} }()
			next := lags[0]
			lags = lags[1:]
			if err, ok := next.(error); ok {
				return 0, err
			}
			return next.(time.Duration), nil
		},
		log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	ctx, cancel := context.WithCancel(t.Context())
	ticks, done := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(done)
		r.run(ctx, ticks)
	}()
	<-measured // without a tick
	for range 3 {
		ticks <- time.Time{}
		<-measured
	}
	cancel()
	<-done

	cloud.Do(func(s *awssim.State) {
		// Lag grows no faster than the clock, which stands still here.
		if lag, ok := s.Lag(standby); !ok || lag != 1500*time.Microsecond {
			t.Errorf("lag is %s, %t", lag, ok)
		}
	})
	if got := log.String(); !strings.Contains(got, "the source is gone") || strings.Contains(got, "does not replicate") {
		t.Errorf("logged %q", got)
	}
}

// twoClusters are the clusters of a global database, in a cloud whose clock stands still; the secondary's ARN is returned.
func twoClusters() (*awssim.Cloud, string) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	cloud := awssim.New(awssim.Options{Account: "123456789012", Clock: func() time.Time { return now }})
	var standby awssim.DBCluster
	cloud.Do(func(s *awssim.State) {
		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "shop"})
		s.Region("us-east-1").CreateDBCluster(awssim.DBCluster{Identifier: "a", GlobalCluster: "shop"})
		s.Region("us-east-1").CreateDBInstance(awssim.DBInstance{Identifier: "a-1", Cluster: "a"})
		standby = s.Region("us-east-2").CreateDBCluster(awssim.DBCluster{Identifier: "b", GlobalCluster: "shop"})
		s.Region("us-east-2").CreateDBInstance(awssim.DBInstance{Identifier: "b-1", Cluster: "b"})
	})
	return cloud, standby.ARN
}
