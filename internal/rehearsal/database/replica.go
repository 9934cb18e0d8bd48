package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

const (
	// catchUpTime is how long a new replica may take to get everything that its source holds.
	catchUpTime = 30 * time.Second

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
