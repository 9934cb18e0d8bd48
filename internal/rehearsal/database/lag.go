package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// patience is how long a replica is given to apply what the source has just said that it holds. One that keeps up needs
// a fraction of it, so its lag is measured and need not be estimated by what was seen before.
const patience = 100 * time.Millisecond

// observation is how far a server was at a time.
type observation struct {
	at       time.Time
	sequence uint64 // of the last transaction
}

// Lag measures how old a transaction can be that the source has committed and the replica has not applied: whatever a failover
// would lose is younger. A replica that keeps up lags by a few round trips. What happens between two calls is not known, so one
// that does not keep up may lag by less than this says, at most by the time that lies between two calls.
//
// It is an error if the source does not answer or if replication has stopped.
func (r *Replica) Lag(ctx context.Context) (time.Duration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := time.Now()
	target, err := readPosition(ctx, r.source, "gtid_binlog_pos")
	if err != nil {
		return 0, fmt.Errorf("measure lag: %w", err)
	}
	r.observe(observation{at, target.sequence})
	applied, err := r.await(ctx, target)
	if err != nil {
		return 0, fmt.Errorf("measure lag: %w", err)
	}
	for len(r.seen) > 1 && r.seen[1].sequence <= applied {
		r.seen = r.seen[1:]
	}
	return time.Since(r.seen[0].at), nil
}

// observe notes how far the source is.
func (r *Replica) observe(o observation) {
	if last := len(r.seen) - 1; last >= 0 && r.seen[last].sequence == o.sequence {
		r.seen[last] = o
		return
	}
	r.seen = append(r.seen, o)
}

// await gives the replica a moment to apply everything up to a position, and returns the number of the last transaction that
// it has applied.
func (r *Replica) await(ctx context.Context, target position) (uint64, error) {
	var result sql.NullInt64
	err := r.standby.QueryRowContext(ctx, "SELECT MASTER_GTID_WAIT(?, ?)", target.text, patience.Seconds()).Scan(&result)
	if err != nil {
		return 0, err
	}
	if result.Valid && result.Int64 == 0 {
		return target.sequence, nil
	}
	if err := r.failure(ctx); err != nil {
		return 0, err
	}
	applied, err := readPosition(ctx, r.standby, "gtid_slave_pos")
	return applied.sequence, err
}

// position is how far a server is: the identifier of a transaction, domain-server-sequence. There is one domain.
type position struct {
	text     string
	sequence uint64
}

// readPosition reads a position from a variable. Before the first transaction it is empty.
func readPosition(ctx context.Context, db *sql.DB, variable string) (position, error) {
	var p position
	if err := db.QueryRowContext(ctx, "SELECT @@GLOBAL."+variable).Scan(&p.text); err != nil || p.text == "" {
		return p, err
	}
	var err error
	p.sequence, err = strconv.ParseUint(p.text[strings.LastIndexByte(p.text, '-')+1:], 10, 64)
	return p, err
}

// failure is what the replica says that keeps it from replicating, nil if nothing does.
func (r *Replica) failure(ctx context.Context) error {
	rows, err := r.standby.QueryContext(ctx, "SHOW SLAVE STATUS")
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	if !rows.Next() {
		return errors.Join(rows.Err(), errors.New("replication has been ended"))
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	var errs []error
	for i, column := range columns {
		if (column == "Last_IO_Error" || column == "Last_SQL_Error") && values[i].String != "" {
			errs = append(errs, errors.New("replication has stopped: "+values[i].String))
		}
	}
	return errors.Join(errs...)
}
