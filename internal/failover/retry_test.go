package failover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// answered is an error with an HTTP status, as the SDK's clients have it.
func answered(status int, code string) error {
	return &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}},
		Err:      &smithy.GenericAPIError{Code: code},
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&types.InvalidGlobalClusterStateFault{}, true},
		{fmt.Errorf("describe: %w", answered(403, "AccessDenied")), true},
		{checkFailure{"cannot write"}, true},
		{answered(400, "Throttling"), false},
		{answered(429, "TooManyRequestsException"), false},
		{answered(500, "InternalFailure"), false},
		{answered(503, "ServiceUnavailable"), false},
		{&smithy.GenericAPIError{Code: "X", Fault: smithy.FaultServer}, false},
		{context.DeadlineExceeded, false},
		{errors.New("connection reset"), false},
	} {
		if got := refused(tt.err); got != tt.want {
			t.Errorf("%v: got %t", tt.err, got)
		}
	}
}

func TestReadRetries(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		until int // the attempt that succeeds, 0 for none
		want  bool
	}{
		{"throttled at first", answered(400, "Throttling"), 3, true},
		{"an error of the service at first", answered(500, "InternalFailure"), 3, true},
		{"refused at first", answered(403, "AccessDenied"), 3, false},
		{"throttled for good", answered(400, "Throttling"), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &Engine{Settings: DefaultSettings(), Clock: SystemClock{}, Seed: 1}
				attempts, start := 0, time.Now()
				_, err := read(t.Context(), e, "Describe", func(context.Context) (int, error) {
					attempts++
					if attempts == tt.until {
						return 1, nil
					}
					return 0, tt.err
				})
				if (err == nil) != tt.want {
					t.Errorf("got %v after %d attempts", err, attempts)
				}
				if refused(tt.err) && attempts > 1 {
					t.Errorf("a refusal was tried %d times", attempts)
				}
				if took := time.Since(start); took > e.Settings.Retry {
					t.Errorf("took %s, which is beyond %s", took, e.Settings.Retry)
				}
			})
		})
	}
}

// A call that never answers is given up, and tried again.
func TestReadTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &Engine{Settings: DefaultSettings(), Clock: SystemClock{}}
		attempts := 0
		_, err := read(t.Context(), e, "Describe", func(ctx context.Context) (int, error) {
			attempts++
			if attempts == 2 {
				return 2, nil
			}
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if err != nil || attempts != 2 {
			t.Errorf("got %v after %d attempts", err, attempts)
		}
	})
}

// The same seed delays by the same times.
func TestDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delays := func(seed uint64) (all [20]time.Duration) {
			next := (&Engine{Seed: seed, Clock: SystemClock{}}).delays("Describe")
			for i := range all {
				all[i] = next()
			}
			return all
		}
		if first, again := delays(1), delays(1); first != again {
			t.Error("the same seed gives other delays")
		}
		if delays(1) == delays(2) {
			t.Error("another seed gives the same delays")
		}
		for _, d := range delays(3) {
			if d < 0 || d > maxDelay {
				t.Errorf("delay of %s", d)
			}
		}
	})
}
