package local

import (
	"context"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// servers are the database servers behind the clusters of both Regions. [database.Pair] is two of them.
type servers interface {
	// Active is the server that writes, Standby the one that replicates from it.
	Active() *database.Server
	Standby() *database.Server

	// Lag is how far the standby lags, and SetDelay makes it lag by that much.
	Lag(ctx context.Context) (time.Duration, error)
	SetDelay(ctx context.Context, delay time.Duration) error

	// Cut ends replication at once.
	Cut() error

	// SwitchOver exchanges the roles and loses nothing, FailOver exchanges them and loses what is not replicated, and Rejoin brings a
	// standby back.
	SwitchOver(ctx context.Context) error
	FailOver(ctx context.Context) error
	Rejoin(ctx context.Context) error

	Close() error
}

var _ servers = (*database.Pair)(nil)
