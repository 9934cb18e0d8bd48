package awssim

import (
	"context"
	"time"
)

// Lasts is how long something takes here that takes d in AWS.
func (s *State) Lasts(d time.Duration) time.Duration { return time.Duration(float64(d) / s.speed) }

// Sleep waits for as long as something takes here that takes d in AWS, or until ctx ends.
func (c *Cloud) Sleep(ctx context.Context, d time.Duration) error {
	c.Do(func(s *State) { d = s.Lasts(d) })
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
