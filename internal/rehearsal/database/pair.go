package database

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Pair is two MariaDB servers, one of which replicates from the other, as the clusters of a global database do. It exchanges their
// roles, loses what has not been replicated, and brings a server back that has fallen out. Its methods may be called by several
// goroutines at once.
type Pair struct {
	mu      sync.Mutex
	active  *Server  // which writes
	standby *Server  // which replicates, or did
	replica *Replica // nil while the standby does not replicate
	delay   time.Duration
}

// ErrNotReplicating means that the standby of a [Pair] does not replicate.
var ErrNotReplicating = errors.New("the standby does not replicate")

// StartPair starts two servers and has one replicate from the other.
func StartPair(ctx context.Context) (*Pair, error) {
	var servers [2]*Server
	var starting errgroup.Group
	for i := range servers {
		starting.Go(func() (err error) {
			servers[i], err = StartReplicable(ctx)
			return err
		})
	}
	err := starting.Wait()
	p := &Pair{active: servers[0], standby: servers[1]}
	if err == nil {
		p.replica, err = Replicate(ctx, p.active, p.standby)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Active is the server that writes.
func (p *Pair) Active() *Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.active
}

// Standby is the other one.
func (p *Pair) Standby() *Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.standby
}

// Lag is how far the standby lags, see [Replica.Lag]; [ErrNotReplicating] while it does not replicate.
func (p *Pair) Lag(ctx context.Context) (time.Duration, error) {
	p.mu.Lock()
	replica := p.replica
	p.mu.Unlock()
	if replica == nil {
		return 0, ErrNotReplicating
	}
	return replica.Lag(ctx)
}

// SetDelay has the standby apply what it gets that much later, from now on, whichever server it is; see [Replica.SetDelay].
func (p *Pair) SetDelay(ctx context.Context, delay time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
	if p.replica == nil {
		return nil
	}
	return p.replica.SetDelay(ctx, delay)
}

// Cut ends replication as the loss of a Region does: at once, whatever has not been replicated.
func (p *Pair) Cut() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut()
}

func (p *Pair) cut() error {
	if p.replica == nil {
		return nil
	}
	err := p.replica.Close()
	p.replica = nil
	return err
}

// SwitchOver exchanges the roles without losing anything: the active server stops writing, the standby gets everything, writes, and
// the former active replicates from it.
func (p *Pair) SwitchOver(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.replica == nil {
		return ErrNotReplicating
	}
	if p.delay > 0 {
		if err := p.replica.SetDelay(ctx, 0); err != nil {
			return err
		}
	}
	// Read-only waits for the transactions that are being committed, and lets no other begin (MariaDB, "read_only").
	if err := execute(ctx, p.replica.source, "SET GLOBAL read_only = ON"); err != nil {
		return fmt.Errorf("stop writes: %w", err)
	}
	if err := p.replica.catchUp(ctx); err != nil {
		return err
	}
	if err := p.cut(); err != nil {
		return err
	}
	p.active, p.standby = p.standby, p.active
	return p.replicate(ctx)
}

// FailOver lets the standby write, whatever it has. The former active stays as it is.
func (p *Pair) FailOver(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cut(); err != nil {
		return err
	}
	p.active, p.standby = p.standby, p.active
	db, err := p.active.open()
	if err != nil {
		return err
	}
	defer db.Close()
	return execute(ctx, db, "SET GLOBAL read_only = OFF")
}

// Rejoin replaces the standby, and all that only it holds, by a server that gets everything from the active one and replicates from
// then on.
func (p *Pair) Rejoin(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cut(); err != nil {
		return err
	}
	empty, err := StartReplicable(ctx)
	if err != nil {
		return err
	}
	if err := p.standby.Close(); err != nil {
		return errors.Join(err, empty.Close())
	}
	p.standby = empty
	return p.replicate(ctx)
}

// replicate has the standby replicate from the active server.
func (p *Pair) replicate(ctx context.Context) (err error) {
	if p.replica, err = Replicate(ctx, p.active, p.standby); err != nil {
		p.replica = nil
		return err
	}
	if p.delay > 0 {
		return p.replica.SetDelay(ctx, p.delay)
	}
	return nil
}

// Close ends replication and both servers. It can be called again.
func (p *Pair) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.cut()
	for _, s := range []*Server{p.active, p.standby} {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	return err
}
