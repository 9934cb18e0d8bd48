package local

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// single is the one embedded server of all clusters: whatever one writes, the others read at once. A lag shows where it hurts only: a
// standby that takes over by a failover has what it would have had, because the server's tables are put back to that time.
type single struct {
	*database.Server

	mu    sync.Mutex
	delay time.Duration
	past  *past     // nil while the standby does not lag, or has taken over
	cutAt time.Time // when replication ended; zero while it runs
}

var _ servers = (*single)(nil)

// Active and Standby are the server.
func (s *single) Active() *database.Server  { return s.Server }
func (s *single) Standby() *database.Server { return s.Server }

// Lag is what it was told.
func (s *single) Lag(context.Context) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delay, nil
}

// SetDelay lets the standby lag by that much.
func (s *single) SetDelay(_ context.Context, delay time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = delay
	if !s.cutAt.IsZero() {
		return nil // what it lacks is decided
	}
	return s.remember()
}

// remember begins to take note of the past, or forgets it if the standby does not lag.
func (s *single) remember() (err error) {
	s.forget()
	if s.delay > 0 {
		s.past, err = startPast(s.Server.Config(""), s.delay)
	}
	return err
}

func (s *single) forget() {
	if s.past != nil {
		s.past.close()
		s.past = nil
	}
}

// Cut ends replication.
func (s *single) Cut() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cutAt.IsZero() {
		s.cutAt = time.Now()
	}
	if s.past != nil {
		s.past.freeze()
	}
	return nil
}

// SwitchOver exchanges the roles.
func (s *single) SwitchOver(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remember()
}

// FailOver lets the standby write, with what it has.
func (s *single) FailOver(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut := s.cutAt
	if cut.IsZero() {
		cut = time.Now()
	}
	s.cutAt = cut
	if s.past == nil {
		return nil
	}
	defer s.forget()
	if err := s.past.restore(ctx, cut.Add(-s.past.reach)); err != nil {
		return fmt.Errorf("lose what the standby lacks: %w", err)
	}
	return nil
}

// Rejoin has a standby replicate again.
func (s *single) Rejoin(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutAt = time.Time{}
	return s.remember()
}

// Close ends the server.
func (s *single) Close() error {
	s.mu.Lock()
	s.forget()
	s.mu.Unlock()
	return s.Server.Close()
}
