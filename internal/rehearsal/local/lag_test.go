package local

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

func TestLagReporter(t *testing.T) {
	lags := []any{1500 * time.Microsecond, errors.New("the source is gone"), time.Minute}
	measured := make(chan struct{})
	var log strings.Builder
	cloud := awssim.New(awssim.Options{Account: "123456789012"})
	r := lagReporter{
		cloud: cloud,
		clusters: []*provision.Cluster{
			{Region: "us-east-1", Identifier: "a", Writer: true}, {Region: "us-east-2", Identifier: "b"},
		},
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
	for range 2 {
		ticks <- time.Time{}
		<-measured
	}
	cancel()
	<-done

	want := []float64{1.5, 60000}
	for _, name := range []string{"AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag"} {
		if got := values(cloud, "us-east-2", name, "b"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s was %v, want %v", name, got, want)
		}
		if got := values(cloud, "us-east-1", name, "a"); len(got) > 0 {
			t.Errorf("%s of the writer was %v", name, got)
		}
	}
	if !strings.Contains(log.String(), "the source is gone") {
		t.Errorf("logged %q", log.String())
	}
}

// values are what a metric of a cluster was, in milliseconds.
func values(cloud *awssim.Cloud, region, name, cluster string) (values []float64) {
	cloud.Do(func(state *awssim.State) {
		metric := state.Region(region).Metric(awssim.MetricID{
			Namespace: "AWS/RDS", Name: name, Dimensions: []awssim.Dimension{{Name: "DBClusterIdentifier", Value: cluster}},
		})
		for _, d := range metric.Data {
			if d.Unit == "Milliseconds" {
				values = append(values, d.Values[0].Value)
			}
		}
	})
	return values
}
