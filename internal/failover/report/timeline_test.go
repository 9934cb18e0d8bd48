package report_test

import (
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
)

func TestBucketWidth(t *testing.T) {
	tests := map[time.Duration]time.Duration{
		0:                          100 * time.Millisecond,
		time.Minute:                100 * time.Millisecond,
		time.Minute + 1:            200 * time.Millisecond,
		4 * time.Minute:            500 * time.Millisecond,
		10 * time.Minute:           time.Second,
		15 * time.Minute:           2 * time.Second,
		time.Hour:                  10 * time.Second,
		24 * time.Hour:             200 * time.Second,
		-time.Minute:               100 * time.Millisecond,
		100 * 365 * 24 * time.Hour: 10_000_000 * time.Second,
	}
	for length, want := range tests {
		if got := report.BucketWidth(length); got != want {
			t.Errorf("of %s: got %s, want %s", length, got, want)
		}
	}
}
