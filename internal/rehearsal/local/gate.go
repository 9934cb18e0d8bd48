package local

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// gate is the way into a Region for requests. It is open to begin with.
type gate struct {
	mu      sync.Mutex
	closed  chan struct{} // not nil while nothing comes through; closed when it opens again
	slow    time.Duration // the most that a request is delayed
	failing float64       // the share of requests that fail
	random  *rand.Rand
}

func newGate(seed uint64) *gate {
	return &gate{random: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // what is drawn is to be reproducible, not secret
}

// shut lets nothing through any more.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == nil {
		g.closed = make(chan struct{})
	}
}

// open lets everything through again, undisturbed.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed != nil {
		close(g.closed)
		g.closed = nil
	}
	g.slow, g.failing = 0, 0
}

// disturb delays requests by up to that much and lets a share of them fail.
func (g *gate) disturb(slow time.Duration, failing float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slow, g.failing = slow, failing
}

// shutNow reports whether nothing comes through.
func (g *gate) shutNow() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed != nil
}

// draw is what happens to the next request.
func (g *gate) draw() (delay time.Duration, fails bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.slow > 0 {
		delay = time.Duration(g.random.Int64N(int64(g.slow)))
	}
	return delay, g.random.Float64() < g.failing
}

// guard lets requests through to a handler as the gate does. Requests that are under way when the gate shuts get no answer.
func (g *gate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.shutNow() {
			panic(http.ErrAbortHandler)
		}
		delay, fails := g.draw()
		if !wait(r.Context(), delay) {
			return
		}
		if fails {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
		if g.shutNow() {
			panic(http.ErrAbortHandler) // a short answer has not left yet
		}
	})
}

// wait waits, and reports whether ctx has not ended.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dial connects through the gate. Nobody answers while it is shut: the caller waits until its time is over or the gate opens.
func (g *gate) dial(ctx context.Context, address string) (net.Conn, error) {
	g.mu.Lock()
	closed := g.closed
	g.mu.Unlock()
	if closed != nil {
		select {
		case <-closed:
		case <-ctx.Done():
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.Cause(ctx)}
		}
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", address)
}
