// Package traffic offers the application requests at a steady rate, checks every answer, and says how it went.
//
// The load is open: requests are sent when they are due, whether or not those before have been answered, and latency counts from
// when a request was due. So an application that is too slow shows as latency, not as a lower rate. Only the number of requests
// that are under way is bounded.
//
// The to-dos that are read, changed and deleted are those that the traffic has created itself. Each is in the hands of one
// request at a time, so that what it must read is known exactly.
package traffic

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// Outstanding is the greatest number of requests under way.
const Outstanding = 256

// Sender sends a request and waits for its answer. [client.Client] is one. It must allow concurrent calls.
type Sender interface {
	Do(ctx context.Context, r client.Request) client.Answer
}

// Options says what to offer. All fields but Progress are required.
type Options struct {
	// Rate is the number of requests in a second.
	Rate int

	// Duration is for how long they are offered.
	Duration time.Duration

	// Seed decides which requests they are, and what is in them.
	Seed uint64

	// Base is the URL that the routes' paths are appended to.
	Base string

	// Token opens the routes.
	Token string

	// Region must have served each request.
	Region string

	// Progress is told how many requests have been sent, about once a second of the load. Default: nobody is.
	Progress func(sent, total int)
}

// requests is the number of all requests.
func (o Options) requests() int { return int(float64(o.Rate) * o.Duration.Seconds()) }

// due is when request i is to be sent, from the start.
func (o Options) due(i int) time.Duration {
	return time.Duration(float64(i) / float64(o.Rate) * float64(time.Second))
}

// Run offers the load through s and returns when all of it is answered. If ctx ends, it offers no more, and what was under way
// is not counted.
func Run(ctx context.Context, s Sender, o Options) Report {
	r := &run{Options: o, sender: s, stats: newStats(o)}
	start := time.Now()
	r.offer(ctx, start)
	r.underWay.Wait()
	return r.stats.report(time.Since(start))
}

// run is one load while it is offered.
type run struct {
	Options
	sender   Sender
	items    items
	stats    *stats
	underWay sync.WaitGroup
}

// offer sends every request when it is due.
func (r *run) offer(ctx context.Context, start time.Time) {
	random := rand.New(rand.NewPCG(r.Seed, 0))
	slots := make(chan struct{}, Outstanding)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range r.requests() {
		due := start.Add(r.due(i))
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		o := draw(random)
		r.underWay.Go(func() {
			r.serve(ctx, o, due)
			<-slots
		})
		if r.Progress != nil && (i+1)%r.Rate == 0 {
			r.Progress(i+1, r.requests())
		}
	}
}

// serve sends one request and counts its answer.
func (r *run) serve(ctx context.Context, o operation, due time.Time) {
	o.choose(&r.items)
	answer := r.sender.Do(ctx, o.request(r.Base, r.Token))
	if ctx.Err() != nil {
		return
	}
	took := time.Since(due)
	wrong := o.check(answer, r.Region)
	o.settle(&r.items, answer, wrong)
	r.stats.add(o, answer, wrong, took)
}

// items are the to-dos that nobody is busy with.
type items struct {
	mu   sync.Mutex
	free []client.Item
}

// take takes one of them, if there is any.
func (s *items) take(pick uint64) (client.Item, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.free) - 1
	if last < 0 {
		return client.Item{}, false
	}
	i := int(pick % uint64(len(s.free)))
	taken := s.free[i]
	s.free[i] = s.free[last]
	s.free = s.free[:last]
	return taken, true
}

// put puts one in.
func (s *items) put(i client.Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, i)
}
