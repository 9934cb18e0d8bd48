package local

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

// pastPeriod is how often the past is taken note of.
const pastPeriod = 200 * time.Millisecond

// past is what the tables of a server held a while ago.
type past struct {
	db    *sql.DB
	reach time.Duration // how far it goes back
	stop  context.CancelFunc
	ended sync.WaitGroup

	mu      sync.Mutex
	moments []moment // oldest first
	err     error    // the last look failed
}

// moment is what all tables held at a time.
type moment struct {
	at     time.Time // when it had been read
	tables []table
}

// table is a table's rows.
type table struct {
	schema, name string // quoted
	rows         [][]any
}

// startPast takes note of what a server's tables hold, until it is closed. The first moment is there at once.
func startPast(c *mysql.Config, reach time.Duration) (*past, error) {
	c.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &past{db: sql.OpenDB(connector), reach: reach, stop: stop}
	p.look(ctx)
	p.ended.Go(func() { p.run(ctx) })
	return p, nil
}

// freeze takes note of nothing more, and keeps what is known.
func (p *past) freeze() {
	p.stop()
	p.ended.Wait()
}

// close ends it.
func (p *past) close() {
	p.freeze()
	p.db.Close()
}

func (p *past) run(ctx context.Context) {
	ticker := time.NewTicker(pastPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look takes note of what is there, and forgets what nobody will ask for.
func (p *past) look(ctx context.Context) {
	tables, err := readTables(ctx, p.db)
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	if p.err = err; err != nil {
		return
	}
	now := time.Now()
	p.moments = append(p.moments, moment{now, tables})
	for len(p.moments) > 1 && p.moments[0].at.Before(now.Add(-p.reach-time.Second)) {
		p.moments = p.moments[1:]
	}
}

// restore puts the tables back to what they held at a time, or a moment later. If nothing is known of the time since, they stay.
func (p *past) restore(ctx context.Context, to time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.moments {
		if m.at.Before(to) {
			continue
		}
		for _, t := range m.tables {
			if err := t.restore(ctx, p.db); err != nil {
				return err
			}
		}
		return nil
	}
	return p.err
}

// restore lets a table hold these rows, and no others.
func (t table) restore(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, statement := range []string{"USE " + t.schema, "DELETE FROM " + t.name} { // go-mysql-server deletes in the current database only
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for _, row := range t.rows {
		insert := "INSERT INTO " + t.name + " VALUES (?" + strings.Repeat(", ?", len(row)-1) + ")"
		if _, err := conn.ExecContext(ctx, insert, row...); err != nil {
			return err
		}
	}
	return nil
}

// readTables reads all tables that are not the server's own.
func readTables(ctx context.Context, db *sql.DB) ([]table, error) {
	names, err := readRows(ctx, db, "SELECT CONCAT('`', table_schema, '`'), CONCAT('`', table_name, '`') FROM information_schema.tables "+
		"WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')")
	if err != nil {
		return nil, err
	}
	tables := make([]table, len(names))
	for i, n := range names {
		t := table{schema: fmt.Sprintf("%s", n[0]), name: fmt.Sprintf("%s", n[1])}
		if t.rows, err = readRows(ctx, db, "SELECT * FROM "+t.schema+"."+t.name); err != nil {
			return nil, err
		}
		tables[i] = t
	}
	return tables, nil
}

// readRows reads the rows of a query.
func readRows(ctx context.Context, db *sql.DB, query string) ([][]any, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
