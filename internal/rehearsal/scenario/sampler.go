package scenario

import (
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// samplePeriod is how often it is looked how things stand.
const samplePeriod = 100 * time.Millisecond

// lagStep is how much the lag changes before it is worth a sample.
const lagStep = 50.0 // milliseconds

// sampler looks how things stand, for as long as clients work.
type sampler struct {
	observer rehearsal.Observer
	load     *history.Load
	live     func(Live) // or nil
	began    time.Time
	done     chan struct{}
	ended    sync.WaitGroup

	samples  []report.Sample
	partings []parting
	received *time.Time // what the standby had received at the last look; nil if there was none
	writer   string     // at the last look
}

// parting is when a standby stopped being one, because it was promoted or detached.
type parting struct {
	at       time.Time // when that was seen
	received time.Time // it had whatever was acknowledged by then
}

func startSampling(o rehearsal.Observer, load *history.Load, live func(Live)) *sampler {
	s := &sampler{observer: o, load: load, live: live, began: load.Snapshot().Began, done: make(chan struct{})}
	s.ended.Go(s.run)
	return s
}

// stop ends it. What it has seen can be read then.
func (s *sampler) stop() {
	close(s.done)
	s.ended.Wait()
}

func (s *sampler) run() {
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	for {
		s.look()
		select {
		case <-ticker.C:
		case <-s.done:
			return
		}
	}
}

// part takes note if the standby that there was is none any more.
func (s *sampler) part(g rehearsal.Glance, now time.Time) {
	if s.received != nil && (g.Lag == nil || g.Writer != s.writer) {
		s.partings = append(s.partings, parting{at: now, received: *s.received})
	}
	s.received, s.writer = nil, g.Writer
	if g.Lag != nil {
		s.received = new(now.Add(-*g.Lag))
	}
}

// look tells how things stand, and takes a sample if anything has changed.
func (s *sampler) look() {
	g, now := s.observer.Glance(), time.Now()
	s.part(g, now)
	if s.live != nil {
		s.live(Live{Elapsed: now.Sub(s.began), Glance: g, Traffic: traffic(s.load.Snapshot(), now.Add(-trafficWindow))})
	}
	next := report.Sample{At: now.Sub(s.began).Milliseconds(), Writer: g.Writer, Active: g.Active, Fenced: g.Fenced}
	if g.Lag != nil {
		next.Lag = new(float64(g.Lag.Microseconds()) / 1000)
	}
	if n := len(s.samples); n > 0 {
		last := s.samples[n-1]
		if last.Writer == next.Writer && last.Active == next.Active && last.Fenced == next.Fenced && near(last.Lag, next.Lag) {
			return
		}
	}
	s.samples = append(s.samples, next)
}

// near says whether two lags are the same for a reader.
func near(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return max(*a-*b, *b-*a) < lagStep
}
