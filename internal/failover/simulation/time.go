package simulation

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"
)

// Whatever changes or looks at the state of the world does so at times of its own, so that it does not matter which of several
// goroutines that wake up at the same time runs first: the times of a slot are those whose nanoseconds leave it as remainder.
const grain = 8192

// Slots, each followed by those of the same kind.
const (
	slotCalls     = 0 // by caller, operation and Region
	slotClients   = 4096
	slotOperators = 5000
	slotKills     = 5100
	slotConsole   = 5200
	slotWorld     = 5300
)

// wake is the first time of a slot that is not before t.
func wake(t time.Time, slot int) time.Time {
	ns := t.UnixNano()
	at := ns - ns%grain + int64(slot)
	if at < ns {
		at += grain
	}
	return t.Add(time.Duration(at - ns))
}

// sleepUntil sleeps until the first time of a slot that is not before t.
func sleepUntil(t time.Time, slot int) { time.Sleep(time.Until(wake(t, slot))) }

// life is a call of the engine, which can be killed at any time.
type life struct {
	killed  atomic.Bool
	gone    chan struct{}
	changes int // changing calls so far; those of an engine come one after the other
	kill    Kill
}

func newLife(k Kill) *life { return &life{gone: make(chan struct{}), kill: k} }

// end kills the engine: none of its goroutines comes further than to its next call, sleep or look at the clock.
func (l *life) end() {
	if l.killed.CompareAndSwap(false, true) {
		close(l.gone)
	}
}

// check ends the goroutine if the engine is dead.
func (l *life) check() {
	if l.killed.Load() {
		runtime.Goexit()
	}
}

// at kills the engine if that is the moment of the n-th changing call.
func (l *life) at(n int, m Moment) {
	if l.kill.Change == n && n > 0 && l.kill.Moment == m {
		l.end()
	}
}

// sleep waits until a time, or until ctx ends or the engine is killed. Whether ctx ends first is decided beforehand, so that it does
// not depend on which of two timers of the same time is first.
func (l *life) sleep(ctx context.Context, until time.Time) error {
	if deadline, some := ctx.Deadline(); some && !deadline.After(until) {
		return l.wait(ctx)
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-l.gone:
	}
	l.check()
	return ctx.Err()
}

// wait waits until ctx ends or the engine is killed.
func (l *life) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-l.gone:
	}
	l.check()
	return ctx.Err()
}

// clock is an engine's clock.
type clock struct{ *life }

// Now is the time.
func (c clock) Now() time.Time {
	c.check()
	return time.Now()
}

// Sleep waits for d or a little longer, so that the time stays one of the slot that the goroutine woke up in.
func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	c.check()
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.sleep(ctx, time.Now().Add((d+grain-1)/grain*grain))
}

// random is a source of random numbers that depends on the seed and a key only.
func random(seed uint64, key string, n int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))                                          // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()+uint64(n)*0x9e3779b97f)) //nolint:gosec // is to be reproducible, not secret
}
