package simulation

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// window is when, and how, a target fails for an input.
type window struct {
	until   time.Time // it fails before this time
	forever bool      // it always fails
	code    int       // the status that it fails with
	lost    int       // how many answers are still to be lost, after the target has done what was asked
	gone    int       // how many were
	taken   int       // how many calls the target has taken, whether or not EventBridge knows
}

// faults makes calls of targets fail.
type faults struct {
	*world

	seed uint64

	mu      sync.Mutex
	windows map[string]*window // by what is asked
}

// Do makes a call, unless it is to fail. Calls of queues and logs do not.
func (f *faults) Do(ctx context.Context, r endpoint.Request) (any, error) {
	if r.Service == "sqs" || r.Service == "logs" {
		return f.aws.Do(ctx, r)
	}
	key := keyOf(r)
	f.mu.Lock()
	w, ok := f.windows[key]
	if !ok {
		w = f.draw(key)
		f.windows[key] = w
	}
	fails := w.forever || f.cloud.Now().Before(w.until)
	f.mu.Unlock()
	if fails {
		return nil, &endpoint.Error{Status: w.code, Code: http.StatusText(w.code), Message: "simulated"}
	}
	out, err := f.aws.Do(ctx, r)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		return out, err
	}
	w.taken++
	if w.lost > 0 {
		w.lost--
		w.gone++
		return nil, &endpoint.Error{Status: http.StatusGatewayTimeout, Code: "Timeout", Message: "simulated: the answer is lost"}
	}
	return out, nil
}

// keyOf is what a call asks of a target.
func keyOf(r endpoint.Request) string {
	text, _ := json.Marshal(r.Input) // maps, lists and texts: it cannot fail
	return r.Service + " " + string(text) + string(r.Body)
}

// draw decides how a target fails for an input. The seed and the input decide it, and not the order of calls.
func (f *faults) draw(key string) *window {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))                        // never fails
	random := rand.New(rand.NewPCG(f.seed, h.Sum64())) //nolint:gosec // to be reproducible, not secret
	w := &window{code: http.StatusServiceUnavailable}
	if random.IntN(2) == 0 {
		w.code = http.StatusTooManyRequests
	}
	switch n := random.IntN(100); {
	case n < 15:
		w.until = f.cloud.Now().Add(time.Duration(random.Int64N(int64(3 * time.Hour))))
	case n < 18:
		w.forever = true
	case n < 20:
		w.forever, w.code = true, http.StatusForbidden
	case n < 27:
		w.lost = 1 + random.IntN(2)
	}
	return w
}

// of are the windows of a service's inputs.
func (f *faults) of(service string) map[string]*window {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := map[string]*window{}
	for key, w := range f.windows {
		if len(key) > len(service) && key[:len(service)] == service {
			found[key] = w
		}
	}
	return found
}

// taken are how many calls of a service's the targets have taken, and how many of these without an answer.
func (f *faults) taken(service string) (taken, unanswered int) {
	for _, w := range f.of(service) {
		taken, unanswered = taken+w.taken, unanswered+w.gone
	}
	return taken, unanswered
}
