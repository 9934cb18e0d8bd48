package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// catchUpTime is how long a new replica may take to get everything that its source holds.
	catchUpTime = 30 * time.Second

	// patience is how long a replica is given to apply what the source has just said that it holds. One that keeps up needs
	// a fraction of it, so its lag is measured and need not be estimated by what was seen before.
	patience = 100 * time.Millisecond

	// closeTime is how long the end of replication may take.
	closeTime = 10 * time.Second
)

// Replica is a server that replicates from another one: data, definitions and users. Its methods may be called by several
// goroutines at once. Close it before its servers.
type Replica struct {
	source, standby *sql.DB

	mu     sync.Mutex
	seen   []observation // of the source, oldest first; the replica has applied what the first one saw
	closed bool
}

// observation is how far a server was at a time.
type observation struct {
	at       time.Time
	sequence uint64 // of the last transaction
}

// Replicate has one server replicate from another, and returns when it has everything that the other one held when it was
// called. Both must have been started by [StartReplicable]. The server to replicate to must be new, or hold nothing that
// the other one does not; it becomes read-only for everybody but administrators, and the other one writable.
//
// The error holds what the server said. Ending ctx gives up, and has no effect on a replica that has been returned.
func Replicate(ctx context.Context, from, to *Server) (*Replica, error) {
	r, err := replicate(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("replicate database %s to %s: %w", from.addr, to.addr, err)
	}
	return r, nil
}

func replicate(ctx context.Context, from, to *Server) (*Replica, error) {
	if !from.replicable || !to.replicable {
		return nil, errors.New("both servers must write a binary log, so start them by StartReplicable")
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	source, err := from.open()
	if err != nil {
		return nil, err
	}
	standby, err := to.open()
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	r := &Replica{source: source, standby: standby}
	if err := r.start(ctx, from, to); err != nil {
		return nil, errors.Join(err, r.closePools())
	}
	if err := r.catchUp(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// start has the replica's server begin.
func (r *Replica) start(ctx context.Context, from, to *Server) error {
	host, port, _ := net.SplitHostPort(from.addr)
	_, own, _ := net.SplitHostPort(to.addr)
	user := "replica_" + own // each replica has one of its own, so a password that changes is nobody else's
	password := rand.Text()
	if err := execute(ctx, r.source,
		"SET GLOBAL read_only = OFF",
		"CREATE OR REPLACE USER "+user+"@127.0.0.1 IDENTIFIED BY '"+password+"'",
		"GRANT REPLICATION SLAVE ON *.* TO "+user+"@127.0.0.1",
	); err != nil {
		return fmt.Errorf("prepare the source: %w", err)
	}
	if err := execute(ctx, r.standby,
		"SET GLOBAL read_only = ON",
		"SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos", // it has what it wrote while it was the source itself
		"CHANGE MASTER TO MASTER_HOST = '"+host+"', MASTER_PORT = "+port+", MASTER_USER = '"+user+"', MASTER_PASSWORD = '"+
			password+"', MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 1, MASTER_USE_GTID = slave_pos",
		"START SLAVE",
	); err != nil {
		return fmt.Errorf("start the replica: %w", err)
	}
	return nil
}

// catchUp waits until the replica has applied what the source holds now.
func (r *Replica) catchUp(ctx context.Context) error {
	at := time.Now()
	target, err := readPosition(ctx, r.source, "gtid_binlog_pos")
	for applied := uint64(0); err == nil && applied < target.sequence; {
		applied, err = r.await(ctx, target)
	}
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	r.seen = []observation{{at, target.sequence}}
	return nil
}

// execute executes statements one after the other.
func execute(ctx context.Context, db *sql.DB, statements ...string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
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

// SetDelay has the replica apply each transaction that long after it was committed, to the second. Zero has it apply them as
// soon as it can, as it does to begin with.
func (r *Replica) SetDelay(ctx context.Context, delay time.Duration) error {
	if delay < 0 || delay%time.Second != 0 {
		return fmt.Errorf("delay replication: delay must be whole seconds, got %v", delay)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	err := execute(ctx, r.standby,
		"STOP SLAVE",
		"CHANGE MASTER TO MASTER_DELAY = "+strconv.FormatInt(int64(delay/time.Second), 10),
		"START SLAVE")
	if err != nil {
		return fmt.Errorf("delay replication: %w", err)
	}
	return nil
}

// Close ends replication. The server that has replicated stays as it is, read-only, and forgets what it has not applied. Close
// can be called again.
func (r *Replica) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	return errors.Join(r.stop(), r.closePools())
}

// stop ends replication.
func (r *Replica) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := execute(ctx, r.standby, "STOP SLAVE", "RESET SLAVE ALL"); err != nil {
		return fmt.Errorf("end replication: %w", err)
	}
	return nil
}

func (r *Replica) closePools() error { return errors.Join(r.source.Close(), r.standby.Close()) }
