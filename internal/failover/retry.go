package failover

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// firstDelay is the greatest delay before the second attempt of a call. It doubles with each attempt, up to maxDelay.
const firstDelay, maxDelay = 100 * time.Millisecond, 5 * time.Second

// throttles are the codes by which AWS's services throttle ("Common errors" in the RDS, CloudWatch, Lambda and CloudFront
// KeyValueStore API references).
var throttles = []string{
	"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
	"RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
}

// once makes one attempt of a call.
func once[T any](ctx context.Context, e *Engine, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Settings.Call)
	defer cancel()
	return call(ctx)
}

// read makes a call that changes nothing, and makes it again as long as it fails for reasons that pass. The name, with the
// engine's seed, decides the delays: "full jitter" as in the Amazon Builders' Library, "Timeouts, retries, and backoff with
// jitter".
func read[T any](ctx context.Context, e *Engine, name string, call func(context.Context) (T, error)) (T, error) {
	end := e.Clock.Now().Add(e.Settings.Retry)
	delays := e.delays(name)
	for {
		out, err := once(ctx, e, call)
		if err == nil || !passing(err) || ctx.Err() != nil {
			return out, err
		}
		delay := delays()
		if e.Clock.Now().Add(delay).After(end) || e.Clock.Sleep(ctx, delay) != nil {
			return out, err
		}
	}
}

// delays returns the delays before the second and later attempts of a call, one after the other.
func (e *Engine) delays(name string) func() time.Duration {
	h := fnv.New64a()
	h.Write([]byte(name))
	random := rand.New(rand.NewPCG(e.Seed, h.Sum64()^uint64(e.Clock.Now().UnixNano()))) //nolint:gosec // spreads load, keeps no secret
	bound := firstDelay
	return func() time.Duration {
		delay := time.Duration(random.Int64N(int64(bound)))
		bound = min(2*bound, maxDelay)
		return delay
	}
}

// passing says whether an error may be gone at the next attempt: throttling, an error of the service, or no answer at all.
func passing(err error) bool { return !refused(err) }

// refused says whether AWS has understood the call and will not do it.
func refused(err error) bool {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		if status := response.HTTPStatusCode(); status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
			return false
		}
	}
	var failed checkFailure
	if errors.As(err, &failed) {
		return true
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	return api.ErrorFault() != smithy.FaultServer && !slices.Contains(throttles, api.ErrorCode())
}
